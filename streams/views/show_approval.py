"""A show's way to its approval: the official declares and proposes, the prefecture reads and
decides; and the prefecture's shows by month. The pages of the workspace are products'; these are
served beside them, because shows are known only from here on."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from livecommerce import audit
from livecommerce.accounts import step_up
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from officials.domain.curation import curated_codes
from officials.domain.identity import standing
from officials.models import Region
from products.curate.door import in_workspace
from streams.domain import (
    roles,
    show_approval,
    show_calendar,
    show_declarations,
    show_inbox,
    supplier_rotation,
)
from streams.domain.run_of_show_board import board_of
from streams.models import Broadcast, ShowApproval
from streams.views.room import find_show

LONGEST = show_approval.LONGEST


@require_http_methods(["GET", "POST"])
@limited("propose-show", rate=60, per=600)
@never_cache
@login_required
def propose(request: HttpRequest, public_id: str) -> HttpResponse:
    """The host's page: what is declared, where the proposal stands, and proposing it."""
    user, broadcast = _user(request), find_show(public_id)
    roles.require_console(user, broadcast, "may_run")
    refusal, status = "", 200
    if request.method == "POST":
        try:
            said = _propose_deed(request, broadcast, user)
        except DomainError as error:
            refusal, status = error.message, error.status
        else:
            messages.success(request, said)
            return redirect("streams:propose", public_id)
    approval = show_approval.approval_of(broadcast)
    context = {
        "broadcast": broadcast,
        "approval": approval,
        "refusal": refusal,
        "asked": show_declarations.asked_of(broadcast),
        "answers": _answers(request) if refusal else {},
        "is_official": user.pk == broadcast.host.user_id,
        "is_open": broadcast.state == Broadcast.State.SCHEDULED and not broadcast.is_rehearsal,
        "steps": approval.steps.select_related("actor") if approval else (),
        "standing": standing(broadcast.host.identity_until),
        "run_board": board_of(broadcast),
    }
    return render(request, "streams/propose.html", context, status=status)


def _propose_deed(request: HttpRequest, broadcast: Broadcast, user: User) -> str:
    deed = request.POST.get("deed", "")
    if deed == "declare":
        show_declarations.declare(broadcast=broadcast, by=user, answers=_answers(request))
        return _("Declared. It is shown on the page of the show.")
    if deed == "take-back":
        approval = get_object_or_404(ShowApproval, broadcast=broadcast)
        show_approval.take_back(approval=approval, by=user)
        return _("Taken back. Change what you like and propose it again.")
    note = request.POST.get("note", "")[:LONGEST]
    show_approval.propose_show(broadcast=broadcast, by=user, note=note)
    return _("Proposed. The prefecture decides; you will be told.")


def _answers(request: HttpRequest) -> dict[int, tuple[bool, str]]:
    """Producer's id → (related?, words), of those that were answered."""
    found = {}
    for name in request.POST:
        head, _dash, number = name.partition("-")
        if head == "related" and number.isascii() and number.isdecimal() and len(number) < 18:
            words = request.POST.get(f"words-{number}", "")[:1000]
            found[int(number)] = (request.POST[name] == "yes", words)
    return found


@require_http_methods(["GET", "POST"])
@limited("judge", rate=60, per=60)
@step_up.required
@never_cache
@login_required
def approve(request: HttpRequest, public_id: str) -> HttpResponse:
    """The prefecture's page: script, goods, prices, declarations, whose turn it would be."""
    user, broadcast = _user(request), find_show(public_id)
    approval = _approval_or_404(user, broadcast)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            said = _decide(request, approval, user)
        except DomainError as error:
            refusal, status = error.message, error.status
            approval.refresh_from_db()
        else:
            messages.success(request, said)
            return redirect("products:waiting")
    context: dict[str, Any] = {
        "broadcast": broadcast,
        "prefecture": broadcast.region.prefecture,
        "approval": approval,
        "refusal": refusal,
        "reason": request.POST.get("reason", "")[:LONGEST],
        "seen": show_approval.fingerprint(broadcast),
        "may_decide": approval.state == ShowApproval.State.PROPOSED
        and user.has_perm("streams.approve_show", approval),
        "is_own": user.pk in (approval.proposed_by_id, broadcast.host.user_id),
        "asked": show_declarations.asked_of(broadcast),
        "shelf": broadcast.shelf.select_related("product__producer", "deal__festival").order_by(
            "position"
        ),
        "rotation": supplier_rotation.rotation_of(broadcast.region.prefecture, show=broadcast),
        "run_board": board_of(broadcast),
        "steps": approval.steps.select_related("actor"),
        "standing": standing(broadcast.host.identity_until),
    }
    return render(request, "streams/show_approval.html", context, status=status)


def _decide(request: HttpRequest, approval: ShowApproval, user: User) -> str:
    reason = request.POST.get("reason", "")[:LONGEST]
    if request.POST.get("deed") == "return":
        show_approval.return_show(approval=approval, by=user, reason=reason)
        return _("Sent back with your reason.")
    seen = request.POST.get("seen", "")
    show_approval.approve_show(approval=approval, by=user, seen=seen, note=reason)
    return _("Approved. The official can go live with it.")


def _approval_or_404(user: User, broadcast: Broadcast) -> ShowApproval:
    """Another prefecture's curator gets 403, which is written down; for others it is not there."""
    rows = ShowApproval.objects.select_related(
        "broadcast__host__user", "broadcast__region__parent", "proposed_by", "decided_by"
    )
    approval = get_object_or_404(rows, broadcast=broadcast)
    if user.has_perm("officials.curate", broadcast.region):
        return approval
    if not (user.is_staff or curated_codes(user)):
        raise Http404
    audit.record_refusal(actor=user, action="streams.open_approval", subject=broadcast)
    raise PermissionDenied


@require_safe
@never_cache
@login_required
def waiting(request: HttpRequest) -> HttpResponse:
    """A fragment of the inbox: shows that wait for this person, and those on their way."""
    inbox = show_inbox.inbox_of(_user(request))
    is_part = bool(request.headers.get("HX-Request"))
    name = "streams/_waiting_shows.html" if is_part else "streams/waiting_shows.html"
    return render(request, name, {"shows": inbox, "tab": "waiting"})


@require_safe
def declared(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the official of a show declared, for everybody to read."""
    broadcast = find_show(public_id)
    context = {"broadcast": broadcast, "said": show_declarations.shown(broadcast)}
    return render(request, "streams/declared.html", context)


@require_safe
@in_workspace
def calendar(request: HttpRequest, prefecture: Region) -> HttpResponse:
    """A month of the prefecture's shows: a grid on a desk, a list on a phone."""
    first = show_calendar.first_of(request.GET.get("month", ""))
    context = {
        "prefecture": prefecture,
        "tab": "shows",
        "month": show_calendar.month_of(prefecture, first),
    }
    is_part = request.headers.get("HX-Target") == "calendar"
    name = "streams/_calendar.html" if is_part else "streams/calendar.html"
    return render(request, name, context)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
