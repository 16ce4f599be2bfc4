"""Sending: which units of which lines go into a parcel, with whom, under which number."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import Message, notify, notify_all
from livecommerce.notifications.models import Kind
from orders.domain import carriers, fulfilment
from orders.domain.holds import order_url
from orders.domain.parcel_states import PARCEL
from orders.models import (
    Carrier,
    Order,
    OrderLine,
    Parcel,
    ParcelEvent,
    ParcelLine,
    Preparation,
)
from products.models import Producer

SOONEST_WORD_OF_PRODUCER = timedelta(hours=12)
"""Money follows delivery, so who is paid by it cannot say it at once."""


def ship(
    *,
    order: Order,
    producer: Producer,
    actor: User,
    carrier: str,
    tracking_number: str,
    units: Mapping[int, int],
) -> Parcel:
    """Send `units` (quantity by line id) of the producer's own lines in one parcel.

    The same parcel entered twice is the same parcel. Raises DomainError: `carrier`,
    `tracking_number`, `units` (422), `not_to_send`, `units_gone`, `number_used` (409).
    Locks the order; two people who send at once never send the same unit.
    """
    chosen = carriers.require_carrier(carrier)
    number = carriers.require_number(chosen, tracking_number)
    wanted = {line: quantity for line, quantity in units.items() if quantity}
    if not wanted or min(wanted.values()) < 0:
        raise DomainError("units", _("Choose what is in the parcel."))
    with transaction.atomic():
        locked = fulfilment.lock(order)
        known = _entered_before(locked, producer, chosen, number)
        if known is not None:
            _require_same_contents(known, wanted)
            return known
        fulfilment.require_sending(locked)
        require_one_recipient(locked, producer, chosen, number)
        parcel = Parcel.objects.create(
            order=locked, producer=producer, carrier=chosen, tracking_number=number
        )
        _pack(parcel, wanted)
        ParcelEvent.objects.create(parcel=parcel, to_state=parcel.state, actor=actor)
        Preparation.objects.get_or_create(
            order=locked, producer=producer, defaults={"begun_by": actor}
        )
        fulfilment.follow(locked, actor=actor)
        notify_all([_word_of_sending(locked, parcel)])
    order.state = locked.state
    return parcel


@dataclass(frozen=True)
class Packed:
    """A parcel that was judged already; `units` is quantity by line id."""

    order: Order
    carrier: str
    number: str
    units: Mapping[int, int]


def ship_all(*, producer: Producer, actor: User, packed: Sequence[Packed]) -> list[Parcel]:
    """Send many parcels in some twenty statements, however many there are.

    The caller holds the locks of all their orders, whose `buyer` is at hand, and has judged every
    parcel by the rules of `ship`. The database's own rules stand behind it.
    """
    made = Parcel.objects.bulk_create(
        Parcel(order=one.order, producer=producer, carrier=one.carrier, tracking_number=one.number)
        for one in packed
    )
    ParcelLine.objects.bulk_create(
        ParcelLine(parcel=parcel, line_id=line_id, quantity=quantity)
        for parcel, one in zip(made, packed, strict=True)
        for line_id, quantity in sorted(one.units.items())
    )
    ParcelEvent.objects.bulk_create(
        ParcelEvent(parcel=parcel, to_state=parcel.state, actor=actor) for parcel in made
    )
    _count_as_sent(packed)
    orders = {one.order.pk: one.order for one in packed}
    Preparation.objects.bulk_create(
        [Preparation(order=order, producer=producer, begun_by=actor) for order in orders.values()],
        ignore_conflicts=True,
    )
    fulfilment.follow_all(list(orders.values()), actor=actor)
    notify_all([_word_of_sending(orders[parcel.order_id], parcel) for parcel in made])
    return made


def correct(*, parcel: Parcel, actor: User, carrier: str, tracking_number: str) -> bool:
    """Another carrier or number for a parcel on its way; the old one stays in its history.

    False if nothing differs. Raises DomainError: `carrier`, `tracking_number` (422),
    `number_used`, `parcel_arrived` (409).
    """
    chosen = carriers.require_carrier(carrier)
    number = carriers.require_number(chosen, tracking_number)
    with transaction.atomic():
        order = fulfilment.lock(parcel.order)
        parcel.refresh_from_db()
        if (parcel.carrier, parcel.tracking_number) == (chosen, number):
            return False
        if parcel.is_delivered:
            message = _("This parcel has arrived. Its number can no longer be changed.")
            raise DomainError("parcel_arrived", message, status=409)
        require_one_recipient(order, parcel.producer, chosen, number)
        before = str(parcel)
        parcel.carrier, parcel.tracking_number = chosen, number
        try:
            with transaction.atomic():
                parcel.save(update_fields=["carrier", "tracking_number"])
        except IntegrityError as error:
            raise _number_used() from error
        event = ParcelEvent.objects.create(
            parcel=parcel,
            from_state=parcel.state,
            to_state=parcel.state,
            actor=actor,
            note=f"{before} → {parcel}"[:200],
        )
        _tell(
            order,
            key=f"parcel:{parcel.pk}:corrected:{event.pk}",
            title=gettext_lazy("The number of your parcel was corrected"),
            body=format_lazy(
                gettext_lazy("Order {number} travels with {carrier} under {tracking}."),
                **_facts(order, parcel),
            ),
        )
    return True


def record_delivery(
    *, parcel: Parcel, how: Parcel.Word, actor: User | None = None, at: datetime | None = None
) -> bool:
    """The parcel has arrived, on somebody's word; False if that was known already.

    `at` (UTC) is kept within the parcel's journey and the present. A producer's word counts only
    some hours after sending: raises DomainError `too_soon` (409). Locks the order.
    """
    now = timezone.now()
    with transaction.atomic():
        order = fulfilment.lock(parcel.order)
        parcel.refresh_from_db()
        if how == Parcel.Word.PRODUCER and now < parcel.shipped_at + SOONEST_WORD_OF_PRODUCER:
            message = _("This parcel was sent only now. Come back when it has arrived.")
            raise DomainError("too_soon", message, status=409)
        moment = min(max(at or now, parcel.shipped_at), now)
        if not PARCEL.advance(
            parcel,
            Parcel.State.DELIVERED,
            actor=actor,
            note=how.value,
            delivered_at=moment,
            delivered_how=how,
        ):
            return False
        fulfilment.follow(order, actor=actor)
        if how != Parcel.Word.BUYER:
            _tell_arrived(order, parcel)
    return True


def require_one_recipient(order: Order, producer: Producer, carrier: Carrier, number: str) -> None:
    """One number goes to one door. Raises DomainError `number_used` (409)."""
    others = Parcel.objects.filter(producer=producer, carrier=carrier, tracking_number=number)
    for other in others.exclude(order=order).select_related("order")[:5]:
        if other.order.address != order.address:
            raise _number_used(other.order.number)


def _number_used(by: str = "") -> DomainError:
    if by:
        message = _("This number is already used for order %(number)s, which goes elsewhere.")
        return DomainError("number_used", message % {"number": by}, status=409)
    message = _("This number is already entered for this order, with other goods.")
    return DomainError("number_used", message, status=409)


def _entered_before(
    order: Order, producer: Producer, carrier: Carrier, number: str
) -> Parcel | None:
    return Parcel.objects.filter(
        order=order, producer=producer, carrier=carrier, tracking_number=number
    ).first()


def _require_same_contents(parcel: Parcel, wanted: Mapping[int, int]) -> None:
    if dict(parcel.contents.values_list("line_id", "quantity")) != dict(wanted):
        raise _number_used()


def _pack(parcel: Parcel, units: Mapping[int, int]) -> None:
    """Count the units as sent, line by line in the order of their ids, or fail as a whole."""
    for line_id, quantity in sorted(units.items()):
        free = OrderLine.objects.filter(
            pk=line_id,
            order=parcel.order_id,
            producer=parcel.producer_id,
            quantity__gte=F("shipped_quantity") + F("withdrawn_quantity") + quantity,
        )
        if not free.update(shipped_quantity=F("shipped_quantity") + quantity):
            message = _("Some of these goods were sent in the meantime. Look at the order again.")
            raise DomainError("units_gone", message, status=409)
    ParcelLine.objects.bulk_create(
        ParcelLine(parcel=parcel, line_id=line_id, quantity=quantity)
        for line_id, quantity in sorted(units.items())
    )


def _count_as_sent(packed: Sequence[Packed]) -> None:
    """Lines change only under their order's lock, so what is read here still stands."""
    units: Counter[int] = Counter()
    for one in packed:
        units.update(one.units)
    lines = list(OrderLine.objects.filter(pk__in=units).order_by("pk"))
    for line in lines:
        line.shipped_quantity += units[line.pk]
    OrderLine.objects.bulk_update(lines, ["shipped_quantity"], batch_size=500)


def _facts(order: Order, parcel: Parcel) -> dict[str, object]:
    return {
        "number": order.number,
        "carrier": Carrier(parcel.carrier).label,
        "tracking": parcel.tracking_number,
    }


def _word_of_sending(order: Order, parcel: Parcel) -> Message:
    return Message(
        user=order.buyer,
        kind=Kind.ORDER_SHIPPED,
        key=f"parcel:{parcel.pk}:sent",
        title=gettext_lazy("A parcel is on its way to you"),
        body=format_lazy(
            gettext_lazy("Order {number} travels with {carrier} under {tracking}."),
            **_facts(order, parcel),
        ),
        url=order_url(order),
    )


def _tell_arrived(order: Order, parcel: Parcel) -> None:
    _tell(
        order,
        key=f"parcel:{parcel.pk}:arrived",
        title=gettext_lazy("Your parcel is noted as delivered"),
        body=format_lazy(
            gettext_lazy(
                "{carrier} {tracking} of order {number}. If it is not with you, or something is"
                " wrong with the goods, say so on the order’s page."
            ),
            **_facts(order, parcel),
        ),
    )


def _tell(order: Order, *, key: str, title: Promise, body: str | Promise) -> None:
    notify(
        user=order.buyer,
        kind=Kind.ORDER_SHIPPED,
        key=key,
        title=title,
        body=body,
        url=order_url(order),
    )
