import pytest
from django.contrib.auth.models import AnonymousUser

from livecommerce.errors import DomainError
from streams.domain import chat, chat_text, chat_words, moderation, questions, roles
from streams.models import ChatMessage, RoomRole, WordList
from tests.factories import make_user
from tests.streams.shows import make_show, told

db = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("  怎么\t保存？\n", "怎么 保存？"),
        ("e\u0301", "\u00e9"),
        ("ab\u202ecd\u2066", "abcd"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("bell\x07", "bell"),
        ("<b>粗</b>", "<b>粗</b>"),
        ("👨\u200d🌾", "👨\u200d🌾"),
        ("a\u200db", "ab"),
        ("z" + "\u0335" * 40, "z" + "\u0335" * 2),
        ("字" * 200, "字" * 200),
    ],
)
def test_clean_keeps_words_and_drops_tricks(said, stored):
    assert chat_text.clean(said) == stored


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("", "chat_empty"),
        ("\u200b\u202e \n", "chat_empty"),
        ("\u3164\u3164", "chat_empty"),
        ("字" * 201, "chat_too_long"),
        ("x" * 100_000, "chat_too_long"),
    ],
)
def test_clean_refuses(said, code):
    with pytest.raises(DomainError) as refused:
        chat_text.clean(said)
    assert refused.value.code == code


@db
def test_say_stores_and_tells():
    show, viewer = make_show(state="live"), make_user(display_name="李小山")
    message = chat.say(broadcast=show, user=viewer, text="怎么保存？", key="k1")
    (event,) = told(show)
    assert (event["t"], event["id"], event["text"]) == ("chat", message.pk, "怎么保存？")
    assert (event["name"], event["badge"]) == ("李小山", "")


@db
def test_say_with_the_same_key_says_it_once():
    show, viewer = make_show(state="live"), make_user()
    first = chat.say(broadcast=show, user=viewer, text="一", key="k1")
    again = chat.say(broadcast=show, user=viewer, text="一", key="k1")
    assert first == again
    assert len(told(show)) == 1


@db
@pytest.mark.parametrize("user", [None, AnonymousUser()])
def test_say_without_an_account_is_refused(user):
    with pytest.raises(DomainError) as refused:
        chat.say(broadcast=make_show(state="live"), user=user, text="你好", key="k")
    assert (refused.value.code, refused.value.status) == ("sign_in", 401)


@db
def test_say_in_an_ended_show_is_refused():
    with pytest.raises(DomainError) as refused:
        chat.say(broadcast=make_show(state="ended"), user=make_user(), text="你好", key="k")
    assert refused.value.code == "chat_closed"


@db
def test_say_too_often_is_refused():
    show, viewer = make_show(state="live"), make_user()
    for number in range(chat.BURST):
        chat.say(broadcast=show, user=viewer, text="快", key=f"k{number}")
    with pytest.raises(DomainError) as refused:
        chat.say(broadcast=show, user=viewer, text="快", key="one-more")
    assert (refused.value.code, refused.value.status) == ("too_fast", 429)
    assert ChatMessage.objects.count() == chat.BURST


@db
def test_say_in_slow_mode_once_and_the_host_at_will():
    show, viewer = make_show(state="live", slow_mode_seconds=60), make_user()
    chat.say(broadcast=show, user=viewer, text="一", key="k1")
    with pytest.raises(DomainError) as refused:
        chat.say(broadcast=show, user=viewer, text="二", key="k2")
    assert refused.value.code == "slow_mode"
    assert 0 < refused.value.facts["retry_after"] <= 60
    for number in range(2):
        chat.say(broadcast=show, user=show.host.user, text="主播", key=f"h{number}")


@db
def test_a_line_that_must_be_said_differently_costs_no_slow_mode():
    words = WordList.objects.create(name="list", consequence=WordList.Consequence.REFUSE)
    chat_words.add_words(words=words, lines=["坏话"])
    show, viewer = make_show(state="live", slow_mode_seconds=120), make_user()
    with pytest.raises(DomainError) as refused:
        chat.say(broadcast=show, user=viewer, text="坏话", key="k1")
    assert refused.value.code == "chat_refused"
    assert chat.say(broadcast=show, user=viewer, text="好话", key="k2").pk


@db
def test_say_carries_the_badge_of_a_role():
    show, moderator = make_show(state="live"), make_user()
    RoomRole.objects.create(user=moderator, role="moderator")
    host_line = chat.say(broadcast=show, user=show.host.user, text="大家好", key="k")
    line = chat.say(broadcast=show, user=moderator, text="请文明", key="k")
    assert (host_line.badge, line.badge) == ("host", "moderator")


@db
def test_hide_takes_the_line_away_once():
    show, viewer = make_show(state="live"), make_user()
    message = chat.say(broadcast=show, user=viewer, text="坏话", key="k")
    for _ in range(2):
        moderation.hide(broadcast=show, message_id=message.pk, by=show.host.user)
    message.refresh_from_db()
    assert message.hidden_by == show.host.user
    assert [event["t"] for event in told(show)] == ["chat", "chat_hidden", "moderation"]


@db
def test_hide_by_a_viewer_is_refused():
    show, viewer = make_show(state="live"), make_user()
    message = chat.say(broadcast=show, user=viewer, text="好话", key="k")
    with pytest.raises(DomainError) as refused:
        moderation.hide(broadcast=show, message_id=message.pk, by=make_user())
    assert refused.value.status == 403


@db
def test_hide_of_another_rooms_line_is_refused():
    show, other = make_show(state="live"), make_show(state="live")
    message = chat.say(broadcast=other, user=make_user(), text="别处", key="k")
    with pytest.raises(DomainError) as refused:
        moderation.hide(broadcast=show, message_id=message.pk, by=show.host.user)
    assert refused.value.status == 404


@db
def test_hide_of_the_host_by_a_moderator_is_refused():
    show, moderator = make_show(state="live"), make_user()
    RoomRole.objects.create(broadcast=show, user=moderator, role="moderator")
    message = chat.say(broadcast=show, user=show.host.user, text="主播说", key="k")
    with pytest.raises(DomainError) as refused:
        moderation.hide(broadcast=show, message_id=message.pk, by=moderator)
    assert refused.value.code == "above_you"


@db
def test_moderator_of_one_show_is_nobody_in_another():
    show, other, moderator = make_show(), make_show(), make_user()
    RoomRole.objects.create(broadcast=show, user=moderator, role="moderator")
    assert roles.standing_of(moderator, show).may_moderate
    assert not roles.standing_of(moderator, other).may_moderate


@db
@pytest.mark.parametrize("name", ["13812345678", "加微信guo88888", "假官方小号"])
def test_say_under_a_name_that_leads_away_or_is_banned_is_refused(name):
    words = WordList.objects.create(name="names", consequence=WordList.Consequence.HOLD)
    chat_words.add_words(words=words, lines=["假官方"])
    show, viewer = make_show(state="live"), make_user(display_name=name)
    with pytest.raises(DomainError) as refused:
        chat.say(broadcast=show, user=viewer, text="你好", key="k")
    assert refused.value.code == "name_refused"
    with pytest.raises(DomainError) as refused:
        questions.ask(broadcast=show, user=viewer, text="怎么保存？", key="k")
    assert refused.value.code == "name_refused"
    assert not ChatMessage.objects.exists()
