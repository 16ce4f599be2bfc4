"""Corrections by the sheet: of many goods at once, each with its round, each judge told once.

The same rule as for a single correction (`approvals.note_correction`): it counts at once, and
somebody else confirms it or sends it back, which undoes it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import ngettext

from livecommerce.accounts.models import User
from livecommerce.later import later
from livecommerce.notifications.domain import Message, notify_all
from livecommerce.notifications.models import Kind
from officials.models import Official
from products.domain.approval_rules import (
    JUDGED_STATES,
    TIME_FOR,
    differences,
    facts_of,
    first_office,
    judges_of,
)
from products.domain.refusals import explain
from products.models import Product, Submission, SubmissionStep

_BATCH = 500


@dataclass(frozen=True)
class Correction:
    """`changes`: field → [before, after]."""

    product: Product
    changes: Mapping[str, list[Any]]

    @property
    def office(self) -> str:
        return str(first_office(self.changes))


class Rounds:
    """What is known of the rounds of some goods, by two queries."""

    def __init__(self, goods: Iterable[Product]) -> None:
        rows = list(goods)
        open_ones = Submission.objects.filter(product__in=rows, state__in=Submission.OPEN)
        self._in_one = set(open_ones.values_list("product_id", flat=True))
        verified = Official.objects.filter(state=Official.State.VERIFIED)
        origins = {row.county_id or row.prefecture_id for row in rows}
        self._staffed = set(verified.filter(region__in=origins).values_list("region_id", flat=True))

    def is_in_one(self, product: Product) -> bool:
        return product.pk in self._in_one

    @staticmethod
    def changes_of(product: Product, before: Mapping[str, Any]) -> dict[str, list[Any]]:
        """What somebody else has to confirm of a product that is not saved yet."""
        if product.state not in JUDGED_STATES:
            return {}
        return differences(before, facts_of(product))

    def office_name(self, correction: Correction) -> Promise:
        """The place whose office looks first, in the reader's language."""
        origin = correction.product.origin
        at_county = correction.office == Submission.State.COUNTY and origin.code in self._staffed
        place = origin if at_county else correction.product.prefecture
        return later(lambda: place.name)


def open_rounds(corrections: Sequence[Correction], *, by: User) -> None:
    """Inside the transaction that changed them: a round for each, and one message to each judge
    for all of them. Raises DomainError one_open_submission when somebody was quicker."""
    now = timezone.now()
    rows = [
        Submission(
            product=one.product,
            kind=Submission.Kind.CORRECTION,
            state=one.office,
            changes=dict(one.changes),
            submitted_by=by,
            due_at=now + TIME_FOR[Submission.State(one.office)],
        )
        for one in corrections
    ]
    try:
        with transaction.atomic():
            made = Submission.objects.bulk_create(rows, batch_size=_BATCH)
    except IntegrityError as error:
        raise explain(error) from error
    SubmissionStep.objects.bulk_create(
        (SubmissionStep(submission=row, to_state=row.state, actor=by) for row in made),
        batch_size=_BATCH,
    )
    _tell(made)


def _tell(made: Sequence[Submission]) -> None:
    """Judges are asked for once for each place and owner."""
    known: dict[tuple[str, str, int | None], list[User]] = {}
    waiting: Counter[int] = Counter()
    readers: dict[int, User] = {}
    for row in made:
        product = row.product
        group = (row.state, product.origin.code, product.producer.user_id)
        if group not in known:
            known[group] = list(judges_of(row))
        for reader in known[group]:
            waiting[reader.pk] += 1
            readers[reader.pk] = reader
    notify_all(
        [
            Message(
                user=readers[pk],
                kind=Kind.APPROVAL,
                key=f"corrections:{made[0].pk}:{pk}",
                title=later(_title(number)),
                body="",
                url=reverse("products:waiting"),
            )
            for pk, number in waiting.items()
        ]
    )


def _title(number: int) -> Any:
    return lambda: (
        ngettext(
            "%(n)d product was corrected by a spreadsheet: look whether it is right",
            "%(n)d products were corrected by a spreadsheet: look whether they are right",
            number,
        )
        % {"n": number}
    )
