"""Planning a run: segments added, changed, put in order, taken out. Before the show and, for what
is still to come, during it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.wording import clean
from livecommerce.wording.graphemes import count_graphemes
from products.models import Product
from streams.domain import roles
from streams.domain.run_of_show_turns import take_turn, tell
from streams.models import Broadcast, FlashSale, Segment, SegmentKind
from streams.models.run_of_show import SEGMENT_MINUTES

State = Segment.State
MOST_SEGMENTS = 60
LONGEST_TITLE = {"title_zh": 60, "title_en": 100}
LONGEST_SCRIPT = 4000
SHELF_MINUTES = {SegmentKind.TALK: 3, SegmentKind.PITCH: 5, SegmentKind.QUESTIONS: 5}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a host writes down for one segment."""

    kind: str = SegmentKind.PITCH
    title_zh: str = ""
    title_en: str = ""
    planned_minutes: int = 5
    product: Product | None = None
    flash_sale: FlashSale | None = None
    script: str = ""


def add_segment(*, broadcast: Broadcast, by: User, plan: Plan) -> Segment:
    """At the end of the run. Raises DomainError: not_your_show (403), not_on_shelf,
    no_such_flash_sale (404), show_over, too_many_segments (409), segment_kind, segment_minutes,
    title_too_long, script_too_long, flash_of_another_product (422)."""
    return add_segments(broadcast=broadcast, by=by, plans=[plan])[0]


def add_segments(*, broadcast: Broadcast, by: User, plans: Iterable[Plan]) -> list[Segment]:
    """Several at once, all or none; otherwise as `add_segment`."""
    roles.require_run(by, broadcast)
    values = [_checked(broadcast, plan) for plan in plans]
    with transaction.atomic():
        rows = take_turn(broadcast)
        if len(rows) + len(values) > MOST_SEGMENTS:
            message = _("At most %(count)s segments a show, please.") % {"count": MOST_SEGMENTS}
            raise DomainError("too_many_segments", message, status=409)
        last = max((row.position for row in rows), default=0)
        made = Segment.objects.bulk_create(
            Segment(broadcast=broadcast, position=last + number, **one)
            for number, one in enumerate(values, start=1)
        )
        if made:
            tell(broadcast)
    return made


def plan_from_shelf(*, broadcast: Broadcast, by: User) -> list[Segment]:
    """A first run for an empty plan: a welcome, each product of the shelf, questions.

    Raises as `add_segments`, or run_not_empty (409).
    """
    if broadcast.segments.exists():
        message = _("There is a run already. Take its segments out first.")
        raise DomainError("run_not_empty", message, status=409)
    shelf = broadcast.shelf.select_related("product").order_by("position", "pk")
    kinds: list[tuple[str, Product | None]] = [
        (SegmentKind.TALK, None),
        *((SegmentKind.PITCH, item.product) for item in shelf),
        (SegmentKind.QUESTIONS, None),
    ]
    plans = [
        Plan(kind=kind, product=product, planned_minutes=SHELF_MINUTES[SegmentKind(kind)])
        for kind, product in kinds
    ]
    return add_segments(broadcast=broadcast, by=by, plans=plans)


def change_segment(*, segment: Segment, by: User, plan: Plan, version: int) -> None:
    """Write another plan down, if nobody else did since `version` was read.

    Raises as `add_segment`, or segment_changed (409). On air, too: a script may be mended.
    """
    broadcast = segment.broadcast
    roles.require_run(by, broadcast)
    values = _checked(broadcast, plan)
    with transaction.atomic():
        take_turn(broadcast)
        rows = Segment.objects.filter(pk=segment.pk, version=version)
        if not rows.update(version=version + 1, **values):
            message = _("Somebody else has changed this segment. Look at it again before you save.")
            raise DomainError("segment_changed", message, status=409)
        segment.refresh_from_db()
        tell(broadcast)


def remove_segment(*, segment: Segment, by: User) -> None:
    """Only one that is still to come: what was on air stays for the replay's chapters.

    Raises DomainError: not_your_show (403), show_over, segment_begun (409).
    """
    broadcast = segment.broadcast
    roles.require_run(by, broadcast)
    with transaction.atomic():
        take_turn(broadcast)
        deleted, _rows = Segment.objects.filter(pk=segment.pk, state=State.PLANNED).delete()
        if not deleted and Segment.objects.filter(pk=segment.pk).exists():
            message = _("What has been on air stays in the run.")
            raise DomainError("segment_begun", message, status=409)
        tell(broadcast)


def move_segment(*, segment: Segment, by: User, step: int) -> None:
    """One place up (-1) or down (+1); at an end nothing happens. Raises as `set_order`."""
    ids = list(Segment.objects.filter(broadcast=segment.broadcast).values_list("pk", flat=True))
    here = ids.index(segment.pk)
    there = here + (1 if step > 0 else -1)
    if 0 <= there < len(ids):
        ids[here], ids[there] = ids[there], ids[here]
        set_order(broadcast=segment.broadcast, by=by, order=ids)


def set_order(*, broadcast: Broadcast, by: User, order: Sequence[int]) -> None:
    """Put the segments into this order of ids, which must be all of them, each once.

    Raises DomainError: not_your_show (403), show_over, run_changed (409).
    """
    roles.require_run(by, broadcast)
    with transaction.atomic():
        rows = take_turn(broadcast)
        if sorted(order) != sorted(row.pk for row in rows):
            message = _("The run has changed meanwhile. Look at it again.")
            raise DomainError("run_changed", message, status=409)
        places = {pk: place for place, pk in enumerate(order, start=1)}
        moved = [row for row in rows if row.position != places[row.pk]]
        for row in moved:
            row.position = places[row.pk]
        if moved:
            Segment.objects.bulk_update(moved, ["position"])
            tell(broadcast)


def _checked(broadcast: Broadcast, plan: Plan) -> dict[str, Any]:
    if plan.kind not in SegmentKind.values:
        raise DomainError("segment_kind", _("Choose what kind of segment it is."))
    if not SEGMENT_MINUTES[0] <= plan.planned_minutes <= SEGMENT_MINUTES[1]:
        message = _("Plan between %(least)s and %(most)s minutes.")
        limits = {"least": SEGMENT_MINUTES[0], "most": SEGMENT_MINUTES[1]}
        raise DomainError("segment_minutes", message % limits)
    _require_of_show(broadcast, plan)
    return {
        "kind": plan.kind,
        **{name: _title(getattr(plan, name), longest) for name, longest in LONGEST_TITLE.items()},
        "planned_minutes": plan.planned_minutes,
        "product": plan.product,
        "flash_sale": plan.flash_sale,
        "script": _script(plan.script),
    }


def _require_of_show(broadcast: Broadcast, plan: Plan) -> None:
    product, sale = plan.product, plan.flash_sale
    if product is not None and not broadcast.shelf.filter(product=product).exists():
        raise DomainError("not_on_shelf", _("This product is not on the shelf."), status=404)
    if sale is None:
        return
    if sale.broadcast_id != broadcast.pk:
        message = _("This flash sale is not one of this show.")
        raise DomainError("no_such_flash_sale", message, status=404)
    if product is not None and sale.product_id != product.pk:
        message = _("This flash sale is of another product than the segment.")
        raise DomainError("flash_of_another_product", message)


def _title(text: str, longest: int) -> str:
    title = clean.clean_line(text[: longest * 20])
    if count_graphemes(title) > longest or len(title) > longest:
        message = _("At most %(count)s characters, please.") % {"count": longest}
        raise DomainError("title_too_long", message)
    return title


def _script(text: str) -> str:
    if len(text) > LONGEST_SCRIPT * 20 or count_graphemes(clean.clean_text(text)) > LONGEST_SCRIPT:
        message = _("At most %(count)s characters, please.") % {"count": LONGEST_SCRIPT}
        raise DomainError("script_too_long", message)
    return clean.clean_text(text)
