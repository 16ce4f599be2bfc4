import pytest

from livecommerce.accounts.models import User
from livecommerce.notifications.models import Delivery, Kind, Notification
from livecommerce.transitions import move

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery():
    user = User.objects.create_user("li@example.com", display_name="Li")
    note = Notification.objects.create(user=user, kind=Kind.SYSTEM, key="k", title="t")
    return Delivery.objects.create(notification=note, channel="email")


def test_move_writes_state_and_updates_together(delivery):
    assert move(delivery, "state", "due", "sending", attempts=1)
    assert (delivery.state, delivery.attempts) == ("sending", 1)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("sending", 1)


def test_move_from_another_state_changes_nothing(delivery):
    assert not move(delivery, "state", ("sent", "failed"), "due", attempts=9)
    assert (delivery.state, delivery.attempts) == ("due", 0)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("due", 0)


def test_only_one_of_two_movers_wins(delivery):
    other = Delivery.objects.get(pk=delivery.pk)
    assert move(delivery, "state", "due", "sending")
    assert not move(other, "state", "due", "sending")
    assert other.state == "due"
