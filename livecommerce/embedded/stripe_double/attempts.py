"""What happens to a payment intent when somebody tries to pay it."""

from typing import Any
from urllib.parse import quote

import segno

from livecommerce.embedded.stripe_double import charges, disputes
from livecommerce.embedded.stripe_double.cards import CARDS, DECLINES, Decline
from livecommerce.embedded.stripe_double.double import Call, Double
from livecommerce.embedded.stripe_double.events import emit
from livecommerce.embedded.stripe_double.problems import card_error, invalid
from livecommerce.embedded.stripe_double.wire import Object, public

CARD_PAGE = "pm_double_card_page"
"""Ours, not Stripe's: pays by the double's own card page, where Stripe.js cannot be loaded."""

NOT_APPROVED = Decline(
    "payment_intent_authentication_failure",
    "",
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data"
    " or a new PaymentMethod to attempt to fulfill this PaymentIntent again.",
)


def attempt(double: Double, intent: Object, method: Object, *, hosted: str) -> None:
    """Confirm the intent with the method. A declined card raises, and the failure is kept.

    `hosted` is the address of our pages for this buyer; the intent knows where to return.
    """
    intent["payment_method"] = method["id"]
    kind = method["type"]
    if kind == "alipay":
        url = page_url(hosted, "authorize", intent)
        _wait_for_buyer(
            double,
            intent,
            "alipay_handle_redirect",
            {
                "native_data": None,
                "native_url": None,
                "return_url": intent["_return_url"],
                "url": url,
            },
        )
    elif kind == "wechat_pay":
        code = _qr_code(hosted, intent, is_drawn=double.draws_codes)
        _wait_for_buyer(double, intent, "wechat_pay_display_qr_code", code)
    else:
        _attempt_card(double, intent, method, hosted=hosted)


def _attempt_card(double: Double, intent: Object, method: Object, *, hosted: str) -> None:
    card = CARDS.get(method.get("_number", ""))
    if card and card.authenticates:
        url = page_url(hosted, "authorize", intent)
        redirect = {"return_url": intent["_return_url"], "url": url}
        _wait_for_buyer(double, intent, "redirect_to_url", redirect)
    elif card and card.decline:
        decline = DECLINES[card.decline]
        fail(double, intent, decline)
        raise card_error(
            decline.message,
            code=decline.code,
            decline_code=decline.decline_code,
            payment_intent=public(intent),
            payment_method=public(method),
        )
    else:
        authorise(double, intent)


def wait_on_card_page(double: Double, intent: Object, *, hosted: str) -> None:
    """Send the buyer to our card page, which then attempts with the card they give."""
    url = page_url(hosted, "card", intent)
    if intent["_return_url"]:
        url += f"?return_url={quote(intent['_return_url'], safe='')}"
    redirect = {"return_url": intent["_return_url"], "url": url}
    _wait_for_buyer(double, intent, "redirect_to_url", redirect)


def page_url(hosted: str, page: str, intent: Object) -> str:
    return f"{hosted}/_double/{page}/{intent['client_secret']}"


def _qr_code(hosted: str, intent: Object, *, is_drawn: bool) -> dict[str, Any]:
    """In test mode Stripe's code leads to a page that plays the wallet; so does ours."""
    data = page_url(hosted, "scan", intent)
    page = page_url(hosted, "wechat", intent)
    return {
        "data": data,
        "hosted_instructions_url": page,
        "image_data_url": segno.make_qr(data).png_data_uri(scale=6) if is_drawn else "",
        "image_url_png": f"{page}/code.png",
        "image_url_svg": f"{page}/code.svg",
    }


def _wait_for_buyer(double: Double, intent: Object, kind: str, details: dict[str, Any]) -> None:
    intent.update(
        status="requires_action",
        last_payment_error=None,
        next_action={"type": kind, kind: details},
    )
    double.store.save(intent)
    emit(double, "payment_intent.requires_action", intent)


def authorise(double: Double, intent: Object) -> None:
    """The buyer and the bank agree: the money is taken, or kept ready for a capture."""
    if intent["capture_method"] == "manual":
        intent.update(
            status="requires_capture", amount_capturable=intent["amount"], next_action=None
        )
        double.store.save(intent)
        emit(double, "payment_intent.amount_capturable_updated", intent)
    else:
        succeed(double, intent)


def succeed(double: Double, intent: Object) -> None:
    method = double.store.find(intent["payment_method"]) or {"id": None, "type": "card"}
    charge = charges.charge(double, intent, method)
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        amount_capturable=0,
        latest_charge=charge["id"],
        last_payment_error=None,
        next_action=None,
    )
    double.store.save(intent)
    emit(double, "payment_intent.succeeded", intent)
    card = CARDS.get(method.get("_number", ""))
    if card and card.dispute:
        disputes.open_dispute(double, charge, reason=card.dispute)


def fail(double: Double, intent: Object, decline: Decline) -> None:
    """The attempt failed; the intent waits for another."""
    method = double.store.find(intent["payment_method"] or "")
    error: Object = {
        "type": "card_error" if decline.decline_code else "invalid_request_error",
        "code": decline.code,
        "message": decline.message,
        "payment_method": public(method),
    }
    if decline.decline_code:
        error["decline_code"] = decline.decline_code
    intent.update(
        status="requires_payment_method",
        last_payment_error=error,
        next_action=None,
        payment_method=None,
    )
    double.store.save(intent)
    emit(double, "payment_intent.payment_failed", intent)


def decide(double: Double, intent: Object, *, approved: bool) -> None:
    """The buyer's answer on one of our pages. A second answer finds nothing to decide."""
    if intent["status"] != "requires_action":
        return
    method = double.store.find(intent["payment_method"] or "")
    card = CARDS.get((method or {}).get("_number", ""))
    if not approved:
        fail(double, intent, NOT_APPROVED)
    elif card and card.decline:
        fail(double, intent, DECLINES[card.decline])
    else:
        authorise(double, intent)


def check_can_wait(call: Call, intent: Object, kind: str) -> None:
    """What a wallet needs before it can be tried, as Stripe asks for it."""
    if intent["capture_method"] == "manual" and kind != "card":
        raise invalid(
            f"The capture method manual is not supported by {kind}.", param="capture_method"
        )
    if kind == "alipay" and not intent["_return_url"]:
        raise invalid(
            "You must provide a `return_url` when confirming with a payment method that redirects.",
            code="parameter_missing",
            param="return_url",
        )
    wechat = (intent["payment_method_options"] or {}).get("wechat_pay") or {}
    if kind == "wechat_pay" and wechat.get("client") not in ("web", "mobile_web"):
        raise invalid(
            "Missing required param: payment_method_options[wechat_pay][client].",
            code="parameter_missing",
            param="payment_method_options[wechat_pay][client]",
        )
