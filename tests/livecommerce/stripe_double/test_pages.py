"""The hosted pages: pay, refuse, and be sent back to the shop and nowhere else."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.stripe_server import SHOP, wait_until

RETURN_URL = f"{SHOP}/orders/return?order=LC1"


def opened(double, **more):
    return double.client().v1.payment_intents.create(
        {"amount": 2950, "currency": "cny", "description": "凤山核桃 <b>", **more}
    )


def confirmed(double, method="pm_card_authenticationRequired", return_url=RETURN_URL, **more):
    given = {"type": method} if method in ("alipay", "wechat_pay") else None
    how = {"payment_method_data": given} if given else {"payment_method": method}
    return double.client().v1.payment_intents.confirm(
        opened(double).id, {"return_url": return_url, **how, **more}
    )


def status(double, intent):
    return double.client().v1.payment_intents.retrieve(intent.id).status


def card_page(intent, return_url=RETURN_URL):
    return f"/_double/card/{intent.client_secret}?return_url={return_url.replace('&', '%26')}"


def fill(number="4242 4242 4242 4242", expiry="12/34", cvc="123"):
    return {"number": number, "expiry": expiry, "cvc": cvc}


def assert_returned(answer, intent, result):
    back = urlsplit(answer.headers["Location"])
    assert answer.status_code == 303
    assert f"{back.scheme}://{back.netloc}{back.path}" == f"{SHOP}/orders/return"
    assert parse_qs(back.query) == {
        "order": ["LC1"],
        "payment_intent": [intent.id],
        "payment_intent_client_secret": [intent.client_secret],
        "redirect_status": [result],
    }


@pytest.mark.parametrize("method", ["alipay", "pm_card_authenticationRequired"])
@pytest.mark.parametrize(
    ("decision", "ends", "result"),
    [
        ("approve", "succeeded", "succeeded"),
        ("refuse", "requires_payment_method", "failed"),
    ],
)
def test_buyer_decides_and_is_sent_back(stripe_double, method, decision, ends, result):
    intent = confirmed(stripe_double, method)
    action = intent.next_action[intent.next_action.type]
    path = urlsplit(action.url).path
    with stripe_double.browser() as browser:
        page = browser.get(path)
        answer = browser.post(path, data={"decision": decision})

    assert page.status_code == 200
    assert "¥29.50" in page.text
    assert_returned(answer, intent, result)
    assert status(stripe_double, intent) == ends


def test_second_answer_changes_nothing(stripe_double):
    intent = confirmed(stripe_double, "alipay")
    path = f"/_double/authorize/{intent.client_secret}"
    with stripe_double.browser() as browser:
        browser.post(path, data={"decision": "approve"})
        again = browser.post(path, data={"decision": "refuse"})

    assert_returned(again, intent, "succeeded")
    assert status(stripe_double, intent) == "succeeded"


def test_neither_answer_is_no_answer(stripe_double):
    intent = confirmed(stripe_double, "alipay")
    with stripe_double.browser() as browser:
        answer = browser.post(
            f"/_double/authorize/{intent.client_secret}", data={"decision": "maybe"}
        )

    assert answer.status_code == 404
    assert status(stripe_double, intent) == "requires_action"


def test_declining_card_is_declined_after_its_authentication(stripe_double):
    intent = confirmed(stripe_double, "pm_card_threeDSecureRequiredChargeDeclined")
    with stripe_double.browser() as browser:
        answer = browser.post(
            f"/_double/authorize/{intent.client_secret}", data={"decision": "approve"}
        )

    assert_returned(answer, intent, "failed")


def test_wechat_code_leads_to_the_page_that_pays(stripe_double):
    intent = confirmed(
        stripe_double,
        "wechat_pay",
        payment_method_options={"wechat_pay": {"client": "web"}},
    )
    shown = intent.next_action.wechat_pay_display_qr_code
    with stripe_double.browser() as browser:
        page = browser.get(urlsplit(shown.hosted_instructions_url).path)
        drawn = browser.get(urlsplit(shown.image_url_svg).path)
        scanned = browser.get(urlsplit(shown.data).path)
        done = browser.post(urlsplit(shown.data).path, data={"decision": "approve"})

    assert urlsplit(shown.data).path in page.text
    assert drawn.headers["Content-Type"] == "image/svg+xml"
    assert b"<svg" in drawn.content
    assert "微信支付" in scanned.text
    assert done.status_code == 200
    assert "付款成功" in done.text
    assert status(stripe_double, intent) == "succeeded"


def test_cancelled_payment_cannot_be_approved(stripe_double):
    intent = confirmed(stripe_double, "alipay")
    stripe_double.client().v1.payment_intents.cancel(intent.id)
    with stripe_double.browser() as browser:
        browser.post(f"/_double/authorize/{intent.client_secret}", data={"decision": "approve"})

    assert status(stripe_double, intent) == "canceled"


# --- The card form -----------------------------------------------------------------------------


def test_good_card_pays_and_returns(stripe_double):
    intent = opened(stripe_double)
    with stripe_double.browser() as browser:
        page = browser.get(card_page(intent))
        answer = browser.post(card_page(intent), data=fill())

    assert "4242 4242 4242 4242" in page.text
    assert_returned(answer, intent, "succeeded")
    assert status(stripe_double, intent) == "succeeded"


@pytest.mark.parametrize(
    ("filled", "told"),
    [
        (fill(number="4000 0000 0000 0002"), "这张卡被银行拒绝"),
        (fill(number="4000000000009995"), "余额不足"),
        (fill(number="4242 4242 4242 4241"), "卡号不正确"),
        (fill(number="many fours"), "卡号不正确"),
        (fill(expiry="13/34"), "有效期请按"),
        (fill(expiry="soon"), "有效期请按"),
        (fill(expiry="01/20"), "卡已过期"),
        (fill(cvc="12"), "安全码"),
        (fill(cvc=""), "安全码"),
    ],
)
def test_wrong_card_is_told_beside_the_form_and_can_be_put_right(stripe_double, filled, told):
    intent = opened(stripe_double)
    with stripe_double.browser() as browser:
        page = browser.post(card_page(intent), data=filled)
        answer = browser.post(card_page(intent), data=fill())

    assert page.status_code == 402
    assert told in page.text
    assert f'value="{filled["expiry"]}"' in page.text
    assert page.text.count('aria-invalid="true"') == 1
    assert_returned(answer, intent, "succeeded")


def test_card_that_asks_goes_by_the_bank(stripe_double):
    intent = opened(stripe_double)
    with stripe_double.browser() as browser:
        sent = browser.post(card_page(intent), data=fill(number="4000002760003184"))
        answer = browser.post(sent.headers["Location"], data={"decision": "approve"})

    assert sent.headers["Location"] == f"/_double/authorize/{intent.client_secret}"
    assert_returned(answer, intent, "succeeded")


def test_paid_intent_is_not_paid_again_by_an_old_page(stripe_double):
    intent = opened(stripe_double)
    with stripe_double.browser() as browser:
        for _ in range(2):
            assert_returned(browser.post(card_page(intent), data=fill()), intent, "succeeded")

    charges = stripe_double.client().v1.charges.list({"payment_intent": intent.id}).data
    assert len(charges) == 1


def test_disputed_card_is_disputed_after_paying(stripe_double):
    intent = opened(stripe_double)
    with stripe_double.browser() as browser:
        browser.post(card_page(intent), data=fill(number="4000000000000259"))

    disputes = stripe_double.client().v1.disputes
    assert wait_until(lambda: disputes.list({"payment_intent": intent.id}).data)


# --- Where a buyer may be sent, and what a page may do -----------------------------------------


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "https://shop.example:8000/",
        "http://shop.example/",
        "http://shop.example:8000@evil.example/",
        "http://shop.example:8000.evil.example/",
        "http://evil.example\\@shop.example:8000/",
        "javascript:alert(1)",
        "http://shop.example:port/",
        "http://[::1/",
    ],
)
def test_foreign_return_address_is_not_followed(stripe_double, elsewhere):
    intent = opened(stripe_double)
    path = f"/_double/card/{intent.client_secret}"
    with stripe_double.browser() as browser:
        page = browser.get(path, params={"return_url": elsewhere})
        answer = browser.post(path, params={"return_url": elsewhere}, data=fill())

    assert 'class="quiet" href' not in page.text
    assert "evil" not in page.headers["Content-Security-Policy"]
    assert answer.status_code == 200
    assert "付款成功" in answer.text
    assert "Location" not in answer.headers


@pytest.mark.parametrize("home", ["http://localhost:8123/x", "http://127.0.0.1:8123/x"])
def test_this_machine_is_followed(stripe_double, home):
    intent = opened(stripe_double)
    with stripe_double.browser() as browser:
        answer = browser.post(card_page(intent, home), data=fill())

    assert answer.headers["Location"].startswith(f"{home}?payment_intent=")


def test_pages_run_nothing_and_say_that_no_money_moves(stripe_double):
    wallet = confirmed(stripe_double, "alipay")
    waiting = confirmed(
        stripe_double,
        "wechat_pay",
        payment_method_options={"wechat_pay": {"client": "web"}},
    )
    with stripe_double.browser() as browser:
        pages = [
            browser.get(card_page(opened(stripe_double))),
            browser.get(f"/_double/authorize/{wallet.client_secret}"),
            browser.get(f"/_double/wechat/{waiting.client_secret}"),
            browser.get(f"/_double/scan/{waiting.client_secret}"),
            browser.get("/_double/card/pi_nobody_secret_nothing"),
        ]
        english = [browser.get(str(page.url), params={"lang": "en"}) for page in pages]

    for page in pages:
        assert "不会动用任何真实资金" in page.text
        assert '<html lang="zh-Hans">' in page.text
    for page in english:
        assert "no money moves" in page.text
        assert '<html lang="en">' in page.text
    for page in [*pages, *english]:
        assert "$" not in re.sub(r"\$t?_?\d*", "", page.text) or "HK$" in page.text
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page.text)
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "凤山核桃 &lt;b&gt;" in pages[0].text


def test_language_follows_the_browser(stripe_double):
    path = card_page(opened(stripe_double))
    with stripe_double.browser() as browser:
        german = browser.get(path, headers={"Accept-Language": "de, en;q=0.8, zh;q=0.5"})
        unknown = browser.get(path, headers={"Accept-Language": "de"})

    assert "Card payment" in german.text
    assert "银行卡付款" in unknown.text


def test_unknown_payment_is_told_kindly(stripe_double):
    with stripe_double.browser() as browser:
        for page in ("card", "authorize", "wechat", "scan"):
            answer = browser.get(f"/_double/{page}/pi_x_secret_y")
            assert answer.status_code == 404
            assert "找不到这笔付款" in answer.text
