"""A buyer calls off what has not been sent: nothing charged, or all of it back, and restocked."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce import money
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.money import format_fen
from orders.domain import fulfilment, holds, refunds, stock
from orders.domain.order_states import ORDER
from orders.domain.refund_shares import left_of
from orders.domain.staff import tell_farms
from orders.models import Hold, LimitCounter, Order, OrderLine, Payment, Refund
from products.domain import stock as pools

NOT_SENT_YET = (Order.State.PAID, Order.State.PREPARING)


def may_cancel(order: Order) -> bool:
    """Whether any of it can still be called off."""
    if order.state == Order.State.PLACED:
        return True
    return order.state in NOT_SENT_YET and any(line.unsent for line in order.lines.all())


def cancel(*, order: Order, actor: User) -> Refund | None:
    """Call off the order, or of an order sent in part what is still here; the refund, if one is
    due. Pressing twice is harmless.

    Before payment the stock is released and the payment's intent cancelled by the sweep. After
    it the money goes back whole. Raises DomainError `cannot_cancel`, `disputed` (409).
    """
    if order.state == Order.State.PLACED:
        try:
            holds.cancel(order=order, actor=actor)
            return None
        except DomainError:
            order.refresh_from_db()  # it may have been paid this very moment
    with transaction.atomic():
        locked = fulfilment.lock(order)
        known = _cancelled_before(locked)
        if known is not None:
            return known
        if locked.state not in NOT_SENT_YET:
            raise _cannot(locked)
        if fulfilment.is_anything_sent(locked):
            made = _call_off_the_rest(locked, actor)
        else:
            made = _call_off_all(locked, actor)
    order.refresh_from_db()
    return made


def _call_off_all(order: Order, actor: User) -> Refund:
    payment = Payment.objects.get(order=order, state=Payment.State.SUCCEEDED)
    left = left_of(order)
    made = refunds.make(
        payment=payment,
        order=order,
        amount_fen=left.total_fen,
        lines={pk: fen for pk, fen in left.lines.items() if fen},
        key=f"cancel:{order.number}",
        origin=Refund.Origin.CANCELLATION,
        actor=actor,
    )
    refunds.approve_row(made, actor=actor)
    if not ORDER.advance(order, Order.State.CANCELLED, actor=actor, closed_at=timezone.now()):
        raise _cannot(order)
    stock.restock(order)
    lines = order.lines.select_related("producer__user")
    tell_farms(order=order, units=[(line, line.quantity) for line in lines])
    return made


def _call_off_the_rest(order: Order, actor: User) -> Refund:
    """Of each line the units that are in no parcel; freight stays, as a parcel was sent."""
    payment = Payment.objects.get(order=order, state=Payment.State.SUCCEEDED)
    left = left_of(order)
    lines = [line for line in order.lines.select_related("producer__user") if line.unsent]
    parts = {}
    for line in lines:
        whole = line.amount_fen - line.discount_fen
        unsent, _sent = money.split(whole, [line.unsent, line.quantity - line.unsent])
        parts[line.pk] = min(unsent, left.lines[line.pk])
    parts = {pk: fen for pk, fen in parts.items() if fen}
    if not parts:
        raise _cannot(order)
    made = refunds.make(
        payment=payment,
        order=order,
        amount_fen=sum(parts.values()),
        lines=parts,
        key=f"cancel:{order.number}:rest",
        origin=Refund.Origin.CANCELLATION,
        actor=actor,
    )
    refunds.approve_row(made, actor=actor)
    holds_of = _holds_by_goods(order)
    goods = [(line, holds_of.get((line.product_id, line.deal_id))) for line in lines]
    # Pools in the order of their ids, as every other writer takes them.
    called_off = []
    for line, hold in sorted(goods, key=lambda one: one[1].pool_id if one[1] else 0):
        units = line.unsent
        fulfilment.withdraw(line=line, quantity=units)
        if hold is not None:
            _restock(order, line, hold, units)
        called_off.append((line, units))
    fulfilment.follow(order, actor=actor)
    tell_farms(order=order, units=called_off)
    return made


def _holds_by_goods(order: Order) -> dict[tuple[int, int | None], Hold]:
    sold = Hold.objects.filter(order=order, state=Hold.State.SOLD).select_related("pool")
    return {(hold.pool.product_id, hold.pool.deal_id): hold for hold in sold}


def _restock(order: Order, line: OrderLine, hold: Hold, units: int) -> None:
    """Some of the sold units can be sold again; the hold remembers those that were sent."""
    if hold.quantity > units:
        Hold.objects.filter(pk=hold.pk).update(quantity=F("quantity") - units)
    else:
        Hold.objects.filter(pk=hold.pk).update(state=Hold.State.RELEASED)
    pools.restock_units(pool_id=hold.pool_id, quantity=units)
    if line.deal_id is not None:
        LimitCounter.objects.filter(deal=line.deal_id, buyer=order.buyer_id).update(
            quantity=F("quantity") - units
        )


def _cancelled_before(order: Order) -> Refund | None:
    """Its refund, where there is nothing (more) to call off."""
    if may_cancel(order):
        return None
    return Refund.objects.filter(payment__order=order, origin=Refund.Origin.CANCELLATION).first()


def words(made: Refund) -> str:
    """What the page says after a cancellation that money follows."""
    amount = format_fen(made.amount_fen)
    return _("Cancelled. ¥%(amount)s goes back to where you paid from.") % {"amount": amount}


def _cannot(order: Order) -> DomainError:
    match order.state:
        case Order.State.SHIPPED | Order.State.PREPARING:
            message = _(
                "The goods are on their way: the order cannot be cancelled any more. If something"
                " is wrong with them, ask for your money back."
            )
        case Order.State.DELIVERED | Order.State.COMPLETED:
            message = _("The goods have arrived. If something is wrong, ask for your money back.")
        case Order.State.CANCELLED:
            message = _("This order is cancelled already.")
        case _state:
            message = _("This order cannot be cancelled any more.")
    return DomainError("cannot_cancel", message, status=409)
