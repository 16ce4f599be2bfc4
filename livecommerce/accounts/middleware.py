"""Officials and staff sign in with two factors, or do not get past the set-up page."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

GUARDED = ("/admin/", "/host/", "/producer/money/", "/producer/refunds/")
ADMIN_SIGN_IN = "/admin/login/"
WANTED = "wanted_with_second_factor"


class RequireSecondFactorMiddleware:
    """Guards the back room, the host pages and the farms' money. allauth asks for the second
    factor at sign-in of everyone who has one; what is left is to make those who need one set it
    up. The page that was wanted waits in the session and is offered when the set-up is done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if request.path == ADMIN_SIGN_IN:  # asks for a password only
            if user.is_authenticated and not user.is_staff:
                raise PermissionDenied
            return redirect_to_login(request.GET.get("next") or "/admin/")
        if not (request.path.startswith(GUARDED) and user.is_authenticated):
            return self.get_response(request)
        if is_mfa_enabled(user):
            request.session.pop(WANTED, None)
            return self.get_response(request)
        if request.method == "GET":
            request.session[WANTED] = request.get_full_path()
        messages.info(request, _("This page asks for two-factor sign-in. Set it up once here."))
        return redirect("mfa_activate_totp")
