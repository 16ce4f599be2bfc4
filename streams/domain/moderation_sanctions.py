"""Mutes and bans: who may not take part, for how long and why, and how that ends.

Nothing here touches watching or buying.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import lazystr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.realtime.publish import publish
from streams.domain import moderation, roles
from streams.domain.moderation_book import Deed, write
from streams.domain.moderation_devices import ban_devices, note_device
from streams.events import ChatHidden
from streams.models import BannedDevice, Broadcast, ChatMessage, Reason, Sanction

SHORTEST_SECONDS, LONGEST_SECONDS = 60, 365 * 24 * 3600
MOST_LINES_IN_BROWSERS = 200
"""As many rows as a page keeps (live-chat.js)."""
Kind = Sanction.Kind


def in_force(*, broadcast: Broadcast, user: User, device: str = "") -> Sanction | None:
    """What keeps this person, or anybody in this browser, from taking part; a ban first."""
    is_of_device = Exists(BannedDevice.objects.filter(sanction=OuterRef("pk"), device=device))
    theirs = Q(user=user) | Q(is_of_device, kind=Kind.BAN) if device else Q(user=user)
    here = Q(host=None) | Q(host=broadcast.host_id)
    return Sanction.objects.in_force().filter(theirs, here).order_by("kind", "-pk").first()


def is_banned(broadcast: Broadcast, user: Any, device: str) -> bool:
    """Also for visitors without an account, by their browser."""
    of_device = Exists(BannedDevice.objects.filter(sanction=OuterRef("pk"), device=device))
    theirs = Q(of_device) if device else Q(pk=None)
    if user is not None and user.is_authenticated:
        theirs |= Q(user=user)
    here = Q(host=None) | Q(host=broadcast.host_id)
    return Sanction.objects.in_force().filter(theirs, here, kind=Kind.BAN).exists()


def banned_people() -> set[tuple[int, int | None]]:
    """(account, host or None for the whole site) of every ban in force."""
    bans = Sanction.objects.in_force().filter(kind=Kind.BAN)
    return set(bans.values_list("user", "host"))


def require_part(
    *, broadcast: Broadcast, user: User, standing: roles.Standing, device: str = ""
) -> None:
    """Raise DomainError `muted` or `banned` (403, with `until` in epoch ms or None) for somebody
    who may not take part. Those who look after the room are judged by their account alone."""
    if standing.is_host or standing.is_curator:
        return
    note_device(user=user, device=device)
    sanction = in_force(
        broadcast=broadcast, user=user, device="" if standing.may_moderate else device
    )
    if sanction is None:
        return
    until = sanction.until and round(sanction.until.timestamp() * 1000)
    raise DomainError(
        "banned" if sanction.kind == Kind.BAN else "muted",
        words_of(sanction),
        status=403,
        until=until,
    )


def words_of(sanction: Sanction) -> str:
    """What the person is told in the room, in the language in force."""
    reason = sanction.get_reason_display()
    if sanction.until is None:
        return _("You cannot take part here any more: %(reason)s.") % {"reason": reason}
    return _("You cannot take part here until %(until)s: %(reason)s.") % {
        "reason": reason,
        "until": say_when(sanction.until),
    }


def say_when(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


def mute(**asked: Any) -> Sanction:
    """Silence a person in this host's rooms, and hide what they said in this one.

    Takes broadcast, user, by, reason, seconds (60 s … 1 year; None: for good), note, message.
    A new term replaces the old one, if that was not decided by somebody above. Raises DomainError:
    not_moderator, above_you (403), bad_term, bad_reason (422).
    """
    return _impose(Kind.MUTE, Deed.MUTE, **asked)


def ban(**asked: Any) -> Sanction:
    """As `mute`, and every account that is used in the same browsers is kept out of the chat."""
    return _impose(Kind.BAN, Deed.BAN, **asked)


def _impose(
    kind: Kind,
    deed: Deed,
    *,
    broadcast: Broadcast,
    user: User,
    by: User,
    reason: str,
    seconds: int | None,
    note: str = "",
    message: ChatMessage | None = None,
) -> Sanction:
    standing = roles.require_moderate(by, broadcast)
    moderation.require_above(standing=standing, by=by, target=user, broadcast=broadcast)
    if reason not in Reason.values:
        raise DomainError("bad_reason", _("Choose a reason."))
    if seconds is not None and not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise DomainError("bad_term", _("Choose for how long."))
    now = timezone.now()
    until = now + timedelta(seconds=seconds) if seconds is not None else None
    for open_ in Sanction.objects.in_force(now).filter(user=user, host=broadcast.host, kind=kind):
        _require_may_end(open_, broadcast=broadcast, by=by, standing=standing)
    try:
        with transaction.atomic():
            _replace(kind, broadcast, user, by, now)
            sanction = Sanction.objects.create(
                kind=kind,
                user=user,
                host=broadcast.host,
                broadcast=broadcast,
                message=message,
                reason=reason,
                note=note[:200],
                by=by,
                created_at=now,
                until=until,
            )
            if kind == Kind.BAN:
                ban_devices(sanction=sanction)
            _hide_lines(broadcast, user, by)
            write(
                deed,
                broadcast=broadcast,
                by=by,
                user_id=user.pk,
                sanction=sanction,
                message=message,
                reason=reason,
                note=note[:200],
                until=until,
            )
            _tell_person(sanction)
    except IntegrityError as error:
        raise DomainError(
            "already_decided", _("Somebody did this at the same moment."), status=409
        ) from error
    return sanction


def _replace(kind: Kind, broadcast: Broadcast, user: User, by: User, now: datetime) -> None:
    """What is open of this kind ends, so that the new term counts."""
    open_ = Sanction.objects.filter(user=user, host=broadcast.host, kind=kind, lifted_at=None)
    open_.update(lifted_at=now, lifted_by=by)


def _hide_lines(broadcast: Broadcast, user: User, by: User) -> None:
    lines = ChatMessage.objects.filter(broadcast=broadcast, user=user, hidden_at=None)
    lines = lines.exclude(badge=ChatMessage.SYSTEM)
    shown = lines.filter(visibility=ChatMessage.Visibility.SHOWN).order_by("-pk")
    ids = sorted(shown.values_list("pk", flat=True)[:MOST_LINES_IN_BROWSERS])
    held = lines.filter(visibility=ChatMessage.Visibility.HELD)
    held.update(visibility=ChatMessage.Visibility.REFUSED)
    lines.update(hidden_at=timezone.now(), hidden_by=by)
    if ids:
        publish(broadcast.room, ChatHidden(ids=ids))


def _tell_person(sanction: Sanction) -> None:
    notify(
        user=sanction.user,
        kind="system",
        key=f"sanction:{sanction.pk}",
        title=gettext_lazy("You cannot take part in the chat"),
        body=lazystr(_Words(sanction)),
        url=reverse("streams:sanction", args=[sanction.pk]),
    )


class _Words:
    """Rendered when it is read: in the reader's language."""

    def __init__(self, sanction: Sanction) -> None:
        self._sanction = sanction

    def __str__(self) -> str:
        watch = _("You can go on watching and buying. You may appeal once.")
        return f"{words_of(self._sanction)} {watch}"


def lift(*, sanction: Sanction, broadcast: Broadcast, by: User) -> None:
    """End a mute or ban before its time. Twice is once.

    Raises DomainError: not_moderator, above_you (403: imposed by somebody above you, or on you).
    """
    standing = roles.require_moderate(by, broadcast)
    _require_may_end(sanction, broadcast=broadcast, by=by, standing=standing)
    end(sanction=sanction, broadcast=broadcast, by=by, deed=Deed.LIFT)


def _require_may_end(
    sanction: Sanction, *, broadcast: Broadcast, by: User, standing: roles.Standing
) -> None:
    """Also for who would put a minute in the place of what the host decided for good."""
    imposer = roles.standing_of(sanction.by, broadcast)
    rank = max(imposer.rank, roles.STAFF_RANK if sanction.by.is_staff else 0)
    is_above = sanction.by_id != by.pk and standing.rank < rank
    if is_above or sanction.user_id == by.pk:
        raise DomainError("above_you", _("This was decided by somebody above you."), status=403)


def end(
    *, sanction: Sanction, broadcast: Broadcast | None, by: User, deed: Deed, note: str = ""
) -> bool:
    """Close it and say so to the person; False if it was over already."""
    now = timezone.now()
    with transaction.atomic():
        closed = Sanction.objects.filter(pk=sanction.pk, lifted_at=None)
        if not closed.update(lifted_at=now, lifted_by=by):
            return False
        write(
            deed,
            broadcast=broadcast,
            by=by,
            user_id=sanction.user_id,
            sanction=sanction,
            note=note,
        )
        if deed == Deed.LIFT:
            notify(
                user=sanction.user,
                kind="system",
                key=f"sanction:{sanction.pk}:lifted",
                title=gettext_lazy("You can take part in the chat again"),
                body=gettext_lazy("A moderator has lifted what was decided about you."),
                url=reverse("streams:sanction", args=[sanction.pk]),
            )
    sanction.lifted_at, sanction.lifted_by = now, by
    return True


def of_person(broadcast: Broadcast, user: User) -> list[Sanction]:
    """What is in force here against somebody."""
    here = Q(host=None) | Q(host=broadcast.host_id)
    return list(Sanction.objects.in_force().filter(here, user=user).select_related("by"))


def term_words(sanction: Sanction) -> str:
    """Until when, for people; empty for good."""
    return say_when(sanction.until) if sanction.until else ""
