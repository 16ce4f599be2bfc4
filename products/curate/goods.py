"""A producer's own goods: what they say of them, where each stands with the offices, and why."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from officials.domain.identity import standing
from products.curate.forms import GoodsForm, PictureForm
from products.domain import approval_inbox, approvals, drafts
from products.domain.images import add_image
from products.models import Producer, Product

MOST_PICTURES = 8


@dataclass(frozen=True)
class OwnDesk:
    """What the portal's tabs (templates/orders/producer/_nav.html) want to know."""

    producer: Producer
    user: User
    is_own: bool


View = Callable[Concatenate[HttpRequest, OwnDesk, ...], HttpResponse]


def at_own_desk(view: View) -> Callable[..., HttpResponse]:
    """The producer's own account writes; a curator of the prefecture reads. Nobody else."""

    @login_required
    @functools.wraps(view)
    def seated(request: HttpRequest, producer: int, *args: Any, **kwargs: Any) -> HttpResponse:
        assert isinstance(request.user, User)
        rows = Producer.objects.select_related("region__parent", "user")
        row = get_object_or_404(rows, pk=producer)
        if not request.user.has_perm("products.see_goods", row):
            raise Http404
        desk = OwnDesk(row, request.user, request.user.has_perm("products.write_goods", row))
        response = view(request, desk, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return seated


@require_safe
@at_own_desk
def goods(request: HttpRequest, desk: OwnDesk) -> HttpResponse:
    context = {
        "desk": desk,
        "tab": "goods",
        "goods": approval_inbox.goods_of(desk.producer),
        "standing": standing(desk.producer.identity_until),
    }
    return render(request, "products/goods/list.html", context)


@require_http_methods(["GET", "POST"])
@limited("goods", rate=30, per=600)
@at_own_desk
def new(request: HttpRequest, desk: OwnDesk) -> HttpResponse:
    """A draft; it is submitted from its own page, when it has its pictures."""
    _require_own(desk)
    form = GoodsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            product = drafts.create_draft(
                producer=desk.producer, by=desk.user, values=form.values()
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Kept as a draft. Add a picture, then submit it."))
            return redirect("products:goods_of", desk.producer.pk, product.sku)
    status = 422 if form.is_bound else 200
    context = {"desk": desk, "tab": "goods", "form": form}
    return render(request, "products/goods/new.html", context, status=status)


@require_http_methods(["GET", "POST"])
@limited("goods", rate=60, per=600)
@at_own_desk
def goods_of(request: HttpRequest, desk: OwnDesk, sku: str) -> HttpResponse:
    """One of the goods: a draft is edited, of what was approved a change is wished."""
    product = _product(desk, sku)
    round_ = product.submissions.select_related("product__producer").order_by("-pk").first()
    is_waiting = round_ is not None and round_.is_open
    form = None if is_waiting else GoodsForm(instance=_product(desk, sku))
    status = 200
    if request.method == "POST" and form is not None:
        _require_own(desk)
        form, status = GoodsForm(request.POST, instance=_product(desk, sku)), 422
        if form.is_valid():
            try:
                said = _save(product, desk, form)
            except DomainError as error:
                form.add_error(None, error.message)
                status = error.status
            else:
                messages.success(request, said)
                return redirect("products:goods_of", desk.producer.pk, sku)
    context = {
        "desk": desk,
        "tab": "goods",
        "product": product,
        "round": round_,
        "is_waiting": is_waiting,
        "form": form,
        "picture_form": PictureForm(),
        "steps": round_.steps.select_related("actor") if round_ else (),
        "standing": standing(desk.producer.identity_until),
    }
    return render(request, "products/goods/one.html", context, status=status)


def _save(product: Product, desk: OwnDesk, form: GoodsForm) -> str:
    if product.state == Product.State.DRAFT:
        drafts.change_draft(product=product, by=desk.user, values=form.values())
        return _("Saved.")
    approvals.propose_change(product=product, by=desk.user, values=form.values())
    return _("Submitted. What is on sale stays as it is until it is approved.")


@require_POST
@limited("goods", rate=60, per=600)
@at_own_desk
def submit(request: HttpRequest, desk: OwnDesk, sku: str) -> HttpResponse:
    _require_own(desk)
    note = request.POST.get("note", "")
    approvals.submit_product(product=_product(desk, sku), by=desk.user, note=note)
    messages.success(request, _("Submitted. The county checks it next; you will be told."))
    return redirect("products:goods_of", desk.producer.pk, sku)


@require_POST
@limited("goods", rate=60, per=600)
@at_own_desk
def withdraw(request: HttpRequest, desk: OwnDesk, sku: str) -> HttpResponse:
    _require_own(desk)
    submission = approvals.open_submission(_product(desk, sku))
    if submission is None:
        raise Http404
    approvals.withdraw_submission(submission=submission, by=desk.user)
    messages.success(request, _("Taken back. You can change it and submit it again."))
    return redirect("products:goods_of", desk.producer.pk, sku)


@require_POST
@limited("goods-picture", rate=30, per=600)
@at_own_desk
def picture(request: HttpRequest, desk: OwnDesk, sku: str) -> HttpResponse:
    """Another picture of a draft, or of goods that have none yet."""
    _require_own(desk)
    product = _product(desk, sku)
    form = PictureForm(request.POST, request.FILES)
    if product.state != Product.State.DRAFT and product.images.exists():
        messages.error(request, _("Pictures of approved goods are changed by the curators."))
    elif not form.is_valid():
        messages.error(request, _("Choose a picture."))
    elif product.images.count() >= MOST_PICTURES:
        messages.error(request, _("%(n)s pictures are the most.") % {"n": MOST_PICTURES})
    else:
        try:
            add_image(product=product, **form.cleaned_data)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("The picture is there."))
    return redirect("products:goods_of", desk.producer.pk, sku)


def _product(desk: OwnDesk, sku: str) -> Product:
    rows = Product.objects.select_related(
        "producer__region__parent", "prefecture", "county__parent", "category"
    )
    return get_object_or_404(
        rows.defer("search").prefetch_related("images"), sku=sku, producer=desk.producer
    )


def _require_own(desk: OwnDesk) -> None:
    if not desk.is_own:
        raise DomainError("not_your_desk", _("Only the producer speaks here."), status=403)
