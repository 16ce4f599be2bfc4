"""The public receipt of a deal: what its price rests on, who answers for it, where it goes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from products.domain.money_split import MoneySplit, split_deal
from products.domain.offices import office_of
from products.domain.prices import Offered, Proof, offered_between, prove_base_price
from products.models import Deal, DealWithdrawal

HISTORY_DAYS = 60


@dataclass(frozen=True)
class Receipt:
    """`history` is every price offered from `since` to `until`, the deal's own included; `proof`
    those that count for the base price. `highest_fen` is what the rule allows at most."""

    deal: Deal
    proof: Proof
    split: MoneySplit
    history: tuple[Offered, ...]
    since: datetime
    until: datetime
    highest_fen: int
    rule_bps: int
    rule_days: int
    approver_role: str
    withdrawal: DealWithdrawal | None

    @property
    def is_withdrawn(self) -> bool:
        return self.deal.state == Deal.State.WITHDRAWN

    @property
    def rule_percent(self) -> str:
        return f"{self.rule_bps / 100:g}"


def find_public_deal(pk: int) -> Deal | None:
    """Approved, or once approved: a draft's price is nobody's business yet."""
    shown = (Deal.State.APPROVED, Deal.State.ENDED, Deal.State.WITHDRAWN)
    deals = Deal.objects.filter(state__in=shown, base_price_fen__isnull=False)
    related = (
        "product__prefecture", "product__county__parent", "product__producer",
        "product__category", "festival", "approved_by", "withdrawal",
    )  # fmt: skip
    return deals.select_related(*related).filter(pk=pk).first()


def receipt_of(deal: Deal) -> Receipt:
    """What was said when a deal was taken back stays said: its rule is the one of then."""
    withdrawal = getattr(deal, "withdrawal", None)
    facts = withdrawal.facts if withdrawal is not None else {}
    bps = int(facts.get("max_price_bps", deal.festival.max_price_bps))
    days = int(facts.get("base_window_days", deal.festival.base_window_days))
    since = deal.starts_at - timedelta(days=HISTORY_DAYS)
    until = max(min(timezone.now(), deal.ends_at), deal.starts_at + timedelta(days=1))
    seen = max(min(until, timezone.now()), since)
    history = offered_between(product=deal.product, since=since, until=seen)
    return Receipt(
        deal=deal,
        proof=prove_base_price(
            product=deal.product, deal=deal, starts_at=deal.starts_at, days=days
        ),
        split=split_deal(deal),
        history=history,
        since=since,
        until=until,
        highest_fen=(deal.base_price_fen or 0) * bps // 10_000,
        rule_bps=bps,
        rule_days=days,
        approver_role=office_of(deal.approved_by),
        withdrawal=withdrawal,
    )
