"""One change of a run after the other, each told to the room."""

from collections.abc import Sequence

from django.db.models import F
from django.utils.translation import gettext as _

from livecommerce.errors import DomainError
from livecommerce.realtime.publish import publish
from streams.domain import run_of_show_facts
from streams.events import RunChanged
from streams.models import Broadcast, Segment

ON_AIR = (Broadcast.State.LIVE, Broadcast.State.REHEARSING)
BEFORE_ITS_END = (Broadcast.State.SCHEDULED, *ON_AIR)


def take_turn(broadcast: Broadcast, states: Sequence[str] = BEFORE_ITS_END) -> list[Segment]:
    """Inside a transaction: lock the show's row and read its run, if the show is in one of these
    states. Raises DomainError: show_over, not_live (409)."""
    row = Broadcast.objects.select_for_update(of=("self",)).get(pk=broadcast.pk)
    if row.is_over:
        raise DomainError("show_over", _("This show has ended."), status=409)
    if row.state not in states:
        raise DomainError("not_live", _("This show is not live."), status=409)
    return run_of_show_facts.segments_of(broadcast)


def tell(broadcast: Broadcast) -> None:
    """Inside the transaction that changed the run, under the show's lock."""
    Broadcast.objects.filter(pk=broadcast.pk).update(run_version=F("run_version") + 1)
    broadcast.refresh_from_db(fields=["run_version"])
    publish(broadcast.room, RunChanged(run=run_of_show_facts.facts(broadcast)))
