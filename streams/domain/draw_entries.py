"""Taking part in a lucky draw: who may, what they have to have done, and once a person."""

import re
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from streams.domain import draw_terms, draw_watching, roles
from streams.domain.draw_refusals import explain, name_of
from streams.domain.moderation_sanctions import is_banned
from streams.models import ChatMessage, Draw, DrawEntry, Follow

LINES_READ = 60
"""Of one person since the draw was announced; slow as the chat is, more do not fit in."""
NONCE = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Condition:
    """`kind`: follow, say or watch."""

    kind: str
    is_met: bool
    words: str


def enter(*, draw: Draw, user: User, nonce: str, device: str = "") -> DrawEntry:
    """Take part, once: a second call returns the first entry. `nonce` (32 hexadecimal digits) is
    made by the entrant's own browser, so that the mark is not ours to choose.

    Raises DomainError: banned, runs_the_show (403), draw_not_open, one_draw_entry_a_browser (409),
    draw_conditions (422, with `missing` kinds), draw_nonce (422), too_fast (429).
    """
    entered = find_entry(draw=draw, user=user)
    if entered is not None:
        return entered
    ratelimit.require(f"draw:{user.pk}", rate=20, per=60, burst=10)
    _require_open(draw)
    _require_public(draw, user, device)
    if not NONCE.fullmatch(nonce):
        raise DomainError("draw_nonce", _("This message could not be read. Please try again."))
    missing = [one for one in conditions_of(draw=draw, user=user) if not one.is_met]
    if missing:
        raise DomainError(
            "draw_conditions",
            _("Still to do: %(what)s") % {"what": _(" and ").join(one.words for one in missing)},
            missing=[one.kind for one in missing],
        )
    try:
        with transaction.atomic():
            entry = DrawEntry.objects.create(draw=draw, user=user, nonce=nonce, device=device)
    except IntegrityError as error:
        if name_of(error) == "one_draw_entry_a_person":
            return DrawEntry.objects.get(draw=draw, user=user)
        raise explain(error) from error
    entry.refresh_from_db(fields=["mark", "entered_at"])
    return entry


def find_entry(*, draw: Draw, user: User | None) -> DrawEntry | None:
    if user is None or not user.is_authenticated:
        return None
    return DrawEntry.objects.filter(draw=draw, user=user).first()


def conditions_of(*, draw: Draw, user: User | None) -> list[Condition]:
    """What the draw asks for, and whether this person has done it; a query each."""
    asked: list[Condition] = []
    someone = user if user is not None and user.is_authenticated else None
    if draw.must_follow:
        host = draw.broadcast.host
        follows = someone and Follow.objects.filter(user=someone, official=host).exists()
        asked.append(Condition("follow", bool(follows), _("follow the host")))
    if draw.passphrase:
        words = _("say “%(words)s” in the chat") % {"words": draw.passphrase}
        asked.append(Condition("say", bool(someone and _has_said(draw, someone)), words))
    if draw.min_minutes:
        asked.append(_watching(draw, someone))
    return asked


def _watching(draw: Draw, user: User | None) -> Condition:
    seconds = 0
    if user is not None:
        seconds = draw_watching.seconds_watched(broadcast=draw.broadcast, user_id=user.pk)
    words = _("watch for %(minutes)s minutes (%(done)s so far)") % {
        "minutes": draw.min_minutes,
        "done": min(seconds // 60, draw.min_minutes),
    }
    return Condition("watch", seconds >= draw.min_minutes * 60, words)


def _has_said(draw: Draw, user: User) -> bool:
    """Since it was announced, seen or not: hiding a line must not keep its author out."""
    lines = ChatMessage.objects.filter(
        broadcast=draw.broadcast_id, user=user, created_at__gte=draw.announced_at
    )
    texts = lines.order_by("-pk").values_list("text", flat=True)[:LINES_READ]
    return any(draw_terms.says(text, passphrase=draw.passphrase) for text in texts)


def _require_open(draw: Draw) -> None:
    now = timezone.now()
    if draw.takes_entries_at(now):
        return
    if draw.state == Draw.State.OPEN and draw.opens_at is not None and now < draw.opens_at:
        message = _("It opens in a moment.")
    else:
        message = _("Entries are closed.")
    raise DomainError("draw_not_open", message, status=409)


def _require_public(draw: Draw, user: User, device: str) -> None:
    """Those who run the show, or look after it, cannot win in it."""
    if roles.standing_of(user, draw.broadcast).badge:
        raise DomainError(
            "runs_the_show",
            _("Those who run or look after the show do not take part in its draws."),
            status=403,
        )
    if is_banned(draw.broadcast, user, device):
        raise DomainError("banned", _("You cannot take part here."), status=403)
