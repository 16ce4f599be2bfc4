"""Coupons: what they take off which lines, whom they are offered to, and their end with an order.

The sums are exact: a coupon's discount is shared among its lines by `money.split`, no line goes
below zero, and one yuan of the goods is always left to pay (the provider takes no empty payment).
`sql/place_cart.sql` computes them again under the coupons' locks, and a trigger keeps the limits.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from livecommerce import money
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.money import format_fen
from orders.models import Coupon, CouponUse, Order
from products.domain.offers import Offer

LEAVES_FEN = 100
"""So much of the goods is always left to pay."""
MOST_TOGETHER = 5
HELD, USED, RELEASED = CouponUse.State.HELD, CouponUse.State.USED, CouponUse.State.RELEASED


@dataclass(frozen=True, slots=True)
class Line:
    """What a coupon has to know of one line; `amount_fen` is price × quantity."""

    amount_fen: int
    prefecture_id: str
    producer_id: int
    festival_id: int | None
    is_flash: bool

    @classmethod
    def of(cls, offer: Offer, quantity: int) -> "Line":
        return cls(
            amount_fen=offer.price_fen * quantity,
            prefecture_id=offer.product.prefecture_id,
            producer_id=offer.product.producer_id,
            festival_id=offer.deal.festival_id if offer.deal else None,
            is_flash=bool(offer.deal and offer.deal.is_flash),
        )


@dataclass(frozen=True, slots=True)
class Applied:
    """Coupons in the order in which they apply; `by_coupon[i][n]` is what the i-th takes off the
    n-th line, in fen."""

    coupons: tuple[Coupon, ...] = ()
    by_coupon: tuple[tuple[int, ...], ...] = field(default=())

    @property
    def total_fen(self) -> int:
        return sum(map(sum, self.by_coupon))

    @property
    def codes(self) -> list[str]:
        return [coupon.code for coupon in self.coupons]

    @property
    def each(self) -> list[tuple[Coupon, int]]:
        """Each coupon with all it takes off."""
        return [
            (coupon, sum(off)) for coupon, off in zip(self.coupons, self.by_coupon, strict=True)
        ]


NONE = Applied()


def find_coupons(*, codes: Iterable[str], user: User) -> list[Coupon]:
    """The coupons somebody named, however they wrote the codes.

    Raises DomainError `coupon_unknown` (422) for what is no code of theirs, `coupon_stack` (409)
    for more of them than may go together.
    """
    wanted = list(dict.fromkeys(filter(None, map(normalise, codes))))
    if len(wanted) > MOST_TOGETHER:
        message = _("At most %(most)d coupons go together.") % {"most": MOST_TOGETHER}
        raise DomainError("coupon_stack", message, status=409)
    rows = Coupon.objects.filter(Q(holder=None) | Q(holder=user), code__in=wanted)
    found = {coupon.code: coupon for coupon in rows}
    for code in wanted:
        if code not in found:
            message = _("There is no coupon “%(code)s”. Check the code.") % {"code": code}
            raise DomainError("coupon_unknown", message, coupon=code)
    return list(found.values())


def normalise(code: str) -> str:
    """`  ｓｙｓ-10 ` → `SYS10`: as people type it."""
    plain = unicodedata.normalize("NFKC", code).upper()
    return "".join(c for c in plain if c.isascii() and c.isalnum())[:40]


def require_uses(*, coupons: Sequence[Coupon], user: User) -> None:
    """Say before pressing what the database would say after: `coupon_used_up`, `coupon_person`
    (409). Only the database's own word counts."""
    had = _uses_of(user, coupons)
    for coupon in coupons:
        if coupon.used >= coupon.total_limit:
            raise refuse("coupon_used_up", coupon)
        if had.get(coupon.pk, 0) >= coupon.per_person_limit:
            raise refuse("coupon_person", coupon)


def apply_coupons(*, coupons: Sequence[Coupon], lines: Sequence[Line]) -> Applied:
    """What these coupons take off these lines: amounts first, then percentages of what is left.

    A pure rule but for the clock. Raises DomainError: `coupon_over`, `coupon_stack` (409),
    `coupon_foreign`, `coupon_minimum` (422), each with `coupon` among its facts.
    """
    if not coupons:
        return NONE
    in_order = sorted(coupons, key=lambda one: (one.amount_fen is None, one.pk))
    if len(in_order) > 1:
        for coupon in in_order:
            if not coupon.is_stackable:
                message = _("“%(name)s” cannot be used together with another coupon.")
                raise _refusal("coupon_stack", message, coupon, status=409)
    left = [line.amount_fen for line in lines]
    by_coupon = []
    for coupon in in_order:
        off = _take_off(coupon, lines, left)
        left = [fen - less for fen, less in zip(left, off, strict=True)]
        by_coupon.append(tuple(off))
    return Applied(tuple(in_order), tuple(by_coupon))


def offer_best(*, user: User, lines: Sequence[Line]) -> Applied:
    """The public or personal coupon that takes most off these lines, of those this buyer may
    still use; nothing if there is none. Two queries."""
    best = NONE
    for coupon in _usable_by(user):
        try:
            applied = apply_coupons(coupons=[coupon], lines=lines)
        except DomainError:
            continue
        if applied.total_fen > best.total_fen:
            best = applied
    return best


def release_uses(orders: Iterable[Order]) -> None:
    """Orders that ended unpaid, or whose money went back, give their coupons back."""
    _move(orders, from_=(HELD, USED), to=RELEASED)


def use_up(order: Order) -> None:
    """The order is paid: its coupons are used for good."""
    _move([order], from_=(HELD,), to=USED)


def take_again(order: Order) -> None:
    """The money came after the order had expired: its coupons once more, if their limits allow.

    Raises DomainError `coupon_used_up` (409); the caller's savepoint undoes the rest.
    """
    try:
        with transaction.atomic():
            _move([order], from_=(RELEASED,), to=USED)
    except IntegrityError:
        raise DomainError("coupon_used_up", "", status=409) from None


def refuse(outcome: str, coupon: Coupon) -> DomainError:
    """The database's verdict on a coupon, in words."""
    match outcome:
        case "coupon_used_up":
            message = _("“%(name)s” has been used up by others meanwhile. Go on without it?")
            return _refusal(outcome, message, coupon, status=409)
        case "coupon_person":
            message = ngettext(
                "Each person may use “%(name)s” once.",
                "Each person may use “%(name)s” %(n)d times.",
                coupon.per_person_limit,
            )
            return _refusal(outcome, message, coupon, status=409, n=coupon.per_person_limit)
        case "coupon_minimum":
            return _too_little(coupon)
        case "coupon_over":
            return _over(coupon)
        case _:
            message = _("What “%(name)s” takes off has changed. Look at the new sum, please.")
            return _refusal(outcome, message, coupon, status=409)


def _usable_by(user: User) -> list[Coupon]:
    now = timezone.now()
    rows: QuerySet[Coupon] = Coupon.objects.filter(
        Q(is_public=True, holder=None) | Q(holder=user),
        is_stopped=False,
        starts_at__lte=now,
        ends_at__gt=now,
        used__lt=F("total_limit"),
    )
    coupons = list(rows)
    had = _uses_of(user, coupons)
    return [one for one in coupons if had.get(one.pk, 0) < one.per_person_limit]


def _uses_of(user: User, coupons: Sequence[Coupon]) -> dict[int, int]:
    if not coupons:
        return {}
    mine = CouponUse.objects.filter(buyer=user, coupon__in=coupons).exclude(state=RELEASED)
    return dict(mine.values_list("coupon").annotate(n=Count("pk")).order_by())


def _take_off(coupon: Coupon, lines: Sequence[Line], left: Sequence[int]) -> list[int]:
    """What one coupon takes off each line, given what earlier ones have left of them."""
    now = timezone.now()
    if coupon.is_stopped or not coupon.starts_at <= now < coupon.ends_at:
        raise _over(coupon)
    covered = [_covers(coupon, line) for line in lines]
    scope = sum(line.amount_fen for line, is_in in zip(lines, covered, strict=True) if is_in)
    if not scope:
        message = _("“%(name)s” is not for these goods.")
        raise _refusal("coupon_foreign", message, coupon)
    if scope < coupon.minimum_fen:
        raise _too_little(coupon)
    weights = [fen if is_in else 0 for fen, is_in in zip(left, covered, strict=True)]
    rest = sum(weights)
    give = coupon.amount_fen or money.percent(rest, coupon.percent_bps or 0)
    give = min(give, rest, max(sum(left) - LEAVES_FEN, 0))
    if coupon.most_fen is not None:
        give = min(give, coupon.most_fen)
    if not give:
        raise _too_little(coupon)
    return money.split(give, weights)


def _covers(coupon: Coupon, line: Line) -> bool:
    """A flash sale's price is as low as it goes: no coupon beside it."""
    return (
        not line.is_flash
        and coupon.festival_id in (None, line.festival_id)
        and coupon.prefecture_id in (None, line.prefecture_id)
        and coupon.producer_id in (None, line.producer_id)
    )


def _over(coupon: Coupon) -> DomainError:
    if not coupon.is_stopped and timezone.now() < coupon.starts_at:
        message = _("“%(name)s” is not valid yet.")
    else:
        message = _("“%(name)s” is no longer valid.")
    return _refusal("coupon_over", message, coupon, status=409)


def _too_little(coupon: Coupon) -> DomainError:
    if not coupon.minimum_fen:
        return _refusal("coupon_minimum", _("These goods cost too little for “%(name)s”."), coupon)
    message = _("“%(name)s” needs goods in its scope for ¥%(least)s.")
    least = format_fen(coupon.minimum_fen)
    return _refusal("coupon_minimum", message, coupon, least=least)


def _refusal(
    code: str, message: str, coupon: Coupon, *, status: int = 422, **words: object
) -> DomainError:
    text = message % {"name": coupon.name, **words}
    return DomainError(code, text, status=status, coupon=coupon.code)


def _move(orders: Iterable[Order], *, from_: Sequence[str], to: str) -> None:
    """Only of orders that had a discount: all others cost no query. Coupons in the order of
    their ids, as checkout takes them."""
    ids = [order.pk for order in orders if order.discount_fen]
    if not ids:
        return
    uses = CouponUse.objects.filter(order__in=ids, state__in=from_).order_by("coupon_id", "pk")
    for use in uses:
        CouponUse.objects.filter(pk=use.pk, state__in=from_).update(state=to)
