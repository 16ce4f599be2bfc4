"""A flash sale on air: scheduled → countdown → running → ended, or called off in the countdown.

The price is offered between two moments of the server's clock, fixed at the start: checkout's own
call asks the deal's window, so nobody can buy a moment too early or too late, whatever a sweep
or a browser does. The states here follow that clock; a sweep that was away finds what it missed.

Locks, always in this order: the show's row, the sale's, the product's, the pools by their ids.
"""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from products.domain.flash_sales import close_flash_deal, open_flash_deal
from products.models import Deal
from streams.domain import flash_events, roles, shelf_events
from streams.domain.flash_plans import terms_of
from streams.domain.flash_refusals import explain
from streams.domain.media_clock import media_ms
from streams.models import Broadcast, FlashSale

logger = logging.getLogger(__name__)

State, Reason = FlashSale.State, FlashSale.Reason
SWEEP_SECONDS = 1.0
TOO_LATE_TO_CANCEL = timedelta(seconds=1)
"""Before the start: an order may already be on its way then."""
LATE_START = timedelta(minutes=2)
"""An automatic start that was missed is made up for so long; then the host has to press."""


def start_flash_sale(*, sale: FlashSale, by: User | None) -> None:
    """Begin the countdown; the goods are set aside and the price is promised. `by` is None when it
    begins by itself. Starting what has been started does nothing, whoever was faster.

    Raises DomainError: not_your_show (403); not_live, flash_state, flash_other_on (409);
    flash_window, deal_stock and what the deal's rules refuse (422).
    """
    broadcast = sale.broadcast
    if by is not None:
        roles.require_run(by, broadcast)
    at_ms = media_ms(broadcast)
    try:
        with transaction.atomic():
            _lock_show(sale)
            if sale.is_open:
                return
            _require_startable(sale)
            _open(sale, by=by, at_ms=at_ms)
    except IntegrityError as error:
        _refresh(sale)
        raise explain(error) from error
    except DomainError:
        _refresh(sale)  # what was tried here did not happen
        raise


def cancel_flash_sale(*, sale: FlashSale, by: User) -> None:
    """Call it off in the countdown, to the last second. It may be started again later.

    Raises DomainError: not_your_show (403), flash_has_begun, flash_state (409). Idempotent.
    """
    roles.require_run(by, sale.broadcast)
    at_ms = media_ms(sale.broadcast)
    with transaction.atomic():
        _lock_show(sale)
        if sale.state == State.CANCELLED:
            return
        if not sale.is_open or sale.deal is None:
            raise _elsewhere(sale)
        if timezone.now() > sale.deal.starts_at - TOO_LATE_TO_CANCEL:
            message = _("It has begun. Stop it if it must not go on.")
            raise DomainError("flash_has_begun", message, status=409)
        _close(sale, State.CANCELLED, reason=Reason.STOPPED, by=by, at_ms=at_ms)


def stop_flash_sale(*, sale: FlashSale, by: User) -> None:
    """End it before its time. What is held stays with its buyers; the rest returns.

    Raises DomainError: not_your_show (403), flash_state (409). Idempotent.
    """
    roles.require_run(by, sale.broadcast)
    at_ms = media_ms(sale.broadcast)
    with transaction.atomic():
        _lock_show(sale)
        if sale.state == State.ENDED:
            return
        if not sale.is_open or sale.deal is None or timezone.now() < sale.deal.starts_at:
            raise _elsewhere(sale)
        _close(sale, State.ENDED, reason=Reason.STOPPED, by=by, at_ms=at_ms)


def run_due() -> int:
    """Bring every flash sale to where it should be now; how many moved. Run each second."""
    moved = 0
    for sale in _watched():
        try:
            moved += _advance(sale)
        except Exception:  # one that cannot go on must not hold up the others
            logger.exception("flash sale %s could not go on", sale.pk)
    return moved


def _watched() -> list[FlashSale]:
    by_itself = Q(state=State.SCHEDULED, planned_at__isnull=False)
    rows = FlashSale.objects.filter(by_itself | Q(state__in=FlashSale.OPEN))
    related = ("broadcast__host__user", "broadcast__region", "product", "festival", "deal__pool")
    return list(rows.select_related(*related).order_by("pk"))


def _advance(sale: FlashSale) -> bool:
    if sale.state == State.SCHEDULED:
        return _start_by_itself(sale)
    if _what_is_due(sale) is None:
        return False
    at_ms = media_ms(sale.broadcast)
    with transaction.atomic():
        _lock_show(sale)
        due = _what_is_due(sale)
        if due is None:
            return False
        to, reason = due
        if to != State.RUNNING:
            return _close(sale, to, reason=reason, by=None, at_ms=at_ms)
        moved = _move(sale, State.COUNTDOWN, State.RUNNING)
        if moved:
            flash_events.tell(sale)
            flash_events.say_begun(sale)
        return moved


def _what_is_due(sale: FlashSale) -> tuple[str, str] | None:
    """The next state and why, by the clock and the rows; None if it is where it belongs."""
    deal, now = sale.deal, timezone.now()
    if not sale.is_open or deal is None:
        return None
    has_begun = deal.starts_at <= now
    over = State.ENDED if has_begun else State.CANCELLED
    if deal.ends_at <= now:
        return State.ENDED, Reason.TIME
    if deal.state != Deal.State.APPROVED:
        return over, Reason.WITHDRAWN
    if sale.broadcast.is_over:
        return over, Reason.SHOW_OVER
    if has_begun and not deal.pool.available and not deal.pool.held:
        return State.ENDED, Reason.SOLD_OUT
    if has_begun and sale.state == State.COUNTDOWN:
        return State.RUNNING, ""
    return None


def _start_by_itself(sale: FlashSale) -> bool:
    begins = sale.starts_by_itself_at
    now = timezone.now()
    if begins is None or now < begins:
        return False
    why = _("The show was not live at that time.")
    if sale.broadcast.is_live and sale.broadcast.host.is_verified and now < begins + LATE_START:
        try:
            start_flash_sale(sale=sale, by=None)
        except DomainError as refusal:
            why = refusal.message
        else:
            return True
    elif now < begins + LATE_START:
        return False  # it may yet go live
    rows = FlashSale.objects.filter(pk=sale.pk, state=State.SCHEDULED, planned_at=sale.planned_at)
    return bool(rows.update(planned_at=None, note=why[:200]))


def _require_startable(sale: FlashSale) -> None:
    if not sale.broadcast.is_live:
        raise DomainError("not_live", _("This show is not live."), status=409)
    if not sale.can_be_started:
        raise _elsewhere(sale)
    others = FlashSale.objects.filter(broadcast=sale.broadcast_id, state__in=FlashSale.OPEN)
    if others.exists():
        message = _("Another flash sale of this show is on. It has to end first.")
        raise DomainError("flash_other_on", message, status=409)
    if not sale.broadcast.shelf.filter(product=sale.product_id).exists():
        raise DomainError("not_on_shelf", _("This product is not on the shelf."), status=404)


def _open(sale: FlashSale, *, by: User | None, at_ms: int | None) -> None:
    now = timezone.now()
    starts_at = _whole_second(now + timedelta(seconds=sale.countdown_seconds))
    ends_at = starts_at + timedelta(seconds=sale.run_seconds)
    if starts_at < sale.opens_at or ends_at > sale.closes_at:
        raise DomainError(
            "flash_window", _("The curator's approval does not cover this time. Ask for a new one.")
        )
    assert sale.approved_by is not None
    assert sale.approved_at is not None
    sale.deal = open_flash_deal(
        terms=terms_of(sale),
        starts_at=starts_at,
        ends_at=ends_at,
        approved_by=sale.approved_by,
        approved_at=sale.approved_at,
    )
    started = {
        "deal": sale.deal,
        "started_by": by,
        "started_at": now,
        "closed_by": None,
        "closed_at": None,
        "reason": "",
        "units_taken": None,
        "note": "",
        "media_start_ms": at_ms,
        "media_end_ms": None,
    }
    if not _move(sale, sale.state, State.COUNTDOWN, **started):
        raise _elsewhere(sale)
    shelf_events.announce_shelf(sale.broadcast)
    flash_events.tell(sale)
    flash_events.say_soon(sale)


def _close(sale: FlashSale, to: str, *, reason: str, by: User | None, at_ms: int | None) -> bool:
    """Inside the transaction, under the show's lock: state, deal, goods, then the room."""
    assert sale.deal is not None
    closed = {
        "closed_at": timezone.now(),
        "closed_by": by,
        "reason": reason,
        "media_end_ms": at_ms,
        "units_taken": close_flash_deal(deal=sale.deal, by=by),
    }
    moved = _move(sale, sale.state, to, **closed)
    if moved:
        shelf_events.announce_shelf(sale.broadcast)
        flash_events.tell(sale)
        flash_events.say_closed(sale)
    return moved


def _move(sale: FlashSale, from_: str, to: str, **updates: object) -> bool:
    """Compare-and-set; the instance is fresh afterwards."""
    rows = FlashSale.objects.filter(pk=sale.pk, state=from_)
    moved = bool(rows.update(state=to, version=F("version") + 1, **updates))
    _refresh(sale)
    return moved


def _lock_show(sale: FlashSale) -> None:
    """One change of a show's flash sales after the other; everything is read anew under it."""
    # NO KEY: checkout, which has a pool when it looks whether the show is there, would wait for us
    # while we wait for its pool.
    Broadcast.objects.select_for_update(of=("self",), no_key=True).get(pk=sale.broadcast_id)
    _refresh(sale)


def _refresh(sale: FlashSale) -> None:
    related = ("broadcast__host__user", "broadcast__region", "product", "festival")
    fresh = FlashSale.objects.select_related(*related, "deal__pool", "approved_by")
    sale.refresh_from_db(from_queryset=fresh)


def _whole_second(moment: datetime) -> datetime:
    """Not earlier: the countdown is never shorter than was approved."""
    return (moment + timedelta(microseconds=999_999)).replace(microsecond=0)


def _elsewhere(sale: FlashSale) -> DomainError:
    return DomainError(
        "flash_state",
        _("This flash sale is %(state)s now.") % {"state": sale.get_state_display()},
        status=409,
    )
