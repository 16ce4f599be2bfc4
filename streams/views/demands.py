"""The demand board: reading it, voting, and wishing. Everyone may look."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from officials.models import Region
from streams.demand_forms import WishForm
from streams.domain import demand_board, demand_rights, demand_sources, demand_votes
from streams.domain.demand_board import Filters
from streams.models import Demand

PAGE_LENGTH = 20


@require_safe
@never_cache
def board(request: HttpRequest) -> HttpResponse:
    return _draw_board(request, WishForm())


@require_POST
@limited("wish", rate=20, per=600)
@login_required
def wish(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    form = WishForm(request.POST)
    if form.is_valid():
        try:
            demand_sources.wish(user=user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error("text", refusal.message)
            return _draw_board(request, form, refusal.status)
        messages.success(request, _("Thank you. Staff read it; what many want comes on the board."))
        return redirect("streams:demands")
    return _draw_board(request, form, 422)


def _draw_board(request: HttpRequest, form: WishForm, status: int = 200) -> HttpResponse:
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:20] for name in NARROWED_BY}
    filters = Filters(**asked)
    page = Paginator(demand_board.board(filters), PAGE_LENGTH).get_page(request.GET.get("page"))
    demands = list(page.object_list)
    context = {
        "page": page,
        "demands": demands,
        "filters": filters,
        "figures": demand_board.figures(),
        "tags": demand_board.all_tags(),
        "standings": demand_board.STANDINGS.items(),
        "prefectures": Region.objects.filter(kind=Region.Kind.PREFECTURE),
        "voted": demand_votes.voted_by(_person(request), demands),
        "form": form,
        **_desks(request),
    }
    return render(request, "streams/demands.html", context, status=status)


NARROWED_BY = ("prefecture", "tag", "standing", "by")


@require_safe
@never_cache
def demand(request: HttpRequest, pk: int) -> HttpResponse:
    """What was merged leads to what it became part of; what is not on the board is unknown."""
    known = get_object_or_404(Demand.objects.select_related("merged_into"), pk=pk)
    if known.merged_into is not None and known.merged_into.is_public:
        return redirect(known.merged_into, permanent=False)
    row = get_object_or_404(demand_board.public(), pk=pk)
    context = {
        "detail": demand_board.detail(row),
        "demand": row,
        "voted": demand_votes.voted_by(_person(request), [row]),
        "may_curate": request.user.has_perm("streams.curate_demand", row),
        "may_answer": request.user.has_perm("streams.answer_demand", row),
    }
    return render(request, "streams/demand.html", context)


@require_POST
@limited("demand-vote", rate=60, per=60)
@login_required
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """The button anew (htmx), or back to the demand's page."""
    user: User = request.user  # type: ignore[assignment]
    row = get_object_or_404(demand_board.public(), pk=pk)
    is_wanted = request.POST.get("wanted") != "no"
    demand_votes.vote(demand=row, user=user, wanted=is_wanted)
    if request.headers.get("HX-Request"):
        context = {"demand": row, "voted": {row.pk} if is_wanted else set()}
        return render(request, "streams/_demand_vote.html", context)
    return redirect(row)


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _desks(request: HttpRequest) -> dict[str, Any]:
    person = _person(request)
    return {
        "has_desk": person is not None and demand_rights.has_desk(person),
        "office": demand_rights.office_of(person) if person else None,
    }


def find_or_404(pk: int) -> Demand:
    rows = Demand.objects.select_related(
        "prefecture", "product__prefecture", "official__region__parent", "official__user"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
