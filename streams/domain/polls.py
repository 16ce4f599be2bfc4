"""Polls: the host asks, everybody has one vote, and may change it until the poll closes.

Votes are rows; what the room is told is a tally that a sweep makes every two seconds, so that ten
thousand votes are one event. The last count is the database's own.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, F
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.realtime.publish import publish
from livecommerce.transitions import move
from livecommerce.wording import clean
from streams.domain import chat_words, poll_facts, roles
from streams.domain.media_clock import media_ms
from streams.domain.moderation_sanctions import is_banned
from streams.events import PollChanged
from streams.models import Broadcast, Poll, PollVote
from streams.models.polls import CHOICES, POLL_SECONDS

LONGEST_QUESTION, LONGEST_CHOICE = 60, 24
TELL_VOTES_SECONDS = 2.0
ON_AIR = (Broadcast.State.LIVE, Broadcast.State.REHEARSING)
State = Poll.State


def open_poll(
    *, broadcast: Broadcast, by: User, question: str, choices: list[str], seconds: int, key: str
) -> Poll:
    """Ask the room, once for each `key`. The poll closes by itself after `seconds`.

    Raises DomainError: not_your_show (403), not_live, one_open_poll_a_show (409), empty_text,
    text_too_long, chat_refused, poll_choices, poll_seconds, bad_key (422).
    """
    roles.require_draw(by, broadcast)
    asked = Poll.objects.filter(broadcast=broadcast, key=key).first()
    if asked is not None:
        return asked
    if not key or len(key) > 36:
        raise DomainError("bad_key", _("This message could not be read. Please try again."))
    if broadcast.state not in ON_AIR:
        raise DomainError("not_live", _("This show is not live."), status=409)
    words = _checked(question, choices, broadcast)
    low, high = POLL_SECONDS
    if not low <= seconds <= high:
        raise DomainError(
            "poll_seconds", _("Choose between %(low)s and %(high)s.") % {"low": low, "high": high}
        )
    at_ms = media_ms(broadcast)
    poll = Poll(
        broadcast=broadcast,
        key=key,
        question=words[0],
        choices=words[1:],
        tally=[0] * len(words[1:]),
        opened_by=by,
        closes_at=timezone.now() + timedelta(seconds=seconds),
        media_start_ms=at_ms,
    )
    try:
        with transaction.atomic():
            poll.save(force_insert=True)
            _tell(poll)
    except IntegrityError as error:
        known = Poll.objects.filter(broadcast=broadcast, key=key).first()
        if known is not None:
            return known
        raise DomainError(
            "one_open_poll_a_show", _("Another poll is open. Close it first."), status=409
        ) from error
    return poll


def _checked(question: str, choices: list[str], broadcast: Broadcast) -> list[str]:
    """The question, then the choices, cleaned and decent."""
    lines = [clean.require_line(question, longest=LONGEST_QUESTION)]
    given = [one for one in choices if one.strip()]
    lines += [clean.require_line(one, longest=LONGEST_CHOICE) for one in given[: CHOICES[1] + 1]]
    low, high = CHOICES
    if not low <= len(lines) - 1 <= high:
        raise DomainError(
            "poll_choices",
            _("Give between %(low)s and %(high)s answers.") % {"low": low, "high": high},
        )
    if len({line.casefold() for line in lines[1:]}) < len(lines) - 1:
        raise DomainError("poll_choices", _("Two answers are the same."))
    for line in lines:
        if chat_words.judge(line, broadcast=broadcast).is_refused:
            raise DomainError(
                "chat_refused",
                _("This contains words that are not allowed here. Please say it differently."),
            )
    return lines


def vote(*, broadcast: Broadcast, public_id: str, user: User, choice: int, device: str = "") -> int:
    """One vote a person; a later one replaces it while the poll is open. Returns the choice.

    Raises DomainError: banned (403), no_such_poll (404), poll_closed (409), poll_choice (422),
    too_fast (429).
    """
    ratelimit.require(f"poll:{user.pk}", rate=20, per=60, burst=10)
    poll = find(broadcast, public_id)
    standing = roles.standing_of(user, broadcast)
    if not standing.may_moderate and is_banned(broadcast, user, device):
        raise DomainError("banned", _("You cannot take part here."), status=403)
    if not 0 <= choice < len(poll.choices):
        raise DomainError("poll_choice", _("Choose one of the answers."))
    try:
        with transaction.atomic():
            PollVote.objects.bulk_create(
                [PollVote(poll=poll, user=user, choice=choice, voted_at=timezone.now())],
                update_conflicts=True,
                unique_fields=["poll", "user"],
                update_fields=["choice", "voted_at"],
            )
    except IntegrityError as error:
        raise DomainError("poll_closed", _("This poll is closed."), status=409) from error
    return choice


def close_poll(*, broadcast: Broadcast, public_id: str, by: User) -> None:
    """Close it now; the result stays pinned. Twice is once. Raises DomainError 403 / 404."""
    roles.require_draw(by, broadcast)
    _close(find(broadcast, public_id), at_ms=media_ms(broadcast))


def unpin_poll(*, broadcast: Broadcast, public_id: str, by: User) -> None:
    """Take a result out of sight; it stays in the replay. Raises DomainError 403 / 404 / 409."""
    roles.require_draw(by, broadcast)
    poll = find(broadcast, public_id)
    if poll.is_open:
        raise DomainError("poll_open", _("Close the poll first."), status=409)
    with transaction.atomic():
        if Poll.objects.filter(pk=poll.pk, is_pinned=True).update(
            is_pinned=False, version=F("version") + 1
        ):
            poll.refresh_from_db()
            _tell(poll)


def run_due() -> int:
    """Close polls whose time is over, and those of shows that are over; how many."""
    now = timezone.now()
    closed = 0
    for poll in Poll.objects.filter(state=State.OPEN).select_related("broadcast"):
        if poll.closes_at <= now or poll.broadcast.is_over:
            closed += _close(poll, at_ms=media_ms(poll.broadcast))
    return closed


def tell_votes() -> int:
    """Tell rooms of new votes, together; how many rooms. Run every TELL_VOTES_SECONDS."""
    told = 0
    for poll in Poll.objects.filter(state=State.OPEN).select_related("broadcast"):
        tally = count(poll)
        if tally == poll.tally:
            continue
        seen = Poll.objects.filter(pk=poll.pk, state=State.OPEN, version=poll.version)
        with transaction.atomic():
            if seen.update(tally=tally, version=F("version") + 1):
                poll.refresh_from_db()
                _tell(poll)
                told += 1
    return told


def count(poll: Poll) -> list[int]:
    rows = PollVote.objects.filter(poll=poll).values_list("choice").annotate(n=Count("pk"))
    given = dict(rows.order_by())
    return [given.get(place, 0) for place in range(len(poll.choices))]


def choice_of(poll_public_id: str, user_id: int | None) -> int | None:
    """What this person voted for."""
    if user_id is None:
        return None
    votes = PollVote.objects.filter(poll__public_id=poll_public_id, user=user_id)
    return votes.values_list("choice", flat=True).first()


def find(broadcast: Broadcast, public_id: str) -> Poll:
    polls = Poll.objects.select_related("broadcast")
    poll = polls.filter(broadcast=broadcast, public_id=public_id).first()
    if poll is None:
        raise DomainError("no_such_poll", _("This poll is not here."), status=404)
    return poll


def _close(poll: Poll, *, at_ms: int | None) -> bool:
    with transaction.atomic():
        Poll.objects.select_for_update().get(pk=poll.pk)
        updates = {"media_end_ms": at_ms, "version": F("version") + 1}
        if not move(poll, "state", State.OPEN, State.CLOSED, **updates):
            return False
        poll.refresh_from_db()
        _tell(poll)
    return True


def _tell(poll: Poll) -> None:
    publish(poll.broadcast.room, PollChanged(poll=poll_facts.facts(poll)))
