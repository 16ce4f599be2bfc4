"""What a deal claims, and what happens when it is no longer true: it is taken back and says so.

A claim is that the price is within the festival's rule of an honest base price, below the list
price of goods that are on offer, and that somebody pays what it is short of its costs. The
database refuses changes that would make an approved deal untrue; who has to make one all the same
(a corrected history, a stricter rule) does it within `may_end_claims`. A sweep finds the rest.

Orders that were placed keep the price they were placed at; their units stay held.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from products.domain.deals import withdraw_deal
from products.domain.prices import importing_history
from products.domain.refusals import explain
from products.models import Deal, DealWithdrawal, Festival, PricePoint, Product

Reason = DealWithdrawal.Reason


@dataclass(frozen=True)
class Fallen:
    """An approved deal that is not what it claims: why, and the numbers that say so."""

    deal: Deal
    reason: str
    facts: dict[str, Any]


_JUDGE = """
    SELECT deal.id, product.state = 'listed',
           products_base_price(product.id, deal.id, deal.starts_at, festival.base_window_days),
           festival.max_price_bps, festival.base_window_days, deal.price_fen,
           product.list_price_fen,
           product.producer_cost_fen + product.packing_fen + product.freight_fen,
           deal.subsidy_payer_zh <> ''
    FROM products_deal deal
    JOIN products_product product ON product.id = deal.product_id
    JOIN products_festival festival ON festival.id = deal.festival_id
    WHERE deal.state = 'approved' AND deal.ends_at > %s AND deal.id = ANY(%s)
    ORDER BY deal.id
"""


@contextmanager
def may_end_claims(*, touched: Q) -> Iterator[None]:
    """Within it a change may make deals untrue: when it is made, those of `touched` (a condition on
    deals) that are no longer true are taken back, all in one transaction. The database then
    judges once more what is left.

    Raises DomainError when the change is refused for another reason.
    """
    try:
        with transaction.atomic():
            _set_constraints("DEFERRED")
            yield
            take_back_fallen(Deal.objects.filter(touched))
            _set_constraints("IMMEDIATE")
    except IntegrityError as error:
        raise explain(error) from error


def change_list_price(*, product: Product, price_fen: int) -> None:
    """Offer the product at another list price, whatever becomes of its deals."""
    with may_end_claims(touched=Q(product=product)):
        rows = Product.objects.filter(pk=product.pk)
        rows.update(list_price_fen=price_fen, updated_at=timezone.now())
    product.list_price_fen = price_fen


def change_costs(*, product: Product, **fen: int) -> None:
    """Set `producer_cost_fen`, `packing_fen` or `freight_fen` anew. Deals that are below them now,
    with nobody to pay the difference, are taken back."""
    with may_end_claims(touched=Q(product=product)):
        Product.objects.filter(pk=product.pk).update(**fen, updated_at=timezone.now())
    for name, value in fen.items():
        setattr(product, name, value)


def change_rule(*, festival: Festival, max_price_bps: int) -> None:
    """A stricter (or milder) rule for all of a festival's deals, from now on."""
    with may_end_claims(touched=Q(festival=festival)):
        Festival.objects.filter(pk=festival.pk).update(max_price_bps=max_price_bps)
    festival.max_price_bps = max_price_bps


def correct_history(
    *, product: Product, price_fen: int | None, at: datetime, by: User, reason: str
) -> PricePoint:
    """Add a list price that was really offered from `at` on and is missing from the history (None:
    not offered). Nothing is changed or removed; the correction is in the audit book.

    Raises DomainError `reason` (422) without one.
    """
    if not reason.strip():
        raise DomainError("reason", gettext("Say where this price is known from."))
    with may_end_claims(touched=Q(product=product)), importing_history():
        point = PricePoint.objects.create(product=product, price_fen=price_fen, effective_at=at)
        audit.record(
            actor=by,
            action="products.correct_history",
            subject=product,
            after={"price_fen": price_fen, "effective_at": at.isoformat()},
            reason=reason.strip(),
        )
    return point


def find_fallen(deals: Sequence[int]) -> list[Fallen]:
    """Those of the deals with these ids that are approved, not over, and not what they claim."""
    with connection.cursor() as cursor:
        cursor.execute(_JUDGE, [timezone.now(), list(deals)])
        verdicts = {row[0]: verdict for row in cursor.fetchall() if (verdict := _judge(*row[1:]))}
    rows = Deal.objects.select_related("product__prefecture", "festival").in_bulk(verdicts)
    return [Fallen(rows[pk], *verdict) for pk, verdict in verdicts.items()]


def take_back_fallen(deals: Any = None) -> int:
    """Take back every approved deal (of a queryset) that is no longer what it claims; returns how
    many. The sweep calls it for all."""
    rows = Deal.objects.all() if deals is None else deals
    ids = rows.filter(state=Deal.State.APPROVED, ends_at__gt=timezone.now())
    return sum(_take_back(one) for one in find_fallen(list(ids.values_list("pk", flat=True))))


def _judge(
    is_listed: bool,
    base: int | None,
    bps: int,
    days: int,
    price: int,
    list_price: int,
    cost: int,
    has_payer: bool,
) -> tuple[str, dict[str, Any]] | None:
    facts = {
        "price": price,
        "base_price": base,
        "max_price_bps": bps,
        "base_window_days": days,
        "list_price": list_price,
        "cost": cost,
    }
    if not is_listed:
        return Reason.NOT_LISTED.value, facts
    if base is None:
        return Reason.HISTORY.value, facts
    if price * 10_000 > base * bps:
        return Reason.RULE.value, facts
    if price >= list_price:
        return Reason.NOT_LOWER.value, facts
    if price < cost and not has_payer:
        return Reason.COST.value, facts
    return None


def _take_back(fallen: Fallen) -> bool:
    """False if it was over, or taken back by another, a moment before."""
    deal = fallen.deal
    with transaction.atomic():
        try:
            withdraw_deal(deal=deal)
        except DomainError as refusal:
            if refusal.code != "deal_state":
                raise
            return False
        _row, is_new = DealWithdrawal.objects.get_or_create(
            deal=deal, defaults={"reason": fallen.reason, "facts": fallen.facts}
        )
        if is_new:
            audit.record(
                actor=None,
                action="products.withdraw_deal",
                subject=deal,
                before={"state": Deal.State.APPROVED.value},
                after={"state": Deal.State.WITHDRAWN.value, **fallen.facts},
                reason=fallen.reason,
            )
            _tell(deal, fallen.reason)
    return is_new


def _tell(deal: Deal, reason: str) -> None:
    """Who approved it, and the curators of its prefecture."""
    curates = Q(is_staff=True, curates__prefecture=deal.product.prefecture)
    people = User.objects.filter(Q(pk=deal.approved_by_id) | curates, is_active=True)
    for person in people.distinct().order_by("pk"):
        notify(
            user=person,
            kind=Kind.SYSTEM,
            key=f"claim:{deal.pk}:{person.pk}",
            title=_("A deal was taken back: its claim is no longer true"),
            body=Reason(reason).label,
            url=reverse("products:receipt", args=[deal.pk]),
        )


def _set_constraints(when: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS products_price_point_keeps_deals_honest,"
            f" products_festival_keeps_its_word {when}"  # nosec B608 -- one of two words of ours
        )
