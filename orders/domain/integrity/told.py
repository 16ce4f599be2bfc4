"""“I was told to buy”: taken without asking who, handled by staff, published as a number only."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.machines import Steps
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from orders.models import ToldReport, ToldStep
from streams.models import Broadcast

S = ToldReport.State
TOLD = Steps(
    "told",
    {
        S.RECEIVED: (S.LOOKING,),
        S.LOOKING: (S.CONFIRMED, S.UNFOUNDED),
        S.CONFIRMED: (),
        S.UNFOUNDED: (S.LOOKING,),
    },
    ToldStep,
    "report",
)
HANDLE = "orders.handle_told"
LONGEST = 1000


@dataclass(frozen=True)
class Told:
    """How many reports there are, and how many turned out to be true."""

    reports: int = 0
    confirmed: int = 0


def tell(*, pressure: str, text: str, broadcast: Broadcast | None) -> None:
    """Write it down, and tell those who handle such reports that there is one: not what it says.

    Raises DomainError `pressure`, `words` (422).
    """
    words = " ".join(text.split())[:LONGEST]
    if pressure not in ToldReport.Pressure.values:
        raise DomainError("pressure", _("Say what happened: choose one."))
    if pressure == ToldReport.Pressure.OTHER and not words:
        raise DomainError("words", _("Say in a few words what happened."))
    with transaction.atomic():
        report = ToldReport.objects.create(
            pressure=pressure, text=words, broadcast=broadcast, day=timezone.localdate()
        )
        for person in handlers():
            notify(
                user=person,
                kind=Kind.SYSTEM,
                key=f"told:{report.pk}:{person.pk}",
                title=_("Somebody says that they were told to buy"),
                body=_("Please look into it."),
                url="/reports/told/",
            )


def handle(*, report: ToldReport, to: str, seen: str, by: User, note: str) -> None:
    """One step on; `seen` is the state the person saw. A verdict needs words.

    Raises DomainError `not_yours` (403), `note` (422), `moved_on` (409).
    """
    require_handler(by)
    if to in (S.CONFIRMED, S.UNFOUNDED) and not note.strip():
        raise DomainError("note", _("Say what you found: it is kept with the report."))
    with transaction.atomic():
        if not TOLD.take(report, to, seen=seen, actor=by, note=note.strip()):
            message = _("Somebody else was quicker. Look at it again.")
            raise DomainError("moved_on", message, status=409)
        audit.record(
            actor=by,
            action="orders.handle_told",
            subject=report,
            before={"state": seen},
            after={"state": to},
            reason=note.strip(),
        )


def may_handle(user: User) -> bool:
    return bool(user.is_active and user.is_staff and user.has_perm(HANDLE))


def require_handler(user: User) -> None:
    """Raises DomainError `not_yours` (403)."""
    if not may_handle(user):
        message = _("Reports of pressure to buy are handled by the administration only.")
        raise DomainError("not_yours", message, status=403)


def handlers() -> QuerySet[User]:
    right = Q(user_permissions__codename="handle_told") | Q(
        groups__permissions__codename="handle_told"
    )
    staff = User.objects.filter(is_active=True, is_staff=True)
    return staff.filter(Q(is_superuser=True) | right).distinct().order_by("pk")


def inbox() -> QuerySet[ToldReport]:
    """The open ones first, then the newest."""
    rows = ToldReport.objects.select_related("broadcast__host__region")
    is_open = ExpressionWrapper(Q(state__in=(S.RECEIVED, S.LOOKING)), BooleanField())
    return rows.prefetch_related("steps__actor").order_by(is_open.desc(), "-pk")


def told_of(shows: Sequence[int]) -> Told:
    found = ToldReport.objects.filter(broadcast__in=shows).aggregate(
        reports=Count("pk"), confirmed=Count("pk", filter=Q(state=S.CONFIRMED))
    )
    return Told(**found)
