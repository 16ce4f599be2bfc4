"""What staff do with demands: word them, tag them, publish, merge, name an office, decline.

Each act is for the curators of the demand's prefecture, moves the state by its table and stands in
the audit book.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from livecommerce.wording import clean
from officials.models import Official, Region
from products.models import Product
from streams.domain import demand_states
from streams.domain.demand_rights import require_curate
from streams.domain.demand_states import advance
from streams.domain.demand_votes import move_votes
from streams.domain.demand_wording import names_behind, require_public
from streams.models.demands import Demand, DemandEvent, DemandVoice, Tag

State = Demand.State
FIRST_DEADLINE = timedelta(days=7)
LATEST = timedelta(days=90)
REMIND_BEFORE = timedelta(days=2)


@dataclass(frozen=True)
class Wording:
    """What staff write for the public, and how it is filed."""

    title_zh: str
    title_en: str = ""
    details_zh: str = ""
    details_en: str = ""
    tags: Sequence[str] = ()
    product: Product | None = None
    prefecture: Region | None = None


FILED = ("title_zh", "title_en", "details_zh", "details_en", "tags", "product", "prefecture")


def word(*, demand: Demand, by: User, wording: Wording) -> None:
    """Write the public wording and correct how it is filed.

    Raises DomainError: not_your_region (403), demand_moved (409), title, tags, personal (422).
    """
    require_curate(by, demand, "word")
    if demand.state not in Demand.OPEN:
        raise demand_states.moved()
    values = _checked(demand, wording)
    with transaction.atomic():
        locked = _lock(demand)
        if locked.state not in Demand.OPEN:
            raise demand_states.moved()
        before = audit.facts(locked, *FILED)
        Demand.objects.filter(pk=demand.pk).update(**values)
        demand.refresh_from_db()
        audit.record(
            actor=by,
            action="demand.word",
            subject=demand,
            before=before,
            after=audit.facts(demand, *FILED),
        )
    if not may_still(by, demand):
        audit.record(actor=by, action="demand.handed_on", subject=demand)


def may_still(by: User, demand: Demand) -> bool:
    """It may have been filed under another prefecture, whose curators go on with it."""
    return bool(by.has_perm("streams.curate_demand", demand))


def _checked(demand: Demand, wording: Wording) -> dict[str, object]:
    names = names_behind(demand)
    title_zh = require_public(wording.title_zh, longest=60, names=names)
    if not title_zh:
        raise DomainError("title", _("Say in Chinese what the public wants."))
    tags = [tag for tag in Tag.values if tag in set(wording.tags)]
    if not tags:
        raise DomainError("tags", _("Choose at least one tag."))
    return {
        "title_zh": title_zh,
        "title_en": require_public(wording.title_en, longest=120, names=names),
        "details_zh": require_public(wording.details_zh, longest=300, names=names),
        "details_en": require_public(wording.details_en, longest=500, names=names),
        "tags": tags,
        "product": wording.product,
        "prefecture": wording.product.prefecture if wording.product else wording.prefecture,
    }


def publish(*, demand: Demand, by: User) -> None:
    """Put it on the board, in the wording that staff wrote. Names have come to it since, so it is
    looked at once more. Raises DomainError: not_your_region (403), demand_moved (409), title."""
    require_curate(by, demand, "publish")
    if not demand.title_zh:
        raise DomainError("title", _("Write the public wording first."))
    names = names_behind(demand)
    for text in (demand.title_zh, demand.title_en, demand.details_zh, demand.details_en):
        require_public(text, longest=500, names=names)
    with transaction.atomic():
        advance(demand, State.PUBLISHED, by=by, published_at=timezone.now())


def merge(*, demand: Demand, into: Demand, by: User) -> None:
    """`demand` becomes part of `into`: its voices, and its votes, each person's once.

    Raises DomainError: not_your_region (403), demand_moved (409), itself (422).
    """
    require_curate(by, demand, "merge")
    require_curate(by, into, "merge")
    if demand.pk == into.pk:
        raise DomainError("itself", _("It cannot be merged with itself."))
    with transaction.atomic():
        rows = Demand.objects.select_for_update(of=("self",)).order_by("pk")
        found = {row.pk: row for row in rows.filter(pk__in=[demand.pk, into.pk])}
        source, target = found[demand.pk], found[into.pk]
        if target.state not in Demand.OPEN:
            raise demand_states.moved()
        advance(source, State.MERGED, by=by, note=f"→ {target.pk}", merged_into=target)
        Demand.objects.filter(merged_into=source).update(merged_into=target)
        DemandVoice.objects.filter(demand=source).update(demand=target)
        Demand.objects.filter(pk=target.pk).update(voices=F("voices") + source.voices)
        move_votes(source=source, target=target)
    demand.refresh_from_db()
    into.refresh_from_db()


def assign(*, demand: Demand, official: Official, due_at: datetime, by: User) -> None:
    """Name the office that answers, and by when; also again, for another office or day.

    Raises DomainError: not_your_region (403), demand_moved (409), office, deadline (422).
    """
    require_curate(by, demand, "assign")
    now = timezone.now()
    if not official.is_verified or not _belongs(official, demand, by):
        raise DomainError("office", _("Choose a verified office of this prefecture."))
    if not now < due_at <= now + LATEST:
        raise DomainError(
            "deadline",
            _("The deadline lies between now and %(days)d days on.") % {"days": LATEST.days},
        )
    values = {
        "official": official,
        "due_at": due_at,
        "assigned_at": now,
        "remind_at": max(due_at - REMIND_BEFORE, now + timedelta(hours=1)),
    }
    with transaction.atomic():
        if demand.state == State.ASSIGNED:
            _assign_anew(demand, by, values)
        else:
            advance(demand, State.ASSIGNED, by=by, note=official.full_post, **values)
        tell_office(demand, key=f"demand-named:{demand.pk}:{now:%Y%m%d%H%M%S}")


def _belongs(official: Official, demand: Demand, by: User) -> bool:
    """A curator names offices of the prefecture; what crosses prefectures is the head office's."""
    if by.is_superuser:
        return True
    place = official.region.prefecture
    if demand.prefecture is not None:
        return place.code == demand.prefecture_id
    return bool(by.has_perm("officials.curate", place))


def _assign_anew(demand: Demand, by: User, values: dict[str, object]) -> None:
    locked = _lock(demand)
    if locked.state != State.ASSIGNED:
        raise demand_states.moved()
    before = audit.facts(locked, "official", "due_at")
    Demand.objects.filter(pk=demand.pk).update(**values)
    demand.refresh_from_db()
    after = audit.facts(demand, "official", "due_at")
    DemandEvent.objects.create(
        demand=demand, from_state=State.ASSIGNED, to_state=State.ASSIGNED, actor=by
    )
    audit.record(actor=by, action="demand.assigned", subject=demand, before=before, after=after)


def tell_office(demand: Demand, *, key: str) -> None:
    """In the caller's transaction."""
    office = demand.official
    assert office is not None
    assert demand.due_at is not None
    with translation.override(office.user.language):
        at = timezone.localtime(demand.due_at)
        notify(
            user=office.user,
            kind=Kind.VOICE_ASSIGNED,
            key=key,
            title=_("The public asks your office: %(title)s") % {"title": demand.title},
            body=_(
                "Please answer by %(day)s. It stands on the board and is read in your next show."
            )
            % {"day": f"{at:%Y-%m-%d %H:%M}"},
            url=f"/voice/office/{demand.pk}/",
        )


def send_back(*, demand: Demand, by: User, reason: str, due_at: datetime) -> None:
    """The answer does not answer it: the same office, with a reason and another day. What was
    written stays in the audit book. Raises DomainError: not_your_region (403), demand_moved (409),
    reason, deadline (422)."""
    require_curate(by, demand, "send_back")
    now = timezone.now()
    if not now < due_at <= now + LATEST:
        raise DomainError("deadline", _("Choose a later day."))
    with transaction.atomic():
        advance(
            demand,
            State.ASSIGNED,
            by=by,
            note=_require_reason(reason),
            due_at=due_at,
            remind_at=max(due_at - REMIND_BEFORE, now + timedelta(hours=1)),
            answer_zh="",
            answer_en="",
            answered_at=None,
        )
        tell_office(demand, key=f"demand-back:{demand.pk}:{now:%Y%m%d%H%M%S}")


def decline(*, demand: Demand, by: User, reason: str) -> None:
    """Say no, and why: the board shows the reason of what had stood there.

    Raises DomainError: not_your_region (403), demand_moved (409), reason, personal (422).
    """
    require_curate(by, demand, "decline")
    said = require_public(_require_reason(reason), longest=200, names=names_behind(demand))
    with transaction.atomic():
        advance(demand, State.DECLINED, by=by, note=said, reason=said)


def reconsider(*, demand: Demand, by: User) -> None:
    """Look once more at what was declined: it is a suggestion again, and leaves the board."""
    require_curate(by, demand, "reconsider")
    with transaction.atomic():
        advance(demand, State.SUGGESTED, by=by, reason="", published_at=None)


def _require_reason(reason: str) -> str:
    said = clean.clean_line(reason)[:200]
    if not said:
        raise DomainError("reason", _("Say why."))
    return said


def _lock(demand: Demand) -> Demand:
    return Demand.objects.select_for_update(of=("self",)).get(pk=demand.pk)
