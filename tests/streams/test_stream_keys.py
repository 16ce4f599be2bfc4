"""Stream keys of RTMP encoders: made, shown once, used, revoked."""

import json

import pytest

from livecommerce.errors import DomainError
from streams.domain import stream_keys, tokens
from streams.models import Broadcast, StreamKey
from tests.factories import make_user
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rtmp(settings):
    settings.MEDIA_RTMP_PORT = 1935
    settings.MEDIA_HOOK_SECRET = "hook"
    return settings


@pytest.fixture
def show():
    return make_show(state="live", items=1)


def opens(show, key):
    return stream_keys.opens(path=show.public_id, key=key)


def test_a_key_opens_its_show_and_is_not_stored(show):
    key = stream_keys.make_key(broadcast=show, by=show.host.user)

    assert opens(show, key)
    assert not opens(show, key + "x")
    assert not opens(show, "")
    row = StreamKey.objects.get()
    assert key not in (row.digest, row.ending)
    assert row.ending == key[-4:]
    assert row.used_at is not None


def test_a_key_opens_no_other_show(show):
    other = make_show(state="live", items=1)
    key = stream_keys.make_key(broadcast=show, by=show.host.user)

    assert not opens(other, key)


def test_a_new_key_replaces_the_one_before(show):
    first = stream_keys.make_key(broadcast=show, by=show.host.user)
    second = stream_keys.make_key(broadcast=show, by=show.host.user)

    assert not opens(show, first)
    assert opens(show, second)
    assert StreamKey.objects.filter(revoked_at=None).count() == 1


def test_a_revoked_key_opens_nothing(show):
    key = stream_keys.make_key(broadcast=show, by=show.host.user)
    stream_keys.revoke_key(broadcast=show, by=show.host.user)

    assert not opens(show, key)


def test_a_key_ends_with_its_show(show):
    key = stream_keys.make_key(broadcast=show, by=show.host.user)
    Broadcast.objects.filter(pk=show.pk).update(state="ended")

    assert not opens(show, key)


def test_the_key_of_a_host_who_was_suspended_opens_nothing(show):
    key = stream_keys.make_key(broadcast=show, by=show.host.user)
    type(show.host).objects.filter(pk=show.host.pk).update(state="suspended")

    assert not opens(show, key)


def test_only_who_runs_the_show_makes_keys(show):
    with pytest.raises(DomainError) as caught:
        stream_keys.make_key(broadcast=show, by=make_user())
    assert caught.value.status == 403


def test_without_rtmp_there_are_no_keys(show, rtmp, client):
    rtmp.MEDIA_RTMP_PORT = 0
    with pytest.raises(DomainError) as caught:
        stream_keys.make_key(broadcast=show, by=show.host.user)
    assert caught.value.code == "no_rtmp"


def test_a_key_sends_and_does_not_watch(show):
    key = stream_keys.make_key(broadcast=show, by=show.host.user)

    tokens.authorize_media(path=show.public_id, action="publish", token=key)
    for action in ("read", "playback"):
        with pytest.raises(DomainError):
            tokens.authorize_media(path=show.public_id, action=action, token=key)


def test_the_engine_asks_with_the_key_in_the_address(show, client):
    key = stream_keys.make_key(broadcast=show, by=show.host.user)
    told = {"path": show.public_id, "action": "publish", "protocol": "rtmp"}

    def ask(query):
        body = json.dumps(told | {"query": query})
        answer = client.post("/hooks/media/auth/hook", body, content_type="application/json")
        return answer.status_code

    assert ask(f"token={key}") == 204
    assert ask("token=sk_guess") == 401
