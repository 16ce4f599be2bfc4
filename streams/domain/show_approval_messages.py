"""Who is told of a show's approval, and reminded of one that is overdue."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from livecommerce.accounts.models import User
from livecommerce.later import later
from livecommerce.notifications.domain import Message, notify_all
from livecommerce.notifications.models import Kind
from officials.domain.identity import curators_of
from streams.models import Broadcast, ShowApproval

REMIND_EVERY = timedelta(hours=12)
MOST_REMINDERS = 5
S = ShowApproval.State


def waiting(approval: ShowApproval) -> int:
    title = gettext_lazy("A show waits for your approval")
    return _ask(approval, mark=_round(approval), title=title)


def decided(approval: ShowApproval) -> int:
    """The official and whoever proposed it hear yes or no, and why."""
    is_yes = approval.state == S.APPROVED
    title = (
        gettext_lazy("Your show was approved")
        if is_yes
        else gettext_lazy("Your show was sent back")
    )
    return _tell(approval, mark=f"{_round(approval)}:{approval.state}", title=title)


def changed(approval: ShowApproval) -> int:
    """The show is not what was approved: its official proposes it again."""
    title = gettext_lazy("Your show was changed: propose it again")
    return _tell(approval, mark=f"changed:{approval.steps.count()}", title=title)


def remind_overdue(*, at: datetime | None = None, limit: int = 100) -> int:
    """Remind the curators of proposals that are overdue; returns how many. Several may run at
    once (SKIP LOCKED)."""
    at = at or timezone.now()
    with transaction.atomic():
        rows = list(
            ShowApproval.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=S.PROPOSED, due_at__lte=at, reminders__lt=MOST_REMINDERS)
            .filter(broadcast__state=Broadcast.State.SCHEDULED)
            .filter(Q(reminded_at=None) | Q(reminded_at__lte=at - REMIND_EVERY))
            .select_related("broadcast__host__user", "broadcast__region__parent")
            .order_by("due_at")[:limit]
        )
        for row in rows:
            row.reminders += 1
            row.reminded_at = at
            row.save(update_fields=["reminders", "reminded_at"])
            title = gettext_lazy("Overdue: a show waits for you")
            _ask(row, mark=f"{_round(row)}:overdue:{row.reminders}", title=title)
    return len(rows)


def judges_of(approval: ShowApproval) -> QuerySet[User]:
    """The curators of the prefecture; without any, the shop's own people."""
    own = [approval.broadcast.host.user_id]
    own += [approval.proposed_by_id] if approval.proposed_by_id else []
    curators = curators_of(approval.broadcast.region).exclude(pk__in=own)
    if curators.exists():
        return curators
    return User.objects.filter(is_superuser=True, is_active=True).exclude(pk__in=own)


def _ask(approval: ShowApproval, *, mark: str, title: Promise) -> int:
    url = reverse("streams:show_approval", args=[approval.broadcast.public_id])
    return _say(approval, judges_of(approval), mark=mark, title=title, url=url)


def _tell(approval: ShowApproval, *, mark: str, title: Promise) -> int:
    people = [approval.broadcast.host.user, approval.proposed_by]
    readers = {one.pk: one for one in people if one is not None}.values()
    url = reverse("streams:propose", args=[approval.broadcast.public_id])
    return _say(approval, readers, mark=mark, title=title, url=url)


def _say(
    approval: ShowApproval, readers: Iterable[User], *, mark: str, title: Promise, url: str
) -> int:
    show = approval.broadcast
    name = later(lambda: show.title)
    reason = approval.reason
    body = format_lazy("{name} · {reason}", name=name, reason=reason) if reason else name
    return notify_all(
        [
            Message(
                user=reader,
                kind=Kind.APPROVAL,
                key=f"show-approval:{approval.pk}:{mark}:{reader.pk}",
                title=title,
                body=body,
                url=url,
            )
            for reader in readers
        ]
    )


def _round(approval: ShowApproval) -> str:
    """Each proposal is told anew."""
    return f"{approval.proposed_at:%Y%m%d%H%M%S}" if approval.proposed_at else "0"
