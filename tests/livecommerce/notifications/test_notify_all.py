"""Many messages in three statements, each once and in its reader's language."""

import pytest
from django.utils.translation import gettext_lazy

from livecommerce.notifications.domain import Message, notify_all
from livecommerce.notifications.models import Delivery, Notification
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def message(user, key):
    words = gettext_lazy("A parcel is on its way to you")
    return Message(user=user, kind="order_shipped", key=key, title=words, body="x", url="/orders/")


def test_each_is_said_once_in_the_readers_language():
    one, two = make_user(), make_user(language="en")
    messages = [message(one, "a"), message(two, "b")]

    assert notify_all(messages) == 2
    assert notify_all([*messages, message(one, "c")]) == 1
    titles = dict(Notification.objects.values_list("key", "title"))
    assert titles == {
        "a": "包裹已寄出",
        "b": "A parcel is on its way to you",
        "c": "包裹已寄出",
    }
    assert Delivery.objects.filter(channel="email", state="due").count() == 3


@pytest.mark.parametrize("number", [1, 30])
def test_three_statements_however_many(number, django_assert_num_queries):
    user = make_user()
    messages = [message(user, str(n)) for n in range(number)]

    with django_assert_num_queries(3):
        notify_all(messages)


def test_nobody_is_nothing():
    assert notify_all([]) == 0
