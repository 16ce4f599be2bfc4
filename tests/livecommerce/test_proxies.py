"""Whom limits count, when everybody comes through the same proxy."""

import pytest

from livecommerce.proxies import VisitorsAddress

NGINX = "172.18.0.5"


def address_seen(peer, told=None, trusted=("172.16.0.0/12",)):
    seen = []

    def application(environ, start_response):
        seen.append(environ["REMOTE_ADDR"])
        return []

    environ = {"REMOTE_ADDR": peer} | ({"HTTP_X_FORWARDED_FOR": told} if told else {})
    VisitorsAddress(application, trusted)(environ, None)
    return seen[0]


@pytest.mark.parametrize(
    ("peer", "told", "address"),
    [
        (NGINX, None, NGINX),
        (NGINX, "203.0.113.9", "203.0.113.9"),
        (NGINX, "203.0.113.9, 172.18.0.2", "203.0.113.9"),
        (NGINX, "6.6.6.6, 203.0.113.9", "203.0.113.9"),  # the first is what the visitor claims
        (NGINX, "6.6.6.6, 203.0.113.9, 172.18.0.2", "203.0.113.9"),
        (NGINX, "2001:db8::7", "2001:db8::7"),
        (NGINX, "::ffff:203.0.113.9", "203.0.113.9"),
        (NGINX, "203.0.113.9, unknown", NGINX),
        (NGINX, "<script>", NGINX),
        (NGINX, ",", NGINX),
        ("203.0.113.9", "6.6.6.6", "203.0.113.9"),  # nobody's proxy
        ("", "6.6.6.6", ""),
    ],
)
def test_visitor_is_whom_our_own_proxies_saw(peer, told, address):
    assert address_seen(peer, told) == address


def test_a_star_believes_everybody():
    assert address_seen("198.51.100.1", "6.6.6.6, 203.0.113.9", ["*"]) == "6.6.6.6"
