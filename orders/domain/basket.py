"""The basket: put in, change, look. Looking says of every line whether it can be bought now."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.money import format_fen
from orders.domain.checkout import MAX_QUANTITY
from orders.models import BasketLine, LimitCounter
from products.domain.offers import Offer, offers_for
from streams.models import Broadcast

MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A line with its offer of now. `problem` is empty, or why it cannot be bought like this
    (`gone`, `sold_out`, `short`, `limit`), with `words` for it; `most` is how many could be."""

    line: BasketLine
    offer: Offer
    problem: str
    words: str
    most: int

    @property
    def can_be_bought(self) -> bool:
        return not self.problem

    @property
    def amount_fen(self) -> int:
        return self.offer.price_fen * self.line.quantity

    @property
    def was_fen(self) -> int:
        """The price last seen, where it has changed since; else 0."""
        return self.line.seen_fen if self.line.seen_fen != self.offer.price_fen else 0


def put_in(*, user: User, offer: Offer, quantity: int, broadcast: Broadcast | None = None) -> int:
    """Put `quantity` more of the offer into the basket; how many lines it has now.

    Raises DomainError: `quantity` (422), `sale_over`, `sold_out`, `basket_full` (409).
    """
    _check_quantity(quantity)
    if not offer.product.is_listed:
        raise DomainError("sale_over", _("This is not on sale at present."), status=409)
    if offer.is_sold_out:
        raise DomainError("sold_out", _("Sold out. Nothing was charged."), status=409, spare=0)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # one hand in it at a time
        mine = BasketLine.objects.filter(user=user)
        known = mine.filter(product=offer.product).first()
        lines = mine.count()
        if known is None:
            if lines >= MOST_LINES:
                message = _("The basket holds %(most)d kinds of goods. Take something out first.")
                raise DomainError("basket_full", message % {"most": MOST_LINES}, status=409)
            known = BasketLine(user=user, product=offer.product, quantity=0)
            lines += 1
        known.quantity = min(known.quantity + quantity, MAX_QUANTITY)
        known.seen_fen = offer.price_fen
        known.broadcast = broadcast or known.broadcast
        known.save()
    return lines


def set_quantity(*, user: User, sku: str, quantity: int) -> None:
    """As many of it as this; zero takes the line out. Raises DomainError `quantity` (422)."""
    if quantity == 0:
        take_out(user=user, products=[sku])
        return
    _check_quantity(quantity)
    BasketLine.objects.filter(user=user, product__sku=sku).update(quantity=quantity)


def take_out(*, user: User, products: Sequence[str]) -> None:
    """Remove the lines of these SKUs."""
    BasketLine.objects.filter(user=user, product__sku__in=products).delete()


def look(*, user: User) -> list[Row]:
    """What is in the basket, newest first, each line judged by its offer of this moment."""
    lines = list(
        BasketLine.objects.filter(user=user)
        .select_related("product__producer")
        .prefetch_related("product__images")
    )
    offers = offers_for(line.product for line in lines)
    deals = [offer.deal.pk for offer in offers if offer.deal]
    counters = LimitCounter.objects.filter(buyer=user, deal__in=deals) if deals else []
    had = {counter.deal_id: counter.quantity for counter in counters}
    return [
        _judge(line, offer, had.get(offer.deal.pk, 0) if offer.deal else 0)
        for line, offer in zip(lines, offers, strict=True)
    ]


def note_prices(rows: Sequence[Row]) -> None:
    """The buyer has now seen what changed."""
    for row in rows:
        if row.was_fen:
            BasketLine.objects.filter(pk=row.line.pk, seen_fen=row.line.seen_fen).update(
                seen_fen=row.offer.price_fen
            )


def size_of(user: User) -> int:
    return BasketLine.objects.filter(user=user).count()


def _judge(line: BasketLine, offer: Offer, had: int) -> Row:
    """`had`: units of its deal this person holds or has bought."""
    limit = offer.per_person_limit
    spare = max(limit - had, 0) if limit is not None else MAX_QUANTITY
    most = min(offer.available, spare)
    if not offer.product.is_listed:
        problem, words = "gone", _("No longer on sale.")
    elif offer.is_sold_out:
        problem = "sold_out"
        words = _("None left just now. What others reserve and do not pay for comes back.")
    elif line.quantity > spare:
        problem = "limit"
        words = _limit_words(limit or 0, spare)
    elif line.quantity > offer.available:
        problem = "short"
        words = ngettext("Only %(n)d is left.", "Only %(n)d are left.", offer.available) % {
            "n": offer.available
        }
    else:
        problem = words = ""
    return Row(line, offer, problem, words, most)


def _limit_words(limit: int, spare: int) -> str:
    if not spare:
        return _("You have your %(limit)d of it already: that is the most a person.") % {
            "limit": limit
        }
    return ngettext(
        "At most %(limit)d a person: you can take %(n)d more.",
        "At most %(limit)d a person: you can take %(n)d more.",
        spare,
    ) % {"limit": limit, "n": spare}


def _check_quantity(quantity: int) -> None:
    if type(quantity) is not int or not 1 <= quantity <= MAX_QUANTITY:
        message = _("Choose a whole number between 1 and %(most)d.") % {"most": MAX_QUANTITY}
        raise DomainError("quantity", message)


def price_words(row: Row) -> str:
    """What a line's price did since the buyer last saw it."""
    names = {"was": format_fen(row.was_fen), "now": format_fen(row.offer.price_fen)}
    if row.was_fen > row.offer.price_fen:
        return _("It was ¥%(was)s and is now ¥%(now)s: cheaper.") % names
    return _("It was ¥%(was)s and is now ¥%(now)s.") % names
