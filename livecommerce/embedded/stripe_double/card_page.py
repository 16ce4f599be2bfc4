"""The card form: stands in for Stripe's Payment Element, which needs a network."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from livecommerce.embedded.stripe_double import attempts, payment_methods
from livecommerce.embedded.stripe_double.page import Markup, choose_language
from livecommerce.embedded.stripe_double.problems import Problem
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
from livecommerce.embedded.stripe_double.words import say, say_fault

SHOWN_CARDS = (
    ("4242424242424242", "card_succeeds"),
    ("4000000000000002", "card_declined"),
    ("4000000000009995", "card_no_money"),
    ("4000002760003184", "card_asks"),
    ("4000000000000259", "card_disputed"),
)
DONE = ("succeeded", "canceled", "requires_capture")


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form's fields."""

    number: str
    expiry: str
    cvc: str

    @classmethod
    def example(cls, number: str | None) -> "Filled":
        """A test card, so that one press pays."""
        soon = (datetime.now(UTC).year + 3) % 100
        return cls(number=(number or SHOWN_CARDS[0][0])[:23], expiry=f"12/{soon}", cvc="123")

    @property
    def month_and_year(self) -> tuple[int, int]:
        """(0, 0) for what is no date."""
        month, _, year = self.expiry.replace(" ", "").partition("/")
        if not f"{month}{year}".isascii() or not (month.isdigit() and year.isdigit()):
            return 0, 0
        return int(month), int(year) + (2000 if len(year) <= 2 else 0)


async def card(request: Request) -> Response:
    """Show the form, or take what was filled in."""
    intent = find_intent(request)
    if intent is None:
        return show_missing(request)
    wanted = request.query_params.get("return_url") or intent["_return_url"] or ""
    url = wanted if double_of(request).may_return_to(wanted) else ""
    if intent["status"] in DONE:
        return finish(request, intent, url)
    if request.method == "POST":
        return await _pay(request, intent, url)
    return _show_form(request, intent, url, Filled.example(request.query_params.get("card")))


def _show_form(
    request: Request, intent: Object, url: str, filled: Filled, *, fault: str = ""
) -> Response:
    lang = choose_language(request)
    keep = {"lang": lang, **({"return_url": url} if url else {})}
    rows = [
        Markup.of(
            '<li><a href="{}"><b>{}</b> {}</a></li>',
            f"?{urlencode({**keep, 'card': shown})}",
            _spaced(shown),
            say(what, lang),
        )
        for shown, what in SHOWN_CARDS
    ]
    told = Markup.of('<p class="fault" id="fault" role="alert">{}</p>', say_fault(fault, lang))
    back = Markup.of('<a class="quiet" href="{}">{}</a>', url, say("back_unpaid", lang))
    wrong = "cvc" if "cvc" in fault else "exp" if "expir" in fault else "number"
    mark = Markup(' aria-invalid="true" aria-describedby="fault"')
    marks = {
        f"{name}_is": mark if fault and name == wrong else Markup("")
        for name in ("number", "exp", "cvc")
    }
    return show(
        request,
        "card.html",
        lang,
        status=402 if fault else 200,
        back=url,
        action=f"?{urlencode(keep)}",
        amount=amount_of(intent),
        description=intent["description"] or intent["id"],
        number=_spaced(filled.number),
        expiry=filled.expiry,
        cvc=filled.cvc,
        fault=told if fault else Markup(""),
        cards=Markup("").join(rows),
        back_link=back if url else Markup(""),
        **marks,
    )


def _spaced(number: str) -> str:
    digits = number.replace(" ", "")
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


async def _pay(request: Request, intent: Object, url: str) -> Response:
    form = await filled_in(request)
    filled = Filled(
        number=form.get("number", "").replace(" ", "").replace("-", "")[:23],
        expiry=form.get("expiry", "")[:7],
        cvc=form.get("cvc", "")[:4],
    )
    double = double_of(request)
    try:
        with double.store.transaction():
            # Read again: the body was awaited, and another answer may have come meanwhile.
            current = double.store.find(intent["id"]) or intent
            if current["status"] not in DONE:
                _attempt(request, current, url, filled)
    except Problem as problem:
        fault = problem.error.get("decline_code") or problem.error.get("code") or "unknown"
        return _show_form(request, intent, url, filled, fault=fault)
    if current["status"] == "requires_action":
        return RedirectResponse(f"/_double/authorize/{intent['client_secret']}", status_code=303)
    return finish(request, current, url)


def _attempt(request: Request, intent: Object, url: str, filled: Filled) -> None:
    double = double_of(request)
    month, year = filled.month_and_year
    method = payment_methods.make_card(
        double.store, number=filled.number, month=month, year=year, cvc=filled.cvc or "-"
    )
    intent["_return_url"] = url or intent["_return_url"]
    api_base = f"{request.url.scheme}://{request.url.netloc}"
    hosted = double.hosted_base(api_base=api_base, return_url=url)
    attempts.attempt(double, intent, method, hosted=hosted)
