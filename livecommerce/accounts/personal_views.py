"""One's own data: a copy of it, and the way out."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from livecommerce import ratelimit
from livecommerce.accounts import closing, copies, holdings, step_up
from livecommerce.accounts.models import ClosingRequest, User
from livecommerce.errors import DomainError

writes = ratelimit.limited("own-data", rate=10, per=60)


@require_safe
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@writes
@login_required
def ask_for_copy(request: HttpRequest) -> HttpResponse:
    try:
        copies.ask_for_copy(user=_reader(request))
    except DomainError as error:
        return _page(request, error)
    messages.success(request, _("We are making your copy and tell you in your inbox."))
    return redirect("accounts:my_data")


@require_safe
@login_required
def take_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever found the telephone unlocked does not get everything about its owner."""
    if not step_up.is_fresh(request):
        return step_up.ask(request)
    row = copies.take_copy(user=_reader(request), pk=pk)
    answer = HttpResponse(bytes(row.content), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="my-data-{row.asked_at:%Y-%m-%d}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@writes
@step_up.required
@login_required
def close_account(request: HttpRequest) -> HttpResponse:
    if request.POST.get("understood") != "on":
        message = _("Tick that you have read what becomes of your data.")
        return _page(request, DomainError("not_understood", message))
    try:
        closing.ask_to_close(user=_reader(request))
    except DomainError as error:
        return _page(request, error)
    return redirect("accounts:my_data")


@require_POST
@writes
@login_required
def stay(request: HttpRequest) -> HttpResponse:
    if closing.stay(user=_reader(request)):
        messages.success(request, _("Good that you stay. Nothing was removed."))
    return redirect("accounts:my_data")


def _page(request: HttpRequest, error: DomainError | None = None) -> HttpResponse:
    user = _reader(request)
    context = {
        "copies": user.data_copies.defer("content")[:3],
        "closing": ClosingRequest.objects.filter(user=user).first(),
        "obstacles": holdings.obstacles(user),
        "days": settings.ACCOUNT_CLOSING_DAYS,
        "error": error,
    }
    return render(request, "accounts/my_data.html", context, status=error.status if error else 200)


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
