"""Sending many parcels by one spreadsheet: judged row by row, then applied whole or not at all.

The list a producer downloads is the form to fill in: one row for each line of an order, the
carrier and the number added. Rows with the same order, carrier and number are one parcel. A file
sent twice does nothing the second time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from livecommerce.errors import DomainError
from livecommerce.sheets.reading import SMALL, Row, read_rows
from livecommerce.sheets.writing import Column
from livecommerce.transitions import move
from orders.domain import carriers, fulfilment, parcels, recipients
from orders.domain.desks import Desk
from orders.domain.to_prepare import orders_to_send
from orders.models import Carrier, Order, OrderLine, Parcel, ShippingSheet
from products.models import Producer

MOST_LISTED = SMALL.rows
FIELDS = ("order", "sku", "units", "carrier", "number")


class Verdict(StrEnum):
    SEND = "send"
    DONE = "done"
    """Entered before, with just this in it."""
    LATER = "later"
    """Neither carrier nor number: left for another time."""
    PROBLEM = "problem"


@dataclass
class Wish:
    """One row as it was written; `units` empty means everything that is left."""

    line: int
    order: str
    sku: str
    units: str
    carrier: str
    number: str


@dataclass
class Judged:
    wish: Wish
    verdict: Verdict = Verdict.SEND
    problems: list[str] = field(default_factory=list)
    order_line: OrderLine | None = None
    carrier: str = ""
    number: str = ""
    units: int = 0

    def refuse(self, words: str) -> None:
        self.verdict = Verdict.PROBLEM
        self.problems.append(words)


@dataclass(frozen=True)
class Plan:
    """What would happen. `parcels` counts those that would be made."""

    rows: list[Judged]
    parcels: int

    def count(self, verdict: Verdict) -> int:
        return sum(row.verdict == verdict for row in self.rows)

    @property
    def problems(self) -> list[Judged]:
        return [row for row in self.rows if row.verdict == Verdict.PROBLEM]

    @property
    def can_apply(self) -> bool:
        return not self.problems and self.parcels > 0


def columns() -> list[Column]:
    names = tuple(str(carrier.label) for carrier in Carrier)
    return [
        Column(_("Order"), 16),
        Column(_("Item number"), 14),
        Column(_("Goods"), 26),
        Column(_("Unit"), 12),
        Column(_("To send"), 9),
        Column(_("Recipient"), 12),
        Column(_("Phone"), 14),
        Column(_("Address"), 44),
        Column(_("Send by"), 12),
        Column(_("Carrier"), 14, names),
        Column(_("Tracking number"), 20),
        Column(_("Units in this parcel (empty: all)"), 18),
    ]


def rows_to_fill_in(producer: Producer) -> list[list[str]]:
    """The lines to send, those due first at the top, as text; whole addresses."""
    rows: list[list[str]] = []
    for order in orders_to_send(producer)[:MOST_LISTED]:
        to = recipients.whole(order.address)
        due = timezone.localdate(order.due).isoformat()  # type: ignore[attr-defined]
        for line in order.own_lines:  # type: ignore[attr-defined]
            if line.unsent:
                goods = [order.number, line.product.sku, line.name, line.unit, str(line.unsent)]
                rows.append([*goods, to.name, to.phone, to.address, due, "", "", ""])
    return rows[:MOST_LISTED]


def read(*, desk: Desk, file_name: str, data: bytes) -> ShippingSheet:
    """Keep an upload to be looked at. Raises DomainError as `read_rows`, and
    `no_columns` (422) when the heading does not say what is what."""
    heading, *rows = read_rows(data, name=file_name)
    places = _places(heading.cells)
    wishes = [_wish(row, places) for row in rows]
    return ShippingSheet.objects.create(
        producer=desk.producer,
        uploaded_by=desk.user,
        file_name=file_name[:120],
        rows=[
            {"line": wish.line, **{name: getattr(wish, name) for name in FIELDS}} for wish in wishes
        ],
    )


def plan(sheet: ShippingSheet) -> Plan:
    """What applying it now would do, with every problem of every row. Changes nothing."""
    return _judge(sheet.producer, [Wish(**row) for row in sheet.rows])


def apply(*, desk: Desk, sheet: ShippingSheet) -> int:
    """Send all of it or nothing; returns the parcels made. Again: 0, nothing happens.

    Raises DomainError `sheet_problems` (409) when something changed since the preview.
    Locks the orders in the order of their ids.
    """
    with transaction.atomic():
        if not move(
            sheet, "state", sheet.State.READ, sheet.State.APPLIED, applied_at=timezone.now()
        ):
            return 0
        numbers = {row["order"] for row in sheet.rows}
        rows = Order.objects.select_for_update(of=("self",)).select_related("buyer")
        locked = {order.pk: order for order in rows.filter(number__in=numbers).order_by("pk")}
        judged = plan(sheet)
        if judged.problems:
            message = _("Something has changed since. Nothing was sent; look at the rows again.")
            raise DomainError("sheet_problems", message, status=409)
        packed = [_packed(rows, locked) for rows in _by_parcel(judged.rows).values()]
        made = len(parcels.ship_all(producer=desk.producer, actor=desk.user, packed=packed))
        sheet.parcels_made = made
        sheet.save(update_fields=["parcels_made"])
    return made


def _packed(rows: Sequence[Judged], locked: Mapping[int, Order]) -> parcels.Packed:
    units: Counter[int] = Counter()
    for row in rows:
        assert row.order_line is not None
        units[row.order_line.pk] += row.units
    assert rows[0].order_line is not None
    order = locked[rows[0].order_line.order_id]
    return parcels.Packed(order, rows[0].carrier, rows[0].number, units)


def _places(heading: Sequence[str]) -> dict[str, int]:
    """Where each field stands, by the heading's words in either language."""
    found: dict[str, int] = {}
    for place, text in enumerate(heading):
        name = _headings().get(_folded(text))
        if name is not None:
            found.setdefault(name, place)
    missing = [name for name in ("order", "carrier", "number") if name not in found]
    if missing:
        titles = dict(zip(("order", "carrier", "number"), _titles(), strict=True))
        message = _("The heading has no column “%(column)s”. Use the list you downloaded here.")
        raise DomainError("no_columns", message % {"column": titles[missing[0]]})
    return found


def _titles() -> tuple[str, str, str]:
    return _("Order"), _("Carrier"), _("Tracking number")


def _headings() -> dict[str, str]:
    """Heading → field, in both languages."""
    known = {
        "order number": "order",
        "订单号": "order",
        "订单编号": "order",
        "sku": "sku",
        "货号": "sku",
        "快递": "carrier",
        "物流公司": "carrier",
        "快递单号": "number",
        "运单号": "number",
        "物流单号": "number",
        "units": "units",
        "本次数量": "units",
    }
    for language in ("zh-hans", "en"):
        with override(language):
            order, carrier, number = _titles()
            known |= {
                _folded(order): "order",
                _folded(carrier): "carrier",
                _folded(number): "number",
                _folded(_("Item number")): "sku",
                _folded(_("Units in this parcel (empty: all)")): "units",
            }
    return known


def _folded(text: str) -> str:
    return " ".join(text.lower().split())


def _wish(row: Row, places: dict[str, int]) -> Wish:
    def cell(name: str) -> str:
        place = places.get(name, len(row.cells))
        return row.cells[place][:80] if place < len(row.cells) else ""

    wish = Wish(row.line, **{name: cell(name) for name in FIELDS})
    wish.order, wish.sku = wish.order.upper(), wish.sku.upper()
    return wish


def _judge(producer: Producer, wishes: Sequence[Wish]) -> Plan:
    """Four queries, however many rows."""
    numbers = {wish.order for wish in wishes if wish.order}
    lines = (
        OrderLine.objects.filter(producer=producer, order__number__in=numbers)
        .filter(order__paid_at__isnull=False)
        .select_related("order", "product")
        .order_by("pk")
    )
    by_order: dict[str, list[OrderLine]] = {}
    for line in lines:
        by_order.setdefault(line.order.number, []).append(line)
    judged = [_read_wish(wish, by_order) for wish in wishes]
    made = _contents_made(producer, numbers)
    elsewhere = _doors(producer, {row.number for row in judged if row.number})
    given_back = set(
        fulfilment.given_back().filter(order__number__in=numbers).values_list("order", flat=True)
    )
    left = Counter({line.pk: line.unsent for rows in by_order.values() for line in rows})
    for (number, carrier, tracking), rows in _by_parcel(judged).items():
        known = made.get((number, carrier, tracking))
        if known is not None:
            _compare(rows, known)
            continue
        doors = elsewhere.setdefault((carrier, tracking), {})
        _judge_parcel(rows, left, doors, given_back)
    parcels_to_make = sum(
        all(row.verdict == Verdict.SEND for row in rows) for rows in _by_parcel(judged).values()
    )
    return Plan(judged, parcels_to_make)


def _read_wish(wish: Wish, by_order: dict[str, list[OrderLine]]) -> Judged:
    row = Judged(wish)
    own = by_order.get(wish.order, [])
    matching = [line for line in own if wish.sku in ("", line.product.sku)]
    if len(matching) == 1:
        row.order_line = matching[0]
    if not wish.carrier and not wish.number:
        row.verdict = Verdict.LATER
        return row
    if not wish.order:
        row.refuse(_("The order’s number is missing."))
    elif not own:
        row.refuse(_("There is no order %(number)s of yours.") % {"number": wish.order})
    elif not matching:
        row.refuse(
            _("Order %(number)s has no goods %(sku)s of yours.")
            % {"number": wish.order, "sku": wish.sku}
        )
    elif len(matching) > 1:
        row.refuse(
            _("This order has several goods. Say which in the column “%(column)s”.")
            % {"column": _("Item number")}
        )
    _read_carrier(row)
    _read_units(row)
    return row


def _read_carrier(row: Judged) -> None:
    wish = row.wish
    found = carriers.find_carrier(wish.carrier)
    if not wish.carrier:
        row.refuse(_("The carrier is missing."))
    elif found is None:
        row.refuse(_("“%(carrier)s” is no carrier we know.") % {"carrier": wish.carrier})
    if not wish.number:
        row.refuse(_("The tracking number is missing."))
    elif wish.number.startswith(("=", "+", "-", "@")):
        row.refuse(_("The tracking number is a formula. Type the number itself."))
    elif _is_mangled(wish.number):
        row.refuse(
            _(
                "The spreadsheet has shortened this number. Make the cell “text” and type the"
                " number again."
            )
        )
    elif found is not None:
        row.carrier = found
        try:
            row.number = carriers.require_number(found, wish.number)
        except DomainError as error:
            row.refuse(error.message)


def _is_mangled(number: str) -> bool:
    """`7.73E+14`: what a spreadsheet makes of a long number."""
    compact = number.upper().replace(" ", "")
    return "E+" in compact and compact.replace("E+", "").replace(".", "").isdigit()


def _read_units(row: Judged) -> None:
    text = row.wish.units
    if not text:
        row.units = row.order_line.unsent if row.order_line else 0
    elif text.isascii() and text.isdigit() and 0 < int(text[:9]) <= 10_000:
        row.units = int(text)
    else:
        row.refuse(_("“%(units)s” is no number of units.") % {"units": text})


def _judge_parcel(
    rows: list[Judged], left: Counter[int], doors: dict[str, Any], given_back: set[int]
) -> None:
    assert rows[0].order_line is not None
    order = rows[0].order_line.order
    why_not = fulfilment.why_not_send(order, money_is_back=order.pk in given_back)
    if why_not:
        for row in rows:
            row.refuse(why_not)
        return
    for other, address in doors.items():
        if other != order.number and address != order.address:
            for row in rows:
                row.refuse(
                    _("This number is already used for order %(number)s, which goes elsewhere.")
                    % {"number": other}
                )
            break
    doors[order.number] = order.address
    for row in rows:
        assert row.order_line is not None
        free = left[row.order_line.pk]
        if free <= 0 or row.units < 1:
            row.refuse(_("All of these goods are in parcels already."))
        elif row.units > free:
            row.refuse(
                _("Only %(left)d are left to send, not %(units)d.")
                % {"left": free, "units": row.units}
            )
        else:
            left[row.order_line.pk] -= row.units


def _compare(rows: list[Judged], known: dict[int, int]) -> None:
    """The parcel is entered already: the same contents are no work, others are a mistake."""
    wanted: Counter[int] = Counter()
    for row in rows:
        assert row.order_line is not None
        # An empty cell means what was left then, which is what went into the parcel.
        units = int(row.wish.units) if row.wish.units else known.get(row.order_line.pk, 0)
        wanted[row.order_line.pk] += units
    for row in rows:
        if dict(wanted) == known:
            row.verdict = Verdict.DONE
        else:
            row.refuse(_("This number is already entered for this order, with other goods."))


def _by_parcel(rows: Iterable[Judged]) -> dict[tuple[str, str, str], list[Judged]]:
    """Rows that can be sent, by order, carrier and number; a row with a problem is in none."""
    found: dict[tuple[str, str, str], list[Judged]] = {}
    for row in rows:
        if row.verdict == Verdict.SEND and row.order_line is not None:
            key = (row.order_line.order.number, row.carrier, row.number)
            found.setdefault(key, []).append(row)
    return found


def _contents_made(
    producer: Producer, numbers: Iterable[str]
) -> dict[tuple[str, str, str], dict[int, int]]:
    rows = Parcel.objects.filter(producer=producer, order__number__in=numbers)
    found: dict[tuple[str, str, str], dict[int, int]] = {}
    values = ("order__number", "carrier", "tracking_number", "contents__line", "contents__quantity")
    for order, carrier, number, line, quantity in rows.values_list(*values):
        found.setdefault((order, carrier, number), {})[line] = quantity
    return found


def _doors(producer: Producer, numbers: Iterable[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """Where parcels of these numbers went: address by order, by carrier and number."""
    rows = Parcel.objects.filter(producer=producer, tracking_number__in=list(numbers))
    found: dict[tuple[str, str], dict[str, Any]] = {}
    values = ("carrier", "tracking_number", "order__number", "order__address")
    for carrier, number, order, address in rows.values_list(*values):
        found.setdefault((carrier, number), {})[order] = address
    return found
