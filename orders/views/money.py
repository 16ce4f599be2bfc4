"""Orders and money of a show as they come, for those who run it and those who answer for it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from livecommerce.accounts.models import User
from orders.domain import queries, rights
from orders.domain.reports.sales import count_sales
from streams.models import Broadcast


@require_safe
@login_required
def show_money(request: HttpRequest, public_id: str) -> HttpResponse:
    broadcast = get_object_or_404(
        Broadcast.objects.select_related("host", "region"), public_id=public_id
    )
    assert isinstance(request.user, User)
    rights.require_money(request.user, broadcast)
    context = {
        "broadcast": broadcast,
        "figures": queries.figures_of(broadcast),
        "settled": count_sales([broadcast.pk]).total,
        "products": queries.products_of(broadcast),
        "orders": queries.newest_orders(broadcast),
    }
    is_refresh = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    template = "orders/_show_money.html" if is_refresh else "orders/show_money.html"
    return render(request, template, context)
