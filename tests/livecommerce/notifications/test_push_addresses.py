"""Nobody makes the shop write into its own network."""

import socket

import httpx
import pytest

from livecommerce.errors import DomainError
from livecommerce.notifications import domain, push, push_keys
from livecommerce.notifications.models import PushSubscription
from livecommerce.notifications.push_addresses import (
    NotPublic,
    PublicOnly,
    is_public,
    public_address_of,
    require_address,
)
from livecommerce.notifications.push_subscriptions import subscribe
from tests.factories import make_user
from tests.livecommerce.notifications.push_service import Browser, PushService

GOOD = (
    "https://fcm.googleapis.com/fcm/send/abc:def_-1",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
    "https://wns2-pn1p.notify.windows.com/w/?token=BQYAAAB%2f%3d",
    "https://web.push.apple.com:443/QGuQyavXutnMH",
)
BAD = (
    "",
    "nonsense",
    "http://fcm.googleapis.com/x",
    "ftp://fcm.googleapis.com/x",
    "https://localhost/x",
    "https://127.0.0.1/x",
    "https://127.1/x",
    "https://2130706433/x",
    "https://0x7f.0.0.1/x",
    "https://0177.0.0.1/x",
    "https://10.0.0.1/x",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://valkey/x",
    "https://valkey.internal/x",
    "https://printer.local/x",
    "https://fcm.googleapis.com:6379/x",
    "https://user@fcm.googleapis.com/x",
    "https://user:word@fcm.googleapis.com/x",
    "https://fcm.googleapis.com@127.0.0.1/x",
    "https://fcm.googleapis.com\\@127.0.0.1/x",
    "https://fcm.googleapis.com/x\r\nHost: valkey",
    "https://fcm.googleapis.com/x#y",
    "https://fcm.goögleapis.com/x",
    "https://fcm.googleapis.com:99999/x",
    "https://" + "a" * 64 + ".com/x",
    "https://fcm.googleapis.com/" + "x" * 1000,
)


@pytest.mark.parametrize("address", GOOD)
def test_push_services_of_browsers_are_taken(address):
    assert require_address(address) == address


@pytest.mark.parametrize("address", BAD)
def test_what_is_no_public_push_service_is_refused(address):
    with pytest.raises(DomainError) as refused:
        require_address(address)
    assert (refused.value.code, refused.value.status) == ("push_address", 422)


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("142.250.72.10", True),
        ("2607:f8b0:4005:80a::200a", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:7f00:1::", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:142.250.72.10", True),
        ("::10.0.0.1", False),
        ("::142.250.72.10", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("::", False),
        ("192.88.99.1", False),
        ("198.18.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
    ],
)
def test_which_addresses_are_public(address, answer):
    assert is_public(address) is answer


def test_a_name_that_leads_home_is_not_followed():
    for name in ("localhost", "127.0.0.1", "no-such-name.invalid"):
        with pytest.raises(NotPublic):
            public_address_of(name, 443)


def answers_with(monkeypatch, *answers):
    """The network's names: one answer after the other; what was asked is counted."""
    asked = []

    def look_up(name, port, **_):
        asked.append(name)
        told = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in told]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    "found",
    [
        ("10.0.0.1",),
        ("142.250.72.10", "10.0.0.1"),
        ("::ffff:169.254.169.254",),
        ("fec0::1", "142.250.72.10"),
        (),
    ],
)
def test_one_private_address_among_several_is_enough_to_refuse(monkeypatch, found):
    answers_with(monkeypatch, found)
    with pytest.raises(NotPublic):
        public_address_of("push.example.com", 443)


def test_a_name_that_changes_its_mind_is_asked_once(monkeypatch):
    """DNS rebinding: the address that was looked at is the one connected to, TLS asks for the
    name, and nothing looks the name up again."""
    asked = answers_with(monkeypatch, ("142.250.72.10",), ("127.0.0.1",))
    seen = []

    def handle(self, request):
        seen.append((request.url.host, request.extensions["sni_hostname"], request.headers["Host"]))
        return httpx.Response(201)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", handle)
    with httpx.Client(transport=PublicOnly(), trust_env=False) as client:
        assert client.post("https://push.example.com/x").status_code == 201
    assert seen == [("142.250.72.10", "push.example.com", "push.example.com")]
    assert asked == ["push.example.com"]


def test_a_redirect_into_our_network_is_not_taken(monkeypatch):
    answers_with(monkeypatch, ("142.250.72.10",))
    hosts = []

    def handle(self, request):
        hosts.append(request.url.host)
        return httpx.Response(307, headers={"Location": "http://127.0.0.1:6379/"})

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", handle)
    with push._client() as client:
        assert client.post("https://push.example.com/x").status_code == 307
    assert hosts == ["142.250.72.10"]


def test_an_address_that_was_private_all_along_is_looked_at_when_it_is_sent(monkeypatch):
    """A row that came in some other way, even with plain http, is no way in either."""
    answers_with(monkeypatch, ("127.0.0.1",))
    with push._client() as client:
        for address in ("https://push.example.com/x", "http://localhost:6379/x"):
            with pytest.raises(NotPublic):
                client.post(address)


@pytest.mark.django_db(transaction=True)
def test_a_name_that_turns_private_later_is_forgotten_and_nothing_is_sent(settings):
    """The row is there already; the address behind the name is looked at when it is sent."""
    service = PushService()
    try:
        settings.PUSH_TRUSTED_HOSTS = [service.host]
        user, browser = make_user(), Browser(service.origin)
        subscribe(user=user, endpoint=browser.endpoint, p256dh=browser.p256dh, auth=browser.auth)
        settings.PUSH_TRUSTED_HOSTS = []
        domain.notify(user=user, kind="order_paid", key="k", title="x", body="x")
        assert push.send_due() == 0
        assert service.sent == []
        assert not PushSubscription.objects.exists()
    finally:
        service.stop()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", ""),
        ("AAAA", "AAAAAAAAAAAAAAAAAAAAAA"),
        ("!" * 87, "AAAAAAAAAAAAAAAAAAAAAA"),
        ("B" + "A" * 86, "AAAAAAAAAAAAAAAAAAAAAA"),
        (None, "short"),
        (None, "密" * 22),
        (None, "A" * 200),
    ],
)
def test_keys_that_nothing_can_be_encrypted_to_are_refused(p256dh, auth):
    good = Browser("https://push.example.com").p256dh
    with pytest.raises(DomainError) as refused:
        subscribe(
            user=make_user(),
            endpoint="https://push.example.com/1",
            p256dh=good if p256dh is None else p256dh,
            auth=auth,
        )
    assert refused.value.code == "push_keys"


def test_the_key_of_the_shop_is_always_the_same_and_may_be_given(settings):
    first = push_keys.public_key()
    assert push_keys.public_key() == first
    settings.SECRET_KEY = "another"
    assert push_keys.public_key() != first
    # Appendix A of RFC 8292's key pair is not published; RFC 8291's sender is.
    settings.VAPID_PRIVATE_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
    assert push_keys.public_key() == (
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
    )
