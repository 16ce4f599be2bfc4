"""Questions to the host: asked, voted for, taken on air, answered. All of it reaches the room by
events; votes are told together, so that a thousand of them are one."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from livecommerce.realtime.publish import publish
from livecommerce.transitions import move
from livecommerce.wording import clean
from livecommerce.wording.contacts import has_contact
from streams.domain import chat_words, media_clock, question_facts, roles
from streams.domain.moderation import require_above
from streams.domain.moderation_book import Deed, write
from streams.domain.moderation_sanctions import require_part
from streams.events import QuestionChanged
from streams.models import Broadcast, Question, QuestionVote

LONGEST, MOST_CHARACTERS = 100, 300
MOST_OPEN, MOST_OPEN_OF_ONE = 60, 3
TELL_VOTES_SECONDS = 2.0
State = Question.State


def ask(*, broadcast: Broadcast, user: User, text: str, key: str, device: str = "") -> Question:
    """Put a question into the host's queue, once for each `key`; asking is a vote for it.

    Raises DomainError: muted, banned (403), show_over, too_many_questions, asked_enough (409),
    empty_text, text_too_long, bad_key, chat_refused, no_contacts, name_refused (422), too_fast.
    """
    standing = _require_open(broadcast, user, device)
    if not key or len(key) > 36 or not key.isprintable():
        raise DomainError("bad_key", _("This message could not be read. Please try again."))
    line = clean.require_line(text, longest=LONGEST)[:MOST_CHARACTERS]
    asked = Question.objects.filter(broadcast=broadcast, user=user, key=key).first()
    if asked is not None:
        return asked
    ratelimit.require(f"ask:{user.pk}", rate=3, per=60, burst=3)
    line = _require_decent(line, user, broadcast, standing)
    _require_room(broadcast, user)
    try:
        with transaction.atomic():
            question = Question.objects.create(
                broadcast=broadcast, user=user, key=key, text=line, votes=1
            )
            QuestionVote.objects.create(question=question, user=user)
            _tell(question)
    except IntegrityError:
        return Question.objects.get(broadcast=broadcast, user=user, key=key)
    return question


def _require_open(broadcast: Broadcast, user: User, device: str) -> roles.Standing:
    if broadcast.is_over:
        raise DomainError("show_over", _("This show is over."), status=409)
    standing = roles.standing_of(user, broadcast)
    require_part(broadcast=broadcast, user=user, standing=standing, device=device)
    return standing


def _require_decent(line: str, user: User, broadcast: Broadcast, standing: roles.Standing) -> str:
    """A question stands in sight for long, so what would be held in the chat is refused here."""
    verdict = chat_words.judge(line, broadcast=broadcast, name=user.display_name)
    if verdict.is_refused or (verdict.is_held and not standing.may_moderate):
        raise DomainError(
            "chat_refused",
            _("This contains words that are not allowed here. Please say it differently."),
        )
    if not standing.may_moderate:
        chat_words.require_name(verdict, user.display_name)
    if has_contact(line) and not standing.may_moderate:
        raise DomainError(
            "no_contacts", _("Leave telephone numbers, links and the like out, please.")
        )
    return verdict.text


def _require_room(broadcast: Broadcast, user: User) -> None:
    open_ = Question.objects.filter(broadcast=broadcast, state=State.OPEN)
    if open_.filter(user=user).count() >= MOST_OPEN_OF_ONE:
        raise DomainError(
            "asked_enough", _("Your earlier questions are not answered yet."), status=409
        )
    if open_.count() >= MOST_OPEN:
        raise DomainError(
            "too_many_questions",
            _("So many questions wait already: vote for one of them."),
            status=409,
        )


def vote(*, broadcast: Broadcast, question_id: int, user: User, device: str = "") -> int:
    """One vote a person; twice is once. Returns the votes. The room hears of it with the sweep.

    Raises DomainError: muted, banned (403), no_such_question (404), show_over (409), too_fast.
    """
    _require_open(broadcast, user, device)
    ratelimit.require(f"vote:{user.pk}", rate=20, per=60, burst=10)
    question = find(broadcast, question_id)
    if question.state != State.OPEN:
        return question.votes
    with transaction.atomic():
        _row, is_new = QuestionVote.objects.get_or_create(question=question, user=user)
        if is_new:
            Question.objects.filter(pk=question.pk).update(
                votes=F("votes") + 1, version=F("version") + 1
            )
    return Question.objects.values_list("votes", flat=True).get(pk=question.pk)


def tell_votes() -> int:
    """Tell rooms of questions that got votes; returns how many. Run every TELL_VOTES_SECONDS."""
    news = Question.objects.filter(version__gt=F("told_version")).select_related(
        "user", "broadcast"
    )
    told = 0
    for question in news[:500]:
        seen = Question.objects.filter(pk=question.pk, told_version=question.told_version)
        if seen.update(told_version=question.version):
            _tell(question)
            told += 1
    return told


def take(*, broadcast: Broadcast, question_id: int, by: User) -> None:
    """Answer it now: it is shown to everyone, marked with the media time. What was on air before
    counts as answered. Twice is once.

    Raises DomainError: not_your_show (403), no_such_question (404), already_decided (409).
    """
    roles.require_run(by, broadcast)
    question = find(broadcast, question_id)
    now, media_ms = timezone.now(), media_clock.media_ms(broadcast)
    with transaction.atomic():
        Broadcast.objects.select_for_update().get(pk=broadcast.pk)
        for before in Question.objects.filter(broadcast=broadcast, state=State.ON_AIR):
            if before.pk != question.pk:
                _move(before, State.ON_AIR, State.ANSWERED, by, answered_at=now, ended=media_ms)
        if not _move(question, State.OPEN, State.ON_AIR, by, taken_at=now, began=media_ms):
            _require_state(question, State.ON_AIR)


def answer(*, broadcast: Broadcast, question_id: int, by: User) -> None:
    """It was answered: the mark stays with its media time. Twice is once."""
    roles.require_run(by, broadcast)
    question = find(broadcast, question_id)
    now, media_ms = timezone.now(), media_clock.media_ms(broadcast)
    with transaction.atomic():
        if not _move(question, State.ON_AIR, State.ANSWERED, by, answered_at=now, ended=media_ms):
            _require_state(question, State.ANSWERED)


def remove(*, broadcast: Broadcast, question_id: int, by: User) -> None:
    """Take an open question away: moderators', of people below them; and everyone's own."""
    question = find(broadcast, question_id)
    if question.user_id != by.pk:
        standing = roles.require_moderate(by, broadcast)
        require_above(standing=standing, by=by, target=question.user, broadcast=broadcast)
    with transaction.atomic():
        if _move(question, State.OPEN, State.REMOVED, by):
            if question.user_id != by.pk:
                write(
                    Deed.QUESTION,
                    broadcast=broadcast,
                    by=by,
                    user_id=question.user_id,
                    note=question.text,
                )
        else:
            _require_state(question, State.REMOVED)


def find(broadcast: Broadcast, question_id: int) -> Question:
    questions = Question.objects.select_related("user", "broadcast")
    question = questions.filter(broadcast=broadcast, pk=question_id).first()
    if question is None:
        raise DomainError("no_such_question", _("This question is not here."), status=404)
    return question


def voted_by(broadcast: Broadcast, user_id: int | None) -> list[int]:
    """The questions that this person wants answered."""
    if user_id is None:
        return []
    votes = QuestionVote.objects.filter(user=user_id, question__broadcast=broadcast)
    return list(votes.values_list("question", flat=True))


def _move(
    question: Question,
    from_: State,
    to: State,
    by: User,
    *,
    began: int | None = None,
    ended: int | None = None,
    **times: object,
) -> bool:
    marks = {"media_start_ms": began, "media_end_ms": ended}
    updates = times | {name: value for name, value in marks.items() if value is not None}
    if not move(question, "state", from_, to, closed_by=by, **updates):
        return False
    Question.objects.filter(pk=question.pk).update(version=F("version") + 1)
    question.refresh_from_db(fields=["version", "votes"])
    Question.objects.filter(pk=question.pk).update(told_version=question.version)
    _tell(question)
    if to == State.ANSWERED and question.user_id != by.pk:
        _tell_asker(question)
    return True


def _tell_asker(question: Question) -> None:
    """They may have left the room meanwhile; the replay has the moment. Not of a rehearsal."""
    show = question.broadcast
    if show.is_rehearsal:
        return
    with translation.override(question.user.language):
        notify(
            user=question.user,
            kind=Kind.QUESTION_ANSWERED,
            key=f"question:{question.pk}",
            title=_("Your question was answered"),
            body=question.text,
            url=reverse("streams:room", args=[show.public_id]),
        )


def _require_state(question: Question, state: State) -> None:
    question.refresh_from_db(fields=["state"])
    if question.state != state:
        raise DomainError(
            "already_decided", _("Somebody has dealt with this question."), status=409
        )


def _tell(question: Question) -> None:
    event = QuestionChanged(question=question_facts.facts(question))
    publish(question.broadcast.room, event)
