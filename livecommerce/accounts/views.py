"""The pages of one's own account."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livecommerce import ratelimit
from livecommerce.accounts import addresses
from livecommerce.accounts.forms import AddressForm, ProfileForm
from livecommerce.accounts.models import Address, User
from livecommerce.accounts.role_holders import holds_a_role
from livecommerce.context import THEMES

A_YEAR = 365 * 24 * 3600
writes = ratelimit.limited("account", rate=30, per=60)


def way_back(request: HttpRequest, otherwise: str = "/") -> str:
    """Where the form says the reader was, if that is on this site."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else otherwise


def speak(response: HttpResponse, language: str) -> HttpResponse:
    """Remember the language in the cookie that LocaleMiddleware reads."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=A_YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


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


@login_required
@require_http_methods(["GET", "POST"])
@writes
def profile(request: HttpRequest) -> HttpResponse:
    user = _reader(request)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(user.language):
            messages.success(request, _("Saved."))
        return speak(redirect("accounts:profile"), user.language)
    if form.errors:
        user.refresh_from_db()
    context = {
        "form": form,
        "is_host": _is_host(user),
        "has_desk": _has_desk(user),
        "needs_factor": holds_a_role(user) and not is_mfa_enabled(user),
    }
    return render(request, "accounts/profile.html", context, status=_status(form))


@login_required
@require_GET
def address_book(request: HttpRequest) -> HttpResponse:
    kept = list(_reader(request).addresses.all())
    context = {"addresses": kept, "is_full": len(kept) >= addresses.LIMIT}
    return render(request, "accounts/addresses.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@writes
def address_add(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@login_required
@require_http_methods(["GET", "POST"])
@writes
def address_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, _own(request, pk))


@login_required
@require_http_methods(["GET", "POST"])
@writes
def address_delete(request: HttpRequest, pk: int) -> HttpResponse:
    address = _own(request, pk)
    if request.method == "POST":
        addresses.remove_address(address=address)
        messages.success(request, _("The address is deleted. Orders on their way keep theirs."))
        return redirect("accounts:addresses")
    return render(request, "accounts/address_delete.html", {"address": address})


@login_required
@require_POST
@writes
def address_first(request: HttpRequest, pk: int) -> HttpResponse:
    addresses.put_first(address=_own(request, pk))
    return redirect("accounts:addresses")


@login_required
@require_GET
def divisions(request: HttpRequest) -> HttpResponse:
    """The three choices again, for the province and city just picked (htmx)."""
    chosen = {name: request.GET.get(name, "") for name in ("province", "city", "county")}
    form = AddressForm(user=_reader(request), initial=chosen)
    return render(request, "accounts/_divisions.html", {"form": form})


def _edit(request: HttpRequest, address: Address | None) -> HttpResponse:
    if request.method != "POST":
        form = AddressForm(user=_reader(request), address=address)
    elif "choose" in request.POST:  # without JavaScript: only show the cities of this province
        form = AddressForm(
            user=_reader(request), address=address, initial=dict(request.POST.items())
        )
    else:
        form = AddressForm(request.POST, user=_reader(request), address=address)
        if form.is_valid() and form.save():
            messages.success(request, _("The address is saved."))
            return HttpResponseRedirect(way_back(request, "/me/addresses/"))
    context = {"form": form, "address": address, "next": way_back(request, "")}
    return render(request, "accounts/address_form.html", context, status=_status(form))


def _status(form: AddressForm | ProfileForm) -> int:
    return 422 if form.is_bound and form.errors else 200


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _is_host(user: User) -> bool:
    """An official, or somebody an official named; their apps stand above this one, so by name."""
    return hasattr(user, "official") or user.assists.exists()


def _has_desk(user: User) -> bool:
    """The account of a farm: its parcels are sent from there."""
    return bool(user.producers.exists())


def _own(request: HttpRequest, pk: int) -> Address:
    """Another's address is as unknown as one that never was."""
    return get_object_or_404(Address, pk=pk, user=_reader(request))
