"""What buyers say of goods: writing it, reading all of it, and the farm's answer."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from orders.domain import reviews
from orders.domain.desks import Desk
from orders.models import OrderLine, PortalVisit, Review
from orders.producer_forms import ReplyForm, ReviewForm
from orders.views.desk import at_desk
from products.domain.queries import viewable

PAGE_LENGTH = 12


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@ratelimit.limited("review", rate=10, per=60)
def write(request: HttpRequest, number: str, line: int) -> HttpResponse:
    """Of a line of one's own order that has arrived; the same page changes it in its first days."""
    assert isinstance(request.user, User)
    row = get_object_or_404(
        OrderLine.objects.select_related("order", "product").prefetch_related("product__images"),
        pk=line,
        order__number=number,
        order__buyer=request.user,
    )
    known = Review.objects.filter(line=row).prefetch_related("pictures").first()
    status = 200
    if request.method == "POST":
        form = _form(known, request)
        if form.is_valid():
            try:
                _save(row, known, request.user, form)
                messages.success(request, _("Thank you for telling."))
                return redirect("orders:order", number)
            except DomainError as error:
                form.add_error(_FIELDS.get(error.code), error.message)
                status = error.status
        else:
            status = 422
    else:
        form = _form(known)
    context = {
        "line": row,
        "order": row.order,
        "review": known,
        "form": form,
        "can_write": reviews.is_editable(known) if known else reviews.has_arrived(row),
        "longest": reviews.LONGEST,
    }
    return render(request, "orders/review.html", context, status=status)


@require_safe
def of_product(request: HttpRequest, sku: str) -> HttpResponse:
    """All that was said of a product."""
    product = get_object_or_404(viewable(), sku=sku)
    page = Paginator(reviews.shown(product), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {"product": product, "page": page, "rating": reviews.rating_of(product)}
    return render(request, "orders/product_reviews.html", context)


@require_safe
@at_desk(PortalVisit.What.LOOKED)
def of_desk(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was said of a producer's goods, and where an answer is missing."""
    return _draw_desk(request, desk)


@require_POST
@ratelimit.limited("producer", rate=60, per=60)
@at_desk()
def reply(request: HttpRequest, desk: Desk, review: int) -> HttpResponse:
    """The farm answers, once; nobody else answers in its name."""
    desk.require_own()
    row = get_object_or_404(reviews.of_producer(desk.producer), pk=review)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write something first."))
    else:
        try:
            reviews.reply(
                review=row,
                producer=desk.producer,
                actor=desk.user,
                text=form.cleaned_data["text"],
            )
            messages.success(request, _("Your answer stands below the review."))
        except DomainError as error:
            return _draw_desk(request, desk, failed=(row.pk, form, error))
    return redirect("orders:producer_reviews", desk.producer.pk)


_FIELDS = {
    "stars": "stars",
    "contact": "text",
    "text_too_long": "text",
    "too_many_pictures": "pictures",
    **dict.fromkeys(
        (
            "picture_too_large",
            "picture_unknown",
            "picture_broken",
            "picture_too_many_pixels",
        ),
        "pictures",
    ),
}


def _form(known: Review | None, request: HttpRequest | None = None) -> ReviewForm:
    own: Sequence[tuple[int, str]] = ()
    if known is not None:
        pictures = known.pictures.all()
        own = [(one.pk, _("Photo %(n)d") % {"n": one.position}) for one in pictures]
    if request is not None:
        return ReviewForm(request.POST, request.FILES, own=own)
    initial = {"stars": known.stars, "text": known.text} if known else {}
    return ReviewForm(initial=initial, own=own)


def _save(line: OrderLine, known: Review | None, author: User, form: ReviewForm) -> None:
    said = form.said()
    if known is None:
        reviews.review(line=line, author=author, **said)
    else:
        reviews.edit(review=known, drop=form.cleaned_data.get("drop", []), **said)


def _draw_desk(
    request: HttpRequest, desk: Desk, failed: tuple[int, ReplyForm, DomainError] | None = None
) -> HttpResponse:
    page = Paginator(reviews.of_producer(desk.producer), PAGE_LENGTH).get_page(
        request.GET.get("page")
    )
    rows: list[tuple[Review, ReplyForm]] = []
    for row in page.object_list:
        form = ReplyForm(auto_id=f"reply-{row.pk}-%s")
        if failed is not None and failed[0] == row.pk:
            form = ReplyForm(failed[1].data, auto_id=f"reply-{row.pk}-%s")
            form.add_error("text", failed[2].message)
        rows.append((row, form))
    context: dict[str, Any] = {"desk": desk, "tab": "reviews", "page": page, "rows": rows}
    status = failed[2].status if failed else 200
    return render(request, "orders/producer/reviews.html", context, status=status)
