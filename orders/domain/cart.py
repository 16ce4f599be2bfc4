"""Placing several lines as one order: across products and shows, all of them or none.

One call of the database (`sql/place_cart.sql`) locks the pools, judges every line, the coupons
and the buyer's open orders, and writes the order. It takes the locks in the same order as the
group commit, so that the two never wait for each other in a circle.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from orders.domain import announcements, checkout, coupons, holds
from orders.domain.announcements import Level
from orders.domain.bill import Bill, apply_coupons, make_bill
from orders.domain.checkout import MAX_QUANTITY, Placed, Verdict
from orders.domain.combiner import busy
from orders.models import BasketLine, Coupon
from products.domain.offers import Offer


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line. `price_fen` is the unit price the buyer saw."""

    offer: Offer
    quantity: int
    price_fen: int
    broadcast_id: int | None = None


def place_cart(
    *,
    buyer: User,
    wanted: Sequence[Wanted],
    expected_total_fen: int,
    address: dict[str, str],
    key: UUID,
    codes: Sequence[str] = (),
    perishable_accepted: bool = False,
    network: int | None = None,
) -> Placed:
    """Hold all lines and make one order of them, with freight and coupons, or say why not.

    `expected_total_fen` is the sum the buyer was shown: it is compared, never charged. `key`
    makes it safe to repeat; `network` is what it is for `checkout.place_order`. Raises
    DomainError: `quantity`, `address`, `perishable`, `empty`, `not_sent_there`, `too_much`,
    `coupon_…` (422); `cart_lines` (its facts say what is wrong with which product), or with one
    line what `checkout.place_order` says of it; `total_changed`, `key_conflict`, `too_many_open`,
    `coupon_…` (409); `busy` (503, safe to repeat).
    """
    _check(wanted, address, perishable_accepted=perishable_accepted)
    asked = _hash(wanted, expected_total_fen, address, codes)
    known = _known(buyer, key, asked)
    if known is not None:
        return known
    chosen = coupons.find_coupons(codes=codes, user=buyer)
    goods = [(one.offer, one.quantity) for one in wanted]
    bill = make_bill(
        goods=goods,
        province=address["province"],
        applied=apply_coupons(chosen=chosen, goods=goods),
    )
    bill.freight.require()
    checkout.require_payable(sum(one.price_fen * one.quantity for one in wanted))
    checkout.require_payable(bill.total_fen)
    # A line whose price has moved is told as such by the database's own judgement.
    as_seen = all(one.price_fen == one.offer.price_fen for one in wanted)
    if as_seen and bill.total_fen != expected_total_fen:
        raise checkout.total_changed(bill.total_fen)
    call = _arguments(buyer, wanted, bill, key, asked, address, perishable_accepted)
    rows = _call([*call, network])
    return _answer(rows, wanted, bill.coupons.coupons)


def lines_in_basket(*, buyer: User, wanted: Sequence[tuple[Offer, int, int]]) -> list[Wanted]:
    """Offers with quantity and price seen, with the shows in which they were put in the basket."""
    shows = dict(BasketLine.objects.filter(user=buyer).values_list("product_id", "broadcast_id"))
    return [
        Wanted(offer, quantity, price, shows.get(offer.product.pk))
        for offer, quantity, price in wanted
    ]


def _check(wanted: Sequence[Wanted], address: dict[str, str], *, perishable_accepted: bool) -> None:
    if not wanted:
        raise DomainError("empty", _("There is nothing in the basket that can be bought now."))
    if len({one.offer.product.pk for one in wanted}) != len(wanted):
        raise DomainError("form", _("This form is not complete. Open it anew."))
    for one in wanted:
        if type(one.quantity) is not int or not 1 <= one.quantity <= MAX_QUANTITY:
            message = _("Choose a whole number between 1 and %(most)d.") % {"most": MAX_QUANTITY}
            raise DomainError("quantity", message)
    if not all(str(address.get(name, "")).strip() for name in checkout.ADDRESS_FIELDS):
        raise DomainError("address", _("Choose where the parcel should go."))
    fresh = any(not one.offer.product.seven_day_return for one in wanted)
    if fresh and not perishable_accepted:
        message = _("Please confirm that fresh goods cannot be returned within seven days.")
        raise DomainError("perishable", message)


def _hash(
    wanted: Sequence[Wanted], total_fen: int, address: dict[str, str], codes: Sequence[str]
) -> str:
    """What the buyer asked for; not pools or shows, which the shop finds itself."""
    facts: list[Any] = [
        sorted((one.offer.product.pk, one.quantity, one.price_fen) for one in wanted),
        total_fen,
        sorted(address.items()),
        sorted(map(coupons.normalise, codes)),
    ]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


def _known(buyer: User, key: UUID, asked: str) -> Placed | None:
    """The order this key has made already: a second press must not meet prices of now."""
    order = buyer.orders.filter(key=key).first()
    if order is None:
        return None
    if order.request_hash != asked:
        raise _conflict()
    return Placed(order.pk, order.number, order.total_fen, order.expires_at, is_new=False)


_CALL = """
    WITH answer AS MATERIALIZED (
        SELECT * FROM orders_place_cart(
            %s, %s, %s, %s, %s::jsonb, %s, %s::bigint[], %s::integer[], %s::integer[],
            %s::bigint[], %s, %s::bigint[], %s::integer[], %s, %s, %s)
    ), network AS (
        INSERT INTO orders_ordernetwork (order_id, number)
        SELECT order_id, came.network
        FROM answer, (SELECT %s::bigint AS network) came
        WHERE answer.outcome = 'placed' AND came.network IS NOT NULL LIMIT 1
    )
    SELECT verdict, price_fen, spare, outcome, culprit, order_id, number, total_fen, expires_at,
           pool_id, left_, total, version
    FROM answer ORDER BY pos
"""


def _arguments(
    buyer: User,
    wanted: Sequence[Wanted],
    bill: Bill,
    key: UUID,
    asked: str,
    address: dict[str, str],
    perishable: bool,
) -> list[Any]:
    return [
        buyer.pk,
        str(key),
        asked,
        checkout.new_number(),
        json.dumps(address, ensure_ascii=False),
        perishable,
        [one.offer.pool.pk if one.offer.pool else 0 for one in wanted],
        [one.quantity for one in wanted],
        [one.price_fen for one in wanted],
        [one.broadcast_id for one in wanted],
        bill.freight.total_fen,
        [coupon.pk for coupon in bill.coupons.coupons],
        [fen for off in bill.coupons.by_coupon for fen in off],
        settings.HOLD_SECONDS,
        settings.FLASH_HOLD_SECONDS,
        holds.MOST_OPEN,
    ]


def _call(arguments: list[Any]) -> list[tuple[Any, ...]]:
    """A key that another way of buying used at this very moment is found by looking again."""
    for is_last in (False, True):
        try:
            with connection.cursor() as cursor:
                cursor.execute(_CALL, arguments)
                return list(cursor.fetchall())
        except IntegrityError as error:
            if is_last or connection.in_atomic_block or "order_once_a_key" not in str(error):
                raise
        except OperationalError as error:
            raise busy() from error
    raise AssertionError("not reached")


def _answer(
    rows: list[tuple[Any, ...]], wanted: Sequence[Wanted], used: Sequence[Coupon]
) -> Placed:
    outcome, culprit, order_id, number, total, expires_at = rows[0][3:9]
    match outcome:
        case "placed" | "duplicate":
            if outcome == "placed":
                announcements.announce_stock(Level(*row[9:13]) for row in rows)
            return Placed(order_id, number, total, expires_at, is_new=outcome == "placed")
        case "conflict":
            raise _conflict()
        case "too_many":
            raise holds.too_many()
        case "lines":
            raise _lines_refused(rows, wanted)
        case _:
            raise coupons.refuse(outcome, next(one for one in used if one.pk == culprit))


def _lines_refused(rows: list[tuple[Any, ...]], wanted: Sequence[Wanted]) -> DomainError:
    """Each line's own words; of a single one the very refusal of buying it alone."""
    errors = {
        one.offer.product.sku: checkout.refusal(
            Verdict(verdict, None, "", 0, price, spare, None, None), one.offer
        )
        for one, (verdict, price, spare, *_rest) in zip(wanted, rows, strict=True)
        if verdict != "ok"
    }
    if len(wanted) == 1:
        return next(iter(errors.values()))
    names = {one.offer.product.sku: one.offer.product.name for one in wanted}
    words = " ".join(
        _("“%(name)s”: %(why)s") % {"name": names[sku], "why": error.message}
        for sku, error in errors.items()
    )
    lines = {sku: {"code": error.code, **error.facts} for sku, error in errors.items()}
    return DomainError("cart_lines", words, status=409, lines=lines)


def _conflict() -> DomainError:
    message = _("This form was used for another order already. Open it anew.")
    return DomainError("key_conflict", message, status=409)
