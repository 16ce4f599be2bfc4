import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from livecommerce.notifications import domain
from livecommerce.notifications.models import Delivery, Notification
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def say(user, key="order:1:paid", **fields):
    values = {"kind": "order_paid", "title": "已付款", "body": "我们开始备货", "url": "/orders/1/"}
    return domain.notify(user=user, key=key, **values | fields)


def letter():
    return Delivery.objects.get(channel="email")


def test_a_message_is_said_once():
    user = make_user()

    assert [say(user), say(user)] == [True, False]
    assert Notification.objects.count() == 1
    assert sorted(Delivery.objects.values_list("channel", flat=True)) == ["email", "push"]


def test_lazy_words_are_in_the_readers_language():
    say(make_user(language="en"), title=gettext_lazy("Inbox"))

    assert Notification.objects.get().title == "Inbox"


def test_an_email_is_sent_at_most_once(settings):
    user = make_user()
    say(user)

    assert [domain.send_due(), domain.send_due()] == [1, 0]
    [message] = mail.outbox
    assert (message.to, message.subject) == ([user.email], "已付款")
    assert "我们开始备货" in message.body
    assert f"{settings.PUBLIC_URL}/orders/1/" in message.body
    assert letter().state == "sent"


@pytest.mark.parametrize(
    "title", ["芒果节\n开播了", "芒果节\r\nBcc: all@example.com", "芒\u2028果"]
)
def test_a_title_of_two_lines_adds_no_header_and_is_sent(title):
    say(make_user(), title=title)

    assert domain.send_due() == 1
    [message] = mail.outbox
    assert message.message()["Bcc"] is None
    assert "\n" not in message.subject
    assert letter().state == "sent"


def test_a_delivery_taken_by_another_worker_is_left_alone():
    say(make_user())
    Delivery.objects.update(state="sending")

    assert domain.send_due() == 0
    assert mail.outbox == []


def test_a_failed_sending_is_tried_again_later_and_in_the_end_given_up(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    say(make_user())

    for attempt in range(1, domain.MOST_ATTEMPTS + 1):
        delivery = letter()
        assert (delivery.state, delivery.attempts) == ("due", attempt - 1)
        assert domain.send_due() == 0
        assert letter().due_at > timezone.now()
        Delivery.objects.update(due_at=timezone.now())

    assert letter().state == "failed"


def test_what_a_dying_worker_held_is_not_said_twice():
    say(make_user())
    Delivery.objects.update(state="sending", due_at=timezone.now() - domain.STUCK_AFTER * 2)

    assert domain.give_up_stuck() == 2
    assert domain.send_due() == 0


def test_the_inbox_shows_ones_own_messages_and_marks_them_read(client):
    user = make_user()
    say(user)
    say(make_user(), key="other", title="别人的")
    client.force_login(user)

    first = client.get(reverse("notifications:inbox"))
    second = client.get(reverse("notifications:inbox"))

    assert "已付款" in first.text
    assert "别人的" not in first.text
    assert "badge-info" in first.text
    assert "badge-info" not in second.text


def test_the_inbox_is_for_those_who_signed_in(client):
    assert client.get(reverse("notifications:inbox")).status_code == 302


@pytest.mark.parametrize("length", [1, 30])
def test_the_inbox_asks_the_database_as_often_for_one_as_for_many(
    client, django_assert_num_queries, length
):
    user = make_user()
    for i in range(length):
        say(user, key=f"message:{i}")
    client.force_login(user)
    client.get(reverse("notifications:inbox"))

    with django_assert_num_queries(5):
        client.get(reverse("notifications:inbox"))


def test_an_empty_inbox_says_what_will_come(client):
    client.force_login(make_user())

    assert "empty" in client.get(reverse("notifications:inbox")).text
