"""The board as everyone sees it, and the desks of those who work on it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from streams.domain.demand_reading import moment_of
from streams.models import Broadcast, Demand, DemandEvent, DemandVoice
from streams.models.demands import Tag

State = Demand.State
SHOWN_EVENTS = (State.PUBLISHED, State.ASSIGNED, State.ANSWERED, State.TOLD, State.DECLINED)

STANDINGS: Mapping[str, Promise | str] = {
    "open": _("Waiting"),
    "overdue": _("Overdue"),
    "answered": _("Answered"),
    "declined": _("Declined"),
}
"""What the board can be narrowed to."""


@dataclass(frozen=True)
class Filters:
    """As they stand in the address; what is unknown narrows to nothing."""

    prefecture: str = ""
    tag: str = ""
    standing: str = ""
    by: str = ""
    """`new`: the newest first; otherwise by votes."""


def public() -> QuerySet[Demand]:
    """Everything that stands on the board; with what a card shows."""
    rows = Demand.objects.filter(published_at__isnull=False).exclude(
        state__in=[State.MERGED, State.SUGGESTED]
    )
    return rows.select_related("prefecture", "product", "official__region__parent")


def board(filters: Filters) -> QuerySet[Demand]:
    rows = _of_standing(public(), filters.standing)
    if filters.prefecture:
        rows = rows.filter(prefecture=filters.prefecture)
    if filters.tag:
        rows = rows.filter(tags__contains=[filters.tag])
    order = ("-published_at", "-pk") if filters.by == "new" else ("-votes", "-published_at", "-pk")
    return rows.order_by(*order)


def _of_standing(rows: QuerySet[Demand], standing: str) -> QuerySet[Demand]:
    now = timezone.now()
    narrowed = {
        "": rows,
        "open": rows.filter(state__in=Demand.VOTED_ON),
        "overdue": rows.filter(state=State.ASSIGNED, due_at__lt=now),
        "answered": rows.filter(state__in=Demand.WITH_ANSWER),
        "declined": rows.filter(state=State.DECLINED),
    }
    return narrowed.get(standing, rows.none())


def figures() -> dict[str, int]:
    """How many stand on the board, and how they stand. One query."""
    late = Q(state=State.ASSIGNED, due_at__lt=timezone.now())
    counts = public().aggregate(
        all=Count("pk"),
        open=Count("pk", filter=Q(state__in=Demand.VOTED_ON)),
        overdue=Count("pk", filter=late),
        answered=Count("pk", filter=Q(state__in=Demand.WITH_ANSWER)),
    )
    return {name: int(number) for name, number in counts.items()}


@dataclass(frozen=True)
class Detail:
    """A demand's page: what became of it step by step, and the moment of its answer."""

    demand: Demand
    steps: list[DemandEvent]
    merged: int
    """How many others became part of it."""
    show: Broadcast | None
    second: int


def detail(demand: Demand) -> Detail:
    """Four queries. Steps name offices and never people."""
    events = demand.events.filter(to_state__in=SHOWN_EVENTS)
    moment = moment_of(demand)
    return Detail(
        demand=demand,
        steps=list(events.order_by("pk")),
        merged=demand.merged.count(),
        show=moment[0] if moment else None,
        second=moment[1] if moment else 0,
    )


def queue(rows: QuerySet[Demand], state: str) -> QuerySet[Demand]:
    """A staff desk's pile: `rows` in one state, the loudest first."""
    wanted = state if state in State.values else State.SUGGESTED
    found = rows.filter(state=wanted).select_related("prefecture", "product", "official__region")
    if wanted == State.ASSIGNED:
        return found.order_by("due_at", "pk")
    return found.order_by("-voices", "-votes", "-pk")


def counts_of(rows: QuerySet[Demand]) -> dict[str, int]:
    """How many lie in each pile. One query."""
    found = dict(rows.values_list("state").annotate(n=Count("pk")).order_by())
    return {state: found.get(state, 0) for state in State.values}


def voices_of(demand: Demand, limit: int = 50) -> list[DemandVoice]:
    """What speaks for it, for staff. Who said it is not told to them either."""
    return list(DemandVoice.objects.filter(demand=demand).order_by("-times", "pk")[:limit])


def may_absorb(demand: Demand, rows: QuerySet[Demand]) -> QuerySet[Demand]:
    """Those it may be merged into, likely ones first."""
    others = rows.filter(state__in=Demand.OPEN).exclude(pk=demand.pk)
    near = Q(prefecture=demand.prefecture_id) | Q(tags__overlap=demand.tags)
    return others.filter(near).select_related("prefecture").order_by("-votes", "-pk")[:100]


def all_tags() -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in Tag.choices]
