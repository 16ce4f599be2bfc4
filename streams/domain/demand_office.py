"""What an office does: answer, and be reminded of it."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from officials.models import Official
from streams.domain.demand_rights import require_answer
from streams.domain.demand_states import advance
from streams.domain.demand_wording import names_behind, require_public
from streams.models.demands import Demand

State = Demand.State
LONGEST_ANSWER = 500
AGAIN_AFTER = timedelta(days=3)
"""Between two reminders of what is overdue."""


def desk_of(office: Official) -> QuerySet[Demand]:
    """What this office was asked for, what is due first before the rest."""
    rows = Demand.objects.filter(official=office).exclude(state=State.MERGED)
    return rows.select_related("prefecture", "product").order_by("answered_at", "due_at", "pk")


def answer(*, demand: Demand, by: User, text_zh: str, text_en: str = "") -> None:
    """The office's answer: on the board at once, and to be read in the office's next show.

    Raises DomainError: not_your_office (403), demand_moved (409), empty_text, personal (422).
    """
    require_answer(by, demand)
    names = names_behind(demand)
    said = require_public(text_zh, longest=LONGEST_ANSWER, names=names)
    if not said:
        raise DomainError("empty_text", _("Write the answer first."))
    with transaction.atomic():
        advance(
            demand,
            State.ANSWERED,
            by=by,
            answer_zh=said,
            answer_en=require_public(text_en, longest=800, names=names),
            answered_at=timezone.now(),
            remind_at=None,
        )


def remind_offices() -> int:
    """Remind offices two days before an answer is due, on the day, and every three days after.
    Each reminder is claimed by its own time, so that it is sent once. Returns how many were."""
    now = timezone.now()
    due = Demand.objects.filter(state=State.ASSIGNED, remind_at__lte=now)
    rows = due.select_related("official__user")[:200]
    return sum(_remind(demand) for demand in rows)


def _remind(demand: Demand) -> bool:
    now = timezone.now()
    assert demand.due_at is not None
    assert demand.official is not None
    was, after = demand.remind_at, demand.due_at if now < demand.due_at else now + AGAIN_AFTER
    with transaction.atomic():
        claimed = Demand.objects.filter(pk=demand.pk, state=State.ASSIGNED, remind_at=was)
        if not claimed.update(remind_at=after):
            return False
        with translation.override(demand.official.user.language):
            notify(
                user=demand.official.user,
                kind=Kind.VOICE_ASSIGNED,
                key=f"demand-due:{demand.pk}:{was:%Y%m%d%H%M%S}",
                title=_title(demand),
                body=_("Answer it at your desk. What is late is marked as late on the board."),
                url=f"/voice/office/{demand.pk}/",
            )
    return True


def _title(demand: Demand) -> str:
    if demand.is_overdue:
        return _("Overdue by %(days)d days: %(title)s") % {
            "days": demand.days_overdue,
            "title": demand.title,
        }
    return _("Soon due: %(title)s") % {"title": demand.title}
