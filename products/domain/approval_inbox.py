"""What waits for somebody, and where a producer's goods stand."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from livecommerce.accounts.models import User
from officials.domain.curation import curated_codes
from officials.models import Official
from products.models import Producer, Product, Submission

MOST = 200


@dataclass
class Inbox:
    """Open submissions: `mine` wait for this person, `others` are on their way elsewhere."""

    mine: list[Submission] = field(default_factory=list)
    others: list[Submission] = field(default_factory=list)

    @property
    def overdue(self) -> int:
        return sum(is_overdue(one) for one in self.mine)


def is_overdue(submission: Submission) -> bool:
    return submission.is_open and submission.due_at <= timezone.now()


def verified_official(user: User) -> Official | None:
    rows = Official.objects.filter(user=user, state=Official.State.VERIFIED)
    return rows.select_related("region__parent").first()


def sits_in_an_office(user: User) -> bool:
    """Whether there is an inbox for this person at all."""
    return user.is_superuser or bool(curated_codes(user)) or verified_official(user) is not None


def inbox_of(user: User) -> Inbox:
    """By five queries however long it is; the most urgent first."""
    official, codes = verified_official(user), curated_codes(user)
    rows = list(_in_reach(user, official, codes)[:MOST])
    origins = {row.product.origin.code for row in rows}
    staffed = set(
        Official.objects.filter(state=Official.State.VERIFIED, region__in=origins).values_list(
            "region_id", flat=True
        )
    )
    inbox = Inbox()
    for row in rows:
        product = row.product
        curates = user.is_superuser or product.prefecture_id in codes
        is_own = user.pk in (row.submitted_by_id, product.producer.user_id)
        if row.state == Submission.State.COUNTY:
            origin = product.origin.code
            speaks_for = official.region_id if official is not None else None
            stands_in = origin not in staffed and (curates or speaks_for == product.prefecture_id)
            may = speaks_for == origin or stands_in
        else:
            may = curates and row.checked_by_id != user.pk
        (inbox.mine if may and not is_own else inbox.others).append(row)
    return inbox


def _in_reach(user: User, official: Official | None, codes: frozenset[str]) -> QuerySet[Submission]:
    rows = loaded().filter(state__in=Submission.OPEN).order_by("due_at", "pk")
    if user.is_superuser:
        return rows
    here = Q(product__prefecture__in=codes)
    if official is not None:
        here |= Q(product__county=official.region_id, state=Submission.State.COUNTY)
        here |= Q(product__prefecture=official.region_id, state=Submission.State.COUNTY)
    return rows.filter(here)


def loaded() -> QuerySet[Submission]:
    return (
        Submission.objects.select_related(
            "product__producer__region",
            "product__prefecture",
            "product__county__parent",
            "product__category",
            "submitted_by",
            "checked_by",
            "decided_by",
        )
        .defer("product__search")
        .prefetch_related("product__images")
    )


def goods_of(producer: Producer) -> Sequence[Product]:
    """All goods of a producer with where they stand: `round` is the newest submission or None."""
    rounds = Submission.objects.order_by("-pk")
    rows = list(
        Product.objects.filter(producer=producer)
        .select_related("prefecture", "county")
        .defer("search")
        .prefetch_related("images", Prefetch("submissions", queryset=rounds))
        .order_by("-updated_at")
    )
    for row in rows:
        row.round = next(iter(row.submissions.all()), None)  # type: ignore[attr-defined]
    return rows
