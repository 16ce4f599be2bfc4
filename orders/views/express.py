"""The express counter in front of Django: the one request that thousands send in the same second.

It answers a plain press on "buy" in a room (a POST from htmx by somebody signed in) with the very
bytes and headers of `buying.place`; only the CSRF cookie, good for a year, is not set anew. It
hands everything else on: other addresses, other methods, a form that is not complete, a session
that ended, a refusal that needs the buyer's own sheet drawn. Django's own CSRF check judges the
request here, too.

It exists because the long way (fifteen middlewares, the ORM, a template) costs several times the
order itself; docs/decisions/0010-an-express-counter.md has the figures.
"""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from threading import Lock
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qsl
from uuid import UUID

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csrf import CSRF_TOKEN_LENGTH, CsrfViewMiddleware, get_token
from django.middleware.security import SecurityMiddleware
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from livecommerce.csp import PolicyMiddleware
from livecommerce.errors import DomainError
from orders.domain import express, networks
from orders.domain.checkout import MAX_QUANTITY, Placed
from orders.domain.counter import offer_of, room_of
from orders.domain.express import Press
from orders.templatetags.buying import minutes_left
from orders.views.buying import REFUSED, sheet_context
from streams.models.broadcasts import is_rehearsal_id

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_PLACE = re.compile(r"/buy/([-a-zA-Z0-9_]+)/place/")
_WHOLE = re.compile(r"[0-9]{1,9}")
_ROOM = re.compile(r"[a-z0-9]{0,12}")
_KEY = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
MOST_BYTES = 2048
MOST_FIELDS = 20
Form = dict[str, str]


class _Answer(NamedTuple):
    status: str
    headers: list[tuple[str, str]]
    body: bytes


class ExpressCounter:
    """A WSGI application: `application` is Django's, which serves all that is not served here."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._csrf = CsrfViewMiddleware(_unused)
        for template in (_PAY, _SHEET):
            get_template(template)  # read before the first press needs it

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        found = _PLACE.fullmatch(environ["PATH_INFO"])
        if found is None or environ["REQUEST_METHOD"] != "POST":
            return self._application(environ, start_response)
        if environ.get("HTTP_HX_REQUEST") != "true" or not _is_small_form(environ):
            return self._application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = BytesIO(body)
        form = _form(body)
        if form is None:
            return self._application(environ, start_response)
        request = WSGIRequest(environ)
        request.POST = cast(Any, form)  # read once, at an eighth of a QueryDict's price
        language = translation.get_language_from_request(request)
        try:
            with translation.override(language):
                answer = self._serve(request, form, found[1], language)
        except (DatabaseError, InterfaceError, DisallowedHost):  # Django knows what to do
            answer = None
        if answer is None:
            environ["wsgi.input"] = BytesIO(body)
            return self._application(environ, start_response)
        start_response(answer.status, answer.headers)
        return [answer.body]

    def _serve(self, request: WSGIRequest, form: Form, sku: str, language: str) -> _Answer | None:
        """None for the long way, which finds a refusal in the request if there was one."""
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return None
        headers = _headers_for(request.get_host(), request.is_secure(), language)
        press = _press(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""), form, sku)
        if press is not None:
            press.network = networks.number_of(request.META.get("REMOTE_ADDR", ""))
        if press is None or not self._is_from_here(request):
            return None
        try:
            placed = express.place(press)
        except DomainError as error:
            request.META[REFUSED] = error
            if not _is_gone(error):
                return None
            return _answer(
                "409 Conflict", headers, _sold_out(request, form, press, error, language)
            )
        if placed is None:
            return None
        return _answer("200 OK", headers, _steps_to_pay(request, form, placed, language))

    def _is_from_here(self, request: WSGIRequest) -> bool:
        self._csrf.process_request(request)
        return self._csrf.process_view(request, _unused, (), {}) is None


def _is_small_form(environ: Environ) -> bool:
    length = environ.get("CONTENT_LENGTH", "")
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0]
    is_form = kind == "application/x-www-form-urlencoded"
    return is_form and length.isdecimal() and int(length) <= MOST_BYTES


def _form(body: bytes) -> Form | None:
    """The fields of a form, the last of a name as Django has it; None if it is an odd one."""
    try:
        fields = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
    except ValueError:
        return None
    if any(name == "code" and value for name, value in fields):
        return None  # coupons are judged one buyer at a time
    return dict(fields)


def _press(session_key: str, sent: Form, sku: str) -> Press | None:
    """None unless every field is plainly as the sheet sends it."""
    quantity, price, address = (sent.get(name, "") for name in ("quantity", "price", "address"))
    key, room = sent.get("key", ""), sent.get("room", "")
    numbers = (quantity, price, address)
    if not (all(_WHOLE.fullmatch(number) for number in numbers) and _KEY.fullmatch(key)):
        return None
    if not (session_key and _ROOM.fullmatch(room) and 1 <= int(quantity) <= MAX_QUANTITY):
        return None
    if is_rehearsal_id(room):
        return None  # the long way says why nothing can be bought there
    freight = sent.get("freight") or "0"
    if not _WHOLE.fullmatch(freight):
        return None
    offer = offer_of(sku)
    if offer is None:
        return None
    return Press(
        session_key=session_key,
        address_id=int(address),
        offer=offer,
        quantity=int(quantity),
        price_fen=int(price),
        key=UUID(key),
        broadcast=room_of(room),
        perishable=sent.get("perishable") == "1",
        freight_fen=int(freight),
    )


def _answer(status: str, headers: list[tuple[str, str]], text: str) -> _Answer:
    body = text.encode()
    return _Answer(status, [*headers, ("Content-Length", str(len(body)))], body)


_NUMBER = "000000-EXPRESS0"
_KEY_DRAWN = "00000000-0000-4000-8000-0000000000e0"
_TOKEN = "express-csrf-token"
MOST_DRAWN = 512
DRAWN_SECONDS = 2.0
"""A product's name or picture may have changed since."""
_PAY = "orders/_pay.html"
_SHEET = "orders/_sheet.html"
_drawing = Lock()
_drawn: dict[tuple[object, ...], str] = {}
"""Fragments as their templates draw them. Only number, key and token differ between buyers who
owe the same until the same minute, or who hear that the same thing is gone."""


def _steps_to_pay(request: WSGIRequest, form: Form, placed: Placed, language: str) -> str:
    until, minutes = _clock(placed.expires_at), minutes_left(placed.expires_at)
    likeness = ("pay", language, placed.total_fen, until, minutes)

    def context() -> dict[str, Any]:
        return {"order": replace(placed, number=_NUMBER), "expires_at": placed.expires_at}

    text = _draw(likeness, _PAY, context).replace(_NUMBER, placed.number)
    return text.replace(_TOKEN, _token(request, form))


@lru_cache(maxsize=256)
def _clock(at: datetime) -> str:
    return timezone.localtime(at).strftime("%H:%M")


def _token(request: WSGIRequest, form: Form) -> str:
    """The token that was judged goes back, if it is masked: a fresh mask costs as much as all
    the rest of the request, and nobody else can make this page with it be asked for."""
    sent = form.get("csrfmiddlewaretoken") or request.META.get("HTTP_X_CSRFTOKEN", "")
    return str(sent) if len(sent) == CSRF_TOKEN_LENGTH else get_token(request)


def _is_gone(error: DomainError) -> bool:
    return error.code == "sold_out" and not error.facts["spare"]


def _sold_out(
    request: WSGIRequest, form: Form, press: Press, error: DomainError, language: str
) -> str:
    """The sheet of something that is gone: the same for the thousands who hear it at once."""
    room = form.get("room", "")
    offer = replace(press.offer, available=0)
    likeness = ("gone", language, room, offer.product.pk, offer.price_fen, _moment())

    def context() -> dict[str, Any]:
        chosen = {"room": room, "quantity": 1, "key": _KEY_DRAWN}
        return sheet_context(offer, [], chosen, error, in_room=True)

    text = _draw(likeness, _SHEET, context).replace(_KEY_DRAWN, str(press.key))
    return text.replace(_TOKEN, _token(request, form))


def _moment() -> int:
    return int(time.monotonic() // DRAWN_SECONDS)


def _draw(
    likeness: tuple[object, ...], template: str, context: Callable[[], dict[str, Any]]
) -> str:
    """One thread draws while the others, who all come in the same second, wait for it."""
    text = _drawn.get(likeness)
    if text is None:
        with _drawing:
            text = _drawn.get(likeness)
            if text is None:
                text = render_to_string(template, context() | {"csrf_token": _TOKEN})
                if len(_drawn) >= MOST_DRAWN:
                    _drawn.clear()
                _drawn[likeness] = text
    return text


@lru_cache(maxsize=256)
def _headers_for(host: str, is_secure: bool, language: str) -> list[tuple[str, str]]:
    """What Django's middlewares add to an answer to this address."""
    scheme = "https" if is_secure else "http"
    environ = RequestFactory().generic("POST", "/", SERVER_NAME=host).environ
    environ |= {"HTTP_HOST": host, "wsgi.url_scheme": scheme}
    request = WSGIRequest(environ)
    response = HttpResponse()
    XFrameOptionsMiddleware(_unused).process_response(request, response)
    SecurityMiddleware(_unused).process_response(request, response)
    PolicyMiddleware(_unused).process_response(request, response)
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    response["Content-Language"] = language
    return list(response.items())


def _unused(_request: HttpRequest) -> HttpResponse:
    raise AssertionError("the express counter calls no view")
