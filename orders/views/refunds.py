"""Money back: asked for by the buyer, looked at and decided by the farm or the region's staff."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from orders.domain import recipients, refund_queries, refund_requests, refund_rights, refund_rules
from orders.domain.refund_queries import Claim
from orders.models import Order, Refund
from orders.refund_forms import AskForm, DecisionForm, SentBackForm
from orders.views.paying import own_order

PAGE_LENGTH = 20
FIELD_OF = {"cause": "cause", "photos": "photos"}
"""Where a refusal is shown; a picture's codes begin with "picture"."""


# --- The buyer --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@ratelimit.limited("refund", rate=12, per=600)
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """The form for one farm's goods of an order; without anything to claim, why not."""
    order = own_order(request, number)
    claims = refund_queries.claims_of(order, refund_queries.lines_of(order))
    farms = refund_queries.farms_of(claims)
    farm = next((one for one in farms if str(one.pk) == request.GET.get("farm")), None)
    farm = farm or next(iter(farms), None)
    mine = [c for c in claims if c.causes and (farm is None or c.line.producer_id == farm.pk)]
    if _is_second_press(request):  # what it asks for may be asked for already: by the first one
        mine = claims
    context = {"order": order, "claims": claims, "farms": farms, "farm": farm}
    if not mine:
        status = 409 if request.method == "POST" else 200
        return render(request, "orders/refund_ask.html", context, status=status)
    form = _ask_form(request, mine)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            made = _ask(request, order, form)
        except DomainError as error:
            field = "photos" if error.code.startswith("picture") else FIELD_OF.get(error.code)
            form.add_error(field, error.message)
            status = error.status
        else:
            return redirect("orders:refund", number, made.pk)
    context |= {"form": form, "mine": mine, "photo_causes": refund_rules.SHOWN_BY_PHOTO}
    return render(request, "orders/refund_ask.html", context, status=status)


def _ask_form(request: HttpRequest, mine: Sequence[Claim]) -> AskForm:
    lines = [claim.line for claim in mine]
    left = {claim.line.pk: claim.left_fen for claim in mine}
    causes = [one for one in Refund.Cause if any(one in claim.causes for claim in mine)]
    if _is_second_press(request):
        causes = list(Refund.Cause)
    if request.method == "POST":
        return AskForm(request.POST, request.FILES, lines=lines, left=left, causes=causes)
    return AskForm(initial={"key": uuid4()}, lines=lines, left=left, causes=causes)


def _is_second_press(request: HttpRequest) -> bool:
    assert isinstance(request.user, User)
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        return False
    return refund_requests.is_asked(buyer=request.user, key=key)


def _ask(request: HttpRequest, order: Order, form: AskForm) -> Refund:
    assert isinstance(request.user, User)
    return refund_requests.ask(
        order=order,
        buyer=request.user,
        lines=form.wanted(),
        cause=Refund.Cause(form.cleaned_data["cause"]),
        reason=form.cleaned_data["reason"],
        photos=form.pictures(),
        key=form.cleaned_data["key"],
    )


@require_safe
@login_required
def refund(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row = _own_refund(request, number, pk)
    return _show(request, row, SentBackForm())


@require_POST
@login_required
@ratelimit.limited("refund.change", rate=20, per=600)
def sent_back(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row = _own_refund(request, number, pk)
    form = SentBackForm(request.POST)
    if not row.wants_goods_back:
        raise Http404
    if not form.is_valid():
        return _show(request, row, form, status=422)
    refund_requests.send_goods_back(
        refund=row, carrier=form.cleaned_data["carrier"], number=form.cleaned_data["number"]
    )
    messages.success(request, _("Thank you. The farm looks at the goods when they are there."))
    return redirect("orders:refund", number, pk)


@require_POST
@login_required
@ratelimit.limited("refund.change", rate=20, per=600)
def withdraw(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row = _own_refund(request, number, pk)
    assert isinstance(request.user, User)
    refund_requests.withdraw(refund=row, actor=request.user)
    messages.success(request, _("Withdrawn."))
    return redirect("orders:refund", number, pk)


def _own_refund(request: HttpRequest, number: str, pk: int) -> Refund:
    """The signed-in buyer's; for everybody else there is no such refund (404)."""
    assert isinstance(request.user, User)
    rows = Refund.objects.filter(payment__order__number=number, payment__order__buyer=request.user)
    return get_object_or_404(refund_queries.whole(rows), pk=pk)


def _show(request: HttpRequest, row: Refund, form: SentBackForm, status: int = 200) -> HttpResponse:
    context = {
        "refund": row,
        "order": row.payment.order,
        "steps": refund_queries.timeline(row),
        "form": form,
    }
    return render(request, "orders/refund.html", context, status=status)


@require_safe
@login_required
def photo(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    """One picture of a claim, for those whose business it is; for everybody else there is none."""
    assert isinstance(request.user, User)
    found = refund_rights.photos_for(request.user).filter(pk=pk).values_list(size, flat=True)
    data = found.first()
    if data is None:
        raise Http404
    return HttpResponse(
        bytes(data),
        content_type="image/webp",
        headers={
            "Cache-Control": "private, max-age=3600",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )


# --- The farm and the region's staff ----------------------------------------------------------


@require_safe
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    user = _decider(request)
    page = Paginator(refund_queries.decided_for(user), PAGE_LENGTH).get_page(
        request.GET.get("page")
    )
    context = {
        "waiting": refund_queries.waiting_for(user),
        "page": page,
        "decided": list(page.object_list),
    }
    return render(request, "orders/refund_inbox.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@ratelimit.limited("refund.decide", rate=60, per=60)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with its photos and the money so far; POST is the decision."""
    user = _decider(request)
    rows = refund_rights.to_decide_by(user)
    row = get_object_or_404(refund_queries.whole(rows), pk=pk)
    form = DecisionForm(request.POST) if request.method == "POST" else DecisionForm()
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            _decide(row, user, form)
        except DomainError as error:
            form.add_error("answer" if error.code == "answer" else None, error.message)
            status = error.status
            row.refresh_from_db(fields=["state"])
        else:
            messages.success(request, _("Decided. The buyer has been told."))
            return redirect("orders:refund_inbox")
    order = row.payment.order
    context = {
        "refund": row,
        "order": order,
        "recipient": recipients.masked(order.address),
        "steps": refund_queries.timeline(row),
        "taken": refund_queries.taken_from(row),
        "asked_lately": refund_queries.asked_lately(row),
        "disputes": refund_queries.disputes_of(order),
        "form": form,
    }
    return render(request, "orders/refund_decide.html", context, status=status)


def _decide(row: Refund, user: User, form: DecisionForm) -> None:
    answer = form.cleaned_data["answer"]
    if form.cleaned_data["decision"] == "approve":
        refund_requests.approve(refund=row, actor=user, answer=answer)
    else:
        refund_requests.refuse(refund=row, actor=user, answer=answer)


def _decider(request: HttpRequest) -> User:
    """A producer or staff of a region; nobody else knows of these pages (404)."""
    assert isinstance(request.user, User)
    if not refund_rights.decides_at_all(request.user):
        raise Http404
    return request.user
