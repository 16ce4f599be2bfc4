from datetime import timedelta

import pytest
from django.utils import timezone

from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from streams.domain import follows
from streams.models import Reminder
from tests.factories import make_official, make_user
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db(transaction=True)


def _soon(**fields):
    return make_show(scheduled_at=timezone.now() + timedelta(minutes=9), **fields)


def test_reminder_is_sent_once_ten_minutes_before():
    viewer, show = make_user(), _soon()
    later = make_show(scheduled_at=timezone.now() + timedelta(minutes=12))
    for one in (show, show, later):
        follows.remind(user=viewer, broadcast=one)
    assert follows.send_due_reminders() == 1
    assert follows.send_due_reminders() == 0
    note = Notification.objects.get()
    assert (note.user, note.kind) == (viewer, "show_reminder")
    assert note.url == f"/rooms/{show.public_id}/"


def test_reminder_speaks_the_readers_language():
    reader = make_user(language="en")
    follows.remind(user=reader, broadcast=_soon())
    follows.send_due_reminders()
    assert "Hill goods for the Third of March" in Notification.objects.get().title


def test_reminder_long_past_or_of_a_cancelled_show_is_not_sent():
    viewer, missed, cancelled = make_user(), make_show(), _soon()
    for show in (missed, cancelled):
        follows.remind(user=viewer, broadcast=show)
    type(missed).objects.filter(pk=missed.pk).update(
        scheduled_at=timezone.now() - timedelta(hours=2)
    )
    type(missed).objects.filter(pk=cancelled.pk).update(state="cancelled")
    assert follows.send_due_reminders() == 0
    assert not Notification.objects.exists()


def test_remind_of_a_show_that_began_is_refused():
    with pytest.raises(DomainError) as refused:
        follows.remind(user=make_user(), broadcast=make_show(state="live"))
    assert refused.value.code == "not_upcoming"


def test_forget_reminder_leaves_others():
    show, one, other = _soon(), make_user(), make_user()
    for user in (one, other):
        follows.remind(user=user, broadcast=show)
    follows.forget_reminder(user=one, broadcast=show)
    assert [row.user for row in Reminder.objects.all()] == [other]


def test_followers_are_told_once_when_the_host_is_live():
    show, fan, stranger = make_show(state="live"), make_user(), make_user()
    follows.follow(user=fan, official=show.host)
    follows.follow(user=fan, official=show.host)
    follows.follow(user=stranger, official=make_official())
    assert follows.tell_followers() == 1
    type(show).objects.update(followers_told_at=None)  # as if killed before the mark
    follows.tell_followers()
    note = Notification.objects.get()
    assert (note.user, note.kind) == (fan, "host_live")


def test_follow_of_an_unverified_official_is_refused():
    with pytest.raises(DomainError) as refused:
        follows.follow(user=make_user(), official=make_official(verified=False))
    assert refused.value.status == 404
