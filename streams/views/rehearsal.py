"""Rehearsing a show: its page, who may see it, and "buying" in one."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from streams.crew_forms import CrowdForm, GuestForm
from streams.domain import offers, rehearsal_orders, rehearsals, roles
from streams.models import Broadcast, Rehearsal, ShelfItem
from streams.views.room import find_show


@require_http_methods(["GET", "POST"])
@never_cache
@limited("rehearsal-guest", rate=30, per=600)
@login_required
def rehearsal(request: HttpRequest, public_id: str) -> HttpResponse:
    """Before it: who may come and how big a crowd is played. A POST invites."""
    user: User = request.user  # type: ignore[assignment]
    show = find_show(public_id)
    roles.require_console(user, show, "may_run")
    if show.rehearsal_of is not None:
        return redirect("streams:rehearsal", show.rehearsal_of.public_id)
    form = GuestForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            guest = rehearsals.invite(show=show, by=user, email=form.cleaned_data["email"])
        except DomainError as error:
            form.add_error("email", error.message)
            status = error.status
        else:
            messages.success(
                request,
                _("%(name)s may see the rehearsals.") % {"name": guest.user.display_name},
            )
            return redirect("streams:rehearsal", public_id)
    context = {
        "broadcast": show,
        "form": form,
        "crowd_form": CrowdForm(),
        "guests": rehearsals.guests_of(show),
        "running": rehearsals.running_of(show),
        "may_open": show.state == Broadcast.State.SCHEDULED,
    }
    return render(request, "streams/rehearsal.html", context, status=status)


@require_POST
@limited("rehearsal-guest", rate=30, per=600)
@login_required
def uninvite(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    rehearsals.uninvite(show=find_show(public_id), by=user, guest_id=pk)
    messages.success(request, _("Removed."))
    return redirect("streams:rehearsal", public_id)


@require_POST
@limited("rehearse", rate=20, per=600, burst=10)
@login_required
def open_(request: HttpRequest, public_id: str) -> HttpResponse:
    """Begin, and go to the rehearsal's own console."""
    user: User = request.user  # type: ignore[assignment]
    made = rehearsals.open_rehearsal(show=find_show(public_id), by=user, crowd=_crowd(request))
    return redirect("streams:console", made.public_id)


@require_POST
@limited("rehearse", rate=20, per=600, burst=10)
@login_required
def crowd(request: HttpRequest, public_id: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    rehearsals.set_crowd(broadcast=find_show(public_id), by=user, crowd=_crowd(request))
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect("streams:console", public_id)


def crowd_parts(broadcast: Broadcast) -> dict[str, Any]:
    """What `streams/_rehearsal_crowd.html` draws."""
    row = Rehearsal.objects.filter(broadcast=broadcast).first()
    return {"crowds": Rehearsal.Crowd.choices, "crowd": row.crowd if row else 0}


def _crowd(request: HttpRequest) -> int:
    asked = request.POST.get("crowd", str(Rehearsal.Crowd.SMALL.value))
    return int(asked) if asked.isdecimal() and len(asked) < 6 else -1


@require_http_methods(["GET", "POST"])
@never_cache
@limited("rehearsal-buy", rate=30, per=60, burst=12)
@login_required
def practise(request: HttpRequest, public_id: str, sku: str) -> HttpResponse:
    """The sheet of a rehearsal: it looks like buying, and nothing is bought."""
    user: User = request.user  # type: ignore[assignment]
    broadcast = find_show(public_id)
    if not broadcast.is_rehearsal:
        raise Http404
    items = ShelfItem.objects.filter(broadcast=broadcast, product__sku=sku)
    item = next(iter(offers.items_with_offers(items)), None)
    if item is None:
        raise Http404
    order, problem, status = None, "", 200
    if request.method == "POST":
        asked = request.POST.get("quantity", "")
        try:
            order = rehearsal_orders.buy(
                broadcast=broadcast,
                item=item,
                quantity=int(asked) if asked.isdecimal() and len(asked) < 6 else 0,
                key=request.POST.get("key", ""),
                buyer=user,
            )
        except DomainError as error:
            problem, status = error.message, error.status
    context = {
        "broadcast": broadcast,
        "item": item,
        "price_fen": rehearsal_orders.price_of(item),
        "order": order,
        "problem": problem,
        "key": uuid4(),
        "most": rehearsal_orders.MOST_UNITS,
        "in_room": bool(request.headers.get("HX-Request")),
    }
    template = "_rehearsal_sheet.html" if context["in_room"] else "rehearsal_sheet.html"
    return render(request, f"streams/{template}", context, status=status)
