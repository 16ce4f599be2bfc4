"""An official proposes a show; the prefecture approves its script, goods and prices.

Each step is a compare-and-set with a row of who, when and why, a deadline and a message. Nobody
approves a show they proposed or run, whichever roles they hold: here, by a CHECK and by a trigger
(streams/migrations/sql/show_approvals.sql), which also lets no show go live without its approval.
Approved is what was seen: a show whose title, goods, prices or words to say have changed since is
a draft again. Its time, order and minutes may change.
"""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.machines import Steps
from officials.domain.curation import may_curate
from officials.domain.identity import require_identity
from streams.domain import roles
from streams.domain import show_approval_messages as tell
from streams.domain.show_declarations import undeclared
from streams.models import Broadcast, Segment, ShowApproval, ShowApprovalStep

S = ShowApproval.State
SHOW = Steps(
    "show",
    {S.DRAFT: (S.PROPOSED,), S.PROPOSED: (S.APPROVED, S.DRAFT), S.APPROVED: (S.DRAFT,)},
    ShowApprovalStep,
    "approval",
)
TIME_TO_DECIDE = timedelta(hours=48)
BEFORE_THE_SHOW = timedelta(hours=2)
"""The decision is due so long before the show at the latest."""
LONGEST = 300


def ask_for_approval(broadcast: Broadcast) -> ShowApproval:
    """A planned show needs approval from now on. In the transaction that plans it."""
    return ShowApproval.objects.get_or_create(broadcast=broadcast)[0]


def approval_of(broadcast: Broadcast) -> ShowApproval | None:
    """None for a show that needs none: planned before there were approvals, or a rehearsal."""
    return ShowApproval.objects.filter(broadcast=broadcast).first()


def propose_show(*, broadcast: Broadcast, by: User, note: str = "") -> ShowApproval:
    """Ask the prefecture. Raises DomainError: not_your_show, identity_expired (403), show_begun,
    approval_state (409), nothing_to_sell, declare_first (422)."""
    roles.require_run(by, broadcast)
    require_identity(broadcast.host)
    if broadcast.state != Broadcast.State.SCHEDULED:
        raise DomainError("show_begun", _("The show has begun, or is over."), status=409)
    if not broadcast.shelf.exists():
        raise DomainError("nothing_to_sell", _("Choose at least one product."))
    missing = undeclared(broadcast)
    if missing:
        names = _(", ").join(producer.name for producer in missing[:3])
        raise DomainError(
            "declare_first",
            _("The official first declares how they are related to: %(names)s.") % {"names": names},
        )
    approval = ask_for_approval(broadcast)
    now = timezone.now()
    with transaction.atomic():
        _step(
            approval,
            S.PROPOSED,
            seen=S.DRAFT,
            by=by,
            note=note,
            proposed_by=by,
            proposed_at=now,
            due_at=due_at(broadcast.scheduled_at, now),
            words=note.strip()[:LONGEST],
            decided_by=None,
            decided_at=None,
            reason="",
            fingerprint=fingerprint(broadcast),
            reminders=0,
            reminded_at=None,
        )
        tell.waiting(approval)
    return approval


def approve_show(*, approval: ShowApproval, by: User, seen: str, note: str = "") -> None:
    """The prefecture's yes to what was `seen` (its fingerprint). Raises as `require_judge`;
    approval_state, show_changed (409), declare_first (422)."""
    broadcast = approval.broadcast
    require_judge(approval, by)
    if undeclared(broadcast):
        raise DomainError(
            "declare_first", _("A producer was added without a declaration. Send it back.")
        )
    if seen != fingerprint(broadcast):
        raise DomainError(
            "show_changed",
            _("The show has been changed while you were reading. Look at it again."),
            status=409,
        )
    try:
        with transaction.atomic():
            _step(
                approval,
                S.APPROVED,
                seen=S.PROPOSED,
                by=by,
                note=note,
                decided_by=by,
                decided_at=timezone.now(),
                reason=note.strip()[:LONGEST],
                fingerprint=seen,
            )
            tell.decided(approval)
    except IntegrityError as error:
        raise _explained(error) from error


def return_show(*, approval: ShowApproval, by: User, reason: str) -> None:
    """Back to the official with a reason. Raises as `require_judge`; reason_missing (422),
    approval_state (409)."""
    require_judge(approval, by)
    if not reason.strip():
        raise DomainError("reason_missing", _("Say what has to be better; the official reads it."))
    with transaction.atomic():
        _step(
            approval,
            S.DRAFT,
            seen=S.PROPOSED,
            by=by,
            note=reason,
            decided_by=by,
            decided_at=timezone.now(),
            reason=reason.strip()[:LONGEST],
        )
        tell.decided(approval)


def take_back(*, approval: ShowApproval, by: User) -> None:
    """Those who run the show want to change it. Raises DomainError: not_your_show (403),
    approval_state (409)."""
    roles.require_run(by, approval.broadcast)
    with transaction.atomic():
        _step(approval, S.DRAFT, seen=S.PROPOSED, by=by, note="", reason="", decided_by=None)


def require_approved(broadcast: Broadcast) -> None:
    """What going live asks. A show that was changed since goes back here and now, in a
    transaction of its own, so that the refusal does not undo it. Raises DomainError
    `show_not_approved` (409)."""
    approval = approval_of(broadcast)
    if approval is None or broadcast.is_live:
        return
    if recheck(approval):
        message = _(
            "The show has been changed since it was approved. Propose it again; the prefecture"
            " looks at what is different."
        )
        raise DomainError("show_not_approved", message, status=409)
    if approval.state != S.APPROVED:
        raise not_approved()


def recheck(approval: ShowApproval) -> bool:
    """Take the approval of a show back if the show is not what was approved; True if so."""
    broadcast = approval.broadcast
    if approval.state != S.APPROVED or broadcast.state != Broadcast.State.SCHEDULED:
        return False
    if approval.fingerprint == fingerprint(broadcast):
        return False
    with transaction.atomic():
        changed = SHOW.take(
            approval,
            S.DRAFT,
            seen=S.APPROVED,
            actor=None,
            note="changed",
            reason="",
            decided_by=None,
            decided_at=None,
        )
        if changed:
            tell.changed(approval)
    return changed


def recheck_all(*, limit: int = 500) -> int:
    """Look at every approved show that is still to come; returns how many went back."""
    rows = ShowApproval.objects.filter(
        state=S.APPROVED, broadcast__state=Broadcast.State.SCHEDULED
    ).select_related("broadcast__host__user", "broadcast__region__parent")
    return sum(recheck(row) for row in rows.order_by("broadcast__scheduled_at")[:limit])


def require_judge(approval: ShowApproval, by: User) -> None:
    """Raises DomainError own_show, not_curator (403); the attempt is written into the book."""
    broadcast = approval.broadcast
    is_own = by.pk in (approval.proposed_by_id, broadcast.host.user_id)
    if is_own or roles.standing_of(by, broadcast).may_run:
        audit.record_refusal(
            actor=by, action="streams.approve_show", subject=broadcast, reason="own show"
        )
        raise DomainError("own_show", _("Nobody approves their own show."), status=403)
    if not may_curate(by, broadcast.region):
        audit.record_refusal(actor=by, action="streams.approve_show", subject=broadcast)
        raise DomainError("not_curator", _("You do not look after this prefecture."), status=403)


def may_judge(user: User, approval: ShowApproval) -> bool:
    broadcast = approval.broadcast
    return (
        user.pk != approval.proposed_by_id
        and may_curate(user, broadcast.region)
        and not roles.standing_of(user, broadcast).may_run
    )


def due_at(scheduled_at: datetime, now: datetime) -> datetime:
    """Two days, or two hours before the show if that is sooner; at least an hour from now."""
    latest = min(now + TIME_TO_DECIDE, scheduled_at - BEFORE_THE_SHOW)
    return max(latest, now + timedelta(hours=1))


def fingerprint(broadcast: Broadcast) -> str:
    """Of what is approved: title, goods, prices, words to say. Three queries."""
    title = Broadcast.objects.values_list("title_zh", "title_en").get(pk=broadcast.pk)
    goods = [
        [
            item.product_id,
            item.deal_id,
            item.deal.price_fen if item.deal else item.product.list_price_fen,
        ]
        for item in broadcast.shelf.select_related("product", "deal")
    ]
    words = [
        [one.kind, one.title_zh, one.title_en, one.product_id, one.script]
        for one in Segment.objects.filter(broadcast=broadcast)
    ]
    told = json.dumps([title, sorted(goods, key=str), sorted(words, key=str)], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def not_approved() -> DomainError:
    return DomainError(
        "show_not_approved",
        _("The prefecture has not approved this show yet. Propose it, or ask its curator."),
        status=409,
    )


def _step(
    approval: ShowApproval,
    to: str,
    *,
    seen: str,
    by: User,
    note: str,
    **updates: Any,
) -> None:
    moved = SHOW.take(approval, to, seen=seen, actor=by, note=note.strip(), **updates)
    if not moved:
        approval.refresh_from_db(fields=["state"])
        raise DomainError(
            "approval_state",
            _("Somebody was quicker: it is “%(state)s” now. Reload the page.")
            % {"state": approval.get_state_display()},
            status=409,
        )
    audit.record(
        actor=by,
        action=f"streams.{_VERBS[to]}_show",
        subject=approval.broadcast,
        before={"approval": seen},
        after={"approval": to},
        reason=note,
    )


_VERBS: dict[str, str] = {S.PROPOSED: "propose", S.APPROVED: "approve", S.DRAFT: "return"}


def _explained(error: IntegrityError) -> DomainError:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    words = {
        "show_of_ones_own": _("Nobody approves their own show."),
        "show_approved_by_another": _("Nobody approves their own show."),
        "show_declared": _("A producer was added without a declaration. Send it back."),
    }
    if name not in words:
        raise error
    return DomainError(name, words[name], status=403 if "own" in name else 409)
