"""What may be asked back, for which cause and until when; and what is granted without anybody.

Days are the shop's (Asia/Shanghai). The return clock starts on the day after delivery, as the
consumer law's "seven days without reason" does: who got a parcel on the 26th at any hour may return
it until the 3rd, 24:00. Fresh goods, confirmed as such when bought, are not returned for a change
of mind; what arrived spoiled is made good when it is shown within 48 hours.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from orders.domain import fulfilment
from orders.models import Order, OrderLine, Parcel, Refund, RefundRule

Cause = Refund.Cause
RETURN_DAYS = 7
FRESH_HOURS = 48
MISSING_AFTER = timedelta(days=3)
"""A parcel may take so long before it counts as not arrived."""
MOST_PHOTOS = 6
SHOWN_BY_PHOTO = (Cause.BAD_FRUIT, Cause.DAMAGED)
SENT = (Order.State.PREPARING, Order.State.SHIPPED, Order.State.DELIVERED, Order.State.COMPLETED)


@dataclass(frozen=True)
class Clock:
    """Until when a line's goods can be claimed for or returned; None: not counting yet."""

    is_returnable: bool
    """Without a reason."""
    last_day: date | None
    until: datetime | None
    fresh_until: datetime | None
    """Of goods that do not keep: until when spoiled ones have to be shown."""

    @property
    def is_running(self) -> bool:
        return self.until is not None and timezone.now() < self.until

    @property
    def claim_until(self) -> datetime | None:
        return self.until if self.is_returnable else self.fresh_until


def last_return_day(delivered_at: datetime) -> date:
    return timezone.localdate(delivered_at) + timedelta(days=RETURN_DAYS)


def returnable_until(delivered_at: datetime) -> datetime:
    """24:00 of the last day, which is 0:00 of the next."""
    after = last_return_day(delivered_at) + timedelta(days=1)
    return timezone.make_aware(datetime.combine(after, time()), timezone.get_default_timezone())


def is_returnable(order: Order, line: OrderLine) -> bool:
    """The seven days apply unless the goods are fresh and the buyer confirmed that they do not."""
    return line.product.seven_day_return or order.perishable_accepted_at is None


def parcels_of(order: Order) -> list[Parcel]:
    """With what is in them: asked of the database once for all lines of an order."""
    return list(order.parcels.prefetch_related("contents"))


def clock_of(order: Order, line: OrderLine, parcels: Sequence[Parcel] | None = None) -> Clock:
    """It starts when the last parcel with goods of the line has arrived. `parcels` are the
    order's, where they are at hand."""
    at = delivered_at(order, line, parcels)
    if at is None:
        return Clock(is_returnable(order, line), None, None, None)
    return Clock(
        is_returnable(order, line),
        last_return_day(at),
        returnable_until(at),
        at + timedelta(hours=FRESH_HOURS),
    )


def delivered_at(
    order: Order, line: OrderLine, parcels: Sequence[Parcel] | None = None
) -> datetime | None:
    mine = _with_goods_of(line, parcels_of(order) if parcels is None else parcels)
    if not mine:
        return fulfilment.delivered_at(order)
    moments = [parcel.delivered_at for parcel in mine]
    arrived = [moment for moment in moments if moment is not None]
    return max(arrived) if len(arrived) == len(moments) else None


def causes_for(
    order: Order, line: OrderLine, parcels: Sequence[Parcel] | None = None
) -> list[Cause]:
    """What can be said of this line today; empty: nothing (`require_cause` says why)."""
    now = timezone.now()
    if order.state not in SENT or not _is_sent(order, line):
        return []
    known = parcels_of(order) if parcels is None else parcels
    clock = clock_of(order, line, known)
    possible = []
    if clock.until is None:
        possible += [Cause.BAD_FRUIT, Cause.DAMAGED, Cause.NOT_AS_DESCRIBED]
        if _is_sent_before(order, line, known, now - MISSING_AFTER):
            possible.append(Cause.NOT_ARRIVED)
        return possible
    if clock.claim_until is not None and now < clock.claim_until:
        possible += [Cause.BAD_FRUIT, Cause.DAMAGED, Cause.NOT_AS_DESCRIBED]
    if now < clock.until:
        possible.append(Cause.NOT_ARRIVED)
        if clock.is_returnable:
            possible.append(Cause.CHANGED_MIND)
    return possible


def require_cause(order: Order, line: OrderLine, cause: Cause) -> None:
    """Raises DomainError `cause` (422) with the reason why not."""
    if cause in causes_for(order, line):
        return
    clock = clock_of(order, line)
    if not _is_sent(order, line):
        message = _("This has not been sent yet. You can cancel it instead.")
    elif cause == Cause.CHANGED_MIND and not clock.is_returnable:
        message = _(
            "Fresh goods are not returned for a change of mind, as you confirmed when you bought"
            " them. What arrives spoiled is made good."
        )
    elif cause == Cause.CHANGED_MIND and clock.until is None:
        message = _("The seven days begin when it has arrived.")
    elif cause == Cause.NOT_ARRIVED and clock.until is None:
        message = _("It was sent less than three days ago. Please give it a little more time.")
    elif not clock.is_returnable:
        message = _("Spoiled goods have to be shown within 48 hours after they arrived.")
    else:
        message = _("The seven days after it arrived are over.")
    raise DomainError("cause", message)


def require_photos(cause: Cause, number: int) -> None:
    """Raises DomainError `photos` (422): none where they are needed, or too many."""
    if number > MOST_PHOTOS:
        message = _("At most %(most)d photos.") % {"most": MOST_PHOTOS}
        raise DomainError("photos", message)
    if cause in SHOWN_BY_PHOTO and not number:
        raise DomainError("photos", _("Please show it: at least one photo of the goods."))


def rule_for(lines: Collection[OrderLine]) -> RefundRule:
    """The rule of the goods' prefecture if it has one, else the one for everywhere."""
    places = [line.product.prefecture_id for line in lines]
    rows = RefundRule.objects.filter(Q(prefecture=None) | Q(prefecture__in=places[:1]))
    found = list(rows.order_by("prefecture"))  # PostgreSQL puts NULL last
    return found[0] if found else RefundRule(is_on=False)


def is_granted(rule: RefundRule, *, buyer: User, cause: Cause, amount_fen: int) -> bool:
    """Small enough, for a cause that needs no look, and not too often in this month. The caller
    holds the buyer's row, so that two requests at once do not both count as the last one."""
    if not rule.is_on or cause not in rule.causes or amount_fen > rule.most_fen:
        return False
    month = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    granted = Refund.objects.filter(
        payment__order__buyer=buyer, is_automatic=True, decided_at__gte=month
    )
    return granted.count() < rule.times_a_month


def require_amounts(lines: Mapping[int, int], left: Mapping[int, int]) -> None:
    """Each line's amount in fen is more than nothing and no more than is left of it. Raises
    DomainError `lines`, `amount` (422)."""
    if not lines:
        raise DomainError("lines", _("Choose what it is about."))
    for pk, fen in lines.items():
        if type(fen) is not int or fen <= 0:
            raise DomainError("amount", _("An amount is more than nothing."))
        if fen > left.get(pk, 0):
            message = _("No more can be asked back than was paid and is not given back yet.")
            raise DomainError("amount", message)


def _is_sent(order: Order, line: OrderLine) -> bool:
    return line.shipped_quantity > 0 or order.state in (
        Order.State.SHIPPED,
        Order.State.DELIVERED,
        Order.State.COMPLETED,
    )


def _with_goods_of(line: OrderLine, parcels: Iterable[Parcel]) -> list[Parcel]:
    return [one for one in parcels if any(part.line_id == line.pk for part in one.contents.all())]


def _is_sent_before(
    order: Order, line: OrderLine, parcels: Iterable[Parcel], moment: datetime
) -> bool:
    mine = _with_goods_of(line, parcels)
    if mine:
        return any(parcel.shipped_at <= moment for parcel in mine)
    sent = order.events.filter(to_state=Order.State.SHIPPED).first()
    return sent is not None and sent.at <= moment
