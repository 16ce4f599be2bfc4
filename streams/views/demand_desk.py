"""The desks behind the board: staff word, merge, publish, assign and decline; offices answer."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from streams.demand_forms import (
    AnswerForm,
    AssignForm,
    MergeForm,
    ReasonForm,
    SendBackForm,
    WordingForm,
)
from streams.domain import demand_board, demand_desk, demand_office, demand_rights
from streams.models import Demand
from streams.views.demands import find_or_404

PAGE_LENGTH = 30
State = Demand.State
PILES = (
    State.SUGGESTED,
    State.PUBLISHED,
    State.ASSIGNED,
    State.ANSWERED,
    State.TOLD,
    State.DECLINED,
)
Form = forms.Form


@require_safe
@never_cache
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """What came in, pile by pile; nobody else's business."""
    user = _curator(request)
    rows = demand_rights.desk_of(user)
    state = request.GET.get("state", State.SUGGESTED)
    page = Paginator(demand_board.queue(rows, state), PAGE_LENGTH).get_page(request.GET.get("page"))
    counts = demand_board.counts_of(rows)
    context = {
        "page": page,
        "state": state if state in PILES else State.SUGGESTED,
        "piles": [(pile, pile.label, counts[pile]) for pile in PILES],
    }
    return render(request, "streams/demand_desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@limited("demand-desk", rate=60, per=60)
def work(request: HttpRequest, pk: int) -> HttpResponse:
    """One demand: every deed is a form of its own, and a refusal stands beside its field."""
    user = _curator(request)
    demand = find_or_404(pk)
    demand_rights.require_curate(user, demand, "look")
    if request.method != "POST":
        return _draw(request, user, demand, {})
    deed = request.POST.get("deed", "")
    if deed not in DEEDS:
        raise Http404
    form = DEEDS[deed][0](demand, user, request.POST)
    if form.is_valid():
        try:
            DEEDS[deed][1](demand, user, form)
        except DomainError as refusal:
            if refusal.status == 403:
                raise
            name = FIELDS.get(refusal.code)
            form.add_error(name if name in form.fields else None, refusal.message)
            return _draw(request, user, find_or_404(pk), {deed: form}, refusal.status)
        messages.success(request, _("Done."))
        return _go_on(user, demand, deed)
    return _draw(request, user, demand, {deed: form}, 422)


def _go_on(user: User, demand: Demand, deed: str) -> HttpResponse:
    """Back to the demand, or to the pile when it has left this desk."""
    if deed == "merge" or not demand_rights.may_curate_demand(user, find_or_404(demand.pk)):
        return redirect("streams:demand_desk")
    return redirect("streams:demand_work", demand.pk)


def _draw(
    request: HttpRequest, user: User, demand: Demand, bound: dict[str, Form], status: int = 200
) -> HttpResponse:
    shown = {
        deed: bound.get(deed) or make(demand, user, None) for deed, (make, _do) in DEEDS.items()
    }
    context = {
        "demand": demand,
        "forms": shown,
        "voices": demand_board.voices_of(demand),
        "events": demand.events.select_related("actor"),
        "can": _offered(demand),
    }
    return render(request, "streams/demand_work.html", context, status=status)


def _offered(demand: Demand) -> dict[str, bool]:
    """Which deeds make sense now; the domain decides."""
    state = demand.state
    return {
        "word": state in Demand.OPEN,
        "publish": state == State.SUGGESTED and bool(demand.title_zh),
        "merge": state in Demand.OPEN,
        "assign": state in (State.PUBLISHED, State.ASSIGNED),
        "decline": state in Demand.OPEN,
        "reconsider": state == State.DECLINED,
        "send_back": state == State.ANSWERED,
    }


def _others(demand: Demand, user: User) -> Any:
    return demand_board.may_absorb(demand, demand_rights.desk_of(user))


def _data(form: Form) -> dict[str, Any]:
    return form.cleaned_data


DEEDS: dict[str, tuple[Callable[..., Form], Callable[..., None]]] = {
    "word": (
        lambda demand, user, data: WordingForm(data, demand=demand),
        lambda demand, user, form: demand_desk.word(demand=demand, by=user, wording=form.wording()),
    ),
    "publish": (
        lambda demand, user, data: Form(data),
        lambda demand, user, form: demand_desk.publish(demand=demand, by=user),
    ),
    "merge": (
        lambda demand, user, data: MergeForm(data, others=_others(demand, user)),
        lambda demand, user, form: demand_desk.merge(demand=demand, by=user, **_data(form)),
    ),
    "assign": (
        lambda demand, user, data: AssignForm(data, demand=demand, is_everywhere=user.is_superuser),
        lambda demand, user, form: demand_desk.assign(demand=demand, by=user, **_data(form)),
    ),
    "decline": (
        lambda demand, user, data: ReasonForm(data),
        lambda demand, user, form: demand_desk.decline(demand=demand, by=user, **_data(form)),
    ),
    "reconsider": (
        lambda demand, user, data: Form(data),
        lambda demand, user, form: demand_desk.reconsider(demand=demand, by=user),
    ),
    "send_back": (
        lambda demand, user, data: SendBackForm(data),
        lambda demand, user, form: demand_desk.send_back(demand=demand, by=user, **_data(form)),
    ),
}
"""Deed → the form it takes, and what it does."""
FIELDS = {
    "title": "title_zh",
    "tags": "tags",
    "itself": "into",
    "office": "official",
    "deadline": "due_at",
    "reason": "reason",
}


@require_safe
@never_cache
@login_required
def office(request: HttpRequest) -> HttpResponse:
    """What the public asks of one's own post."""
    post = _office(request)
    rows = list(demand_office.desk_of(post)[:200])
    context = {
        "office": post,
        "to_answer": [row for row in rows if row.state == State.ASSIGNED],
        "to_read": [row for row in rows if row.state == State.ANSWERED],
        "told": [row for row in rows if row.state == State.TOLD],
    }
    return render(request, "streams/demand_office.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@limited("demand-answer", rate=30, per=60)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    post = _office(request)
    user: User = request.user  # type: ignore[assignment]
    demand = find_or_404(pk)
    if demand.published_at is None:
        raise Http404
    demand_rights.require_answer(user, demand)
    form = AnswerForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                demand_office.answer(demand=demand, by=user, **form.cleaned_data)
            except DomainError as refusal:
                form.add_error("text_zh", refusal.message)
                status = refusal.status
            else:
                messages.success(
                    request, _("Your answer stands on the board. Read it out in your next show.")
                )
                return redirect("streams:demand_office")
    context = {"demand": demand, "form": form, "office": post}
    return render(request, "streams/demand_answer.html", context, status=status)


def _curator(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]
    if not demand_rights.has_desk(user):
        raise Http404
    return user


def _office(request: HttpRequest) -> Any:
    post = demand_rights.office_of(request.user)
    if post is None:
        raise Http404
    return post
