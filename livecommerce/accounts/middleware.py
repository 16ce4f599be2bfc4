"""Officials, those who help them, and staff work with two factors, or do not get past the set-up.

Some pages nobody has any business on without a role (`GUARDED`); on others, which the public
reads, too, only who holds a role is asked (`ROLE_PAGES`, `STAFF_PAGES`).
"""

import re
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.accounts.role_holders import holds_a_role

GUARDED = (
    "/admin/",
    "/curate/",
    "/host/",
    "/producer/money/",
    "/producer/refunds/",
    "/reports/",
    "/voice/desk/",
    "/voice/office/",
)
ROLE_PAGES = re.compile(
    r"/officials/assistants/"
    r"|/rooms/[\w-]+/moderation/"
    r"|/rooms/[\w-]+/questions/\d+/(?:take|answer|remove)"
    r"|/voice/.*(?:/answer|/merge|/publish|/assign)"
)
STAFF_PAGES = ("/producer/",)
"""A farm's own desk, at which staff may look."""
OWN_PAGES = (*GUARDED, "/accounts/", "/basket/", "/inbox/", "/me/", "/orders/", "/producer/")
ADMIN_SIGN_IN = "/admin/login/"
WANTED = "wanted_with_second_factor"


class RequireSecondFactorMiddleware:
    """Guards what only people with a role do. allauth asks for the second factor at sign-in of
    everyone who has one; what is left is to make those who need one set it up. The page that was
    wanted waits in the session and is offered when the set-up is done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if request.path == ADMIN_SIGN_IN:  # asks for a password only
            if user.is_authenticated and not user.is_staff:
                raise PermissionDenied
            return redirect_to_login(request.GET.get("next") or "/admin/")
        if not (user.is_authenticated and needs_second_factor(request.path, user)):
            return self.get_response(request)
        if is_mfa_enabled(user):
            request.session.pop(WANTED, None)
            return self.get_response(request)
        if request.method == "GET":
            request.session[WANTED] = request.get_full_path()
        messages.info(request, _("This page asks for two-factor sign-in. Set it up once here."))
        return redirect("mfa_activate_totp")


class PersonalPagesMiddleware:
    """What somebody who is signed in is shown is kept by no cache between us and them; and their
    own pages (addresses, orders, desks) not even by the browser, which in a county's office is
    many people's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_read = request.method in ("GET", "HEAD")  # answers to presses are in no cache anyway
        is_known = settings.SESSION_COOKIE_NAME in request.COOKIES
        if is_read and is_known and not response.has_header("Cache-Control"):
            own = request.path.startswith(OWN_PAGES)
            response["Cache-Control"] = "private, no-store" if own else "private"
        return response


def needs_second_factor(path: str, user: User) -> bool:
    if path.startswith(GUARDED):
        return True
    if path.startswith(STAFF_PAGES):
        return user.is_staff
    return ROLE_PAGES.match(path) is not None and holds_a_role(user)
