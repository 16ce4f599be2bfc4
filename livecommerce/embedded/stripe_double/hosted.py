"""The hosted pages: what a buyer sees of the payment, without a line of script."""

import hmac
import io
import time
from pathlib import Path

import segno
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from livecommerce.embedded.stripe_double import accounts, attempts
from livecommerce.embedded.stripe_double.card_page import card
from livecommerce.embedded.stripe_double.page import choose_language
from livecommerce.embedded.stripe_double.visit import (
    amount_of,
    double_of,
    filled_in,
    find_intent,
    finish,
    show,
    show_missing,
)
from livecommerce.embedded.stripe_double.wire import Object
from livecommerce.embedded.stripe_double.words import say

STYLE = (Path(__file__).parent / "pages" / "double.css").read_bytes()


async def authorize(request: Request) -> Response:
    """Alipay's, or a bank's, question: approve or refuse."""
    intent = find_intent(request)
    if intent is None:
        return show_missing(request)
    url = intent["_return_url"] or ""
    action = intent["next_action"] or {}
    if intent["status"] != "requires_action":
        return finish(request, intent, url)
    if request.method == "POST":
        return await _decide(request, intent, url)
    is_alipay = action.get("type") == "alipay_handle_redirect"
    return _ask(request, intent, kind="alipay" if is_alipay else "bank", back=url)


async def scan(request: Request) -> Response:
    """What a phone sees after it scanned the code."""
    intent = find_intent(request)
    if intent is None:
        return show_missing(request)
    if intent["status"] != "requires_action":
        return finish(request, intent, "")
    if request.method == "POST":
        return await _decide(request, intent, "")
    return _ask(request, intent, kind="wechat")


def _ask(request: Request, intent: Object, *, kind: str, back: str = "") -> Response:
    lang, double = choose_language(request), double_of(request)
    return show(
        request,
        "authorize.html",
        lang,
        back=back if double.may_return_to(back) else "",
        kind=kind,
        title=say(f"{kind}_title", lang),
        lead=say(f"{kind}_lead", lang),
        amount=amount_of(intent),
        description=intent["description"] or intent["id"],
    )


async def _decide(request: Request, intent: Object, url: str) -> Response:
    form = await filled_in(request)
    decision = form.get("decision")
    if decision not in ("approve", "refuse"):
        return show_missing(request)
    double = double_of(request)
    with double.store.transaction():
        # Read again: the body was awaited, and another answer may have come meanwhile.
        current = double.store.find(intent["id"]) or intent
        attempts.decide(double, current, approved=decision == "approve")
    return finish(request, current, url)


async def wechat(request: Request) -> Response:
    """The page with the code, for where the shop does not show it itself."""
    intent = find_intent(request)
    if intent is None:
        return show_missing(request)
    if intent["status"] != "requires_action":
        return finish(request, intent, intent["_return_url"] or "")
    lang, secret = choose_language(request), intent["client_secret"]
    return show(
        request,
        "wechat.html",
        lang,
        amount=amount_of(intent),
        description=intent["description"] or intent["id"],
        code_url=f"/_double/wechat/{secret}/code.svg",
        scan_url=f"/_double/scan/{secret}?lang={lang}",
    )


async def code(request: Request) -> Response:
    """The QR code as SVG or PNG."""
    intent = find_intent(request)
    shown = ((intent or {}).get("next_action") or {}).get("wechat_pay_display_qr_code")
    if not shown:
        return show_missing(request)
    drawn, kind = io.BytesIO(), request.path_params["kind"]
    if kind not in ("svg", "png"):
        return show_missing(request)
    segno.make_qr(shown["data"]).save(drawn, kind=kind, scale=6, border=4)
    media_type = "image/svg+xml" if kind == "svg" else "image/png"
    return Response(drawn.getvalue(), media_type=media_type, headers={"Cache-Control": "no-store"})


async def onboard(request: Request) -> Response:
    """What a connected account's owner is asked, in one button."""
    double, lang = double_of(request), choose_language(request)
    account = double.store.find(request.path_params["account"], "account")
    link: Object = (account or {}).get("_link") or {}
    is_known = hmac.compare_digest(link.get("secret", ""), request.path_params["secret"])
    if account is None or not is_known:
        return show_missing(request)
    back = link["return_url"] if double.may_return_to(link["return_url"]) else ""
    if link["expires_at"] < time.time():
        return RedirectResponse(link["refresh_url"], 303) if back else show_missing(request)
    if request.method == "POST":
        with double.store.transaction():
            accounts.finish_onboarding(double, account)
        return RedirectResponse(back, 303) if back else show_missing(request)
    return show(
        request,
        "onboard.html",
        lang,
        back=back,
        title=say("onboard_title", lang),
        lead=say("onboard_lead", lang),
        account=account["id"],
    )


async def style(request: Request) -> Response:
    return Response(STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


ROUTES = [
    Route("/_double/double.css", style),
    Route("/_double/authorize/{secret}", authorize, methods=["GET", "POST"]),
    Route("/_double/scan/{secret}", scan, methods=["GET", "POST"]),
    Route("/_double/wechat/{secret}", wechat),
    Route("/_double/wechat/{secret}/code.{kind}", code),
    Route("/_double/card/{secret}", card, methods=["GET", "POST"]),
    Route("/_double/onboard/{account}/{secret}", onboard, methods=["GET", "POST"]),
]
