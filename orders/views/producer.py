"""The producer's desk on a phone: what to pick and pack, one order, what was sent."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from orders.domain import desks, fulfilment, parcels, recipients, to_prepare
from orders.domain.desks import Desk
from orders.models import Order, Parcel, PortalVisit
from orders.producer_forms import ParcelForm, ShipForm
from orders.views.desk import at_desk, chosen_day, chosen_numbers, order_or_404

PAGE_LENGTH = 20
MOST_CHOSEN = 100


@require_safe
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """One's only desk, or a choice of them; for who has none there is no such page."""
    assert isinstance(request.user, User)
    own = list(desks.desks_of(request.user))
    in_sight = list(desks.desks_in_sight(request.user).exclude(user=request.user)[:200])
    if len(own) == 1 and not in_sight:
        return redirect("orders:producer", own[0].pk)
    if not own and not in_sight:
        raise Http404
    return render(request, "orders/producer/start.html", {"own": own, "in_sight": in_sight})


@require_safe
@at_desk(PortalVisit.What.LOOKED)
def home(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What to pick, by day or by product, and the orders behind it."""
    day, sku = chosen_day(request.GET.get("day", "")), request.GET.get("sku", "")[:20]
    rows = to_prepare.orders_to_send(desk.producer, day=day, sku=sku.replace("\x00", ""))
    page = Paginator(rows, PAGE_LENGTH).get_page(request.GET.get("page"))
    orders = [_with_recipient(order) for order in page.object_list]
    context = {
        "desk": desk,
        "tab": "prepare",
        "work": to_prepare.work_of(desk.producer),
        "by_product": request.GET.get("by") == "product",
        "page": page,
        "orders": orders,
        "day": day,
        "sku": sku,
        "today": timezone.localdate(),
    }
    return render(request, "orders/producer/home.html", context)


@require_safe
@at_desk()
def order(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    row = order_or_404(desk, number)
    desks.note_visit(desk, PortalVisit.What.OPENED, order=row)
    return _draw_order(request, desk, row, ShipForm(_lines(row)))


@require_POST
@ratelimit.limited("producer", rate=60, per=60)
@at_desk()
def prepare(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Begin with the chosen orders."""
    desk.require_shipping()
    numbers = chosen_numbers(request.POST, MOST_CHOSEN)
    begun = 0
    for row in to_prepare.orders_to_send(desk.producer).filter(number__in=numbers):
        begun += fulfilment.prepare(order=row, producer=desk.producer, actor=desk.user)
    if begun:
        _note_staff(desk, orders=begun)
        text = ngettext("%(n)d order is being prepared.", "%(n)d orders are being prepared.", begun)
        messages.success(request, text % {"n": begun})
    else:
        messages.info(request, _("Choose orders that nobody has begun with yet."))
    if request.POST.get("then") == "order" and len(numbers) == 1:
        row = order_or_404(desk, numbers[0])
        return redirect("orders:producer_order", desk.producer.pk, row.number)
    return redirect("orders:producer", desk.producer.pk)


@require_POST
@ratelimit.limited("producer", rate=60, per=60)
@at_desk()
def ship(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    desk.require_shipping()
    row = order_or_404(desk, number)
    form = ShipForm(_lines(row), request.POST)
    status = 422
    if form.is_valid():
        try:
            parcel = parcels.ship(
                order=row,
                producer=desk.producer,
                actor=desk.user,
                carrier=form.cleaned_data["carrier"],
                tracking_number=form.cleaned_data["tracking_number"],
                units=form.units(),
            )
        except DomainError as error:
            form.refuse(error.code, error.message)
            status = error.status
        else:
            _note_staff(desk, order=row)
            messages.success(request, _("On its way: %(parcel)s.") % {"parcel": parcel})
            return redirect("orders:producer_order", desk.producer.pk, number)
    return _draw_order(request, desk, order_or_404(desk, number), form, status=status)


@require_safe
@at_desk(PortalVisit.What.LOOKED)
def sent(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Parcels that were sent, newest first."""
    page = Paginator(to_prepare.parcels_of(desk.producer), PAGE_LENGTH).get_page(
        request.GET.get("page")
    )
    rows = [(parcel, recipients.masked(parcel.order.address)) for parcel in page.object_list]
    context = {"desk": desk, "tab": "sent", "page": page, "rows": rows}
    return render(request, "orders/producer/sent.html", context)


@require_POST
@ratelimit.limited("producer", rate=60, per=60)
@at_desk()
def correct(request: HttpRequest, desk: Desk, parcel: int) -> HttpResponse:
    """Another number for a parcel on its way."""
    desk.require_shipping()
    row = _parcel_or_404(desk, parcel)
    form = ParcelForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(e[0]) for e in form.errors.values()))
    else:
        try:
            changed = parcels.correct(
                parcel=row,
                actor=desk.user,
                carrier=form.cleaned_data["carrier"],
                tracking_number=form.cleaned_data["tracking_number"],
            )
            if changed:
                messages.success(request, _("Corrected. The buyer has been told."))
        except DomainError as error:
            messages.error(request, error.message)
    return redirect("orders:producer_order", desk.producer.pk, row.order.number)


@require_POST
@ratelimit.limited("producer", rate=60, per=60)
@at_desk()
def delivered(request: HttpRequest, desk: Desk, parcel: int) -> HttpResponse:
    """The carrier told the producer that it has arrived."""
    desk.require_shipping()
    row = _parcel_or_404(desk, parcel)
    how = Parcel.Word.PRODUCER if desk.is_own else Parcel.Word.STAFF
    try:
        parcels.record_delivery(parcel=row, how=how, actor=desk.user)
        messages.success(request, _("Noted as delivered. The buyer has been told."))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("orders:producer_order", desk.producer.pk, row.order.number)


def _draw_order(
    request: HttpRequest, desk: Desk, row: Order, form: ShipForm, *, status: int = 200
) -> HttpResponse:
    sent_parcels = to_prepare.parcels_in(row, desk.producer)
    can_send = row.state in fulfilment.TO_PREPARE and any(line.unsent for line in _lines(row))
    context: dict[str, Any] = {
        "desk": desk,
        "tab": "prepare",
        "order": row,
        "lines": _lines(row),
        "to": recipients.masked(row.address),
        "form": form,
        "can_send": can_send,
        "why_not": "" if can_send else fulfilment.why_not(row),
        "parcels": [
            (
                parcel,
                ParcelForm(
                    initial={
                        "carrier": parcel.carrier,
                        "tracking_number": parcel.tracking_number,
                    },
                    prefix=None,
                    auto_id=f"parcel-{parcel.pk}-%s",
                ),
            )
            for parcel in sent_parcels
        ],
        "now": timezone.now(),
    }
    return render(request, "orders/producer/order.html", context, status=status)


def _lines(order: Order) -> list[Any]:
    own: Iterable[Any] = order.own_lines  # type: ignore[attr-defined]
    return list(own)


def _with_recipient(order: Order) -> Order:
    order.to = recipients.masked(order.address)  # type: ignore[attr-defined]
    return order


def _parcel_or_404(desk: Desk, pk: int) -> Parcel:
    rows = Parcel.objects.select_related("order", "producer")
    return get_object_or_404(rows, pk=pk, producer=desk.producer)


def _note_staff(desk: Desk, *, order: Order | None = None, orders: int = 0) -> None:
    desks.note_visit(desk, PortalVisit.What.SHIPPED, order=order, orders=orders)
