"""The express counter: what a press on "buy" needs, read for everybody who presses at once.

In a flash sale the time goes into asking one by one who somebody is, whether they press too
often and where the parcel goes. Here those who wait together are looked up together, on the
thread and in the moment that their orders are committed (`checkout.commit_batch`); every check of
the long way is made. Whoever is not plainly in order is sent the long way, which knows the words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection

from livecommerce import ratelimit
from livecommerce.accounts import sessions
from livecommerce.errors import DomainError
from orders.domain import checkout
from orders.domain.checkout import Placed, Verdict, Wish
from orders.domain.combiner import Combiner
from products.domain.offers import Offer
from streams.models import Broadcast

PRESSES = {"rate": 30, "per": 60, "burst": 12}
"""How often one account may press, on either way."""


@dataclass(slots=True)
class Press:
    """One press, as it came in. `price_fen` is the unit price the buyer saw, `freight_fen` the
    carriage; `wish` is what has
    become of it once it is looked up, None if it must go the long way."""

    session_key: str
    address_id: int
    offer: Offer
    quantity: int
    price_fen: int
    key: UUID
    broadcast: Broadcast | None
    perishable: bool
    freight_fen: int = 0
    network: int | None = None
    is_looked_up: bool = field(default=False, init=False)
    wish: Wish | None = field(default=None, init=False)


def place(press: Press) -> Placed | None:
    """The buyer's order; None if the press must go the long way, with nothing done.

    Raises what `checkout.place_order` raises about goods, limits and prices.
    """
    verdict = combiner.submit(press)
    return None if verdict is _ODD else checkout.placed_or_refused(verdict, press.offer)


_ODD = Verdict("odd", None, "", 0, None, None, None, None)


def _commit(presses: Sequence[Press]) -> list[Verdict]:
    new = [press for press in presses if not press.is_looked_up]  # the others are tried again
    if new:
        _look_up(new)
    wishes = [press.wish for press in presses if press.wish is not None]
    verdicts = iter(checkout.commit_batch(wishes) if wishes else [])
    return [_ODD if press.wish is None else next(verdicts) for press in presses]


def _look_up(presses: Sequence[Press]) -> None:
    """Fill in each press's wish: session, account, rate, address. Reads only, but for the rate."""
    claims = sessions.claims_of(press.session_key for press in presses)
    asked = [
        (press, claim) for press in presses if (claim := claims.get(press.session_key)) is not None
    ]
    buyers = _buyers({(claim.user_id, press.address_id) for press, claim in asked})
    known = [
        (press, buyer)
        for press, claim in asked
        if (buyer := buyers.get((claim.user_id, press.address_id))) is not None
        and sessions.is_true(claim, buyer.password)
    ]
    waits = ratelimit.wait_seconds_many(
        [f"place:{buyer.user_id}" for _press, buyer in known], **PRESSES
    )
    for (press, buyer), wait in zip(known, waits, strict=True):
        if not wait:
            press.wish = _wish(press, buyer)
    for press in presses:
        press.is_looked_up = True


@dataclass(frozen=True, slots=True)
class _Buyer:
    user_id: int
    password: str
    address: dict[str, str]


_BUYERS = """
    SELECT person.id, address.id, person.password,
           address.recipient, address.phone, address.province, address.city, address.county,
           address.street
    FROM unnest(%s::bigint[], %s::bigint[]) AS asked (person, address)
    JOIN accounts_user person ON person.id = asked.person AND person.is_active
    JOIN accounts_address address ON address.id = asked.address AND address.user_id = person.id
"""


def _buyers(asked: set[tuple[int, int]]) -> dict[tuple[int, int], _Buyer]:
    """By person and address: active people with an address of their own."""
    if not asked:
        return {}
    people, addresses = zip(*asked, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_BUYERS, [list(people), list(addresses)])
        rows = cursor.fetchall()
    names = ("recipient", "phone", "province", "city", "county", "street")
    return {
        (row[0], row[1]): _Buyer(row[0], row[2], dict(zip(names, row[3:], strict=True)))
        for row in rows
    }


def _wish(press: Press, buyer: _Buyer) -> Wish | None:
    try:
        return checkout.make_wish(
            buyer_id=buyer.user_id,
            offer=press.offer,
            quantity=press.quantity,
            expected_price_fen=press.price_fen,
            address=buyer.address,
            key=press.key,
            broadcast=press.broadcast,
            perishable_accepted=press.perishable,
            expected_freight_fen=press.freight_fen,
            network=press.network,
        )
    except DomainError:
        return None


combiner: Combiner[Press, Verdict] = Combiner(
    _commit, key_of=lambda press: (press.session_key, press.key)
)
"""This process's one; its thread starts with the first buyer."""
