"""Shows that wait for somebody's decision."""

from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from livecommerce.accounts.models import User
from officials.domain.curation import curated_codes
from officials.domain.hosting import officials_one_may_host_for
from streams.models import Broadcast, ShowApproval

MOST = 200


@dataclass
class ShowInbox:
    """`mine` wait for this person, `others` for somebody else (one does not judge one's own)."""

    mine: list[ShowApproval] = field(default_factory=list)
    others: list[ShowApproval] = field(default_factory=list)


def is_overdue(approval: ShowApproval) -> bool:
    return approval.due_at is not None and approval.due_at <= timezone.now()


def inbox_of(user: User) -> ShowInbox:
    """Proposed shows of the prefectures the person curates. Three queries."""
    codes = curated_codes(user)
    rows = (
        ShowApproval.objects.filter(
            state=ShowApproval.State.PROPOSED, broadcast__state=Broadcast.State.SCHEDULED
        )
        .select_related("broadcast__host__user", "broadcast__region__parent", "proposed_by")
        .order_by("due_at", "pk")
    )
    if not user.is_superuser:
        here = Q(broadcast__region__in=codes) | Q(broadcast__region__parent__in=codes)
        rows = rows.filter(here)
    hosts = set(officials_one_may_host_for(user).values_list("pk", flat=True))
    inbox = ShowInbox()
    for row in rows[:MOST]:
        is_own = row.proposed_by_id == user.pk or row.broadcast.host_id in hosts
        (inbox.others if is_own else inbox.mine).append(row)
    return inbox
