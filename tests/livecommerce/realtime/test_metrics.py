"""/metrics of the realtime role: for this machine, and for who knows the token."""

import pytest
from asgiref.testing import ApplicationCommunicator

from livecommerce.asgi import application
from livecommerce.realtime import metrics

pytestmark = pytest.mark.asyncio
FAR = "203.0.113.7"


async def ask(*, client="127.0.0.1", path="/metrics", **headers):
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "client": (client, 4711),
        "headers": [
            (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
        ],
    }
    told = ApplicationCommunicator(application, scope)
    await told.send_input({"type": "http.request", "body": b"", "more_body": False})
    start, body = await told.receive_output(5), await told.receive_output(5)
    return start["status"], body["body"].decode()


async def test_this_machine_reads_what_is_counted():
    _, before = await ask()
    metrics.REFUSED.labels("origin").inc()
    metrics.SOCKETS.inc(3)
    try:
        status, after = await ask()
    finally:
        metrics.SOCKETS.dec(3)

    def figure(text, name):
        rows = [row.rsplit(" ", 1) for row in text.splitlines()]
        return sum(float(value) for label, value in rows if label == name)

    assert status == 200
    sockets, refused = (
        "livecommerce_room_sockets",
        'livecommerce_room_refused_total{reason="origin"}',
    )
    assert figure(after, sockets) - figure(before, sockets) == 3
    assert figure(after, refused) - figure(before, refused) == 1


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"client": FAR}, 404),
        ({"client": FAR, "authorization": "Bearer the-token-of-prometheus"}, 200),
        ({"client": FAR, "authorization": "Bearer the-token"}, 404),
        ({"x_forwarded_for": FAR}, 404),
        ({"forwarded": f"for={FAR}"}, 404),
        ({"client": "::1"}, 200),
        ({"client": "testserver"}, 404),
    ],
)
async def test_others_need_the_token(settings, asked, status):
    settings.METRICS_TOKEN = "the-token-of-prometheus"
    assert (await ask(**asked))[0] == status


async def test_an_empty_token_is_nobodys(settings):
    settings.METRICS_TOKEN = ""
    assert (await ask(client=FAR, authorization="Bearer "))[0] == 404
