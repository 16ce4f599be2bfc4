"""Identity checks of officials and producers: until when they count, and who is told before.

What is on goes on when a check runs out: a show is not cut off and goods stay on sale. Nothing new
begins: no show is planned or proposed, no product listed. (`products.domain.producer_identity`
says the same of producers.)
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.later import later
from livecommerce.notifications.domain import Message, notify_all
from livecommerce.notifications.models import Kind
from officials.domain.curation import may_curate
from officials.models import IdentityCheck, Official, OfficialCheck, Region

REMIND_DAYS = (30, 7, 1)
"""So many days before the end; and once more on the day after."""
LONGEST = timedelta(days=3 * 366)
"""A check counts for three years at most, whatever the paper says."""
FIRST_CHECK = timedelta(days=365)
"""How long a verification counts that names no paper's date."""


@dataclass(frozen=True)
class Standing:
    """How an identity check stands today. `days` until it runs out, below zero afterwards; None
    if there was none."""

    until: date | None
    days: int | None

    @property
    def is_valid(self) -> bool:
        return self.days is not None and self.days >= 0

    @property
    def is_expired(self) -> bool:
        return self.days is not None and self.days < 0

    @property
    def ends_soon(self) -> bool:
        return self.is_valid and self.days is not None and self.days <= REMIND_DAYS[0]

    @property
    def words(self) -> str:
        if self.until is None or self.days is None:
            return _("identity never checked")
        when = date_format(self.until, "DATE_FORMAT")
        if self.days < 0:
            return _("identity check ran out on %(when)s") % {"when": when}
        if self.ends_soon:
            return ngettext(
                "identity check runs out in %(n)s day",
                "identity check runs out in %(n)s days",
                self.days,
            ) % {"n": self.days}
        return _("identity checked until %(when)s") % {"when": when}


def standing(until: date | None, *, today: date | None = None) -> Standing:
    today = today or timezone.localdate()
    return Standing(until, None if until is None else (until - today).days)


def check_official(
    *, official: Official, by: User, paper: str, number_end: str, expires_on: date, note: str = ""
) -> OfficialCheck:
    """Write down that a curator of the prefecture saw the official's paper; it counts from now on.

    Raises DomainError: own_verification, not_curator (403), identity_date, identity_number (422).
    """
    refuse_outsider(by=by, subject=official, action="officials.check_identity")
    values = checked_values(paper=paper, number_end=number_end, expires_on=expires_on, note=note)
    with transaction.atomic():
        before = {"identity_until": official.identity_until}
        check = OfficialCheck.objects.create(official=official, checked_by=by, **values)
        official.identity_until = check.expires_on
        official.save(update_fields=["identity_until"])
        audit.record(
            actor=by,
            action="officials.check_identity",
            subject=official,
            before=before,
            after={"identity_until": official.identity_until, "paper": paper},
            reason=note,
        )
    return check


def require_identity(official: Official) -> None:
    """Raises DomainError `identity_expired` (403) for whom nothing new may begin."""
    if not standing(official.identity_until).is_valid:
        raise DomainError(
            "identity_expired",
            _(
                "The identity check of %(name)s has run out. Have it renewed by the curator of the"
                " prefecture; what is planned already goes on."
            )
            % {"name": official.name},
            status=403,
        )


def remind_officials(*, today: date | None = None) -> int:
    """Tell officials, and the curators of their prefecture, that a check runs out in 30, 7 or 1
    days, or has run out: each once. Returns how many messages were new."""
    today = today or timezone.localdate()
    rows = (
        Official.objects.filter(
            state=Official.State.VERIFIED,
            identity_until__lte=today + timedelta(days=REMIND_DAYS[0]),
            identity_until__gte=today - timedelta(days=REMIND_DAYS[0]),
        )
        .select_related("user", "region__parent")
        .order_by("pk")
    )
    return sum(
        remind(
            row=row,
            owner=row.user,
            region=row.region,
            owner_url=reverse("officials:apply"),
            today=today,
        )
        for row in rows
    )


def remind(
    *,
    row: Any,
    owner: User | None,
    region: Region,
    owner_url: str,
    today: date,
) -> int:
    """The messages about one row with `name` and `identity_until`; keys make each of them once."""
    days = (row.identity_until - today).days
    mark = stage(days)
    if mark is None:
        return 0
    people_url = reverse("products:curate_people", args=[region.prefecture.code])
    readers = [(owner, owner_url)] if owner is not None else []
    readers += [(one, people_url) for one in curators_of(region) if one != owner]
    key = f"identity:{row._meta.model_name}:{row.pk}:{row.identity_until:%Y%m%d}:{mark}"
    title = (
        gettext_lazy("An identity check has run out")
        if days < 0
        else gettext_lazy("An identity check runs out")
    )
    return notify_all(
        [
            Message(
                user=reader,
                kind=Kind.IDENTITY,
                key=f"{key}:{reader.pk}",
                title=title,
                body=format_lazy(
                    "{name}: {words}",
                    name=later(lambda: row.name),
                    words=later(lambda: standing(row.identity_until, today=today).words),
                ),
                url=url,
            )
            for reader, url in readers
        ]
    )


def stage(days: int) -> str | None:
    """Which reminder a check with so many days left is due: the last whose day has come."""
    if days < 0:
        return "over"
    passed = [mark for mark in REMIND_DAYS if days <= mark]
    return str(min(passed)) if passed else None


def curators_of(region: Region) -> QuerySet[User]:
    """Those who answer for the region's prefecture and can sign in."""
    return User.objects.filter(
        Q(curates__prefecture=region.prefecture), is_active=True, is_staff=True
    ).order_by("pk")


def refuse_outsider(*, by: User, subject: Any, action: str) -> None:
    """Nobody decides about themselves, and nobody about another prefecture's: `subject` is an
    official or a producer. The attempt is written into the book of what staff did.

    Raises DomainError own_verification, not_curator (403).
    """
    if subject.user_id is not None and by.pk == subject.user_id:
        audit.record_refusal(actor=by, action=action, subject=subject)
        raise DomainError(
            "own_verification", _("Somebody else has to decide about you."), status=403
        )
    if not may_curate(by, subject.region):
        audit.record_refusal(actor=by, action=action, subject=subject)
        raise DomainError("not_curator", _("You do not look after this prefecture."), status=403)


def checked_values(
    *, paper: str, number_end: str, expires_on: date, note: str, today: date | None = None
) -> dict[str, Any]:
    """What a check row holds. Raises DomainError identity_date, identity_number, identity_paper."""
    today = today or timezone.localdate()
    end = number_end.strip().upper()
    if paper not in IdentityCheck.Paper.values:
        raise DomainError("identity_paper", _("Choose which paper you saw."))
    if not (len(end) == 4 and end.isascii() and end.isalnum()):
        raise DomainError("identity_number", _("The last four characters of its number, please."))
    if not today < expires_on <= today + LONGEST:
        raise DomainError(
            "identity_date", _("Choose a day from tomorrow on, within the next three years.")
        )
    return {"paper": paper, "number_end": end, "expires_on": expires_on, "note": note[:200]}


def of_prefecture(prefecture: Region) -> QuerySet[Official]:
    """All officials of a prefecture and its counties with whatever state, as curators see them."""
    return (
        Official.objects.filter(Q(region=prefecture) | Q(region__parent=prefecture))
        .select_related("region__parent", "user", "verified_by")
        .order_by("region_id", "pk")
    )
