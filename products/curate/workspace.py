"""A prefecture's workspace: its specialties in order, with what is missing. Every form works
without JavaScript; the order also answers static/js/elements/specialty-order.js."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from officials.domain.curation import curated_codes
from officials.models import Region
from products.curate.door import in_workspace, user_of
from products.curate.forms import NoteForm
from products.domain import curation_gaps as gaps
from products.domain import specialty_list as lists
from products.domain.approval_inbox import sits_in_an_office
from products.domain.curation_gaps import Row
from products.models import Product, Specialty

Deed = Callable[..., HttpResponse | None]


@require_safe
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """One's only workspace, or a choice of them; an official's inbox; nothing for others."""
    user = user_of(request)
    places = Region.objects.filter(kind=Region.Kind.PREFECTURE)
    if not user.is_superuser:
        places = places.filter(code__in=curated_codes(user))
    found = list(places)
    if len(found) == 1:
        return redirect("products:curate", found[0].code)
    if found:
        return render(request, "products/curate/start.html", {"places": found})
    if sits_in_an_office(user):
        return redirect("products:waiting")
    raise Http404


@require_safe
@in_workspace
def workspace(request: HttpRequest, prefecture: Region) -> HttpResponse:
    rows = gaps.rows_of(prefecture)
    wanted = request.GET.get("gap", "")
    counts = {name: sum(name in row.gaps for row in rows) for name in gaps.GAPS}
    links = Mending(prefecture)
    context = {
        "prefecture": prefecture,
        "tab": "list",
        "rows": [
            (row, [(name, links.of(row, name)) for name in row.gaps])
            for row in rows
            if not wanted or wanted in row.gaps
        ],
        "total": len(rows),
        "complete": sum(not row.gaps for row in rows),
        "counts": [(name, number) for name, number in counts.items() if number],
        "wanted": wanted if wanted in gaps.GAPS else "",
        "version": lists.version_of(prefecture),
        "others": gaps.not_in_list(prefecture)[: lists.MOST],
    }
    return render(request, "products/curate/workspace.html", context)


class Mending:
    """Where each gap of a row is mended."""

    def __init__(self, prefecture: Region) -> None:
        self.prefecture = prefecture

    def of(self, row: Row, name: str) -> str:
        product = row.product
        change = reverse("admin:products_product_change", args=[product.pk])
        note = reverse("products:specialty", args=[self.prefecture.code, row.specialty.pk])
        if name == gaps.NO_DEAL:
            new = reverse("products:curate_deal_new", args=[self.prefecture.code])
            return f"{new}?product={product.pk}"
        if name == gaps.NO_STOCK and row.stock_pool is not None:
            return reverse("admin:products_stockpool_change", args=[row.stock_pool])
        if name == gaps.NO_PICTURE:
            return f"{change}#images-group"
        if name == gaps.OUT_OF_SEASON or (name == gaps.NO_WORDS and self._only_note(row)):
            return note
        if name == gaps.NO_IDENTITY:
            return reverse(
                "products:curate_producer", args=[self.prefecture.code, product.producer_id]
            )
        if name == gaps.NOT_ON_SALE and row.round is not None:
            return reverse("products:submission", args=[row.round.pk])
        return change

    @staticmethod
    def _only_note(row: Row) -> bool:
        """The words that are missing are the curator's own."""
        return bool(row.specialty.note_zh.strip()) != bool(row.specialty.note_en.strip())


def _deed(act: Deed) -> Callable[..., HttpResponse]:
    """A press: one thing is done and leads back to the list."""

    @require_POST
    @limited("curate", rate=120, per=60, burst=60)
    @in_workspace
    @wraps(act)
    def view(request: HttpRequest, prefecture: Region, **named: int) -> HttpResponse:
        answer = act(request, prefecture, user_of(request), **named)
        return answer or redirect("products:curate", prefecture.code)

    return view


@_deed
def order(request: HttpRequest, prefecture: Region, by: User) -> HttpResponse:
    """All ids in their new order, with commas, and the version they were read at. Answers with
    the new version, or the refusal."""
    told = request.POST.get("order", "")[:4000].split(",")
    ids = [_number(one) for one in told]
    version = _number(request.POST.get("version", ""))
    try:
        version = lists.set_order(prefecture=prefecture, by=by, order=ids, version=version)
    except DomainError as refusal:
        told_why = {"code": refusal.code, "message": refusal.message}
        return JsonResponse(told_why, status=refusal.status)
    return JsonResponse({"version": version})


@_deed
def move(request: HttpRequest, prefecture: Region, by: User, pk: int) -> HttpResponse:
    lists.move(
        prefecture=prefecture,
        by=by,
        specialty_id=pk,
        step=-1 if request.POST.get("step") == "up" else 1,
        version=_number(request.POST.get("version", "")),
    )
    return redirect(f"{reverse('products:curate', args=[prefecture.code])}#specialty-{pk}")


@_deed
def add(request: HttpRequest, prefecture: Region, by: User) -> HttpResponse:
    number = _number(request.POST.get("product", ""))
    product = get_object_or_404(Product.objects.defer("search"), pk=number, prefecture=prefecture)
    made = lists.add(
        prefecture=prefecture,
        by=by,
        product=product,
        version=_number(request.POST.get("version", "")),
    )
    messages.success(request, _("%(name)s is in the list now.") % {"name": product.name})
    return redirect("products:specialty", prefecture.code, made.pk)


@_deed
def remove(request: HttpRequest, prefecture: Region, by: User, pk: int) -> None:
    row = get_object_or_404(Specialty, pk=pk, prefecture=prefecture)
    version = _number(request.POST.get("version", ""))
    lists.remove(prefecture=prefecture, by=by, specialty=row, version=version)
    messages.success(request, _("Taken out of the list. The history can take it back."))


@require_http_methods(["GET", "POST"])
@limited("curate", rate=120, per=60, burst=60)
@in_workspace
def specialty(request: HttpRequest, prefecture: Region, pk: int) -> HttpResponse:
    """One specialty's note and season."""
    row = get_object_or_404(
        Specialty.objects.select_related("product__producer", "prefecture"),
        pk=pk,
        prefecture=prefecture,
    )
    form, status = NoteForm.of(row), 200
    if request.method == "POST":
        form, status = NoteForm(request.POST), 422
        if form.is_valid():
            try:
                lists.edit(specialty=row, by=user_of(request), **form.cleaned_data)
            except DomainError as refusal:
                form.say(refusal)
                status = refusal.status
            else:
                messages.success(request, _("Saved."))
                address = reverse("products:curate", args=[prefecture.code])
                return redirect(f"{address}#specialty-{pk}")
    context: dict[str, Any] = {
        "prefecture": prefecture,
        "tab": "list",
        "specialty": row,
        "form": form,
        "now": Specialty.objects.get(pk=pk) if status == 409 else None,
    }
    return render(request, "products/curate/specialty.html", context, status=status)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0
