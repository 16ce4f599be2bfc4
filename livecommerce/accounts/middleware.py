"""Officials and staff sign in with two factors, or do not get past the set-up page."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

GUARDED = ("/admin/", "/host/")


class RequireSecondFactorMiddleware:
    """Guards the back room and the host pages. allauth asks for the second factor at sign-in
    of everyone who has one; what is left is to make those who need one set it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if request.path.startswith(GUARDED) and user.is_authenticated and not is_mfa_enabled(user):
            messages.info(
                request,
                _("This page asks for two-factor sign-in. Set it up once here."),
            )
            return redirect("mfa_activate_totp")
        return self.get_response(request)
