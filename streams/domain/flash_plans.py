"""Planning a flash sale: the host proposes, a curator of the place approves, either takes it back.

What is approved is fixed (streams/migrations/sql/flash_sales.sql); the host only chooses the
moment, within the window. Why: docs/decisions/0009.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from officials.domain.curation import may_curate
from products.domain.flash_sales import FlashTerms, check_terms
from products.domain.prices import Proof
from products.models import Festival, Product
from streams.domain import rehearsal_flash, roles
from streams.domain.draw_plans import hold_plans
from streams.domain.flash_events import tell, tell_planned
from streams.domain.flash_refusals import explain
from streams.models import Broadcast, FlashSale
from streams.models.flash_sales import COUNTDOWN_SECONDS, RUN_SECONDS

State = FlashSale.State
MOST_PLANS = 30
MOST_UNITS = 100_000
MOST_FEN = 10_000_000
EARLY, LATE = timedelta(minutes=15), timedelta(hours=2)
"""A show may begin a little early and run over: a plan's window allows for it."""


def plan_flash_sale(
    *,
    broadcast: Broadcast,
    by: User,
    product: Product,
    price_fen: int,
    quantity: int,
    per_person_limit: int = 1,
    countdown_seconds: int = 60,
    run_seconds: int = 600,
    planned_at: datetime | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    subsidy_payer_zh: str = "",
    subsidy_payer_en: str = "",
) -> FlashSale:
    """Propose one for a show; nothing is promised and no stock moves yet.

    `planned_at` is when it shall begin by itself; without it the host presses. Says at once what
    approval would refuse. Raises DomainError: not_your_show (403), not_on_shelf (404), show_over,
    too_many_plans (409), flash_* and the deals' own codes (422).
    """
    if not _may_plan(by, broadcast):
        roles.require_run(by, broadcast)
    if broadcast.is_rehearsal:
        raise DomainError(
            "rehearsal",
            _("A flash sale sells for real: it is proposed for the show, not in a rehearsal."),
            status=409,
        )
    _require_room_for_it(broadcast, product)
    opens, closes = window_of(broadcast)
    sale = FlashSale(
        broadcast=broadcast,
        product=product,
        festival=_festival_of(broadcast),
        price_fen=price_fen,
        quantity=quantity,
        per_person_limit=per_person_limit,
        countdown_seconds=countdown_seconds,
        run_seconds=run_seconds,
        planned_at=planned_at,
        opens_at=opens_at or opens,
        closes_at=closes_at or closes,
        subsidy_payer_zh=subsidy_payer_zh,
        subsidy_payer_en=subsidy_payer_en,
        proposed_by=by,
    )
    check_plan(sale=sale)
    try:
        with transaction.atomic():
            hold_plans(broadcast)
            sale.save()
            rehearsal_flash.follow_plan(sale)
            tell_planned(broadcast)
    except IntegrityError as error:
        raise explain(error) from error
    return sale


def approve_flash_sale(*, sale: FlashSale, by: User) -> None:
    """Fix the terms: from now on the show's host may start it, within the window.

    Idempotent. Raises DomainError: not_curator, own_flash_sale (403), flash_state (409), and what
    `check_plan` raises.
    """
    if not may_curate(by, sale.product.prefecture):
        raise DomainError(
            "not_curator", _("Only a curator of this prefecture may approve it."), status=403
        )
    if roles.standing_of(by, sale.broadcast).may_run:
        raise DomainError(
            "own_flash_sale", _("Nobody approves the flash sale of their own show."), status=403
        )
    if sale.state == State.SCHEDULED:
        return
    check_plan(sale=sale)
    approval = {"approved_by": by, "approved_at": timezone.now()}
    _move(sale, (State.PROPOSED,), State.SCHEDULED, **approval)


def withdraw_flash_sale(*, sale: FlashSale, by: User) -> None:
    """Take a plan back: those who run the show, or a curator. One that is on is stopped instead.

    Raises DomainError: not_your_show (403), flash_state (409). Idempotent.
    """
    if not _may_plan(by, sale.broadcast):
        roles.require_run(by, sale.broadcast)
    if sale.state != State.WITHDRAWN:
        waiting = (State.PROPOSED, State.SCHEDULED, State.CANCELLED)
        with transaction.atomic():
            _move(sale, waiting, State.WITHDRAWN, closed_by=by, closed_at=timezone.now())
            rehearsal_flash.follow_plan(sale)
            tell_planned(sale.broadcast)


def check_plan(*, sale: FlashSale) -> Proof:
    """Everything that stands against the plan, in words; the proof of its base price."""
    _check_numbers(sale)
    _check_times(sale)
    return check_terms(
        terms=terms_of(sale),
        opens_at=max(sale.opens_at, timezone.now()),
        closes_at=sale.closes_at,
    )


def terms_of(sale: FlashSale) -> FlashTerms:
    return FlashTerms(
        festival=sale.festival,
        product=sale.product,
        price_fen=sale.price_fen,
        quantity=sale.quantity,
        per_person_limit=sale.per_person_limit,
        subsidy_payer_zh=sale.subsidy_payer_zh,
        subsidy_payer_en=sale.subsidy_payer_en,
    )


def window_of(broadcast: Broadcast) -> tuple[datetime, datetime]:
    """When a flash sale of this show may be on, if nobody says otherwise."""
    begins = broadcast.started_at or broadcast.scheduled_at
    ends = begins + timedelta(minutes=broadcast.planned_minutes)
    opens, closes = begins - EARLY, max(ends, timezone.now()) + LATE
    festival = _festival_of(broadcast)
    return max(opens, festival.starts_at), min(closes, festival.ends_at)


def _festival_of(broadcast: Broadcast) -> Festival:
    at = broadcast.started_at or broadcast.scheduled_at
    on = Festival.objects.filter(starts_at__lte=at, ends_at__gt=at).order_by("starts_at")
    found = broadcast.festival or on.first()
    if found is None:
        raise DomainError(
            "flash_no_festival",
            _("No festival is on at the time of this show, so there is no discount rule for it."),
        )
    return found


def _may_plan(by: User, broadcast: Broadcast) -> bool:
    standing = roles.standing_of(by, broadcast)
    return standing.may_run or standing.is_curator


def _require_room_for_it(broadcast: Broadcast, product: Product) -> None:
    if broadcast.is_over:
        raise DomainError("show_over", _("This show has ended."), status=409)
    if not broadcast.shelf.filter(product=product).exists():
        raise DomainError("not_on_shelf", _("This product is not on the shelf."), status=404)
    if broadcast.flash_sales.exclude(state=State.WITHDRAWN).count() >= MOST_PLANS:
        message = _("At most %(count)s flash sales a show, please.") % {"count": MOST_PLANS}
        raise DomainError("too_many_plans", message, status=409)


def _check_numbers(sale: FlashSale) -> None:
    if not _is_between(sale.price_fen, 1, MOST_FEN):
        raise DomainError("flash_price", _("The price must be more than zero."))
    if not _is_between(sale.quantity, 1, MOST_UNITS):
        message = _("Offer between 1 and %(most)s units, in whole numbers.") % {"most": MOST_UNITS}
        raise DomainError("flash_quantity", message)
    if not _is_between(sale.per_person_limit, 1, min(sale.quantity, 999)):
        raise DomainError(
            "flash_limit", _("The limit a person is at least one and at most what is offered.")
        )
    if not _is_between(sale.countdown_seconds, *COUNTDOWN_SECONDS):
        raise DomainError("flash_countdown", _("The countdown takes 10 to 300 seconds."))
    if not _is_between(sale.run_seconds, *RUN_SECONDS):
        raise DomainError("flash_run", _("A flash sale lasts 1 to 20 minutes."))


def _is_between(value: object, low: int, high: int) -> bool:
    return type(value) is int and low <= value <= high


def _check_times(sale: FlashSale) -> None:
    now = timezone.now()
    if sale.closes_at <= sale.opens_at:
        raise DomainError("flash_window", _("The end must be later than the start."))
    if sale.closes_at - max(sale.opens_at, now) < sale.length:
        raise DomainError(
            "flash_window",
            _("There is not enough time for it before %(time)s.")
            % {"time": _clock(sale.closes_at)},
        )
    planned = sale.planned_at
    if planned is None:
        return
    if planned < now + timedelta(seconds=sale.countdown_seconds):
        raise DomainError("flash_planned", _("Choose a time that is still to come."))
    is_inside = sale.opens_at <= planned
    if not is_inside or planned + timedelta(seconds=sale.run_seconds) > sale.closes_at:
        raise DomainError(
            "flash_planned",
            _("It may be on from %(start)s to %(end)s; choose a time within.")
            % {"start": _clock(sale.opens_at), "end": _clock(sale.closes_at)},
        )


def _clock(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def _move(sale: FlashSale, from_: tuple[str, ...], to: str, **updates: object) -> None:
    """By compare-and-set under the show's lock, and tell the room what it knows of the sale."""
    try:
        with transaction.atomic():
            Broadcast.objects.select_for_update().get(pk=sale.broadcast_id)
            rows = FlashSale.objects.filter(pk=sale.pk, state__in=from_)
            moved = rows.update(state=to, version=F("version") + 1, **updates)
            sale.refresh_from_db()
            if moved:
                tell(sale)
    except IntegrityError as error:
        sale.refresh_from_db()
        raise explain(error) from error
    if not moved:
        raise DomainError(
            "flash_state",
            _("This flash sale is %(state)s now.") % {"state": sale.get_state_display()},
            status=409,
        )
