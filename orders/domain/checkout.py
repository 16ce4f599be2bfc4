"""Buying: many buyers, one commit, no answer before it.

`place_order` gives each buyer an order with its stock held, or says why not. See
`migrations/sql/place_batch.sql` for the call that a batch is, and docs/orders.md.
"""

import hashlib
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.money import format_fen
from orders.domain import announcements, freight, holds
from orders.domain.announcements import Level
from orders.domain.combiner import Combiner
from products.domain.offers import Offer
from streams.models import Broadcast

MAX_QUANTITY = 999
MOST_FEN = 99_999_999
"""The payment provider takes no more at once, and the columns hold it."""
ADDRESS_FIELDS = ("recipient", "phone", "province", "city", "street")


@dataclass(frozen=True, slots=True)
class Placed:
    """The buyer's order. `is_new` is False when the same wish had been placed before."""

    order_id: int
    number: str
    total_fen: int
    expires_at: datetime
    is_new: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """One request, as the database gets it. `price_fen` is what the buyer saw for one unit."""

    pool_id: int
    buyer_id: int
    quantity: int
    price_fen: int
    key: UUID
    request_hash: str
    number: str
    broadcast_id: int | None
    address: str
    perishable: bool
    freight_fen: int
    network: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The database's answer to one wish; `spare` is how many more would have been possible."""

    verdict: str
    order_id: int | None
    number: str
    total_fen: int
    price_fen: int | None
    spare: int | None
    expires_at: datetime | None
    level: Level | None


def place_order(
    *,
    buyer: User,
    offer: Offer,
    quantity: int,
    expected_price_fen: int,
    address: dict[str, str],
    key: UUID,
    broadcast: Broadcast | None = None,
    perishable_accepted: bool = False,
    expected_freight_fen: int = 0,
    network: int | None = None,
) -> Placed:
    """Hold `quantity` units of `offer` for `buyer` and make the order, all or nothing.

    `expected_price_fen` is the unit price the buyer was shown and `expected_freight_fen` what they
    were told carriage adds: both are compared, never charged.
    `network` is the number of the network the buyer is in (`orders.domain.networks`).
    `key` makes it safe to repeat: the same key and wish give the same order. Outside a
    transaction the call waits with others for one commit; inside one it is part of it.

    Raises DomainError: `quantity`, `address`, `perishable`, `not_sent_there`, `too_much` (422);
    `sold_out`, `limit_reached`, `sale_over`, `price_changed`, `total_changed`, `too_many_open`,
    `key_conflict` (409); `busy` (503, safe to repeat).
    """
    wish = make_wish(
        buyer_id=buyer.pk,
        offer=offer,
        quantity=quantity,
        expected_price_fen=expected_price_fen,
        address=address,
        key=key,
        broadcast=broadcast,
        perishable_accepted=perishable_accepted,
        expected_freight_fen=expected_freight_fen,
        network=network,
    )
    if connection.in_atomic_block:
        verdict = commit_batch([wish])[0]
    else:
        verdict = combiner.submit(wish)
    return placed_or_refused(verdict, offer)


def make_wish(
    *,
    buyer_id: int,
    offer: Offer,
    quantity: int,
    expected_price_fen: int,
    address: dict[str, str],
    key: UUID,
    broadcast: Broadcast | None,
    perishable_accepted: bool,
    expected_freight_fen: int = 0,
    network: int | None = None,
) -> Wish:
    """What `place_order` was asked for, checked as far as it can be without the database."""
    _check(offer, quantity, address, perishable_accepted)
    carriage = freight.quote(goods=[(offer.product, quantity)], province=address["province"])
    freight_fen = carriage.require().total_fen
    require_payable(expected_price_fen * quantity + freight_fen)
    if freight_fen != expected_freight_fen:
        raise total_changed(expected_price_fen * quantity + freight_fen)
    if offer.pool is None:
        raise refusal(Verdict("sold_out", None, "", 0, None, 0, None, None), offer)
    return Wish(
        pool_id=offer.pool.pk,
        buyer_id=buyer_id,
        quantity=quantity,
        price_fen=expected_price_fen,
        key=key,
        request_hash=_hash(offer, quantity, expected_price_fen, address, broadcast),
        number=new_number(),
        broadcast_id=broadcast.pk if broadcast else None,
        address=json.dumps(address, ensure_ascii=False),
        perishable=perishable_accepted,
        freight_fen=freight_fen,
        network=network,
    )


def placed_or_refused(verdict: Verdict, offer: Offer) -> Placed:
    """The verdict as a buyer hears it. Raises DomainError when it is a refusal."""
    if verdict.verdict not in ("placed", "duplicate"):
        raise refusal(verdict, offer)
    assert verdict.order_id is not None
    assert verdict.expires_at is not None
    return Placed(
        order_id=verdict.order_id,
        number=verdict.number,
        total_fen=verdict.total_fen,
        expires_at=verdict.expires_at,
        is_new=verdict.verdict == "placed",
    )


_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_number() -> str:
    """A short name for an order that tells its day and nothing else: `261123-8M4KX7QD`."""
    drawn = int.from_bytes(os.urandom(16))  # one draw: `secrets.choice` for each letter costs most
    letters = []
    for _place in range(8):
        drawn, at = divmod(drawn, len(_LETTERS))
        letters.append(_LETTERS[at])
    return f"{_day(int(time.time() // 3600))}-{''.join(letters)}"


@lru_cache(maxsize=1)
def _day(_hour: int) -> str:
    return timezone.localdate().strftime("%y%m%d")


def _check(offer: Offer, quantity: int, address: dict[str, str], perishable_accepted: bool) -> None:
    if type(quantity) is not int or not 1 <= quantity <= MAX_QUANTITY:
        message = _("Choose a whole number between 1 and %(most)d.") % {"most": MAX_QUANTITY}
        raise DomainError("quantity", message)
    if not all(str(address.get(name, "")).strip() for name in ADDRESS_FIELDS):
        raise DomainError("address", _("Choose where the parcel should go."))
    if not offer.product.seven_day_return and not perishable_accepted:
        message = _("Please confirm that fresh goods cannot be returned within seven days.")
        raise DomainError("perishable", message)


def require_payable(total_fen: int) -> None:
    """Raises DomainError `too_much` (422) for more than can be paid at once."""
    if total_fen > MOST_FEN:
        message = _("One order can cost ¥%(most)s at most. Take fewer, please.")
        raise DomainError("too_much", message % {"most": format_fen(MOST_FEN)})


def total_changed(total_fen: int) -> DomainError:
    """The buyer saw another sum than would be charged: nothing is, until they have seen it."""
    message = _("All together it is now ¥%(total)s. Look at it once more, please.")
    total = format_fen(total_fen)
    return DomainError("total_changed", message % {"total": total}, status=409)


def _hash(
    offer: Offer,
    quantity: int,
    price_fen: int,
    address: dict[str, str],
    broadcast: Broadcast | None,
) -> str:
    """What the buyer asked for; not the pool, which is the shop's own choice."""
    facts: list[Any] = [offer.product.pk, quantity, price_fen, sorted(address.items())]
    facts.append(broadcast.pk if broadcast else None)
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


def refusal(verdict: Verdict, offer: Offer) -> DomainError:
    """A verdict that is none of `placed` and `duplicate`, in words."""
    spare = verdict.spare or 0
    match verdict.verdict:
        case "sold_out" if spare:
            message = ngettext(
                "Only %(n)d is left. Take fewer?", "Only %(n)d are left. Take fewer?", spare
            ) % {"n": spare}
            return DomainError("sold_out", message, status=409, spare=spare)
        case "sold_out":
            message = _("Sold out. Nothing was charged.")
            return DomainError("sold_out", message, status=409, spare=0)
        case "limit":
            most = offer.per_person_limit or 0
            message = ngettext(
                "Each person may buy %(most)d of this, so that it reaches more families.",
                "Each person may buy %(most)d of these, so that they reach more families.",
                most,
            ) % {"most": most}
            return DomainError("limit_reached", message, status=409, spare=spare, most=most)
        case "too_many":
            return holds.too_many()
        case "price_changed":
            price = verdict.price_fen or 0
            message = _("The price is now ¥%(price)s. Buy at this price?") % {
                "price": format_fen(price)
            }
            return DomainError("price_changed", message, status=409, price_fen=price)
        case "conflict":
            message = _("This form was used for another order already. Open it anew.")
            return DomainError("key_conflict", message, status=409)
        case _:
            message = _("This sale is over. Nothing was charged.")
            return DomainError("sale_over", message, status=409)


_CALL = """
    WITH answer AS MATERIALIZED (
        SELECT * FROM orders_place_batch(
            %s::bigint[], %s::bigint[], %s::integer[], %s::integer[], %s::uuid[], %s::text[],
            %s::text[], %s::bigint[], %s::text[]::jsonb[], %s::boolean[], %s::integer[], %s, %s, %s)
    ), networks AS (
        INSERT INTO orders_ordernetwork (order_id, number)
        SELECT answer.order_id, came.network
        FROM answer JOIN unnest(%s::bigint[]) WITH ORDINALITY AS came (network, pos)
             ON came.pos = answer.pos
        WHERE answer.verdict = 'placed' AND came.network IS NOT NULL
    )
    SELECT verdict, order_id, number, total_fen, price_fen, spare, expires_at,
           pool_id, left_, total, version
    FROM answer ORDER BY pos
"""


def commit_batch(wishes: Sequence[Wish]) -> list[Verdict]:
    """One statement, one transaction (or a part of the caller's); then the rooms are told."""
    columns: list[list[Any]] = [
        [wish.pool_id for wish in wishes],
        [wish.buyer_id for wish in wishes],
        [wish.quantity for wish in wishes],
        [wish.price_fen for wish in wishes],
        [str(wish.key) for wish in wishes],
        [wish.request_hash for wish in wishes],
        [wish.number for wish in wishes],
        [wish.broadcast_id for wish in wishes],
        [wish.address for wish in wishes],
        [wish.perishable for wish in wishes],
        [wish.freight_fen for wish in wishes],
    ]
    rules = [settings.HOLD_SECONDS, settings.FLASH_HOLD_SECONDS, holds.MOST_OPEN]
    with connection.cursor() as cursor:
        cursor.execute(_CALL, [*columns, *rules, [wish.network for wish in wishes]])
        rows = cursor.fetchall()
    verdicts = [
        Verdict(
            verdict=row[0],
            order_id=row[1],
            number=row[2] or "",
            total_fen=row[3] or 0,
            price_fen=row[4],
            spare=row[5],
            expires_at=row[6],
            level=Level(*row[7:11]) if row[7] is not None else None,
        )
        for row in rows
    ]
    moved = {v.level.pool_id: v.level for v in verdicts if v.verdict == "placed" and v.level}
    announcements.announce_stock(moved.values())
    return verdicts


combiner: Combiner[Wish, Verdict] = Combiner(
    commit_batch, key_of=lambda wish: (wish.buyer_id, wish.key)
)
"""This process's one; its thread starts with the first buyer."""
