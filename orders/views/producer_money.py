"""A producer's money: what was earned, what went back, what was paid out, booking by booking.

Below `/producer/money/`, which asks for two factors (accounts.middleware).
"""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders.domain import producer_money
from orders.domain.desks import Desk
from orders.models import PortalVisit
from orders.views.desk import at_desk

PAGE_LENGTH = 30


@require_safe
@at_desk(PortalVisit.What.MONEY)
def money(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows = producer_money.entries_of(desk.producer)
    page = Paginator(rows, PAGE_LENGTH).get_page(request.GET.get("page"))
    words = {
        producer_money.PAID: _("sold"),
        producer_money.REFUND: _("given back to the buyer"),
        producer_money.PAYOUT: _("paid out to you"),
    }
    bookings = [
        (entry, words.get(entry.transaction.kind, _("correction")), -entry.amount_fen)
        for entry in page.object_list
    ]
    context = {
        "desk": desk,
        "tab": "money",
        "money": producer_money.money_of(desk.producer),
        "page": page,
        "bookings": bookings,
    }
    return render(request, "orders/producer/money.html", context)
