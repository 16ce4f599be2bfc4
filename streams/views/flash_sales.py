"""The console's part about flash sales: the list, its buttons, and the form that proposes one.

Every button answers with the list as it is now (htmx), or leads back to the console. A refusal is
told by the middleware, as a message beside the list or as a page.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Manager
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from streams.domain import flash_plans, flash_sales, rehearsal_flash, roles
from streams.domain.flash_board import board_of
from streams.forms import FlashPlanForm
from streams.models import Broadcast, FlashSale, RehearsalFlash
from streams.models.broadcasts import is_rehearsal_id
from streams.views.room import find_show

Step = Callable[..., None]


def _button(step: Step, rehearsed: Step | None = None) -> Callable[..., HttpResponse]:
    """A view that does `step(sale=…, by=…)` for one sale of the show in the address; in a
    rehearsal it does `rehearsed`."""

    @require_POST
    @limited("flash-sale", rate=30, per=60, burst=10)
    @login_required
    @wraps(step)
    def view(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
        user: User = request.user  # type: ignore[assignment]
        do: Step = step
        model: Manager[Any] = FlashSale._default_manager
        if is_rehearsal_id(public_id):
            if rehearsed is None:
                raise Http404
            do, model = rehearsed, RehearsalFlash._default_manager
        sales = model.select_related("broadcast__host", "broadcast__region")
        sale = get_object_or_404(sales, pk=pk, broadcast__public_id=public_id)
        roles.require_run(user, sale.broadcast)
        do(sale=sale, by=user)
        if request.headers.get("HX-Request"):
            return _draw(request, find_show(public_id))
        return redirect("streams:console", public_id)

    return view


start = _button(flash_sales.start_flash_sale, rehearsal_flash.start_rehearsal_flash)
cancel = _button(flash_sales.cancel_flash_sale, rehearsal_flash.cancel_rehearsal_flash)
stop = _button(flash_sales.stop_flash_sale, rehearsal_flash.stop_rehearsal_flash)
withdraw = _button(flash_plans.withdraw_flash_sale)


@require_safe
@never_cache
@login_required
def panel(request: HttpRequest, public_id: str) -> HttpResponse:
    broadcast = find_show(public_id)
    roles.require_run(request.user, broadcast)  # type: ignore[arg-type]
    return _draw(request, broadcast)


def _draw(request: HttpRequest, broadcast: Broadcast) -> HttpResponse:
    context = {"broadcast": broadcast, "board": board_of(broadcast)}
    return render(request, "streams/_flash_panel.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@limited("plan-flash-sale", rate=30, per=3600, burst=10)
@login_required
def plan(request: HttpRequest, public_id: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    broadcast = find_show(public_id)
    roles.require_run(user, broadcast)
    form = FlashPlanForm(request.POST or None, show=broadcast)
    if request.method == "POST" and form.is_valid():
        try:
            flash_plans.plan_flash_sale(broadcast=broadcast, by=user, **form.plan())
        except DomainError as error:
            form.say(error)
        else:
            messages.success(
                request, _("Proposed. As soon as a curator approves it, you can start it.")
            )
            return redirect("streams:console", public_id)
    context: dict[str, Any] = {"form": form, "broadcast": broadcast}
    status = 422 if request.method == "POST" else 200
    return render(request, "streams/flash_plan.html", context, status=status)
