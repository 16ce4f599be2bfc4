"""Planning a show's run: its page, one segment with its script and marks, and templates.

Every form works without JavaScript; the order also answers static/js/elements/run-order.js. A show
of somebody else's is not found.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from streams.domain import roles, script_check
from streams.domain import run_of_show_plan as plans
from streams.domain import run_of_show_templates as templates
from streams.domain.run_of_show_board import board_of
from streams.models import Broadcast, Segment
from streams.run_forms import QuickSegmentForm, SegmentForm, TemplateForm
from streams.views.room import find_show

Deed = Callable[..., HttpResponse | None]


def own_show(request: HttpRequest, public_id: str) -> Broadcast:
    """The show, if this person runs it. Another host's is not there for them; an assistant who was
    not given the run is told so."""
    broadcast = find_show(public_id)
    roles.require_console(_user(request), broadcast, "may_run")
    return broadcast


def own_segment(broadcast: Broadcast, pk: int) -> Segment:
    segments = Segment.objects.select_related("product", "flash_sale")
    segment = get_object_or_404(
        segments.prefetch_related(script_check.with_clearances()), pk=pk, broadcast=broadcast
    )
    segment.broadcast = broadcast
    return segment


def _deed(act: Deed) -> Callable[..., HttpResponse]:
    """A press: does one thing and leads back to the run. A refusal is the middleware's to tell."""

    @require_POST
    @limited("run", rate=120, per=60, burst=60)
    @login_required
    @wraps(act)
    def view(request: HttpRequest, public_id: str, **named: int) -> HttpResponse:
        broadcast = own_show(request, public_id)
        user: User = request.user  # type: ignore[assignment]
        return act(request, broadcast, user, **named) or redirect("streams:run", public_id)

    return view


@require_http_methods(["GET", "POST"])
@never_cache
@limited("run", rate=120, per=60, burst=60)
@login_required
def run(request: HttpRequest, public_id: str) -> HttpResponse:
    """The whole run; a POST adds a segment."""
    broadcast = own_show(request, public_id)
    form = QuickSegmentForm(request.POST or None, show=broadcast)
    if request.method == "POST" and form.is_valid():
        try:
            added = plans.add_segment(broadcast=broadcast, by=_user(request), plan=form.plan())
        except DomainError as refusal:
            form.say(refusal)
        else:
            return redirect(f"{reverse('streams:run', args=[public_id])}#segment-{added.pk}")
    return _page(request, broadcast, form=form)


def _page(
    request: HttpRequest,
    broadcast: Broadcast,
    *,
    form: QuickSegmentForm | None = None,
    template_form: TemplateForm | None = None,
) -> HttpResponse:
    context = {
        "broadcast": broadcast,
        "run_board": board_of(broadcast),
        "form": form or QuickSegmentForm(show=broadcast),
        "template_form": template_form or TemplateForm(),
        "templates": templates.templates_for(broadcast.host),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "streams/run.html", context, status=status)


@require_http_methods(["GET", "POST"])
@never_cache
@limited("run", rate=120, per=60, burst=60)
@login_required
def segment(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """One segment: its plan, its script, and the marks in what is saved."""
    broadcast = own_show(request, public_id)
    one = own_segment(broadcast, pk)
    status = 200
    form = SegmentForm.of(one)
    if request.method == "POST":
        form, status = SegmentForm(request.POST, show=broadcast), 422
        if form.is_valid():
            try:
                plans.change_segment(
                    segment=one,
                    by=_user(request),
                    plan=form.plan(),
                    version=form.cleaned_data["version"] or 0,
                )
            except DomainError as refusal:
                form.say(refusal)
                status = refusal.status
            else:
                return _saved(request, own_segment(broadcast, pk))
    context = {"broadcast": broadcast, "segment": one, "form": form}
    context["check"] = script_check.check_segment(one)
    return render(request, "streams/run_segment.html", context, status=status)


def _saved(request: HttpRequest, one: Segment) -> HttpResponse:
    """Back to the run; to the marks, if there are open ones."""
    public_id = one.broadcast.public_id
    if count := script_check.check_segment(one).open_marks:
        messages.warning(request, _("Saved. %(count)s marked: please look.") % {"count": count})
        return redirect(f"{reverse('streams:run_segment', args=[public_id, one.pk])}#marks")
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('streams:run', args=[public_id])}#segment-{one.pk}")


@_deed
def check(request: HttpRequest, broadcast: Broadcast, by: User) -> HttpResponse:
    """The marks of a script that is being written; nothing is kept."""
    text = request.POST.get("script", "")[: plans.LONGEST_SCRIPT]
    context: dict[str, Any] = {"checked": script_check.check_text(text), "is_draft": True}
    return render(request, "streams/_run_marks.html", context)


@_deed
def remove(request: HttpRequest, broadcast: Broadcast, by: User, pk: int) -> None:
    plans.remove_segment(segment=own_segment(broadcast, pk), by=by)
    messages.success(request, _("Taken out of the run."))


@_deed
def move(request: HttpRequest, broadcast: Broadcast, by: User, pk: int) -> HttpResponse:
    step = -1 if request.POST.get("step") == "up" else 1
    plans.move_segment(segment=own_segment(broadcast, pk), by=by, step=step)
    return redirect(f"{reverse('streams:run', args=[broadcast.public_id])}#segment-{pk}")


@_deed
def order(request: HttpRequest, broadcast: Broadcast, by: User) -> HttpResponse:
    """All ids in their new order, with commas. Answers with places and times, or the refusal."""
    told = request.POST.get("order", "")[:1000].split(",")
    ids = [int(one) for one in told if one.isdecimal() and len(one) < 18]
    try:
        plans.set_order(broadcast=broadcast, by=by, order=ids)
    except DomainError as refusal:
        told_why = {"code": refusal.code, "message": refusal.message}
        return JsonResponse(told_why, status=refusal.status)
    rows = board_of(broadcast).rows
    times = [
        {
            "id": row.segment.pk,
            "place": row.place,
            "at": time_format(timezone.localtime(row.begins_at), "H:i"),
        }
        for row in rows
    ]
    return JsonResponse({"rows": times})


@_deed
def from_shelf(request: HttpRequest, broadcast: Broadcast, by: User) -> None:
    plans.plan_from_shelf(broadcast=broadcast, by=by)


@_deed
def clear(request: HttpRequest, broadcast: Broadcast, by: User, pk: int) -> HttpResponse:
    one = own_segment(broadcast, pk)
    if number := _number(request.POST.get("again", "")):
        script_check.mark_again(segment=one, by=by, clearance_id=number)
    else:
        given = {name: request.POST.get(name, "") for name in ("word", "sentence", "reason")}
        script_check.clear_mark(segment=one, by=by, **given)
    address = reverse("streams:run_segment", args=[broadcast.public_id, pk])
    return redirect(f"{address}#marks")


@_deed
def save_template(request: HttpRequest, broadcast: Broadcast, by: User) -> HttpResponse | None:
    form = TemplateForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            templates.save_template(
                broadcast=broadcast, by=by, name=asked["name"], is_shared=asked["is_shared"]
            )
        except DomainError as refusal:
            form.say(refusal)
        else:
            messages.success(request, _("Kept. Other shows can start from it."))
            return None
    return _page(request, broadcast, template_form=form)


@_deed
def use_template(request: HttpRequest, broadcast: Broadcast, by: User) -> None:
    number = _number(request.POST.get("template", ""))
    templates.use_template(broadcast=broadcast, by=by, template_id=number)


@_deed
def delete_template(request: HttpRequest, broadcast: Broadcast, by: User) -> None:
    number = _number(request.POST.get("template", ""))
    templates.delete_template(broadcast=broadcast, by=by, template_id=number)
    messages.success(request, _("The template is gone; shows started from it keep their runs."))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0


def _user(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]
    return user
