"""The policy as the middleware sends it, whatever the view."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from livecommerce.csp import PolicyMiddleware


def policy(path, **extra):
    request = RequestFactory().get(path, **extra)
    response = PolicyMiddleware(lambda request: HttpResponse("x"))(request)
    return dict(
        part.strip().split(" ", 1)
        for part in response["Content-Security-Policy"].split(";")
        if part.strip()
    )


def test_pages_run_no_inline_code():
    rules = policy("/", HTTP_HOST="localhost:8000")
    assert rules["script-src"] == "'self'"
    assert rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"


def test_pages_may_reach_the_roles_of_the_host_asked_for(settings):
    settings.REALTIME_PORT, settings.MEDIA_PORT = 8001, 8002
    settings.ALLOWED_HOSTS = ["shop.example"]
    rules = policy("/", HTTP_HOST="shop.example:8000")
    assert "ws://shop.example:8001" in rules["connect-src"].split()
    assert "http://shop.example:8002" in rules["connect-src"].split()
    assert "http://shop.example:8002" in rules["media-src"].split()


def test_one_request_does_not_widen_the_next():
    policy("/", HTTP_HOST="localhost:8000")
    rules = policy("/", HTTP_HOST="127.0.0.1:8000")
    assert "localhost" not in rules["connect-src"]


@pytest.mark.parametrize("path", ["/admin/", "/admin/products/product/"])
def test_only_the_admin_may_evaluate(path):
    assert "'unsafe-eval'" in policy(path)["script-src"]


def test_stripe_is_allowed_only_with_its_key(settings):
    settings.STRIPE_PUBLISHABLE_KEY = ""
    assert "stripe" not in str(policy("/"))
    settings.STRIPE_PUBLISHABLE_KEY = "pk_test_x"
    settings.STRIPE_API_BASE = ""
    assert "https://js.stripe.com" in policy("/")["frame-src"]


def test_a_payment_form_may_lead_to_the_double_and_nowhere_else(settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:8003"
    assert policy("/")["form-action"].split() == ["'self'", "http://127.0.0.1:8003"]
