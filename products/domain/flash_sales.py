"""A flash sale's goods and its price: a deal of some minutes, in front of the ordinary one.

When and by whom it is started is the show's business (streams.domain.flash_sales). Here its
terms become an approved `Deal` with exactly the window in which the price is offered, so that
the database judges it like any deal and the price history tells the truth about it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from products.domain.deals import check_deal, check_price, end_deal, withdraw_deal
from products.domain.prices import Proof
from products.domain.refusals import explain
from products.domain.stock import move_units
from products.models import Deal, Festival, Product, StockPool


@dataclass(frozen=True)
class FlashTerms:
    """What a curator approved. Price in fen for one unit."""

    festival: Festival
    product: Product
    price_fen: int
    quantity: int
    per_person_limit: int
    subsidy_payer_zh: str = ""
    subsidy_payer_en: str = ""

    def deal(self, starts_at: datetime, ends_at: datetime) -> Deal:
        """Not saved."""
        return Deal(
            festival=self.festival,
            product=self.product,
            price_fen=self.price_fen,
            quantity=self.quantity,
            per_person_limit=self.per_person_limit,
            starts_at=starts_at,
            ends_at=ends_at,
            is_flash=True,
            subsidy_payer_zh=self.subsidy_payer_zh,
            subsidy_payer_en=self.subsidy_payer_en,
        )


def check_terms(*, terms: FlashTerms, opens_at: datetime, closes_at: datetime) -> Proof:
    """What a start at `opens_at` would be refused for, as far as it can be known beforehand."""
    if not terms.product.is_listed:
        raise DomainError("product_not_listed", _("The product is not listed."))
    if opens_at < terms.festival.starts_at or closes_at > terms.festival.ends_at:
        raise DomainError(
            "deal_within_festival", _("The flash sale lies outside the dates of its festival.")
        )
    proof = check_price(deal=terms.deal(opens_at, closes_at))
    lender_of(product=terms.product, quantity=terms.quantity)
    return proof


def open_flash_deal(
    *,
    terms: FlashTerms,
    starts_at: datetime,
    ends_at: datetime,
    approved_by: User,
    approved_at: datetime,
) -> Deal:
    """Promise the price for this window and set the goods aside, all or nothing.

    Locks the product (by the deal's trigger), then the pools in the order of their ids. Raises
    DomainError with words when a rule or the stock refuses; the caller's transaction is then to
    be given up.
    """
    deal = terms.deal(starts_at, ends_at)
    check_deal(deal=deal)
    deal.state = Deal.State.APPROVED
    deal.approved_by, deal.approved_at = approved_by, approved_at
    try:
        with transaction.atomic():
            deal.save()
    except IntegrityError as error:
        raise explain(error) from error
    lender = lender_of(product=terms.product, quantity=terms.quantity)
    own = StockPool.objects.create(product=terms.product, deal=deal, taken_from=lender)
    move_units(from_pool_id=lender.pk, to_pool_id=own.pk, quantity=terms.quantity)
    deal.refresh_from_db()
    return deal


def close_flash_deal(*, deal: Deal, by: User | None = None) -> int:
    """End it, or take it back before it began; what is left returns. How many units did not.

    Idempotent, and content with a deal that somebody else (the sweep of deals, a curator)
    closed before.
    """
    try:
        if deal.starts_at <= timezone.now():
            end_deal(deal=deal)
        else:
            withdraw_deal(deal=deal, by=by)
    except DomainError as refusal:
        if refusal.code != "deal_state":
            raise
    pool = StockPool.objects.get(deal=deal)
    return pool.held + pool.sold


def lender_of(*, product: Product, quantity: int) -> StockPool:
    """The pool that can spare the units: everyday sale, else the ordinary deal that is on.

    Raises DomainError `deal_stock` when neither has enough by itself.
    """
    now = timezone.now()
    pools = StockPool.objects.filter(product=product).select_related("deal").order_by("pk")
    lenders = [pool for pool in pools if _may_lend(pool, now)]
    lenders.sort(key=lambda pool: pool.deal_id is not None)
    for pool in lenders:
        if pool.available >= quantity:
            return pool
    most = max((pool.available for pool in lenders), default=0)
    raise DomainError(
        "deal_stock",
        _("The flash sale promises %(wanted)s, but only %(left)s can be set aside for it.")
        % {"left": most, "wanted": quantity},
    )


def _may_lend(pool: StockPool, now: datetime) -> bool:
    deal = pool.deal
    if deal is None:
        return True
    return not deal.is_flash and deal.is_on
