"""While a show is on air its recording is brought here from an engine that keeps it elsewhere, so
that the replay is ready soon after the end, however long the show was."""

import logging
import time

from streams.domain import engine, replay_claims
from streams.models import Broadcast

log = logging.getLogger(__name__)

SWEEP_SECONDS = 30.0
BUDGET_SECONDS = 45.0
"""For all shows on air together: half of what a task may take."""


def collect_running() -> int:
    """How many shows on air were gone through."""
    if not engine.keeps_recordings():
        return 0
    shows = list(Broadcast.objects.real().live())
    give_up = time.monotonic() + BUDGET_SECONDS
    gone_through = 0
    for number, show in enumerate(shows):
        left = give_up - time.monotonic()
        if left <= 0:
            log.warning("%d recordings wait for the next sweep", len(shows) - number)
            break
        gone_through += _collect(show, seconds=left / (len(shows) - number))
    return gone_through


def _collect(show: Broadcast, *, seconds: float) -> bool:
    claim = replay_claims.claim(show, is_try=False)
    if claim is None:
        return False
    try:
        engine.collect_recording(show, is_over=False, seconds=seconds, alive=claim)
    except OSError as error:
        log.error("the recording of %s cannot be collected yet: %s", show.public_id, error)
    finally:
        claim.give_back()
    return True
