"""Mutes, bans, the queue and appeals: who may, who is told, and what stays as it was."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from streams.domain import (
    chat,
    chat_words,
    moderation,
    moderation_appeals,
    moderation_sanctions,
    snapshot,
)
from streams.models import ChatMessage, ModerationAction, RoomRole, Sanction, WordList
from tests.factories import make_assistant, make_curator, make_prefecture, make_user
from tests.streams.shows import make_show, told

pytestmark = pytest.mark.django_db(transaction=True)


def make_moderator(show):
    moderator = make_user()
    RoomRole.objects.create(broadcast=show, user=moderator, role="moderator")
    return moderator


def make_list(*words, consequence="hold", host=None):
    made = WordList.objects.create(name=consequence, consequence=consequence, host=host)
    chat_words.add_words(words=made, lines=words)
    return made


def say(show, user, text="你好", key="k", **more):
    more.setdefault("device", "")
    return chat.say(broadcast=show, user=user, text=text, key=key, **more)


def code_of(call, *args, **more):
    with pytest.raises(DomainError) as refused:
        call(*args, **more)
    return refused.value.code


# --- word lists and contacts ---------------------------------------------------------------------


def test_a_line_with_a_refused_word_is_refused_however_it_is_spelt():
    make_list("法轮", consequence="refuse")
    show = make_show(state="live")
    assert code_of(say, show, make_user(), text="说 法.轮 吧") == "chat_refused"
    assert not ChatMessage.objects.exists()


def test_a_masked_word_is_masked_and_the_line_goes_out():
    make_list("笨蛋", consequence="mask")
    show = make_show(state="live")
    assert say(show, make_user(), text="你这个笨蛋！").text == "你这个**！"
    assert told(show)[0]["text"] == "你这个**！"


def test_a_held_line_is_seen_by_its_author_and_moderators_until_it_is_approved():
    make_list("假货")
    show, author = make_show(state="live"), make_user()
    message = say(show, author, text="是假货吗")
    assert message.visibility == "held"
    assert [event["t"] for event in told(show)] == ["chat_kept", "moderation"]
    assert snapshot.room_state(show)["chat"] == []
    for _ in range(2):
        moderation.approve(broadcast=show, message_id=message.pk, by=show.host.user)
    assert [line["text"] for line in snapshot.room_state(show)["chat"]] == ["是假货吗"]
    assert [event["t"] for event in told(show)].count("chat") == 1
    assert code_of(moderation.refuse, broadcast=show, message_id=message.pk, by=show.host.user) == (
        "already_decided"
    )


def test_a_refused_line_stays_unseen():
    make_list("假货")
    show = make_show(state="live")
    message = say(show, make_user(), text="是假货吗")
    moderation.refuse(broadcast=show, message_id=message.pk, by=make_moderator(show))
    assert snapshot.room_state(show)["chat"] == []
    assert [event.get("why") for event in told(show) if event["t"] == "chat_kept"] == [
        "held",
        "refused",
    ]


def test_lists_of_a_host_count_in_their_rooms_only_and_change_at_once():
    show, other = make_show(state="live"), make_show(state="live")
    words = make_list("天价", consequence="refuse", host=show.host)
    viewer = make_user()
    assert code_of(say, show, viewer, text="天价") == "chat_refused"
    say(other, viewer, text="天价")
    words.words.all().delete()
    chat_words.note_change(words.pk)
    say(show, viewer, text="天价")


def test_an_exception_excuses():
    words = make_list("第一", consequence="refuse")
    words.words.create(word="第一次", is_exception=True)
    chat_words.note_change(words.pk)
    show = make_show(state="live")
    say(show, make_user(), text="第一次来")
    assert code_of(say, show, make_user(), text="全国第一") == "chat_refused"


def test_words_are_pasted_twice_and_counted_once():
    words = WordList.objects.create(name="长")
    lines = [f"词{n}" for n in range(20_000)]
    assert chat_words.add_words(words=words, lines=[*lines, "", " 词1 "]) == 20_000
    assert chat_words.add_words(words=words, lines=["词7", "新"]) == 1


@pytest.mark.parametrize("text", ["加微信 abc12345", "电话13800138000", "看 www.example.com"])
def test_a_way_out_of_the_shop_is_seen_by_its_author_only(text):
    show = make_show(state="live")
    assert say(show, make_user(), text=text).visibility == "private"
    (event,) = told(show)
    assert (event["t"], event["why"]) == ("chat_kept", "contact")
    assert snapshot.room_state(show)["chat"] == []
    assert say(show, show.host.user, text=text).visibility == "shown"


# --- replies and marks ---------------------------------------------------------------------------


def test_an_answer_quotes_what_everyone_may_read():
    make_list("假货")
    show, viewer = make_show(state="live"), make_user(display_name="李小山")
    first = say(show, viewer, text="甜不甜？")
    say(show, show.host.user, text="很甜", reply_to=first.pk)
    quote = {"id": first.pk, "name": "李小山", "text": "甜不甜？"}
    assert told(show)[-1]["reply"] == quote
    held = say(show, viewer, text="假货", key="h")
    elsewhere = say(make_show(state="live"), viewer)
    for pk in (held.pk, elsewhere.pk, 10**12):
        assert code_of(say, show, make_user(), text="嗯", reply_to=pk) == "no_such_message"


# --- mute and ban --------------------------------------------------------------------------------


def test_mute_hides_what_was_said_tells_the_person_and_ends_by_itself():
    show, author = make_show(state="live"), make_user()
    lines = [say(show, author, text=f"坏话{n}", key=str(n)) for n in range(3)]
    sanction = moderation_sanctions.mute(
        broadcast=show, user=author, by=make_moderator(show), reason="insult", seconds=600
    )
    assert {"t": "chat_hidden", "ids": [line.pk for line in lines]} in told(show)
    assert {"t": "moderation", "user": author.pk} in told(show)
    with pytest.raises(DomainError) as refused:
        say(show, author, key="x")
    assert (refused.value.code, refused.value.status) == ("muted", 403)
    assert "辱骂" in refused.value.message
    assert refused.value.facts["until"] > timezone.now().timestamp() * 1000
    inbox = Notification.objects.get(user=author)
    assert "辱骂" in inbox.body
    assert inbox.url == f"/moderation/{sanction.pk}/"
    Sanction.objects.update(created_at="2020-01-01T00:00Z", until="2020-01-02T00:00Z")
    say(show, author, key="y")


def test_a_mute_is_of_the_hosts_rooms():
    show, author = make_show(state="ended"), make_user()
    moderation_sanctions.mute(
        broadcast=show, user=author, by=show.host.user, reason="spam", seconds=None
    )
    assert code_of(say, make_show(state="live", host=show.host), author) == "muted"
    say(make_show(state="live"), author)


def test_a_new_term_replaces_the_old_one():
    show, author = make_show(state="live"), make_user()
    for seconds in (60, None):
        moderation_sanctions.mute(
            broadcast=show, user=author, by=show.host.user, reason="spam", seconds=seconds
        )
    (open_,) = Sanction.objects.in_force()
    assert open_.until is None
    moderation_sanctions.lift(sanction=open_, broadcast=show, by=show.host.user)
    say(show, author)


def test_a_ban_reaches_the_next_account_in_the_same_browser_and_no_other_browser():
    show, author, again = make_show(state="live"), make_user(), make_user()
    say(show, author, device="d1")
    moderation_sanctions.ban(
        broadcast=show, user=author, by=show.host.user, reason="fraud", seconds=None
    )
    assert code_of(say, show, author, key="x", device="fresh") == "banned"
    assert code_of(say, show, again, device="d1") == "banned"
    say(show, again, device="d2")
    say(show, make_moderator(show), device="d1")


@pytest.mark.parametrize("seconds", [0, 59, -1, 10**9])
def test_a_term_without_sense_is_refused(seconds):
    show = make_show(state="live")
    asked = {"broadcast": show, "user": make_user(), "by": show.host.user}
    assert code_of(moderation_sanctions.mute, **asked, reason="spam", seconds=seconds) == "bad_term"
    assert code_of(moderation_sanctions.mute, **asked, reason="", seconds=60) == "bad_reason"


def test_nobody_acts_on_those_above_or_beside_them():
    show = make_show(state="live")
    moderator, other = make_moderator(show), make_moderator(show)
    assistant = make_assistant(show.host).user
    host, staff = show.host.user, make_user(is_staff=True)
    curator = make_curator(make_prefecture())
    may = {
        moderator: [],
        assistant: [moderator],
        host: [moderator, assistant],
        curator: [moderator, assistant, host],
    }
    people = [moderator, other, assistant, host, staff, curator]
    for by, below in may.items():
        for target in people:
            asked = {"broadcast": show, "user": target, "by": by, "reason": "spam", "seconds": 60}
            if target in below or (target is other and by is not moderator):
                moderation_sanctions.mute(**asked)
            else:
                assert code_of(moderation_sanctions.mute, **asked) == "above_you", (by, target)
    assert code_of(
        moderation_sanctions.mute,
        broadcast=show, user=moderator, by=make_user(), reason="spam", seconds=60,
    ) == "not_moderator"  # fmt: skip


def test_a_moderator_does_not_lift_what_the_host_decided():
    show, author = make_show(state="live"), make_user()
    sanction = moderation_sanctions.mute(
        broadcast=show, user=author, by=show.host.user, reason="spam", seconds=60
    )
    moderator = make_moderator(show)
    lift = moderation_sanctions.lift
    assert code_of(lift, sanction=sanction, broadcast=show, by=moderator) == "above_you"


@pytest.mark.parametrize("deed", [moderation_sanctions.mute, moderation_sanctions.ban])
def test_a_moderator_puts_no_minute_in_the_place_of_what_the_host_decided(deed):
    show, viewer = make_show(state="live"), make_user()
    asked = {"broadcast": show, "user": viewer, "reason": "spam"}
    for_good = deed(by=show.host.user, seconds=None, **asked)
    assert code_of(deed, by=make_moderator(show), seconds=60, **asked) == "above_you"
    for_good.refresh_from_db()
    assert (for_good.lifted_at, Sanction.objects.count()) == (None, 1)
    shorter = deed(by=show.host.user, seconds=60, **asked)
    assert shorter.until is not None


def test_nobody_lifts_what_was_decided_about_them():
    show = make_show(state="live")
    viewer, moderator = make_user(), make_moderator(show)
    sanction = moderation_sanctions.mute(
        broadcast=show, user=viewer, by=moderator, reason="spam", seconds=None
    )
    RoomRole.objects.create(broadcast=show, user=viewer, role="moderator")  # named since
    lift = moderation_sanctions.lift
    assert code_of(lift, sanction=sanction, broadcast=show, by=viewer) == "above_you"


def test_every_deed_is_in_the_book_and_stays_there():
    show, author = make_show(state="live"), make_user()
    message = say(show, author)
    moderation.hide(broadcast=show, message_id=message.pk, by=show.host.user)
    moderation_sanctions.ban(
        broadcast=show, user=author, by=show.host.user, reason="spam", seconds=60, note="第二次"
    )
    deeds = list(ModerationAction.objects.values_list("deed", "user", "by", "note"))
    host = show.host.user_id
    assert deeds == [("ban", author.pk, host, "第二次"), ("hide", author.pk, host, "")]
    with pytest.raises(DatabaseError), transaction.atomic():
        ModerationAction.objects.update(note="nothing happened")


# --- appeals -------------------------------------------------------------------------------------


def test_one_appeal_decided_by_somebody_else():
    show, author = make_show(state="live"), make_user()
    boss = make_user(is_staff=True, is_superuser=True)
    sanction = moderation_sanctions.mute(
        broadcast=show, user=author, by=show.host.user, reason="spam", seconds=None
    )
    appeal = moderation_appeals.make_appeal
    decide = moderation_appeals.decide_appeal
    assert code_of(appeal, sanction=sanction, user=make_user(), text="不是我") == (
        "no_such_sanction"
    )
    assert code_of(appeal, sanction=sanction, user=author, text="  ") == "empty_text"
    appeal(sanction=sanction, user=author, text="我只问了价格")
    assert code_of(appeal, sanction=sanction, user=author, text="再说一次") == "appealed_already"
    for nobody in (show.host.user, make_user(is_staff=True)):
        assert code_of(decide, sanction=sanction, by=nobody, is_granted=True) == "not_staff"
    decide(sanction=sanction, by=boss, is_granted=True, answer="说得对")
    assert code_of(decide, sanction=sanction, by=boss, is_granted=False) == "already_decided"
    say(show, author)
    assert Notification.objects.filter(user=author, body="说得对").count() == 1


def test_staff_do_not_judge_their_own_decision():
    show, author = make_show(state="live"), make_user()
    boss = make_user(is_staff=True, is_superuser=True)
    sanction = moderation_sanctions.ban(
        broadcast=show, user=author, by=boss, reason="law", seconds=None
    )
    moderation_appeals.make_appeal(sanction=sanction, user=author, text="请再看")
    decide = moderation_appeals.decide_appeal
    assert code_of(decide, sanction=sanction, by=boss, is_granted=True) == "own_decision"
    decide(sanction=sanction, by=make_curator(make_prefecture()), is_granted=False)
    assert code_of(say, show, author) == "banned"
