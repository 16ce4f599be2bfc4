"""My orders: what I bought, where it is, and where my money went."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from orders.domain import cancelling, queries, refund_queries
from orders.views.paying import own_order

PAGE_LENGTH = 10


@require_safe
@login_required
def orders(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    page = Paginator(queries.orders_of(request.user), PAGE_LENGTH).get_page(request.GET.get("page"))
    return render(request, "orders/orders.html", {"page": page, "orders": list(page.object_list)})


@require_safe
@login_required
def order(request: HttpRequest, number: str) -> HttpResponse:
    row = own_order(request, number)
    lines = refund_queries.lines_of(row)
    claims = refund_queries.claims_of(row, lines)
    parcels = queries.parcels_of(row)
    context = {
        "order": row,
        "lines": lines,
        "shows": queries.shows_of(lines),
        "steps": queries.timeline(row, parcels),
        "parcels": parcels,
        "receipt_days": settings.RECEIPT_DAYS,
        "payment": queries.newest_payment(row),
        "claims": claims,
        "may_ask": any(claim.causes for claim in claims),
        "may_cancel": cancelling.may_cancel(row),
        "is_sent_in_part": any(line.shipped_quantity for line in lines),
        "refunds": refund_queries.refunds_of(row),
        "disputes": refund_queries.disputes_of(row),
        "trail": queries.where_the_money_went(row, lines),
        "expires_at": row.expires_at,
    }
    return render(request, "orders/order.html", context)


@require_POST
@login_required
@ratelimit.limited("order", rate=20, per=60)
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    row = own_order(request, number)
    assert isinstance(request.user, User)
    try:
        made = cancelling.cancel(order=row, actor=request.user)
        said = cancelling.words(made) if made else _("Cancelled. Nothing was charged.")
        messages.success(request, said)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("orders:order", number)
