"""What a room knows of its show's run: what is on now and what comes next. No scripts, no plans."""

from collections.abc import Sequence
from typing import Any

from django.utils import translation

from streams.domain.offers import epoch_ms
from streams.models import Broadcast, Segment

State = Segment.State


def segments_of(broadcast: Broadcast) -> list[Segment]:
    """In order, each with its product's names. One query."""
    return list(Segment.objects.filter(broadcast=broadcast).select_related("product"))


def running_of(rows: Sequence[Segment]) -> Segment | None:
    return next((row for row in rows if row.state == State.RUNNING), None)


def last_done_of(rows: Sequence[Segment]) -> Segment | None:
    """The one that ended last."""
    done = [row for row in rows if row.ended_at is not None]
    return max(done, key=lambda row: (row.ended_at, row.pk), default=None)


def next_of(rows: Sequence[Segment]) -> Segment | None:
    """The first one to come after what is on now, or was on last. What was jumped over is not
    next; the host may still start it."""
    here = running_of(rows) or last_done_of(rows)
    to_come = [row for row in rows if row.state == State.PLANNED]
    if here is None:
        return next(iter(to_come), None)
    return next((row for row in to_come if row.position > here.position), None)


def facts(broadcast: Broadcast) -> dict[str, Any]:
    """For the snapshot and the event. One query."""
    rows = segments_of(broadcast)
    return {
        "version": broadcast.run_version,
        "now": _line(running_of(rows)),
        "next": _line(next_of(rows)),
    }


def title_in(segment: Segment, language: str) -> str:
    with translation.override(language):
        return segment.title


def _line(segment: Segment | None) -> dict[str, Any] | None:
    if segment is None:
        return None
    return {
        "id": segment.pk,
        "kind": segment.kind,
        "title_zh": title_in(segment, "zh-hans"),
        "title_en": title_in(segment, "en"),
        "at": epoch_ms(segment.started_at),
    }
