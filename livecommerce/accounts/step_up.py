"""Asking once more who somebody is, before money moves, something is approved, or a show begins.

allauth remembers in the session when and how its owner proved who they are. Where somebody has a
second factor, only that counts: a password typed by whoever found the laptop open does not.
"""

import functools
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

View = Callable[..., HttpResponse]
READING = ("GET", "HEAD", "OPTIONS")


def is_fresh(request: HttpRequest, *, seconds: int | None = None) -> bool:
    """True if this session's owner proved who they are in the last `seconds` (STEP_UP_SECONDS)."""
    limit = time.time() - (settings.STEP_UP_SECONDS if seconds is None else seconds)
    has_factor = is_mfa_enabled(request.user)
    return any(
        record["at"] >= limit and (record["method"] == "mfa" or not has_factor)
        for record in get_authentication_records(request, request.user)
    )


def ask(request: HttpRequest) -> HttpResponse:
    """The way to prove it, and from there back to what was wanted: a form's POST goes on by
    itself; a page that runs by scripts is opened again."""
    url = _where_to_prove(request)
    if request.headers.get("HX-Request"):
        back = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = f"{url}?{urlencode({'next': back})}"
        return answer
    if request.method in READING or "text/html" in request.headers.get("Accept", "text/html"):
        redirect: HttpResponse = suspend_request(request, url)
        return redirect
    message = _(
        "It is a while since you proved who you are. Open this page again and confirm it; then"
        " this goes through."
    )
    return JsonResponse({"code": "step_up", "message": message, "url": url}, status=403)


def required(view: View | None = None, *, seconds: int | None = None) -> Any:
    """Decorate a view whose unsafe requests are worth a second look. Place it above
    `login_required` or below, as you like: whoever is signed out is left to that.

        @require_POST
        @step_up.required
        @login_required
        def approve(request): …
    """

    def decorate(inner: View) -> View:
        @functools.wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            is_asked = request.method not in READING and request.user.is_authenticated
            if is_asked and not is_fresh(request, seconds=seconds):
                return ask(request)
            return inner(request, *args, **kwargs)

        return guarded

    return decorate(view) if view is not None else decorate


def _where_to_prove(request: HttpRequest) -> str:
    codes = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    if is_mfa_enabled(request.user, types=codes):
        return reverse("mfa_reauthenticate")
    if is_mfa_enabled(request.user, types=[Authenticator.Type.WEBAUTHN]):
        return reverse("mfa_reauthenticate_webauthn")
    return reverse("account_reauthenticate")
