"""Web push: encrypted for one browser, sent at most once, tried again when it may have failed."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from livecommerce.errors import DomainError
from livecommerce.notifications import choices, domain, push, push_keys
from livecommerce.notifications.models import Delivery, Notification, PushSubscription
from livecommerce.notifications.push_subscriptions import MOST_BROWSERS, subscribe
from tests.factories import make_user
from tests.livecommerce.notifications.push_service import Browser, PushService, claims_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def service(settings):
    made = PushService()
    settings.PUSH_TRUSTED_HOSTS = [made.host]
    yield made
    made.stop()


def browser_of(user, service):
    browser = Browser(service.origin)
    subscribe(user=user, endpoint=browser.endpoint, p256dh=browser.p256dh, auth=browser.auth)
    return browser


def say(user, key="k", kind="order_paid", **fields):
    values = {"title": "已付款", "body": "我们开始备货" * 60, "url": "/orders/1/"}
    domain.notify(user=user, kind=kind, key=key, **values | fields)


def states():
    rows = Delivery.objects.filter(channel="push", subscription__isnull=False)
    return list(rows.order_by("pk").values_list("state", flat=True))


def parents():
    rows = Delivery.objects.filter(channel="push", subscription=None)
    return list(rows.order_by("pk").values_list("state", flat=True))


def make_due():
    Delivery.objects.filter(state="due").update(due_at=timezone.now())


def test_only_the_browser_can_read_it_and_the_service_knows_who_sends(service):
    user = make_user(language="zh-hans")
    browser = browser_of(user, service)
    say(user)
    assert [push.send_due(), push.send_due()] == [1, 0]
    ((_path, headers, body),) = service.to(browser)
    told = browser.decrypt(body)
    assert (told["title"], told["url"], told["lang"]) == ("已付款", "/orders/1/", "zh-hans")
    assert len(told["body"]) == push.BODY_LENGTH
    assert "已付款".encode() not in body
    assert headers["Content-Encoding"] == "aes128gcm"
    assert (headers["TTL"], headers["Urgency"]) == ("86400", "normal")
    assert headers["Topic"] == told["tag"]
    claims, key = claims_of(headers, audience=service.origin)
    assert key == push_keys.public_key()
    assert claims["sub"] == "mailto:no-reply@localhost"
    assert states() == ["sent"]
    with pytest.raises(Exception, match=r"[Dd]ecrypt|tag|Invalid"):
        Browser(service.origin).decrypt(body)


def test_every_browser_of_a_person_and_nobody_elses(service):
    user = make_user()
    mine = [browser_of(user, service) for _ in range(2)]
    other = browser_of(make_user(), service)
    say(user)
    assert push.send_due() == 2
    assert [len(service.to(one)) for one in [*mine, other]] == [1, 1, 0]


def test_without_a_browser_nothing_is_sent(service):
    say(make_user())
    assert push.send_due() == 0
    assert (parents(), service.sent) == (["skipped"], [])


def test_what_was_switched_off_is_not_sent_by_that_way(service, mailoutbox):
    user = make_user()
    browser_of(user, service)
    choices.choose(user=user, wanted={("host_live", "push"): False, ("order_paid", "email"): False})
    say(user, key="a", kind="host_live")
    say(user, key="b", kind="order_paid")
    assert (push.send_due(), domain.send_due()) == (1, 1)
    assert [mail.subject for mail in mailoutbox] == ["已付款"]
    assert Notification.objects.get(key="b").deliveries.get(channel="email").state == "skipped"
    assert parents() == ["skipped", "sent"]


def test_a_failure_that_may_pass_is_tried_again_and_the_service_says_when(service):
    user = make_user()
    browser = browser_of(user, service)
    path = browser.endpoint.removeprefix(service.origin)
    service.answers[path] = [500, (429, {"Retry-After": "600"}), 201]
    say(user)
    assert push.send_due() == 0
    row = Delivery.objects.get(subscription__isnull=False)
    assert (row.state, row.attempts, row.last_error) == ("due", 1, "status 500")
    assert row.due_at - timezone.now() > push.FIRST_PAUSE - timedelta(seconds=5)
    make_due()
    push.send_due()
    row.refresh_from_db()
    assert row.due_at - timezone.now() > timedelta(seconds=590)
    make_due()
    assert push.send_due() == 1
    topics = {headers["Topic"] for _path, headers, _body in service.to(browser)}
    assert (len(service.sent), len(topics)) == (3, 1)


def test_in_the_end_it_is_given_up(service):
    user = make_user()
    browser = browser_of(user, service)
    service.answers[browser.endpoint.removeprefix(service.origin)] = [503]
    say(user)
    for _ in range(push.MOST_ATTEMPTS):
        make_due()
        push.send_due()
    make_due()
    assert push.send_due() == 0
    assert states() == ["failed"]
    assert len(service.sent) == push.MOST_ATTEMPTS


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(service, status):
    user = make_user()
    gone, there = browser_of(user, service), browser_of(user, service)
    service.answers[gone.endpoint.removeprefix(service.origin)] = [status]
    say(user)
    assert push.send_due() == 1
    assert PushSubscription.objects.get().endpoint == there.endpoint


@pytest.mark.parametrize("status", [301, 400, 403, 413])
def test_a_refusal_is_final_and_redirects_are_not_followed(service, status):
    user = make_user()
    browser = browser_of(user, service)
    path = browser.endpoint.removeprefix(service.origin)
    service.answers[path] = [(status, {"Location": "http://127.0.0.1:1/"})]
    say(user)
    push.send_due()
    assert (states(), len(service.sent)) == (["failed"], 1)


def test_what_another_worker_holds_is_left_alone_and_a_dead_ones_is_not_said_twice(service):
    user = make_user()
    browser_of(user, service)
    say(user)
    push.spread_due()
    Delivery.objects.filter(subscription__isnull=False).update(
        state="sending", due_at=timezone.now() - domain.STUCK_AFTER * 2
    )
    assert push.send_due() == 0
    assert domain.give_up_stuck() == 1
    make_due()
    assert (push.send_due(), service.sent) == (0, [])


def test_a_reminder_that_comes_too_late_is_not_tried_again(service):
    user = make_user()
    browser = browser_of(user, service)
    service.answers[browser.endpoint.removeprefix(service.origin)] = [500]
    say(user, kind="host_live")
    push.send_due()
    Notification.objects.update(created_at=timezone.now() - timedelta(minutes=21))
    make_due()
    push.send_due()
    assert (states(), len(service.sent)) == (["failed"], 1)
    assert service.sent[0][1]["Urgency"] == "high"


def hours_around(now, before, after):
    local = timezone.localtime(now)
    return (local - before).time().replace(microsecond=0), (local + after).time().replace(
        microsecond=0
    )


def test_in_quiet_hours_what_is_for_now_is_left_out_and_the_rest_waits(service):
    user = make_user()
    browser_of(user, service)
    begins, ends = hours_around(timezone.now(), timedelta(hours=1), timedelta(hours=2))
    choices.keep_quiet(user=user, begins=begins, ends=ends)
    say(user, key="a", kind="host_live")
    say(user, key="b", kind="order_paid")
    assert push.send_due() == 0
    row = Delivery.objects.get(subscription__isnull=False)
    assert row.notification.key == "b"
    wait = row.due_at - timezone.now()
    assert timedelta(hours=1, minutes=59) < wait <= timedelta(hours=2)
    make_due()
    assert push.send_due() == 1


@pytest.mark.parametrize(
    ("clock", "quiet_for"),
    [
        ((22, 59), None),
        ((23, 0), 480),
        ((23, 30), 450),
        ((0, 0), 420),
        ((6, 59), 1),
        ((7, 0), None),
    ],
)
def test_quiet_hours_run_over_midnight(clock, quiet_for):
    user = make_user()
    choices.keep_quiet(user=user, begins=time(23), ends=time(7))
    now = timezone.localtime().replace(hour=clock[0], minute=clock[1], second=0, microsecond=0)
    until = choices.quiet_until(user.quiet_hours, now)
    assert until == (now + timedelta(minutes=quiet_for) if quiet_for else None)


@pytest.mark.parametrize(
    ("zone", "quiet_for"),
    [("Asia/Shanghai", 7), ("Europe/London", None), ("America/New_York", None)],
)
def test_quiet_hours_are_of_ones_own_clock(zone, quiet_for):
    """Midnight in Guangxi is the afternoon in London and noon in New York."""
    hours = choices.QuietHours(begins=time(22), ends=time(7), zone=zone)
    midnight = datetime(2026, 3, 3, 16, tzinfo=UTC)
    until = choices.quiet_until(hours, midnight)
    assert until == (None if quiet_for is None else midnight + timedelta(hours=quiet_for))


def test_one_kind_comes_at_night(service):
    user = make_user()
    browser_of(user, service)
    begins, ends = hours_around(timezone.now(), timedelta(hours=1), timedelta(hours=2))
    choices.keep_quiet(user=user, begins=begins, ends=ends)
    say(user, key="a", kind="order_expired")
    say(user, key="b", kind="draw_won")
    say(user, key="c", kind="back_in_stock")
    assert push.send_due() == 1
    assert states() == ["sent", "due", "due"]


def test_a_zone_that_nobody_lives_in_is_refused():
    with pytest.raises(DomainError) as refused:
        choices.keep_quiet(user=make_user(), begins=time(22), ends=time(7), zone="Moon/Sea")
    assert refused.value.code == "quiet_hours"


def test_a_person_has_so_many_browsers_and_a_browser_one_person(service):
    user = make_user()
    first, *_rest = [browser_of(user, service) for _ in range(MOST_BROWSERS + 1)]
    assert user.push_subscriptions.count() == MOST_BROWSERS
    assert not user.push_subscriptions.filter(endpoint=first.endpoint).exists()
    shared = browser_of(user, service)
    keys = {"p256dh": shared.p256dh, "auth": shared.auth}
    other = make_user()
    subscribe(user=other, endpoint=shared.endpoint, **keys)
    assert PushSubscription.objects.get(endpoint=shared.endpoint).user == other


def test_forty_at_once_are_sent_each_once(service):
    for number in range(40):
        user = make_user()
        browser_of(user, service)
        say(user, key=str(number))
    assert push.send_due() == 40
    assert len({path for path, _headers, _body in service.sent}) == len(service.sent) == 40
