"""Nobody makes the shop write into its own network."""

import pytest

from livecommerce.errors import DomainError
from livecommerce.notifications import domain, push, push_keys
from livecommerce.notifications.models import PushSubscription
from livecommerce.notifications.push_addresses import (
    NotPublic,
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
    ],
)
def test_which_addresses_are_public(address, answer):
    assert is_public(address) is answer


def test_a_name_that_leads_home_is_not_followed():
    for name in ("localhost", "127.0.0.1", "no-such-name.invalid"):
        with pytest.raises(NotPublic):
            public_address_of(name, 443)


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
