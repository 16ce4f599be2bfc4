import json
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from streams.domain import tokens
from streams.media.tokens import derive_key, mint_token
from tests.factories import make_user
from tests.streams.shows import make_show, told

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "the-engine-knows"


@pytest.fixture(autouse=True)
def _hook_secret(settings):
    settings.MEDIA_HOOK_SECRET = SECRET


def _ask(client, *, secret=SECRET, path, action="publish", token="", query="", password=""):
    body = {
        "ip": "127.0.0.1",
        "user": "",
        "password": password,
        "token": token,
        "action": action,
        "path": path,
        "protocol": "webrtc",
        "id": None,
        "query": query,
        "userAgent": "",
    }
    url = f"/hooks/media/auth/{secret}"
    return client.post(url, json.dumps(body), content_type="application/json").status_code


def _publish_token(show):
    return tokens.issue_publish_token(user=show.host.user, broadcast=show)


@pytest.mark.parametrize("place", ["token", "password", "query"])
def test_auth_lets_the_host_publish_wherever_the_token_stands(client, place):
    show = make_show()
    token = _publish_token(show)
    value = f"token={token}&x=1" if place == "query" else token
    assert _ask(client, path=show.public_id, **{place: value}) == 204


def test_auth_lets_the_public_read_a_live_show_only(client):
    live, planned = make_show(state="live"), make_show()
    for show, status in ((live, 204), (planned, 401)):
        token = tokens.issue_watch_token(broadcast=show)
        assert _ask(client, path=show.public_id, action="read", token=token) == status


def test_auth_lets_the_shop_itself_fetch_recordings_and_nothing_else(client):
    show = make_show(state="ended")

    assert _ask(client, path=show.public_id, action="playback", token=SECRET) == 204
    assert _ask(client, path=show.public_id, action="playback", token=SECRET + "x") == 401
    for action in ("read", "publish"):
        assert _ask(client, path=show.public_id, action=action, token=SECRET) == 401


def test_auth_lets_the_host_read_their_preview(client):
    show = make_show()
    assert _ask(client, path=show.public_id, action="read", token=_publish_token(show)) == 204


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "a.b.c",
        mint_token(
            key=b"another key of some length, really",
            path="x",
            action="publish",
            sub="1",
            seconds=60,
        ),
    ],
)
def test_auth_refuses_what_is_no_token(client, token):
    assert _ask(client, path=make_show().public_id, token=token) == 401


def test_auth_refuses_a_token_signed_with_another_key(client):
    show = make_show()
    token = mint_token(
        key=derive_key("not our secret"),
        path=show.public_id,
        action="publish",
        sub=str(show.host.user_id),
        seconds=60,
    )
    assert _ask(client, path=show.public_id, token=token) == 401


def test_auth_refuses_an_expired_token(client):
    show = make_show()
    token = mint_token(
        key=derive_key(settings.SECRET_KEY),
        path=show.public_id,
        action="publish",
        sub=str(show.host.user_id),
        seconds=-60,
    )
    assert _ask(client, path=show.public_id, token=token) == 401


def test_auth_refuses_another_room(client):
    show, other = make_show(), make_show()
    assert _ask(client, path=other.public_id, token=_publish_token(show)) == 401


def test_auth_refuses_publishing_with_a_viewers_token(client):
    show = make_show(state="live")
    token = tokens.issue_watch_token(broadcast=show)
    assert _ask(client, path=show.public_id, action="publish", token=token) == 401


def test_auth_refuses_once_the_show_has_ended(client):
    show = make_show(state="live")
    token = _publish_token(show)
    type(show).objects.filter(pk=show.pk).update(state="ended", ended_at=timezone.now())
    assert _ask(client, path=show.public_id, token=token) == 401


def test_auth_refuses_a_host_suspended_since(client):
    show = make_show()
    token = _publish_token(show)
    show.host.state = "suspended"
    show.host.save()
    assert _ask(client, path=show.public_id, token=token) == 401


def test_auth_refuses_a_token_in_somebody_elses_name(client):
    show = make_show()
    token = mint_token(
        key=derive_key(settings.SECRET_KEY),
        path=show.public_id,
        action="publish",
        sub=str(make_user().pk),
        seconds=60,
    )
    assert _ask(client, path=show.public_id, token=token) == 401


@pytest.mark.parametrize("action", ["api", "metrics", "pprof", "playback", ""])
def test_auth_refuses_other_actions(client, action):
    show = make_show(state="live")
    assert _ask(client, path=show.public_id, action=action, token=_publish_token(show)) == 401


def test_hooks_refuse_a_wrong_secret(client):
    show = make_show()
    assert _ask(client, secret="guess", path=show.public_id, token=_publish_token(show)) == 401
    body = json.dumps({"path": show.public_id, "online": True, "at": int(time.time() * 1000)})
    answer = client.post("/hooks/media/state/guess", body, content_type="application/json")
    assert answer.status_code == 401
    show.refresh_from_db()
    assert show.host_online_at is None


@pytest.mark.parametrize("body", ["", "[]", "{", '"x"', "[" * 2000])
def test_hooks_refuse_what_is_no_object(client, body):
    for kind in ("auth", "state"):
        url = f"/hooks/media/{kind}/{SECRET}"
        assert client.post(url, body, content_type="application/json").status_code == 401


def _tell(client, show, *, online, at):
    body = {"path": show.public_id, "online": online, "at": int(at.timestamp() * 1000)}
    url = f"/hooks/media/state/{SECRET}"
    return client.post(url, json.dumps(body), content_type="application/json").status_code


def test_state_follows_the_host_and_tells_the_room(client):
    show = make_show(state="live")
    now = timezone.now()
    assert _tell(client, show, online=True, at=now - timedelta(seconds=9)) == 204
    assert _tell(client, show, online=False, at=now - timedelta(seconds=5)) == 204
    assert [event["show"]["host_online"] for event in told(show)] == [True, False]
    show.refresh_from_db()
    assert not show.is_host_online


def test_state_ignores_news_that_was_overtaken(client):
    show = make_show(state="live")
    now = timezone.now()
    _tell(client, show, online=True, at=now - timedelta(seconds=2))
    _tell(client, show, online=False, at=now - timedelta(seconds=7))
    show.refresh_from_db()
    assert show.is_host_online
    assert len(told(show)) == 1


def test_state_from_a_clock_ahead_is_held_at_ours(client):
    show = make_show(state="live")
    _tell(client, show, online=True, at=timezone.now() + timedelta(days=400))
    show.refresh_from_db()
    assert show.host_online_at <= timezone.now()


@pytest.mark.parametrize(
    "body",
    [
        {"path": "x"},
        {"path": "x", "online": 1, "at": 1},
        {"path": "x", "online": True, "at": "now"},
    ],
)
def test_state_refuses_malformed_news(client, body):
    url = f"/hooks/media/state/{SECRET}"
    assert client.post(url, json.dumps(body), content_type="application/json").status_code == 400
