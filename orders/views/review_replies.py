"""The office's desk of reviews: what buyers say of goods from its place, and its answer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from officials.models import Official
from orders.domain import review_replies
from orders.models import Review
from orders.producer_forms import ReplyForm
from products.domain.approval_inbox import verified_official

PAGE_LENGTH = 12


@require_safe
@never_cache
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """What is said of goods from the office's place; without an office there is no such page."""
    return _draw(request, _office(request)[0])


@require_POST
@never_cache
@login_required
@ratelimit.limited("review-reply", rate=30, per=60)
def reply(request: HttpRequest, review: int) -> HttpResponse:
    official, user = _office(request)
    row = get_object_or_404(
        Review.objects.select_related("author", "product"), pk=review, hidden_at=None
    )
    form = ReplyForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else request.POST.get("text", "")
    try:
        review_replies.reply_as_office(review=row, by=user, text=text)
    except DomainError as refusal:
        if refusal.status == 403:
            raise
        return _draw(request, official, failed=(row.pk, form, refusal))
    messages.success(request, _("Your answer stands below the review."))
    return redirect("orders:office_reviews")


def _office(request: HttpRequest) -> tuple[Official, User]:
    assert isinstance(request.user, User)
    official = verified_official(request.user)
    if official is None:
        raise Http404
    return official, request.user


def _draw(
    request: HttpRequest,
    official: Official,
    failed: tuple[int, ReplyForm, DomainError] | None = None,
) -> HttpResponse:
    found = review_replies.reviews_for(official)
    page = Paginator(found, PAGE_LENGTH).get_page(request.GET.get("page"))
    rows: list[tuple[Review, ReplyForm]] = []
    for row in page.object_list:
        form = ReplyForm(auto_id=f"reply-{row.pk}-%s")
        if failed is not None and failed[0] == row.pk:
            form = ReplyForm(failed[1].data, auto_id=f"reply-{row.pk}-%s")
            if not form.errors:
                form.add_error("text", failed[2].message)
        rows.append((row, form))
    context: dict[str, Any] = {"office": official, "page": page, "rows": rows}
    status = failed[2].status if failed else 200
    return render(request, "orders/office_reviews.html", context, status=status)
