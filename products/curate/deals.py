"""The deals of a prefecture: proposed by one curator, approved or sent back by another."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from livecommerce.accounts import step_up
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from officials.models import Region
from products.curate.deal_forms import DecisionForm, TermsForm
from products.curate.door import in_workspace, user_of
from products.domain import deal_desk
from products.domain.money_split import split_deal
from products.models import Deal, Festival, Product

State = Deal.State


@require_safe
@in_workspace
def deals(request: HttpRequest, prefecture: Region) -> HttpResponse:
    """What is proposed and promised, and the last of what is over."""
    now, over = deal_desk.deals_of(prefecture)
    user = user_of(request)
    context = {
        "prefecture": prefecture,
        "tab": "deals",
        "waiting": [
            (one, user.has_perm("products.approve_deal", one))
            for one in now
            if one.state == State.SUBMITTED
        ],
        "drafts": [one for one in now if one.state == State.DRAFT],
        "promised": [one for one in now if one.state == State.APPROVED],
        "over": over,
        "goods": Product.objects.filter(prefecture=prefecture, state=Product.State.LISTED)
        .only("sku", "name_zh", "name_en")
        .order_by("name_zh")[:500],
    }
    return render(request, "products/curate/deals.html", context)


@require_http_methods(["GET", "POST"])
@limited("curate-deal", rate=60, per=60)
@in_workspace
def new(request: HttpRequest, prefecture: Region) -> HttpResponse:
    """The terms of a new one, with what its price will be judged by."""
    number = request.GET.get("product", "")
    product = get_object_or_404(
        Product.objects.select_related("prefecture", "county__parent", "producer").defer("search"),
        pk=number if number.isascii() and number.isdecimal() and len(number) < 18 else 0,
        prefecture=prefecture,
    )
    festivals = deal_desk.festivals_for(product)
    form, status = _form(request, festivals, None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                deal = deal_desk.propose(
                    by=user_of(request), product=product, terms=form.cleaned_data
                )
            except DomainError as refusal:
                if refusal.status == 403:
                    raise
                form.say(refusal)
                status = refusal.status
            else:
                messages.success(request, _("Proposed. Somebody else approves it; they are told."))
                return redirect("products:curate_deal", prefecture.code, deal.pk)
    context = {"prefecture": prefecture, "tab": "deals", "product": product, "form": form}
    context |= _ground(product, festivals, form)
    return render(request, "products/curate/deal_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
@limited("curate-deal", rate=60, per=60)
@step_up.required
@in_workspace
def deal(request: HttpRequest, prefecture: Region, pk: int) -> HttpResponse:
    """One of them: its terms and what they rest on, and what this person may do about it."""
    row = get_object_or_404(deal_desk.loaded(), pk=pk, product__prefecture=prefecture)
    festivals = deal_desk.festivals_for(row.product)
    form, decision, status = _form(None, festivals, row), _decision(row), 200
    if request.method == "POST":
        status = 422
        deed = request.POST.get("deed", "")
        if deed == "revise":
            form = _form(request, festivals, row)
        else:
            decision = DecisionForm(request.POST)
        bound: Any = form if deed == "revise" else decision
        if bound.is_valid():
            try:
                done = _act(request, row, deed, form, decision)
            except DomainError as refusal:
                if refusal.status == 403 and refusal.code != "own_deal":
                    raise
                status = refusal.status
                row = get_object_or_404(deal_desk.loaded(), pk=pk)
                if deed == "revise":
                    form.say(refusal)
                else:
                    said = {"reason": decision.cleaned_data["reason"]}
                    decision = DecisionForm(said | {"seen": deal_desk.mark_of(row)})
                    decision.add_error("reason", refusal.message)
            else:
                messages.success(request, done)
                return redirect("products:curate_deal", prefecture.code, pk)
    context = _parts(request, prefecture, row, form, decision)
    context |= _ground(row.product, festivals, form, row)
    return render(request, "products/curate/deal.html", context, status=status)


def _act(
    request: HttpRequest, row: Deal, deed: str, form: TermsForm, decision: DecisionForm
) -> str:
    by = user_of(request)
    if deed == "revise":
        deal_desk.revise(deal=row, by=by, terms=form.cleaned_data)
        return _("Proposed. Somebody else approves it; they are told.")
    reason = decision.cleaned_data["reason"]
    if deed == "return":
        deal_desk.send_back(deal=row, by=by, reason=reason)
        return _("Sent back with your reason.")
    if deed == "withdraw":
        deal_desk.take_back(deal=row, by=by, reason=reason)
        return _("Taken back. Its receipt says so, by your office.")
    deal_desk.approve(deal=row, by=by, seen=decision.cleaned_data["seen"])
    return _("Approved; the base price and the stock are fixed now.")


def _form(request: HttpRequest | None, festivals: list[Festival], row: Deal | None) -> TermsForm:
    if request is not None and request.method == "POST":
        return TermsForm(request.POST, festivals=festivals)
    if row is not None:
        return TermsForm(initial=TermsForm.of(row), festivals=festivals)
    initial = TermsForm.beginning(festivals[0]) if festivals else {}
    return TermsForm(initial=initial, festivals=festivals)


def _decision(row: Deal) -> DecisionForm:
    return DecisionForm(initial={"seen": deal_desk.mark_of(row)})


def _ground(
    product: Product, festivals: list[Festival], form: TermsForm, row: Deal | None = None
) -> dict[str, Any]:
    if not festivals:
        return {"ground": None}
    chosen = getattr(form, "cleaned_data", {}).get("festival") or form.initial.get("festival")
    starts_at = form.starts() or timezone.now()
    return {"ground": deal_desk.ground_of(product, chosen or festivals[0], starts_at, row)}


def _parts(
    request: HttpRequest, prefecture: Region, row: Deal, form: TermsForm, decision: DecisionForm
) -> dict[str, Any]:
    user = user_of(request)
    is_open = row.state in deal_desk.OPEN
    return {
        "prefecture": prefecture,
        "tab": "deals",
        "deal": row,
        "product": row.product,
        "form": form if is_open and not row.is_flash else None,
        "decision": decision,
        "may_decide": row.state == State.SUBMITTED and user.has_perm("products.approve_deal", row),
        "is_own": user.pk in (row.proposed_by_id, row.product.producer.user_id),
        "may_take_back": row.state in (*deal_desk.OPEN, State.APPROVED),
        "is_public": row.base_price_fen is not None,
        "split": split_deal(row),
    }
