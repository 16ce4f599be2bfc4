"""A deal between two people: a curator proposes its terms, another one approves or sends it back.

The base price is nobody's to type (products/migrations/0002); what approval would refuse is said
when it is proposed. docs/curation.md tells it to people.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.transitions import move
from livecommerce.wording import clean, contacts
from officials.domain.curation import curated_codes, may_curate
from officials.models import Region
from products.domain import deal_messages as tell
from products.domain.deals import (
    TERMS,
    approve_deal,
    changed,
    highest_price,
    propose_deal,
    require_another,
    submit_deal,
    withdraw_deal,
)
from products.domain.prices import Proof, prove_base_price
from products.domain.refusals import explain
from products.models import Deal, Festival, Product

OPEN = (Deal.State.DRAFT, Deal.State.SUBMITTED)
LONGEST = 200
MOST_OVER = 20


@dataclass(frozen=True)
class Ground:
    """What a price is judged by: the proof of the base price, and the most a deal may cost."""

    proof: Proof
    festival: Festival
    highest_fen: int | None
    cost_fen: int


def ground_of(
    product: Product, festival: Festival, starts_at: datetime, deal: Deal | None = None
) -> Ground:
    proof = prove_base_price(
        product=product, deal=deal, starts_at=starts_at, days=festival.base_window_days
    )
    base = proof.base_price_fen
    return Ground(
        proof=proof,
        festival=festival,
        highest_fen=None if base is None else highest_price(base_price_fen=base, festival=festival),
        cost_fen=product.producer_cost_fen + product.packing_fen + product.freight_fen,
    )


def festivals_for(product: Product) -> list[Festival]:
    """Those that are not over and that the product's place takes part in; the first one first."""
    rows = Festival.objects.filter(ends_at__gt=timezone.now()).prefetch_related("regions")
    return [
        row
        for row in rows.order_by("starts_at")
        if not row.regions.all() or any(one.covers(product.origin) for one in row.regions.all())
    ]


def deals_of(prefecture: Region) -> tuple[Sequence[Deal], Sequence[Deal]]:
    """Open or promised ones, soonest first; and the last of those that are over."""
    rows = loaded().filter(product__prefecture=prefecture, is_flash=False)
    now = (*OPEN, Deal.State.APPROVED)
    over = rows.exclude(state__in=now).order_by("-ends_at")[:MOST_OVER]
    return list(rows.filter(state__in=now).order_by("starts_at", "pk")), list(over)


def waiting_for(user: User) -> Sequence[Deal]:
    """Proposals that this person may decide about."""
    rows = loaded().filter(state=Deal.State.SUBMITTED, is_flash=False)
    if not user.is_superuser:
        rows = rows.filter(product__prefecture__in=curated_codes(user))
    own = Q(proposed_by=user) | Q(product__producer__user=user)
    return list(rows.exclude(own).order_by("starts_at", "pk")[:200])


def loaded() -> QuerySet[Deal]:
    return (
        Deal.objects.select_related(
            "festival",
            "product__prefecture",
            "product__county__parent",
            "product__producer",
            "approved_by",
            "proposed_by",
            "withdrawal",
        )
        .defer("product__search")
        .prefetch_related("product__images")
    )


def propose(*, by: User, product: Product, terms: Mapping[str, Any]) -> Deal:
    """Terms that wait for another's approval. Raises DomainError: not_curator (403), and all that
    approval would refuse."""
    _require_curator(by, product, "products.propose_deal")
    with transaction.atomic():
        deal = propose_deal(product=product, by=by, **terms)
        submit_deal(deal=deal)
        _record(deal, by, "products.propose_deal", before=None)
    return deal


def revise(*, deal: Deal, by: User, terms: Mapping[str, Any]) -> None:
    """Other terms of one that nobody has approved yet; whoever writes them has proposed it.
    Raises DomainError: not_curator (403), deal_state (409), and all that approval would refuse."""
    _require_curator(by, deal.product, "products.propose_deal")
    with transaction.atomic():
        locked = Deal.objects.select_for_update(of=("self",)).get(pk=deal.pk)
        if locked.state not in OPEN:
            raise _elsewhere(locked)
        before = audit.facts(locked, *TERMS)
        for name, value in terms.items():
            setattr(locked, name, value)
        locked.state, locked.proposed_by, locked.sent_back_reason = Deal.State.DRAFT, by, ""
        try:
            with transaction.atomic():
                locked.save()
        except IntegrityError as error:
            raise explain(error) from error
        submit_deal(deal=locked)
        _record(locked, by, "products.propose_deal", before=before)
    deal.refresh_from_db()


def mark_of(deal: Deal) -> str:
    """Names the terms as they are: an approval is of what the person saw."""
    told = repr([getattr(deal, "festival_id" if name == "festival" else name) for name in TERMS])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def approve(*, deal: Deal, by: User, seen: str) -> None:
    """The other one's yes to the terms with the mark `seen`. Raises DomainError: not_curator,
    own_deal (403), deal_state, deal_changed (409), and what the rules refuse."""
    _require_curator(by, deal.product, "products.approve_deal")
    require_another(deal, by)  # before the transaction: the refusal is written down to stay
    if deal.state != Deal.State.SUBMITTED:
        raise _elsewhere(deal)
    if seen != mark_of(deal):
        raise changed()
    with transaction.atomic():
        approve_deal(deal=deal, by=by)
        tell.decided(deal)


def send_back(*, deal: Deal, by: User, reason: str) -> None:
    """To whoever proposed it, as a draft. Raises DomainError: not_curator (403), reason_missing
    (422), deal_state (409)."""
    _require_curator(by, deal.product, "products.approve_deal")
    said = _reason(reason)
    with transaction.atomic():
        if not move(deal, "state", Deal.State.SUBMITTED, Deal.State.DRAFT, sent_back_reason=said):
            raise _elsewhere(deal)
        audit.record(
            actor=by,
            action="products.send_back_deal",
            subject=deal,
            before={"state": Deal.State.SUBMITTED},
            after={"state": Deal.State.DRAFT},
            reason=said,
        )
        tell.decided(deal)


def take_back(*, deal: Deal, by: User, reason: str) -> None:
    """Of a promised one the receipt says so, with the office and the reason. Raises DomainError:
    not_curator (403), reason_missing (422), deal_state (409)."""
    _require_curator(by, deal.product, "products.withdraw_deal")
    withdraw_deal(deal=deal, by=by, reason=_reason(reason))


def _reason(text: str) -> str:
    said = clean.clean_line(text)[:LONGEST]
    if not said:
        raise DomainError("reason_missing", _("Say why; others read it."))
    if contacts.has_contact(said):
        message = _("Please leave out telephone numbers, accounts and links.")
        raise DomainError("contact", message)
    return said


def _record(deal: Deal, by: User, action: str, *, before: dict[str, Any] | None) -> None:
    after = audit.facts(deal, *TERMS)
    audit.record(actor=by, action=action, subject=deal, before=before, after=after)


def _require_curator(by: User, product: Product, action: str) -> None:
    if may_curate(by, product.prefecture):
        return
    audit.record_refusal(actor=by, action=action, subject=product)
    raise DomainError(
        "not_curator", _("Only a curator of this prefecture decides about its deals."), status=403
    )


def _elsewhere(deal: Deal) -> DomainError:
    deal.refresh_from_db(fields=["state"])
    return DomainError(
        "deal_state",
        _("The deal is %(state)s now; reload the page.") % {"state": deal.get_state_display()},
        status=409,
    )
