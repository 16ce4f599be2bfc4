"""From the held goods to the provider and back. The order's page does the same without JS."""

from contextlib import suppress

import segno
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from orders.domain import payments
from orders.domain.checkout import Placed
from orders.domain.payment_states import OPEN
from orders.models import Order, Payment
from orders.payments.errors import PaymentError
from orders.payments.protocol import CardForm, Method, QrCode, Redirect


def own_order(request: HttpRequest, number: str) -> Order:
    """The signed-in buyer's order; for everybody else there is no such order (404)."""
    assert isinstance(request.user, User)
    return get_object_or_404(
        Order.objects.select_related("broadcast"), number=number, buyer=request.user
    )


def steps_to_pay(request: HttpRequest, placed: Placed, error: str = "") -> HttpResponse:
    """The sheet's second step, drawn from the commit's own answer: nothing is read again."""
    context = {"order": placed, "expires_at": placed.expires_at, "error": error}
    return render(request, "orders/_pay.html", context)


@require_POST
@login_required
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Begin to pay. The answer leads to the provider, shows a code, or holds the card form."""
    order = own_order(request, number)
    in_room = bool(request.headers.get("HX-Request"))
    try:
        ratelimit.require(f"pay:{order.buyer_id}", rate=20, per=60, burst=8)
        method = _method(request.POST.get("method", ""))
        back = request.build_absolute_uri(reverse("orders:confirm_return", args=[number]))
        started = payments.start(order=order, method=method, return_url=back)
    except DomainError as error:
        return _pay_again(request, order, error, in_room=in_room)
    context = {"order": order, "expires_at": order.expires_at, "method": method}
    match started.next:
        case Redirect(url=url):
            return render(
                request, "orders/leaving.html", {"to": url, "title": _("On the way to pay")}
            )
        case QrCode(data=data, hosted_url=hosted_url):
            code = segno.make(data, error="m").svg_inline(scale=6, light="#fff", border=2)
            template = "orders/_wechat.html" if in_room else "orders/wechat.html"
            return render(request, template, context | {"code": code, "hosted_url": hosted_url})
        case CardForm() as form:
            return render(request, "orders/card.html", context | {"card": form})
        case _:
            return redirect("orders:order", number)


@require_safe
@login_required
def confirm_return(request: HttpRequest, number: str) -> HttpResponse:
    """Back from the provider. What the address says is not believed: the provider is asked."""
    order = own_order(request, number)
    payment = order.payments.filter(state__in=OPEN).first()
    if payment is not None:
        with suppress(PaymentError):  # the webhook or the sweep will tell; the page says so
            payments.check(payment)
    return redirect("orders:order", number)


@require_safe
@login_required
def status(request: HttpRequest, number: str) -> HttpResponse:
    """Asked every two seconds while somebody pays: 204 as long as nothing has changed."""
    order = own_order(request, number)
    if order.state != Order.State.PLACED:
        begun = order.payments.exclude(state=Payment.State.CANCELLED).exists()
        context = {"order": order, "is_being_paid": begun}
        return render(request, "orders/_paid_or_closed.html", context)
    failed = order.payments.filter(state=Payment.State.FAILED).first()
    if failed is not None and request.GET.get("seen") != "failed":
        context = {"order": order, "expires_at": order.expires_at, "failed": failed}
        return render(request, "orders/_pay.html", context)
    return HttpResponse(status=204)


def _method(name: str) -> Method:
    try:
        return Method(name)
    except ValueError:
        raise DomainError("method", _("Choose how to pay.")) from None


def _pay_again(
    request: HttpRequest, order: Order, error: DomainError, *, in_room: bool
) -> HttpResponse:
    """What went wrong, beside the ways to pay. A closed order has none any more."""
    order.refresh_from_db()
    # htmx leaves the page alone on 402 and 503; the fragment has to be seen.
    code = 409 if in_room and error.status in (402, 503) else error.status
    context = {"order": order, "expires_at": order.expires_at, "error": error.message}
    if in_room:
        return render(request, "orders/_pay.html", context, status=code)
    return render(request, "orders/pay_again.html", context, status=code)
