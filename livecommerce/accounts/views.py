"""The pages of one's own account."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from livecommerce.context import THEMES

A_YEAR = 365 * 24 * 3600


def way_back(request: HttpRequest) -> str:
    """Where the form says the reader was, if that is on this site."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else "/"


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remembers light or dark in a cookie; anything else leaves it to the device."""
    wanted = request.POST.get("theme", "")
    response = HttpResponseRedirect(way_back(request))
    if wanted in THEMES:
        response.set_cookie(
            "theme",
            wanted,
            max_age=A_YEAR,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response
