"""The life of a deal: draft → submitted → approved → ended, or withdrawn on the way.

The database has the last word on every rule (products/migrations/0002); here are the checks that
can say more, and the stock that moves with a deal.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.money import format_fen
from livecommerce.transitions import move
from products.domain import deal_messages as tell
from products.domain.offices import office_in_both
from products.domain.prices import Proof, prove_base_price
from products.domain.refusals import explain
from products.domain.stock import move_units
from products.models import Deal, DealWithdrawal, Festival, Product, StockPool

TERMS = (
    "festival",
    "price_fen",
    "quantity",
    "per_person_limit",
    "starts_at",
    "ends_at",
    "subsidy_payer_zh",
    "subsidy_payer_en",
)


def propose_deal(
    *,
    festival: Festival,
    product: Product,
    price_fen: int,
    quantity: int,
    starts_at: datetime,
    ends_at: datetime,
    per_person_limit: int = 2,
    is_flash: bool = False,
    subsidy_payer_zh: str = "",
    subsidy_payer_en: str = "",
    by: User | None = None,
) -> Deal:
    """A draft; nothing is promised yet and nothing is checked but the shape of the numbers."""
    deal = Deal(
        festival=festival,
        product=product,
        price_fen=price_fen,
        quantity=quantity,
        per_person_limit=per_person_limit,
        starts_at=starts_at,
        ends_at=ends_at,
        is_flash=is_flash,
        subsidy_payer_zh=subsidy_payer_zh,
        subsidy_payer_en=subsidy_payer_en,
        proposed_by=by,
    )
    try:
        with transaction.atomic():
            deal.save()
    except IntegrityError as error:
        raise explain(error) from error
    return deal


def submit_deal(*, deal: Deal) -> None:
    """Ask for approval. Says at once what approval would refuse, so that it can be mended."""
    check_deal(deal=deal)
    with transaction.atomic():
        if not move(deal, "state", Deal.State.DRAFT, Deal.State.SUBMITTED, sent_back_reason=""):
            raise _elsewhere(deal)
        tell.waiting(deal)


def approve_deal(*, deal: Deal, by: User) -> None:
    """Make the promise: terms fixed, base price computed, stock moved into the deal's own pool.

    Idempotent: a deal that is approved already stays as it is. Locks the product's everyday pool
    last. Raises DomainError with words when a rule refuses; `own_deal` (403, into the audit book)
    for whoever proposed it or gains by it; `deal_changed` (409) when the terms that `deal` was
    loaded with are no longer those of the row.
    """
    if deal.state == Deal.State.APPROVED:
        return
    require_another(deal, by)
    check_deal(deal=deal)
    try:
        with transaction.atomic():
            _lock_as_seen(deal)
            waiting = (Deal.State.DRAFT, Deal.State.SUBMITTED)
            approval = {"approved_by": by, "approved_at": timezone.now()}
            if not move(deal, "state", waiting, Deal.State.APPROVED, **approval):
                raise _elsewhere(deal)
            pool = StockPool.objects.create(product=deal.product, deal=deal)
            _fill(deal, pool)
            audit.record(
                actor=by,
                action="products.approve_deal",
                subject=deal,
                after=audit.facts(deal, "state", "price_fen", "quantity", "starts_at", "ends_at"),
            )
    except IntegrityError as error:
        deal.refresh_from_db()
        raise explain(error) from error
    except DomainError:
        deal.refresh_from_db()
        raise
    deal.refresh_from_db()


def withdraw_deal(*, deal: Deal, by: User | None = None, reason: str = "") -> None:
    """Take it back, before or during its time; unsold stock returns to everyday sale.

    Done by hand (`by`), the receipt says when, which office did it and the `reason`.
    """
    was, was_promised = deal.state, deal.base_price_fen is not None
    waiting = (Deal.State.DRAFT, Deal.State.SUBMITTED, Deal.State.APPROVED)
    with transaction.atomic():
        if not _finish(deal, waiting, Deal.State.WITHDRAWN) or by is None:
            return
        if was_promised:
            note_withdrawal(deal=deal, by=by, reason=reason)
        audit.record(
            actor=by,
            action="products.withdraw_deal",
            subject=deal,
            before={"state": was},
            after={"state": Deal.State.WITHDRAWN},
            reason=reason,
        )


def note_withdrawal(*, deal: Deal, by: User, reason: str) -> None:
    """What the receipt goes on to show of a deal that somebody took back."""
    zh, en = office_in_both(by)
    product, festival = deal.product, deal.festival
    facts = {
        "price": deal.price_fen,
        "base_price": deal.base_price_fen,
        "max_price_bps": festival.max_price_bps,
        "base_window_days": festival.base_window_days,
        "list_price": product.list_price_fen,
        "cost": product.producer_cost_fen + product.packing_fen + product.freight_fen,
    }
    DealWithdrawal.objects.get_or_create(
        deal=deal,
        defaults={
            "reason": DealWithdrawal.Reason.CURATOR,
            "note": reason[:200],
            "facts": facts,
            "office_zh": zh,
            "office_en": en,
        },
    )


def end_deal(*, deal: Deal) -> None:
    """Its time is over, or it is sold out; unsold stock returns to everyday sale."""
    _finish(deal, (Deal.State.APPROVED,), Deal.State.ENDED)


def end_due_deals(*, at: datetime | None = None) -> int:
    """End deals whose window is over, and bring home units released in pools of deals that are."""
    at = at or timezone.now()
    due = list(Deal.objects.filter(state=Deal.State.APPROVED, ends_at__lte=at).order_by("pk"))
    for deal in due:
        end_deal(deal=deal)
    over = (Deal.State.ENDED, Deal.State.WITHDRAWN)
    for pool in StockPool.objects.filter(deal__state__in=over, available__gt=0).order_by("pk"):
        _bring_home(pool)
    return len(due)


def check_deal(*, deal: Deal) -> Proof:
    """Everything approval would refuse, in words; returns the proof of the base price."""
    _check_window(deal)
    _check_overlap(deal)
    return check_price(deal=deal)


def check_price(*, deal: Deal) -> Proof:
    """The same but for the window: what a flash sale is asked when it is only planned."""
    _check_region(deal.festival, deal.product)
    proof = prove_base_price(
        product=deal.product,
        deal=deal if deal.pk else None,
        starts_at=deal.starts_at,
        days=deal.festival.base_window_days,
    )
    _check_price(deal, proof)
    return proof


def highest_price(*, base_price_fen: int, festival: Festival) -> int:
    """The most a deal may cost under the festival's rule, in fen, rounded down."""
    return base_price_fen * festival.max_price_bps // 10_000


def changed() -> DomainError:
    message = _("Its terms have changed since you looked. Look at them again.")
    return DomainError("deal_changed", message, status=409)


def _lock_as_seen(deal: Deal) -> None:
    seen = {name: getattr(deal, name) for name in (*TERMS, "proposed_by")}
    rows = Deal.objects.select_for_update(no_key=True).filter(pk=deal.pk, **seen)
    if not list(rows.values_list("pk")):
        raise changed()


def require_another(deal: Deal, by: User) -> None:
    """Raises DomainError own_deal (403, into the audit book) for whoever proposed it or gains."""
    if by.pk not in (deal.proposed_by_id, deal.product.producer.user_id):
        return
    audit.record_refusal(
        actor=by, action="products.approve_deal", subject=deal, reason="own proposal or goods"
    )
    raise DomainError(
        "own_deal",
        _("Nobody approves a deal they proposed themselves, or one on their own goods."),
        status=403,
    )


def _check_window(deal: Deal) -> None:
    festival, product = deal.festival, deal.product
    if not product.is_listed:
        raise DomainError("product_not_listed", _("The product is not listed."))
    if deal.ends_at <= deal.starts_at:
        raise DomainError("deal_dates", _("The end must be later than the start."))
    if deal.ends_at <= timezone.now():
        raise DomainError("deal_is_over", _("The deal's dates are already over."))
    if deal.starts_at < festival.starts_at or deal.ends_at > festival.ends_at:
        raise DomainError(
            "deal_within_festival",
            _("The festival runs from %(start)s to %(end)s; the deal must lie inside.")
            % {"start": _day(festival.starts_at), "end": _day(festival.ends_at)},
        )


def _check_region(festival: Festival, product: Product) -> None:
    regions = festival.regions.all()
    if regions and not any(region.covers(product.origin) for region in regions):
        raise DomainError(
            "deal_region", _("The product does not come from a region of this festival.")
        )


def _check_overlap(deal: Deal) -> None:
    other = (
        Deal.objects.filter(product=deal.product, state=Deal.State.APPROVED, is_flash=deal.is_flash)
        .filter(Q(starts_at__lt=deal.ends_at) & Q(ends_at__gt=deal.starts_at))
        .exclude(pk=deal.pk)
        .first()
    )
    if other is not None:
        raise DomainError(
            "deal_no_overlap",
            _("This product already has a deal from %(start)s to %(end)s.")
            % {"start": _day(other.starts_at), "end": _day(other.ends_at)},
        )


def _check_price(deal: Deal, proof: Proof) -> None:
    if proof.base_price_fen is None:
        raise DomainError("deal_needs_history", _why_no_base(proof))
    highest = highest_price(base_price_fen=proof.base_price_fen, festival=deal.festival)
    if deal.price_fen > highest:
        raise DomainError(
            "deal_honours_rule",
            _(
                "The lowest price offered in the %(days)s days before the deal is ¥%(base)s, so it"
                " may cost at most ¥%(highest)s."
            )
            % {
                "days": deal.festival.base_window_days,
                "base": format_fen(proof.base_price_fen),
                "highest": format_fen(highest),
            },
        )
    needed = deal.product.producer_cost_fen + deal.product.packing_fen + deal.product.freight_fen
    if deal.price_fen < needed and not deal.subsidy_payer_zh:
        raise DomainError(
            "deal_below_cost",
            _("This price does not cover the cost of ¥%(cost)s. Say who pays the difference.")
            % {"cost": format_fen(needed)},
        )


def _why_no_base(proof: Proof) -> str:
    why = _(
        "The product was on offer for less than seven days before this deal, so there is no honest"
        " base price yet."
    )
    if proof.possible_from is None:
        return f"{why} {_('List it first; a deal can start seven days later.')}"
    return f"{why} " + _("A deal can start from %(when)s if it stays on offer.") % {
        "when": _day(proof.possible_from)
    }


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def _elsewhere(deal: Deal) -> DomainError:
    deal.refresh_from_db(fields=["state"])
    return DomainError(
        "deal_state",
        _("The deal is %(state)s now; reload the page.") % {"state": deal.get_state_display()},
        status=409,
    )


def _fill(deal: Deal, pool: StockPool) -> None:
    everyday = StockPool.objects.filter(product=deal.product, deal=None).first()
    if everyday is None or everyday.available < deal.quantity:
        raise DomainError(
            "deal_stock",
            _("Only %(left)s are in everyday stock, the deal promises %(wanted)s.")
            % {"left": everyday.available if everyday else 0, "wanted": deal.quantity},
        )
    move_units(from_pool_id=everyday.pk, to_pool_id=pool.pk, quantity=deal.quantity)


def _finish(deal: Deal, from_: tuple[str, ...], to: str) -> bool:
    """False if it was there already."""
    if deal.state == to:
        return False
    with transaction.atomic():
        if not move(deal, "state", from_, to):
            refusal = _elsewhere(deal)
            if deal.state == to:  # another worker was faster; it moved the stock too
                return False
            raise refusal
        pool = StockPool.objects.filter(deal=deal).first()
        if pool is not None and pool.available:
            _bring_home(pool)
    return True


def _bring_home(pool: StockPool) -> None:
    """What is left goes back where it was taken from, or to everyday sale if that is over.

    Both pools are locked in the order of their ids, as checkout's batches lock them.
    """
    home = _home_of(pool)
    with transaction.atomic():
        both = StockPool.objects.select_for_update().filter(pk__in=[pool.pk, home.pk])
        left = next(one.available for one in both.order_by("pk") if one.pk == pool.pk)
        if left:
            move_units(from_pool_id=pool.pk, to_pool_id=home.pk, quantity=left)


def _home_of(pool: StockPool) -> StockPool:
    lender = pool.taken_from
    if lender is not None and lender.deal is not None and lender.deal.is_on:
        return lender
    everyday, _made = StockPool.objects.get_or_create(product_id=pool.product_id, deal=None)
    return everyday
