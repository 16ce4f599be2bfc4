"""A flash sale in a rehearsal: the same steps, clock and words as on air, and nothing is sold.

The show's plans are there as soon as it is rehearsed, approved or not, and new ones at once. What
is bought are practice orders (`rehearsal_orders`), counted against units of the rehearsal's own.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q, Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.money import format_fen
from livecommerce.realtime.publish import publish
from streams.domain import chat, flash_events, flash_facts, roles, shelf_events
from streams.events import FlashSaleChanged, StockChanged
from streams.models import Broadcast, FlashSale, RehearsalFlash, RehearsalOrder

State, Reason = FlashSale.State, FlashSale.Reason
NEVER_SHOWN = (State.WITHDRAWN,)


def copy_plans(*, show: Broadcast, rehearsal: Broadcast) -> None:
    """The show's flash sales, ready to be tried out. Inside the transaction that makes it."""
    plans = show.flash_sales.exclude(state__in=NEVER_SHOWN).select_related("product")
    RehearsalFlash.objects.bulk_create(_copy(plan, rehearsal) for plan in plans)


def follow_plan(plan: FlashSale) -> None:
    """A plan made or withdrawn while its show is rehearsed: ready to be tried out at once, or gone
    unless it was started. Inside the transaction that changes the plan and holds the show."""
    mine = Q(state=Broadcast.State.REHEARSING, shelf__product=plan.product_id)
    for rehearsal in plan.broadcast.rehearsals.filter(mine):
        if plan.state in NEVER_SHOWN:
            rehearsal.rehearsal_flashes.filter(plan=plan, started_at=None).delete()
        else:
            _copy(plan, rehearsal).save()
        flash_events.tell_planned(rehearsal)


def _copy(plan: FlashSale, rehearsal: Broadcast) -> RehearsalFlash:
    return RehearsalFlash(
        broadcast=rehearsal,
        plan=plan,
        quantity=plan.quantity,
        base_price_fen=plan.base_price_fen or plan.product.list_price_fen,
    )


def start_rehearsal_flash(*, sale: RehearsalFlash, by: User) -> None:
    """Begin its countdown. Starting what has been started does nothing.

    Raises DomainError: not_your_show (403); not_on, flash_state, flash_other_on (409).
    """
    roles.require_run(by, sale.broadcast)
    try:
        with transaction.atomic():
            _lock(sale)
            if sale.is_open:
                return
            if sale.broadcast.state != Broadcast.State.REHEARSING:
                raise DomainError("not_on", _("This rehearsal is over."), status=409)
            if not sale.can_be_started:
                raise _elsewhere(sale)
            starts_at = timezone.now() + timedelta(seconds=sale.countdown_seconds)
            times = {
                "started_at": timezone.now(),
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(seconds=sale.plan.run_seconds),
                "closed_at": None,
                "reason": "",
                "taken": 0,
                "stock_version": F("stock_version") + 1,
            }
            _move(sale, sale.state, State.COUNTDOWN, **times)
            _tell(sale)
            _say(sale, "soon")
    except IntegrityError as error:
        sale.refresh_from_db()
        message = _("Another flash sale of this show is on. It has to end first.")
        raise DomainError("flash_other_on", message, status=409) from error


def cancel_rehearsal_flash(*, sale: RehearsalFlash, by: User) -> None:
    """Call it off in the countdown. Raises DomainError: not_your_show (403), flash_has_begun,
    flash_state (409). Idempotent."""
    roles.require_run(by, sale.broadcast)
    with transaction.atomic():
        _lock(sale)
        if sale.state == State.CANCELLED:
            return
        if not sale.is_open:
            raise _elsewhere(sale)
        if has_begun(sale):
            message = _("It has begun. Stop it if it must not go on.")
            raise DomainError("flash_has_begun", message, status=409)
        _close(sale, State.CANCELLED, Reason.STOPPED)


def stop_rehearsal_flash(*, sale: RehearsalFlash, by: User) -> None:
    """End it before its time. Raises DomainError: not_your_show (403), flash_state (409).
    Idempotent."""
    roles.require_run(by, sale.broadcast)
    with transaction.atomic():
        _lock(sale)
        if sale.state == State.ENDED:
            return
        if not sale.is_open or not has_begun(sale):
            raise _elsewhere(sale)
        _close(sale, State.ENDED, Reason.STOPPED)


def run_due() -> int:
    """Bring each to where it should be now; how many moved. Run each second."""
    now = timezone.now()
    begun = Q(starts_at__lte=now)
    sold_out = begun & Q(taken=F("quantity"))
    over = Q(broadcast__state=Broadcast.State.ENDED) | Q(ends_at__lte=now) | sold_out
    due = Q(state__in=FlashSale.OPEN) & (over | begun & Q(state=State.COUNTDOWN))
    return sum(_advance(sale) for sale in RehearsalFlash.objects.filter(due).select_related("plan"))


def _advance(sale: RehearsalFlash) -> bool:
    with transaction.atomic():
        _lock(sale)
        if not sale.is_open or sale.ends_at is None:
            return False
        begun = has_begun(sale)
        if sale.ends_at <= timezone.now():
            _close(sale, State.ENDED, Reason.TIME)
        elif sale.broadcast.is_over:
            _close(sale, State.ENDED if begun else State.CANCELLED, Reason.SHOW_OVER)
        elif begun and not sale.left:
            _close(sale, State.ENDED, Reason.SOLD_OUT)
        elif begun and sale.state == State.COUNTDOWN:
            _move(sale, State.COUNTDOWN, State.RUNNING)
            _tell(sale)
            _say(sale, "on")
        else:
            return False
        return True


def has_begun(sale: RehearsalFlash) -> bool:
    return sale.starts_at is not None and sale.starts_at <= timezone.now()


def take(
    *, broadcast: Broadcast, product_id: int, quantity: int, buyer: User | None
) -> RehearsalFlash | None:
    """Count units of the flash sale that is on for this product; None if there is none.

    Inside the practice order's transaction. Raises DomainError: flash_limit, sold_out (409).
    """
    now = timezone.now()
    on = RehearsalFlash.objects.filter(
        broadcast=broadcast,
        plan__product=product_id,
        state__in=FlashSale.OPEN,
        starts_at__lte=now,
        ends_at__gt=now,
    )
    sale = on.select_for_update(of=("self",)).select_related("plan").first()
    if sale is None:
        return None
    _require_within_limit(sale, quantity, buyer)
    if quantity > sale.left:
        raise DomainError(
            "sold_out", _("Sold out. This is practice: nothing was lost."), status=409
        )
    _change_taken(sale, quantity)
    return sale


def give_back(orders: Iterable[RehearsalOrder]) -> None:
    """Units of practice orders that lapsed, while their flash sale is on."""
    for order in orders:
        if order.flash_id is None:
            continue
        sale = RehearsalFlash.objects.select_for_update().filter(pk=order.flash_id).first()
        if sale is not None and sale.is_open:
            _change_taken(sale, -min(order.quantity, sale.taken))


def _require_within_limit(sale: RehearsalFlash, quantity: int, buyer: User | None) -> None:
    had = 0
    if buyer is not None:
        mine = RehearsalOrder.objects.filter(flash=sale, buyer=buyer, at__gte=sale.starts_at)
        mine = mine.exclude(state=RehearsalOrder.State.LAPSED)
        had = mine.aggregate(units=Sum("quantity"))["units"] or 0
    if had + quantity > sale.per_person_limit:
        message = _("At most %(limit)s a person.") % {"limit": sale.per_person_limit}
        raise DomainError("flash_limit", message, status=409)


def _change_taken(sale: RehearsalFlash, units: int) -> None:
    changes = {"taken": F("taken") + units, "stock_version": F("stock_version") + 1}
    RehearsalFlash.objects.filter(pk=sale.pk).update(**changes)
    sale.refresh_from_db(fields=["taken", "stock_version"])
    _tell_stock(sale)


def _close(sale: RehearsalFlash, to: str, reason: str) -> None:
    _move(sale, sale.state, to, reason=reason, closed_at=timezone.now())
    _tell(sale)
    _say(sale, "off" if to == State.CANCELLED else "over")


def _move(sale: RehearsalFlash, from_: str, to: str, **updates: object) -> None:
    """Compare-and-set, under the lock of `_lock`."""
    rows = RehearsalFlash.objects.filter(pk=sale.pk, state=from_)
    rows.update(state=to, version=F("version") + 1, **updates)
    _refresh(sale)


def _lock(sale: RehearsalFlash) -> None:
    Broadcast.objects.select_for_update(of=("self",)).get(pk=sale.broadcast_id)
    _refresh(sale)


def _refresh(sale: RehearsalFlash) -> None:
    related = ("broadcast__host", "plan__product")
    sale.refresh_from_db(from_queryset=RehearsalFlash.objects.select_related(*related))


def _tell(sale: RehearsalFlash) -> None:
    shelf_events.announce_shelf(sale.broadcast)
    items = sale.broadcast.shelf.filter(product=sale.plan.product_id)
    item_id = items.values_list("pk", flat=True).first()
    facts = flash_facts.facts_of_rehearsal(sale, item_id)
    publish(sale.broadcast.room, FlashSaleChanged(sale=facts))
    _tell_stock(sale)


def _tell_stock(sale: RehearsalFlash) -> None:
    publish(
        sale.broadcast.room,
        StockChanged(
            pool=sale.pool, left=sale.left, total=sale.quantity, version=sale.stock_version
        ),
    )


def _say(sale: RehearsalFlash, moment: str) -> None:
    """In the chat, in both languages, as practice."""
    with translation.override("zh-hans"):
        text = _words(sale, moment)
    with translation.override("en"):
        text_en = _words(sale, moment)
    at: datetime = sale.started_at or timezone.now()
    chat.tell_room(
        broadcast=sale.broadcast,
        key=f"practice-{sale.pk}-{int(at.timestamp())}-{moment}",
        text=text[:200],
        text_en=text_en[:200],
    )


def _words(sale: RehearsalFlash, moment: str) -> str:
    facts = {
        "name": sale.product.name,
        "price": format_fen(sale.price_fen),
        "units": sale.quantity,
        "seconds": sale.countdown_seconds,
    }
    match moment:
        case "soon":
            words = _("Practice: flash sale in %(seconds)s seconds, %(name)s ¥%(price)s")
        case "on":
            words = _("Practice: the flash sale is on, %(name)s ¥%(price)s, %(units)s units")
        case "off":
            words = _("Practice: the flash sale of %(name)s was called off.")
        case _:
            words = _("Practice: the flash sale of %(name)s is over.")
    return words % facts


def _elsewhere(sale: RehearsalFlash) -> DomainError:
    return DomainError(
        "flash_state",
        _("This flash sale is %(state)s now.") % {"state": sale.get_state_display()},
        status=409,
    )
