import asyncio

import pytest
import pytest_asyncio

from streams.media.embedded.gate import Gate, Request
from tests.streams.media.harness import Hooks, free_port, mint

pytestmark = pytest.mark.asyncio


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def server():
    hooks = Hooks()
    yield hooks
    hooks.close()


@pytest_asyncio.fixture
async def gate(server):
    gate = Gate(server.url, clock=Clock())
    yield gate
    await gate.close()


def ask(token, path="room", action="read", **more):
    return Request(
        ip="192.0.2.1",
        action=action,
        path=path,
        protocol="hls",
        query=f"token={token}&_HLS_msn=4",
        user_agent="test",
        **more,
    )


async def test_the_question_is_mediamtxs_own(gate, server):
    token = mint("room")

    assert await gate.allows(ask(token)) is True
    assert server.questions == [
        {
            "ip": "192.0.2.1",
            "user": "",
            "password": "",
            "token": "",
            "action": "read",
            "path": "room",
            "protocol": "hls",
            "id": None,
            "query": f"token={token}&_HLS_msn=4",
            "userAgent": "test",
        }
    ]


async def test_a_yes_is_believed_for_a_while_and_for_this_path_and_action_only(gate, server):
    token = mint("room", "publish")
    assert await gate.allows(ask(token))
    assert gate.remembers("room", "read", token)
    assert await gate.allows(ask(token))
    assert len(server.questions) == 1

    assert not gate.remembers("room", "publish", token)
    assert await gate.allows(ask(token, path="other")) is False
    gate._clock.now += 21
    assert not gate.remembers("room", "read", token)
    assert await gate.allows(ask(token))
    assert len(server.questions) == 3


async def test_a_no_is_believed_for_a_shorter_while(gate, server):
    assert await gate.allows(ask("forged")) is False
    assert await gate.allows(ask("forged")) is False
    assert len(server.questions) == 1
    gate._clock.now += 4
    assert await gate.allows(ask("forged")) is False

    assert len(server.questions) == 2


async def test_many_requests_at_once_are_one_question(gate, server):
    token = mint("room")

    assert all(await asyncio.gather(*(gate.allows(ask(token)) for _ in range(30))))
    assert len(server.questions) == 1


async def test_forget_asks_anew(gate, server):
    token = mint("room")
    await gate.allows(ask(token))
    gate.forget("room")

    assert not gate.remembers("room", "read", token)


async def test_while_django_is_silent_who_is_in_stays_in(gate, server):
    token = mint("room")
    await gate.allows(ask(token))
    server.is_restarting = True
    gate._clock.now += 60

    assert await gate.allows(ask(token)) is True
    assert await gate.allows(ask(mint("room", seconds=601))) is False
    gate._clock.now += 600
    assert await gate.allows(ask(token)) is False


async def test_an_address_nobody_listens_at_lets_nobody_in(caplog):
    gate = Gate(f"http://127.0.0.1:{free_port()}/")

    assert await gate.allows(ask(mint("room"))) is False
    assert "cannot be asked" in caplog.text
    await gate.close()


async def test_without_an_address_to_ask_nobody_is_let_in(caplog):
    gate = Gate("")

    assert await gate.allows(ask(mint("room"))) is False
    assert "MEDIA_AUTH_URL" in caplog.text
    await gate.close()


async def test_a_shortened_token_stands_for_the_whole_one(gate, server):
    token = mint("room")
    short = gate.shorten(token)
    assert len(short) == 17
    assert gate.shorten(token) == short

    assert await gate.allows(ask(short)) is True
    assert gate.remembers("room", "read", short)
    assert gate.remembers("room", "read", token)
    assert token in server.questions[0]["query"]


async def test_an_invented_short_token_is_refused(gate, server):
    assert await gate.allows(ask("~AAAAAAAAAAAAAAAA")) is False


async def test_short_tokens_are_not_shortened_again(gate):
    assert gate.shorten("abc") == "abc"
    short = gate.shorten(mint("room"))
    assert gate.shorten(short) == short
