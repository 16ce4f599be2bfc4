"""Who may judge goods, what of them is judged, and by when. docs/curation.md tells it to people."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from officials.domain.curation import may_curate
from officials.models import Official
from products.models import Product, Submission

FACTS = (
    "name_zh",
    "name_en",
    "unit_zh",
    "unit_en",
    "description_zh",
    "description_en",
    "net_weight_g",
    "shelf_life_days",
    "storage",
    "cold_chain",
    "season_months",
    "seven_day_return",
    "gi_status",
)
"""What is said of the goods: the county checks it, then the prefecture decides."""
PRICES = ("list_price_fen", "producer_cost_fen", "packing_fen", "freight_fen")
"""What it costs and who gets it: the prefecture alone decides."""
JUDGED = FACTS + PRICES
JUDGED_STATES = (Product.State.APPROVED, Product.State.LISTED, Product.State.RETIRED)
"""Goods that were approved once: what is said of them changes only with somebody else's eyes."""

COUNTY_HOURS, PREFECTURE_HOURS = timedelta(hours=72), timedelta(hours=72)
TIME_FOR = {Submission.State.COUNTY: COUNTY_HOURS, Submission.State.PREFECTURE: PREFECTURE_HOURS}


def facts_of(product: Product) -> dict[str, Any]:
    """The judged fields as they are now."""
    return {name: getattr(product, name) for name in JUDGED}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Field → [before, after], where the two differ."""
    return {
        name: [before[name], after[name]]
        for name in JUDGED
        if name in after and before[name] != after[name]
    }


def first_office(changes: Mapping[str, Any]) -> str:
    """Where a round begins: a change of prices alone needs no county."""
    if changes and not any(name in FACTS for name in changes):
        return Submission.State.PREFECTURE
    return Submission.State.COUNTY


def county_officials(product: Product) -> QuerySet[Official]:
    """Verified officials of the place the goods come from."""
    return Official.objects.filter(state=Official.State.VERIFIED, region_id=product.origin.code)


def may_check(user: User, product: Product) -> bool:
    """A verified official of the county. Where the county has none, one of the prefecture or its
    curator stands in."""
    if not user.is_active:
        return False
    officials = county_officials(product)
    if officials.filter(user=user).exists():
        return True
    if officials.exists():
        return False
    of_prefecture = Official.objects.filter(
        state=Official.State.VERIFIED, region_id=product.prefecture_id, user=user
    )
    return may_curate(user, product.prefecture) or of_prefecture.exists()


def may_submit(user: User, product: Product) -> bool:
    """The producer's own account, or a curator on their behalf."""
    return user.is_active and (
        product.producer.user_id == user.pk or may_curate(user, product.prefecture)
    )


def require_judge(submission: Submission, by: User, *, office: str) -> None:
    """Raises DomainError own_submission, judged_before, not_your_office (403); a refusal for a
    reason of fairness or place is written into the book."""
    product = submission.product
    action = f"products.{'check' if office == Submission.State.COUNTY else 'approve'}_submission"
    if by.pk in (submission.submitted_by_id, product.producer.user_id):
        audit.record_refusal(actor=by, action=action, subject=product, reason="own submission")
        raise DomainError(
            "own_submission", _("Nobody decides about what they submitted themselves."), status=403
        )
    if office == Submission.State.PREFECTURE and by.pk == submission.checked_by_id:
        audit.record_refusal(actor=by, action=action, subject=product, reason="checked it before")
        raise DomainError(
            "judged_before",
            _("You have checked it for the county; somebody else approves it."),
            status=403,
        )
    if office == Submission.State.COUNTY:
        allowed = may_check(by, product)
    else:
        allowed = may_curate(by, product.prefecture)
    if not allowed:
        audit.record_refusal(actor=by, action=action, subject=product, reason="another office")
        raise DomainError("not_your_office", _("Another office decides about this."), status=403)


def judges_of(submission: Submission) -> QuerySet[User]:
    """Who is asked: for the county its officials, for the prefecture its curators; without any,
    the next office, in the end the shop's own people."""
    product = submission.product
    own = [
        pk
        for pk in (submission.submitted_by_id, product.producer.user_id, submission.checked_by_id)
        if pk is not None
    ]
    users = User.objects.filter(is_active=True).exclude(pk__in=own)
    curators = users.filter(is_staff=True, curates__prefecture=product.prefecture_id)
    asked = [curators]
    if submission.state == Submission.State.COUNTY:
        verified = {"official__state": Official.State.VERIFIED}
        asked = [
            users.filter(official__region=product.origin.code, **verified),
            users.filter(
                Q(official__region=product.prefecture_id, **verified) | Q(pk__in=curators)
            ),
        ]
    for group in asked:
        if group.exists():
            return group.order_by("pk").distinct()
    return users.filter(is_superuser=True).order_by("pk")
