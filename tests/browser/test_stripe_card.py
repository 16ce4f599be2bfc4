"""<stripe-card> in a real browser, under the site's own policy, with a stand-in for Stripe.js.

The stand-in has the documented interface (Stripe, elements, create, mount, on, update, destroy,
confirmPayment), records the calls, and shows a frame from Stripe's address as the real one does.
Nothing here has ever spoken to Stripe.
"""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.template import engines
from django.urls import include, path
from playwright.sync_api import expect

from orders.payments.protocol import CardForm
from orders.payments.stripe import API_VERSION

pytestmark = pytest.mark.django_db  # tells pytest-django to make the test database

SECRET = "pi_3Third0fMarch_secret_Rice5Colours"
KEY = "pk_test_51Guangxi0000"
SCRIPT = Path(__file__).parents[2] / "static/js/elements/stripe-card.js"
PAGE = """{% extends "base.html" %}{% block main %}<div class="page page-narrow">
{% include "orders/_stripe_card.html" %}</div>{% endblock %}"""
STAND_IN = """
window.calls = [];
window.Stripe = (key, options) => {
  calls.push(["Stripe", key, options]);
  return {
    elements(options) {
      calls.push(["elements", options]);
      const on = {};
      return {
        update: (options) => calls.push(["update", options]),
        create(type, options) {
          calls.push(["create", type, options]);
          return {
            on: (name, listener) => (on[name] = listener),
            destroy: () => calls.push(["destroy"]),
            mount(place) {
              if (window.withholds) return on.loaderror({ elementType: "payment" });
              const frame = document.createElement("iframe");
              frame.src = "https://b.js.stripe.com/fields.html";
              frame.title = "Stripe";
              frame.style.setProperty("height", "1px", "important");
              frame.addEventListener("load", () => on.ready({ elementType: "payment" }));
              place.append(frame);
            },
          };
        },
      };
    },
    async confirmPayment({ elements, confirmParams }) {
      calls.push(["confirmPayment", typeof elements.create, confirmParams]);
      const answer = await window.answer;
      if (answer instanceof Error) throw answer;
      if (answer) return { error: answer };
      location.assign(confirmParams.return_url + "?redirect_status=succeeded");
      return new Promise(() => {});
    },
  };
};
"""


def card_page(request):
    form = CardForm(
        request.GET.get("secret", SECRET),
        request.GET.get("key", KEY),
        request.build_absolute_uri("/test-back/"),
    )
    template = engines["django"].from_string(PAGE)
    return HttpResponse(template.render({"card": form}, request))


urlpatterns = [
    path("test-card/", card_page),
    path("test-back/", lambda request: HttpResponse("back")),
    path("", include("livecommerce.urls")),
]


@pytest.fixture
def stripe_settings(settings):
    settings.STRIPE_API_BASE = ""
    settings.STRIPE_PUBLISHABLE_KEY = KEY
    settings.ROOT_URLCONF = __name__
    return settings


class Till:
    """One tab with Stripe's addresses answered here."""

    def __init__(self, browser, site, language):
        self.site = site
        self.context = browser.new_context(reduced_motion="reduce", color_scheme="light")
        self.context.add_cookies([{"name": "django_language", "value": language, "url": site}])
        self.tab = self.context.new_page()
        self.asked = []
        self.complaints = []
        self.script = STAND_IN
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.on("console", self._hear)
        self.context.route(re.compile(r"https://[\w.]*stripe\.com/"), self._answer)

    def _hear(self, message):
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def _answer(self, route):
        self.asked.append(route.request.url)
        if not route.request.url.endswith("stripe.js"):
            route.fulfill(content_type="text/html", body="<title>Stripe</title>")
        elif self.script is None:
            route.abort()
        else:
            route.fulfill(content_type="text/javascript", body=self.script)

    def open(self, query=""):
        self.tab.goto(f"{self.site}/test-card/{query}", wait_until="load")
        return self

    def expect(self, state):
        expect(self.tab.locator(f'stripe-card[data-state="{state}"]')).to_be_attached()

    def slot(self, name):
        return self.tab.locator(f'[data-slot="{name}"]')

    def answer(self, answer):
        self.tab.evaluate(f"() => {{ window.answer = {answer}; }}")

    def calls(self, name):
        return [call[1:] for call in self.tab.evaluate("calls") if call[0] == name]


@pytest.fixture
def till(chromium, site, stripe_settings):
    tills = []

    def make(language="zh-hans"):
        tills.append(Till(chromium, site, language))
        return tills[-1]

    yield make
    for one in tills:
        one.context.close()


def test_a_buyer_pays_and_comes_back(till):
    till = till().open()
    till.expect("ready")
    assert till.asked == [
        f"https://js.stripe.com/{API_VERSION.partition('.')[2]}/stripe.js",
        "https://b.js.stripe.com/fields.html",
    ]
    assert till.calls("Stripe") == [[KEY, {"locale": "zh"}]]
    [[options]] = till.calls("elements")
    assert (options["clientSecret"], options["locale"]) == (SECRET, "zh")
    colours = options["appearance"]["variables"]
    assert (colours["colorText"], colours["borderRadius"]) == ("#1f1a17", "8px")
    assert till.calls("create") == [["payment", {"layout": "tabs", "paymentMethodOrder": ["card"]}]]
    assert till.slot("fields").locator(".skeleton").count() == 0

    till.slot("pay").click()
    till.tab.wait_for_url("**/test-back/**")
    assert parse_qs(urlsplit(till.tab.url).query) == {"redirect_status": ["succeeded"]}
    assert till.complaints == []


def test_confirming_gives_stripe_the_return_address_once(till):
    till = till("en").open()
    till.expect("ready")
    till.answer("new Promise(() => {})")
    till.tab.evaluate("""() => {
        const form = document.querySelector('stripe-card form');
        form.requestSubmit(); form.requestSubmit(); form.requestSubmit();
    }""")
    till.expect("paying")
    back = {"return_url": f"{till.site}/test-back/"}
    assert till.calls("confirmPayment") == [["function", back]]
    expect(till.slot("pay")).to_be_disabled()
    expect(till.slot("pay")).to_have_text("Paying…")
    assert till.tab.locator("stripe-card form").get_attribute("aria-busy") == "true"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"type": "card_error", "message": "卡被拒了。"}, "卡被拒了。"),
        ({"type": "validation_error", "message": "卡号不完整。"}, "卡号不完整。"),
        ({"type": "api_error", "message": "internal: 0x1f"}, None),
        ("new Error('network')", None),
    ],
)
def test_what_went_wrong_is_said_and_the_buyer_may_try_again(answer, said, till):
    till = till().open()
    till.expect("ready")
    till.answer(answer if isinstance(answer, str) else json.dumps(answer))
    till.slot("pay").click()
    unexpected = till.tab.locator("stripe-card").get_attribute("unexpected")
    expect(till.slot("error")).to_have_text(said or unexpected)
    till.expect("ready")
    till.answer("null")
    till.slot("pay").click()
    till.tab.wait_for_url("**/test-back/**")


def test_an_intent_that_is_paid_already_leads_back(till):
    till = till().open()
    till.expect("ready")
    error = {"type": "invalid_request_error", "payment_intent": {"status": "succeeded"}}
    till.answer(json.dumps(error))
    till.slot("pay").click()
    till.tab.wait_for_url("**/test-back/")


def test_a_script_that_does_not_come_is_said_and_tried_anew(till):
    till = till()
    till.script = None
    till.open()
    till.expect("unavailable")
    words = till.tab.locator("stripe-card").get_attribute("unavailable")
    expect(till.slot("error")).to_have_text(words)
    expect(till.slot("pay")).to_be_hidden()
    till.script = STAND_IN
    till.slot("retry").click()
    till.expect("ready")
    expect(till.slot("error")).to_be_hidden()
    till.slot("pay").click()
    till.tab.wait_for_url("**/test-back/**")


def test_fields_that_stripe_cannot_show_are_said(till):
    till = till()
    till.script = STAND_IN + "window.withholds = true;"
    till.open()
    till.expect("unavailable")
    expect(till.slot("retry")).to_be_visible()


@pytest.mark.parametrize(
    "query",
    [
        "?key=",
        "?key=pk_double",
        "?key=sk_test_51Guangxi0000",
        "?secret=",
        "?secret=seti_1_secret_2",
    ],
)
def test_nothing_is_loaded_without_a_real_key_and_intent(query, till):
    till = till().open(query)
    till.expect("unavailable")
    assert till.asked == []


def test_the_policy_stops_stripe_where_the_shop_uses_its_double(till, stripe_settings):
    stripe_settings.STRIPE_API_BASE = "http://127.0.0.1:8003"
    till = till().open()
    till.expect("unavailable")
    assert till.asked == []
    assert "js.stripe.com" in till.complaints[0]


def test_the_fields_follow_the_theme_and_leave_with_the_element(till):
    till = till().open()
    till.expect("ready")
    till.tab.evaluate("document.documentElement.dataset.theme = 'dark'")
    till.tab.wait_for_function("calls.some(([name]) => name === 'update')")
    [[options]] = till.calls("update")
    assert options["appearance"]["theme"] == "night"
    assert options["appearance"]["variables"]["colorText"] == "#f5eee4"
    till.tab.evaluate("document.querySelector('stripe-card').remove()")
    assert len(till.calls("destroy")) == 1
    till.tab.evaluate("document.documentElement.dataset.theme = 'light'")
    assert len(till.calls("update")) == 1


def test_without_script_the_page_says_which_ways_remain(chromium, site, stripe_settings):
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{site}/test-card/")
    expect(tab.locator("noscript p")).to_be_visible()
    expect(tab.locator('[data-slot="pay"]')).to_be_disabled()
    context.close()


def test_the_element_has_no_words_of_its_own():
    assert not re.search(r"[一-鿿]", SCRIPT.read_text("utf-8"))
