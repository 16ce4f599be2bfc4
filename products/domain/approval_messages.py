"""Who is told of a step, and reminded of one that is overdue."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from livecommerce.accounts.models import User
from livecommerce.later import later
from livecommerce.notifications.domain import Message, notify_all
from livecommerce.notifications.models import Kind
from products.domain.approval_rules import judges_of
from products.models import Submission

REMIND_EVERY = timedelta(hours=24)
MOST_REMINDERS = 5
"""Then it stands in the lists as overdue, and nobody's inbox is filled with it."""
S = Submission.State


def waiting(submission: Submission) -> int:
    """Those whose turn it is."""
    title = (
        gettext_lazy("A product waits for your check")
        if submission.state == S.COUNTY
        else gettext_lazy("A product waits for your approval")
    )
    return _say(submission, judges_of(submission), mark=submission.state, title=title)


def moved_on(submission: Submission) -> int:
    """The sender hears that the county has passed it on."""
    title = gettext_lazy("The county has checked your product")
    return _say(submission, _senders(submission), mark="moved", title=title)


def decided(submission: Submission) -> int:
    """The sender hears yes or no, and why."""
    title = (
        gettext_lazy("Your product was approved")
        if submission.state == S.APPROVED
        else gettext_lazy("Your product was sent back")
    )
    return _say(submission, _senders(submission), mark=submission.state, title=title)


def remind_overdue(*, at: datetime | None = None, limit: int = 100) -> int:
    """Remind those whose turn it is of what is overdue, once a day; returns how many rounds.
    Several may run at once (SKIP LOCKED)."""
    at = at or timezone.now()
    with transaction.atomic():
        rows = list(
            Submission.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state__in=Submission.OPEN, due_at__lte=at, reminders__lt=MOST_REMINDERS)
            .filter(Q(reminded_at=None) | Q(reminded_at__lte=at - REMIND_EVERY))
            .select_related("product__producer", "product__prefecture", "product__county")
            .order_by("due_at")[:limit]
        )
        for row in rows:
            row.reminders += 1
            row.reminded_at = at
            row.save(update_fields=["reminders", "reminded_at"])
            mark = f"{row.state}:overdue:{row.reminders}"
            title = gettext_lazy("Overdue: a product waits for you")
            _say(row, judges_of(row), mark=mark, title=title)
    return len(rows)


def _senders(submission: Submission) -> list[User]:
    people = [submission.submitted_by, submission.product.producer.user]
    return list({one.pk: one for one in people if one is not None}.values())


def _say(submission: Submission, readers: Iterable[User], *, mark: str, title: Promise) -> int:
    product = submission.product
    judged = reverse("products:submission", args=[submission.pk])
    goods = reverse("products:goods_of", args=[product.producer_id, product.sku])
    owner = product.producer.user_id
    return notify_all(
        [
            Message(
                user=reader,
                kind=Kind.APPROVAL,
                key=f"submission:{submission.pk}:{mark}:{reader.pk}",
                title=title,
                body=format_lazy(
                    "{name} · {reason}", name=later(lambda: product.name), reason=submission.reason
                )
                if submission.reason
                else later(lambda: product.name),
                url=goods if reader.pk == owner else judged,
            )
            for reader in readers
        ]
    )
