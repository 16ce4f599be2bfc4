"""Two windows, or a window and an encoder: who came last by a press sends, the other is told."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

from streams.domain import stream_keys, tokens
from tests.streams.shows import make_show

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]
ONE, TWO = "window-one", "window-two"


@pytest.fixture
def show(settings):
    settings.MEDIA_RTMP_PORT = 1935
    return make_show(state="live", items=1)


@pytest.fixture
def ask(client, show):
    TOTP.activate(show.host.user, generate_totp_secret())
    client.force_login(show.host.user)

    def ask_for_a_token(window, *, again=False, of=None):
        url = reverse("streams:token", args=[(of or show).public_id])
        answer = client.post(url, {"window": window, "again": "1" if again else ""})
        return answer.status_code, answer.json().get("code")

    return ask_for_a_token


ALLOWED, ELSEWHERE = (200, None), (409, "sent_elsewhere")


def test_a_window_comes_back_after_a_break(ask):
    assert ask(ONE) == ALLOWED
    assert ask(ONE, again=True) == ALLOWED


def test_who_pressed_last_sends_and_the_other_does_not_come_back(ask):
    ask(ONE)
    assert ask(TWO) == ALLOWED
    assert ask(ONE, again=True) == ELSEWHERE
    assert ask(TWO, again=True) == ALLOWED
    assert ask(ONE) == ALLOWED  # pressed again
    assert ask(TWO, again=True) == ELSEWHERE


def test_a_window_gives_way_to_an_encoder(ask, show):
    ask(ONE)
    key = stream_keys.make_key(broadcast=show, by=show.host.user)
    tokens.authorize_media(path=show.public_id, action="publish", token=key)
    assert ask(ONE, again=True) == ELSEWHERE
    assert ask(ONE) == ALLOWED


def test_when_nothing_is_remembered_the_first_to_come_back_sends(ask):
    assert ask(ONE, again=True) == ALLOWED
    assert ask(TWO, again=True) == ELSEWHERE


def test_shows_do_not_know_of_each_other(ask, show):
    ask(ONE)
    assert ask(TWO, again=True, of=make_show(host=show.host, state="scheduled")) == ALLOWED


@pytest.mark.parametrize("window", ["", "short", "x" * 41, "a window", "窗口窗口窗口窗口"])
def test_what_names_no_window_claims_nothing(ask, window):
    ask(ONE)
    assert ask(window) == ALLOWED
    assert ask(window, again=True) == ALLOWED
    assert ask(ONE, again=True) == ALLOWED
