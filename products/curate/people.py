"""The officials and producers of a prefecture, with their state, and the checks of who they are."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from livecommerce.accounts import step_up
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from officials.domain import identity, verification
from officials.models import IdentityCheck, Official, Region
from products.curate.door import in_workspace, user_of
from products.curate.forms import IdentityForm, today_plus_year
from products.domain import producer_identity

PAPERS_OF_OFFICIALS = (IdentityCheck.Paper.APPOINTMENT, IdentityCheck.Paper.IDENTITY_CARD)
PAPERS_OF_PRODUCERS = (
    IdentityCheck.Paper.COOPERATIVE,
    IdentityCheck.Paper.LICENCE,
    IdentityCheck.Paper.IDENTITY_CARD,
)


@require_safe
@in_workspace
def people(request: HttpRequest, prefecture: Region) -> HttpResponse:
    officials = [
        (one, identity.standing(one.identity_until)) for one in identity.of_prefecture(prefecture)
    ]
    producers = [
        (one, identity.standing(one.identity_until))
        for one in producer_identity.of_prefecture(prefecture)
    ]
    context = {
        "prefecture": prefecture,
        "tab": "people",
        "officials": sorted(officials, key=lambda pair: _urgency(pair[0].state, pair[1])),
        "producers": sorted(producers, key=lambda pair: _urgency("", pair[1])),
    }
    return render(request, "products/curate/people.html", context)


def _urgency(state: str, standing: identity.Standing) -> int:
    """Who waits comes first, then whose check has run out, then whose soon does."""
    if state == Official.State.APPLIED:
        return 0
    if state == Official.State.SUSPENDED:
        return 4
    return 1 if not standing.is_valid else 2 if standing.ends_soon else 3


@require_http_methods(["GET", "POST"])
@limited("curate-people", rate=60, per=60)
@step_up.required
@in_workspace
def official(request: HttpRequest, prefecture: Region, pk: int) -> HttpResponse:
    """One official: verify, suspend, or write down a check. One form each, told apart by `deed`."""
    row = get_object_or_404(identity.of_prefecture(prefecture), pk=pk)
    form = _identity_form(request, PAPERS_OF_OFFICIALS)
    deed, reason, status = request.POST.get("deed", ""), request.POST.get("reason", ""), 200
    refusal = ""
    if request.method == "POST":
        try:
            if deed == "verify":
                verification.verify_official(official=row, by=user_of(request))
            elif deed == "suspend":
                verification.suspend_official(official=row, by=user_of(request), reason=reason)
            elif form.is_valid():
                identity.check_official(official=row, by=user_of(request), **form.cleaned_data)
            else:
                status = 422
        except DomainError as error:
            status = error.status
            if deed == "check":
                form.say(error)
            else:
                refusal = error.message
        if status == 200:
            messages.success(request, _("Written down."))
            return redirect("products:curate_people", prefecture.code)
    context = _context(prefecture, row, form) | {
        "official": row,
        "refusal": refusal,
        "reason": reason,
    }
    return render(request, "products/curate/official.html", context, status=status)


@require_http_methods(["GET", "POST"])
@limited("curate-people", rate=60, per=60)
@step_up.required
@in_workspace
def producer(request: HttpRequest, prefecture: Region, pk: int) -> HttpResponse:
    row = get_object_or_404(producer_identity.of_prefecture(prefecture), pk=pk)
    form, status = _identity_form(request, PAPERS_OF_PRODUCERS), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                producer_identity.check_producer(
                    producer=row, by=user_of(request), **form.cleaned_data
                )
            except DomainError as error:
                form.say(error)
                status = error.status
            else:
                messages.success(request, _("Written down."))
                return redirect("products:curate_people", prefecture.code)
    context = _context(prefecture, row, form) | {"producer": row}
    return render(request, "products/curate/producer.html", context, status=status)


def _identity_form(request: HttpRequest, papers: tuple[IdentityCheck.Paper, ...]) -> IdentityForm:
    if request.method == "POST" and request.POST.get("deed", "check") == "check":
        return IdentityForm(request.POST, papers=papers)
    return IdentityForm(papers=papers, initial={"expires_on": today_plus_year()})


def _context(prefecture: Region, row: Any, form: IdentityForm) -> dict[str, Any]:
    return {
        "prefecture": prefecture,
        "tab": "people",
        "form": form,
        "standing": identity.standing(row.identity_until),
        "checks": row.checks.select_related("checked_by")[:10],
    }
