"""The page of the devices where one is signed in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from livecommerce import ratelimit
from livecommerce.accounts import devices as domain
from livecommerce.accounts.models import User

writes = ratelimit.limited("devices", rate=30, per=60)


@require_safe
@login_required
def devices(request: HttpRequest) -> HttpResponse:
    known = domain.devices_of(_reader(request), session_key=_key(request))
    return render(request, "accounts/devices.html", {"devices": known})


@require_POST
@writes
@login_required
def end_one(request: HttpRequest, pk: int) -> HttpResponse:
    domain.end_session(user=_reader(request), pk=pk, session_key=_key(request))
    messages.success(request, _("That device is signed out."))
    return redirect("accounts:devices")


@require_POST
@writes
@login_required
def end_others(request: HttpRequest) -> HttpResponse:
    number = domain.end_others(user=_reader(request), session_key=_key(request))
    words = ngettext(
        "%(number)s other device is signed out.", "%(number)s other devices are signed out.", number
    )
    messages.success(request, words % {"number": number})
    return redirect("accounts:devices")


def _key(request: HttpRequest) -> str:
    return request.session.session_key or ""


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
