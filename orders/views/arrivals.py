"""The buyer says that a parcel is there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from orders.domain import arrivals
from orders.views.paying import own_order


@require_POST
@login_required
@ratelimit.limited("order", rate=20, per=60)
def received(request: HttpRequest, number: str) -> HttpResponse:
    """One parcel (`parcel`), or all that are on their way."""
    order = own_order(request, number)
    assert isinstance(request.user, User)
    chosen = request.POST.get("parcel", "")
    try:
        arrivals.confirm_receipt(
            order=order,
            actor=request.user,
            parcel_id=int(chosen[:18]) if chosen.isascii() and chosen.isdigit() else None,
        )
        messages.success(request, _("Thank you. You can tell others how the goods are."))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("orders:order", number)
