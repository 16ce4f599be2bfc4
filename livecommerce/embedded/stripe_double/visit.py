"""What all hosted pages share: whose payment it is, how a page is sent, where the buyer goes next.

A page is named by the intent's client secret, which only the shop and its buyer know. Buyers are
sent back to the shop's own address or to this machine and nowhere else.
"""

from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from livecommerce.embedded.stripe_double.double import Double
from livecommerce.embedded.stripe_double.page import Lang, Markup, choose_language, render
from livecommerce.embedded.stripe_double.wire import Object, decode_form
from livecommerce.embedded.stripe_double.words import say


def double_of(request: Request) -> Double:
    double: Double = request.app.state.double
    return double


def find_intent(request: Request) -> Object | None:
    return double_of(request).store.find_intent_by_secret(request.path_params["secret"])


async def filled_in(request: Request) -> dict[str, str]:
    """The fields of a form that was sent; anything but plain text is left out."""
    fields = decode_form((await request.body()).decode(errors="replace"))
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def show(
    request: Request, name: str, lang: Lang, *, status: int = 200, back: str = "", **values: str
) -> Response:
    """`back` is where the page's forms may lead in the end; the policy names its origin."""
    here = request.url.path
    query = {name: request.query_params[name] for name in request.query_params if name != "lang"}
    languages = {
        f"{code}_url": f"{here}?{urlencode({**query, 'lang': code})}" for code in ("zh", "en")
    }
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(back)) if back else ""
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:;"
        f" form-action 'self' {origin}; base-uri 'none'; frame-ancestors 'none'"
    )
    return Response(
        render(name, lang, **languages, **values),
        status_code=status,
        media_type="text/html",
        headers={
            "Content-Security-Policy": policy,
            "Content-Language": "zh-Hans" if lang == "zh" else "en",
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Vary": "Accept-Language",
        },
    )


def show_missing(request: Request) -> Response:
    lang = choose_language(request)
    return _tell(request, lang, title="missing_title", text="missing_text", status=404)


def _tell(
    request: Request, lang: Lang, *, title: str, text: str, status: int = 200, back: str = ""
) -> Response:
    link = Markup.of('<p><a class="button" href="{}">{}</a></p>', back, say("back", lang))
    return show(
        request,
        "told.html",
        lang,
        status=status,
        back=back,
        title=say(title, lang),
        text=say(text, lang),
        link=link if back else Markup(""),
    )


def amount_of(intent: Object) -> str:
    sign = {"cny": "¥", "usd": "$", "hkd": "HK$", "eur": "€"}.get(intent["currency"], "")
    return f"{sign}{intent['amount'] // 100}.{intent['amount'] % 100:02}"


def _address_back(double: Double, intent: Object, url: str) -> str:
    """The address with Stripe's parameters added, or nothing if it is not the shop's."""
    if not url or not double.may_return_to(url):
        return ""
    result = "failed" if intent["last_payment_error"] else "succeeded"
    told = {
        "payment_intent": intent["id"],
        "payment_intent_client_secret": intent["client_secret"],
        "redirect_status": result,
    }
    bare, _, fragment = url.partition("#")
    joined = f"{bare}{'&' if '?' in bare else '?'}{urlencode(told)}"
    return f"{joined}#{fragment}" if fragment else joined


def finish(request: Request, intent: Object, url: str) -> Response:
    """Send the buyer back, or say how it ended where there is nowhere to send them."""
    double, lang = double_of(request), choose_language(request)
    back = _address_back(double, intent, url)
    if back:
        return RedirectResponse(back, status_code=303)
    ended = {
        "succeeded": "paid",
        "requires_capture": "paid",
        "canceled": "cancelled",
        "requires_action": "open",
        "processing": "open",
    }.get(intent["status"], "refused")
    return _tell(request, lang, title=f"{ended}_title", text=f"{ended}_text")
