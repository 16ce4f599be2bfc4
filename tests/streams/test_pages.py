import re

import pytest
from django.urls import reverse

from livecommerce import redis_client
from streams.domain import chat, pins
from streams.models import Follow, Reminder
from tests.factories import make_assistant, make_deal, make_official, make_product, make_user
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def as_host(client, monkeypatch):
    """Sign in with the second factor that the host pages ask for."""
    from allauth.mfa.models import Authenticator

    def sign_in(user):
        Authenticator.objects.create(
            user=user, type=Authenticator.Type.TOTP, data={"secret": "unused"}
        )
        client.force_login(user)
        return client

    return sign_in


def _text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_room_page_shows_what_is_explained(client):
    show = make_show(state="live", items=2, deal=True, announcement="全场包邮")
    pins.pin(broadcast=show, item=show.shelf.first(), by=show.host.user)
    chat.say(broadcast=show, user=make_user(display_name="李小山"), text="<b>甜吗</b>", key="k")
    answer = client.get(reverse("streams:room", args=[show.public_id]))
    page = _text(answer)
    assert answer.status_code == 200
    assert "凤山核桃" in page
    assert "全场包邮" in page
    assert "&lt;b&gt;甜吗&lt;/b&gt;" in page
    assert "<b>甜吗</b>" not in page


@pytest.mark.parametrize("state", ["scheduled", "live", "ended", "cancelled"])
def test_room_page_of_every_state_in_both_languages(client, state):
    show = make_show(state=state, items=1)
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        assert client.get(f"/rooms/{show.public_id}/").status_code == 200


def test_snapshot_is_the_state_of_the_first_paint(client):
    show = make_show(state="live", items=2)
    answer = client.get(reverse("streams:snapshot", args=[show.public_id])).json()
    assert set(answer) == {
        *("s", "ep", "show", "shelf", "pins", "flash", "stock", "chat", "questions", "counters"),
        *("run", "draw", "poll", "relay", "answer"),
    }
    assert answer["show"]["state"] == "live"
    assert len(answer["shelf"]["cards"]) == 2


def test_room_that_is_not_there(client):
    assert client.get("/rooms/nowhere/").status_code == 404
    assert client.get("/rooms/nowhere/snapshot").status_code == 404


def test_playback_of_an_ended_show_is_gone(client):
    assert client.get(f"/rooms/{make_show(state='ended').public_id}/playback").status_code == 410
    fresh = client.get(f"/rooms/{make_show(state='live').public_id}/playback").json()
    assert "token=" in fresh["hls"]


def test_remind_and_follow_by_form_and_by_htmx(client):
    show, viewer = make_show(), make_user()
    client.force_login(viewer)
    remind = reverse("streams:remind", args=[show.public_id])
    assert client.post(remind).status_code == 302
    assert Reminder.objects.filter(user=viewer, broadcast=show).count() == 1
    answer = client.post(remind, {"wanted": "no"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert not Reminder.objects.exists()
    client.post(reverse("streams:follow", args=[show.public_id]))
    assert Follow.objects.get().official == show.host


def test_room_leads_the_signed_out_to_sign_in_and_back(client):
    show = make_show()
    page = client.get(f"/rooms/{show.public_id}/").content.decode()
    there = f'href="/accounts/login/?next=/rooms/{show.public_id}/"'
    assert page.count(there) == 6, "header, follow, draw, poll, remind and chat"
    client.force_login(make_user())
    assert there not in client.get(f"/rooms/{show.public_id}/").content.decode()


def test_remind_signed_out_leads_to_sign_in(client):
    answer = client.post(reverse("streams:remind", args=[make_show().public_id]))
    assert answer.status_code == 302
    assert "/accounts/" in answer["Location"]


def test_console_opens_for_the_host_and_assistants(as_host):
    show = make_show(items=2)
    assert as_host(show.host.user).get(f"/host/{show.public_id}/").status_code == 200
    assistant = make_assistant(show.host).user
    assert as_host(assistant).get(f"/host/{show.public_id}/").status_code == 200


@pytest.mark.parametrize("who", ["viewer", "other_official"])
def test_console_is_closed_to_others(as_host, who):
    show = make_show(items=1)
    user = make_user() if who == "viewer" else make_official().user
    client = as_host(user)
    assert client.get(f"/host/{show.public_id}/").status_code == 404
    for action in ("go-live", "end", "cancel", "announce", "slow-mode", "token"):
        answer = client.post(f"/host/{show.public_id}/{action}", {"text": "x", "seconds": "5"})
        assert answer.status_code == 403, action
    item = show.shelf.get().pk
    for action in ("pin", "unpin"):
        answer = client.post(f"/host/{show.public_id}/{action}", {"item": item})
        assert answer.status_code == 403, action
    show.refresh_from_db()
    assert show.state == "scheduled"


def test_console_signed_out_leads_to_sign_in(client):
    answer = client.get(f"/host/{make_show().public_id}/")
    assert answer.status_code == 302
    assert "/accounts/login" in answer["Location"]


def test_host_home_is_not_there_for_viewers(as_host):
    assert as_host(make_user()).get("/host/").status_code == 404


def test_host_home_lists_own_shows_only(as_host):
    mine, other = make_show(title_zh="我的专场"), make_show(title_zh="别人的专场")
    page = _text(as_host(mine.host.user).get("/host/"))
    assert "我的专场" in page
    assert other.title_zh not in page


def test_a_show_goes_from_console_to_live_and_ends(as_host):
    show = make_show(items=1)
    client = as_host(show.host.user)
    base = f"/host/{show.public_id}"
    json = {"Accept": "application/json"}
    assert client.post(f"{base}/go-live", headers=json).status_code == 204
    item = show.shelf.get().pk
    assert client.post(f"{base}/pin", {"item": item}, headers=json).status_code == 204
    assert client.post(f"{base}/announce", {"text": "包邮"}, headers=json).status_code == 204
    assert client.post(f"{base}/slow-mode", {"seconds": "5"}, headers=json).status_code == 204
    assert client.post(f"{base}/unpin", {"item": item}, headers=json).status_code == 204
    token = client.post(f"{base}/token", headers=json).json()
    assert token["publish_url"].endswith(f"/{show.public_id}/whip")
    assert client.post(f"{base}/end", headers=json).status_code == 204
    show.refresh_from_db()
    assert (show.state, show.announcement, show.slow_mode_seconds) == ("ended", "包邮", 5)
    refused = client.post(f"{base}/go-live", headers=json)
    assert (refused.status_code, refused.json()["code"]) == (409, "show_over")


@pytest.mark.parametrize("item", ["", "x", "9" * 30, "-1"])
def test_pin_of_what_is_no_item(as_host, item):
    show = make_show(state="live", items=1)
    answer = as_host(show.host.user).post(f"/host/{show.public_id}/pin", {"item": item})
    assert answer.status_code == 404


def test_plan_puts_a_show_in_the_schedule(as_host):
    host = make_official()
    product = make_product(county=host.region)
    client = as_host(host.user)
    form = {
        "title_zh": "核桃专场",
        "scheduled_at": "2099-01-01T20:00",
        "planned_minutes": "60",
        "products": [product.pk],
    }
    answer = client.post("/host/new/", form)
    assert answer.status_code == 302
    show = host.broadcasts.get()
    assert (show.title_zh, [item.product for item in show.shelf.all()]) == ("核桃专场", [product])
    assert client.post("/host/new/", form | {"scheduled_at": "2001-01-01T20:00"}).status_code == 422


def test_plan_refuses_goods_of_another_region(as_host):
    host = make_official()
    from tests.factories import make_county

    foreign = make_product(county=make_county("450123"))
    form = {"title_zh": "专场", "scheduled_at": "2099-01-01T20:00", "planned_minutes": "60"}
    answer = as_host(host.user).post("/host/new/", form | {"products": [foreign.pk]})
    assert answer.status_code == 422
    assert not host.broadcasts.exists()


def test_hide_needs_a_role(client):
    show = make_show(state="live")
    message = chat.say(broadcast=show, user=make_user(), text="好", key="k")
    url = reverse("streams:hide", args=[show.public_id])
    client.force_login(make_user())
    assert client.post(url, {"message": message.pk}).status_code == 403
    client.force_login(show.host.user)
    assert client.post(url, {"message": message.pk}).status_code == 204
    assert client.post(url, {"message": "x"}).status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_home_asks_the_same_at_1_and_at_30(client, django_assert_num_queries, clean_cache, count):
    product = make_product()
    for _ in range(count):
        make_show(items=1)
        live = make_show(state="live", items=1)
        pins.pin(broadcast=live, item=live.shelf.get(), by=live.host.user)
    for _ in range(min(count, 6)):
        make_deal(make_product())
    assert product.is_listed
    with django_assert_num_queries(HOME_QUERIES):
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_schedule_asks_the_same_at_1_and_at_30(
    client, django_assert_num_queries, clean_cache, count
):
    for _ in range(count):
        make_show(items=1)
    with django_assert_num_queries(SCHEDULE_QUERIES):
        assert client.get("/schedule/").status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_room_asks_the_same_at_1_and_at_30(client, django_assert_num_queries, clean_cache, count):
    show = make_show(state="live", items=count, deal=True)
    for number in range(count):
        chat.say(broadcast=show, user=show.host.user, text="好", key=str(number), is_demo=True)
    pins.pin(broadcast=show, item=show.shelf.first(), by=show.host.user)
    with django_assert_num_queries(ROOM_QUERIES):
        assert client.get(f"/rooms/{show.public_id}/").status_code == 200


HOME_QUERIES = 18
SCHEDULE_QUERIES = 3
ROOM_QUERIES = 16


def test_home_and_room_are_there_without_redis(client, settings):
    show = make_show(state="live", items=1)
    pins.pin(broadcast=show, item=show.shelf.get(), by=show.host.user)
    nobody = "redis://127.0.0.1:9"
    settings.REDIS_URL = nobody
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": nobody}}
    redis_client.sync.cache_clear()
    try:
        for path in ("/", "/schedule/", f"/rooms/{show.public_id}/"):
            answer = client.get(path)
            assert answer.status_code == 200, path
        assert "凤山核桃" in answer.content.decode()
        fresh = client.get(f"/rooms/{show.public_id}/snapshot").json()
        assert [pin["item"] for pin in fresh["pins"]["open"]] == [show.shelf.get().pk]
    finally:
        redis_client.sync().close()
        redis_client.note_success()
        redis_client.sync.cache_clear()
