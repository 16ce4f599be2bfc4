"""Lucky draws: taking part, the page that proves one, and the winner's own."""

import re
import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livecommerce.accounts.models import Address, User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from livecommerce.realtime.presence import device_in
from streams.domain import (
    draw_beacon,
    draw_entries,
    draw_prizes,
    draw_proof,
    draws,
    polls,
    roles,
)
from streams.domain.offers import epoch_ms
from streams.models import Draw, DrawEntry, DrawWinner

PROOF_SECONDS = 5
"""While a draw is on; a drawn one changes only when a prize moves up."""


@require_safe
@never_cache
def draw(request: HttpRequest, draw_id: str) -> HttpResponse:
    """Everyone's: the rules, the commitment, and once it is drawn all that is needed to check."""
    found = draws.find(draw_id)
    user: Any = request.user
    now = timezone.now()
    winners = draw_proof.winners_of(found) if found.is_drawn else []
    entry = draw_entries.find_entry(draw=found, user=user)
    context = {
        "draw": found,
        "broadcast": found.broadcast,
        "entry": entry,
        "conditions": draw_entries.conditions_of(draw=found, user=user),
        "is_open": found.takes_entries_at(now),
        "is_soon": found.opens_at is not None and now < found.opens_at,
        "now_ms": epoch_ms(now),
        "opens_ms": epoch_ms(found.opens_at),
        "closes_ms": epoch_ms(found.closes_at),
        "winners": [(one, draw_proof.masked(one)) for one in winners],
        "mine": next((one for one in winners if entry and one.entry_id == entry.pk), None),
        "beacon_at": found.beacon_round and draw_beacon.time_of(found.beacon_round),
        "nonce": secrets.token_hex(16),
        "runs_it": roles.standing_of(user, found.broadcast).may_draw,
    }
    return render(request, "streams/draw.html", context)


@require_safe
def proof(request: HttpRequest, draw_id: str) -> HttpResponse:
    found = draws.find(draw_id)
    answer = JsonResponse(
        draw_proof.proof_of(found), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    reach = "private" if found.is_practice else "public"
    answer["Cache-Control"] = f"{reach}, max-age={PROOF_SECONDS}"
    return answer


@require_POST
@limited("draw-enter", rate=30, per=60)
@login_required
def enter(request: HttpRequest, draw_id: str) -> HttpResponse:
    """JSON for the room, a page for a form without scripts."""
    user: User = request.user  # type: ignore[assignment]
    found = draws.find(draw_id)
    is_page = "text/html" in request.headers.get("Accept", "")
    try:
        entry = draw_entries.enter(
            draw=found,
            user=user,
            nonce=request.POST.get("nonce", ""),
            device=device_in(request.COOKIES),
        )
    except DomainError as refusal:
        if not is_page:
            return _refusal(refusal)
        messages.error(request, refusal.message)
    else:
        if not is_page:
            return JsonResponse({"mark": entry.mark}, status=201)
        messages.success(request, _("You are in. Good luck!"))
    return redirect("streams:draw", draw_id)


def _refusal(refusal: DomainError) -> JsonResponse:
    told = {"code": refusal.code, "message": refusal.message, **refusal.facts}
    answer = JsonResponse(told, status=refusal.status)
    if "retry_after" in refusal.facts:
        answer["Retry-After"] = str(refusal.facts["retry_after"])
    return answer


@require_http_methods(["GET", "POST"])
@never_cache
@limited("draw-claim", rate=20, per=60)
@login_required
def claim(request: HttpRequest, draw_id: str) -> HttpResponse:
    """The winner's own page; for everybody else there is none."""
    user: User = request.user  # type: ignore[assignment]
    winner = draw_prizes.winner_of(draw=draws.find(draw_id), user=user)
    problem = ""
    if request.method == "POST":
        try:
            draw_prizes.claim_prize(winner=winner, address=_address(request, user))
        except DomainError as refusal:
            problem = refusal.message
        else:
            messages.success(request, _("Thank you. Your prize will be sent there."))
            return redirect("streams:draw_claim", draw_id)
    addresses = list(user.addresses.all())
    context = {
        "winner": winner,
        "draw": winner.draw,
        "broadcast": winner.draw.broadcast,
        "addresses": addresses,
        "address": _chosen(winner, addresses),
        "here": request.path,
        "problem": problem,
    }
    status = 422 if problem else 200
    return render(request, "streams/draw_claim.html", context, status=status)


def _chosen(winner: DrawWinner, addresses: list[Address]) -> int | None:
    """The one that was given, or else the first."""
    given = [one.pk for one in addresses if one.snapshot() == winner.address]
    return next(iter(given or [one.pk for one in addresses]), None)


def _address(request: HttpRequest, user: User) -> Address:
    told = request.POST.get("address", "")
    number = int(told) if re.fullmatch(r"\d{1,18}", told) else 0
    address = Address.objects.filter(pk=number, user=user).first()
    if address is None:
        raise DomainError("not_your_address", _("Choose an address."))
    return address


@require_POST
@limited("draw-claim", rate=20, per=60)
@login_required
def decline(request: HttpRequest, draw_id: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    winner = draw_prizes.winner_of(draw=draws.find(draw_id), user=user)
    draw_prizes.decline_prize(winner=winner)
    messages.success(request, _("The prize is given up. Thank you for telling us."))
    return redirect("streams:draw", draw_id)


# --- those who send the prizes: the host and their assistants ---------------------------------


def _to_send(request: HttpRequest, public_id: str, draw_id: str) -> Draw:
    """404 for who has no part in the show, 403 for who may not read addresses. A practice draw has
    no prizes."""
    user: Any = request.user
    draw = get_object_or_404(
        Draw.objects.select_related("broadcast__host__user", "broadcast__region"),
        public_id=draw_id,
        broadcast__public_id=public_id,
        pk__gt=0,
        state=Draw.State.DRAWN,
    )
    roles.require_console(user, draw.broadcast, "may_run")
    return draw


@require_safe
@never_cache
@login_required
def prizes(request: HttpRequest, public_id: str, draw_id: str) -> HttpResponse:
    draw = _to_send(request, public_id, draw_id)
    winners = [(one, draw_proof.masked(one)) for one in draw_proof.winners_of(draw)]
    context = {"draw": draw, "broadcast": draw.broadcast, "winners": winners}
    return render(request, "streams/draw_prizes.html", context)


@require_POST
@limited("draw-send", rate=60, per=60)
@login_required
def send(request: HttpRequest, public_id: str, draw_id: str, rank: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    draw = _to_send(request, public_id, draw_id)
    rows = DrawWinner.objects.select_related("draw__broadcast__host", "entry__user")
    winner = get_object_or_404(rows, draw=draw, rank=rank)
    draw_prizes.send_prize(winner=winner, by=user, note=request.POST.get("note", ""))
    messages.success(request, _("Marked as sent. The winner is told."))
    return redirect("streams:draw_prizes", public_id, draw_id)


# --- the room's page --------------------------------------------------------------------------


def own_parts(request: HttpRequest, state: dict[str, Any]) -> dict[str, Any]:
    """What this person did in the room's draw and poll: a query each, where there is one."""
    mark: dict[str, Any] = {}
    vote: dict[str, Any] = {}
    user: Any = request.user
    if user.is_authenticated and state["draw"]:
        told = state["draw"]["id"]
        rows = DrawEntry.objects.filter(draw__public_id=told, user=user)
        if found := rows.values_list("mark", flat=True).first():
            mark = {"mark": found, "draw": told}
    if user.is_authenticated and state["poll"]:
        told = state["poll"]["id"]
        choice = polls.choice_of(told, user.pk)
        if choice is not None:
            vote = {"choice": str(choice), "poll": told}
    return {"my_mark": mark, "my_vote": vote}
