"""What an order will cost, as the buyer sees it before pressing anything. Fen throughout."""

from collections.abc import Sequence
from dataclasses import dataclass

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from orders.domain import coupons, freight
from orders.domain.coupons import Applied
from orders.domain.freight import Quote
from orders.models import Coupon
from products.domain.offers import Offer

NO_FREIGHT = Quote({}, {})


@dataclass(frozen=True, slots=True)
class Bill:
    """`total_fen` = goods + freight − coupons. `freight` has what cannot be sent, in words."""

    items_fen: int
    freight: Quote
    coupons: Applied

    @property
    def total_fen(self) -> int:
        return self.items_fen + self.freight.total_fen - self.coupons.total_fen


def make_bill(
    *,
    goods: Sequence[tuple[Offer, int]],
    province: str = "",
    applied: Applied = coupons.NONE,
) -> Bill:
    """The bill for offers in their quantities, sent to `province` (empty: not known yet)."""
    return Bill(
        items_fen=sum(offer.price_fen * quantity for offer, quantity in goods),
        freight=_carriage(goods, province) if province else NO_FREIGHT,
        coupons=applied,
    )


def apply_coupons(*, chosen: Sequence[Coupon], goods: Sequence[tuple[Offer, int]]) -> Applied:
    """As `coupons.apply_coupons`, for offers in their quantities."""
    return coupons.apply_coupons(coupons=chosen, lines=lines_of(goods))


def lines_of(goods: Sequence[tuple[Offer, int]]) -> list[coupons.Line]:
    return [coupons.Line.of(offer, quantity) for offer, quantity in goods]


def _carriage(goods: Sequence[tuple[Offer, int]], province: str) -> Quote:
    return freight.quote(
        goods=[(offer.product, quantity) for offer, quantity in goods], province=province
    )


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A bill with what the buyer may still choose: `best` is a coupon that would help and is not
    in use, `refusal` what was wrong with a code they named."""

    bill: Bill
    best: Applied = coupons.NONE
    refusal: DomainError | None = None


def reckon(
    *,
    user: User,
    goods: Sequence[tuple[Offer, int]],
    province: str = "",
    codes: Sequence[str] | None = None,
) -> Reckoning:
    """The bill with the coupons named; with None, with the best one the buyer has. A code that
    does not hold is left out, and why is said. Raises nothing."""
    applied, best, refusal = coupons.NONE, coupons.NONE, None
    if not codes:
        best = _best(user, goods)
        if codes is None:
            applied, best = best, coupons.NONE
    else:
        applied, refusal = _as_far_as_they_hold(user, goods, codes)
        if not applied.coupons:
            best = _best(user, goods)
    return Reckoning(make_bill(goods=goods, province=province, applied=applied), best, refusal)


def _best(user: User, goods: Sequence[tuple[Offer, int]]) -> Applied:
    lines = lines_of(goods)
    if all(line.is_flash for line in lines):
        return coupons.NONE
    return coupons.offer_best(user=user, lines=lines)


def _as_far_as_they_hold(
    user: User, goods: Sequence[tuple[Offer, int]], codes: Sequence[str]
) -> tuple[Applied, DomainError | None]:
    """Each refused code is left out, newest word last, until the others hold together."""
    left, refusal = [coupons.normalise(code) for code in codes if code.strip()], None
    while left:
        try:
            chosen = coupons.find_coupons(codes=left, user=user)
            coupons.require_uses(coupons=chosen, user=user)
            return apply_coupons(chosen=chosen, goods=goods), refusal
        except DomainError as error:
            refusal = error
            culprit = error.facts.get("coupon", left[-1])
            left = [code for code in left if code != culprit]
    return coupons.NONE, refusal
