"""Packing slips to print, and the spreadsheet way of sending."""

import segno
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livecommerce import ratelimit
from livecommerce.errors import DomainError
from livecommerce.sheets.reading import SMALL
from livecommerce.sheets.writing import CSV, XLSX, write_csv, write_xlsx
from orders.domain import desks, recipients, shipping_sheet, to_prepare
from orders.domain.desks import Desk
from orders.domain.shipping_sheet import Verdict
from orders.models import PortalVisit, ShippingSheet
from orders.producer_forms import SheetForm
from orders.views.desk import at_desk, chosen_day, chosen_numbers

FORMATS = {"xlsx": XLSX, "csv": CSV}
MOST_SHEETS_SHOWN = 5


@require_safe
@at_desk()
def slips(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One slip a sheet, for the chosen orders or all of a day; whole addresses, written down."""
    desk.require_shipping()
    rows = to_prepare.orders_to_send(desk.producer)
    if numbers := chosen_numbers(request.GET, to_prepare.MOST_SLIPS):
        rows = rows.filter(number__in=numbers)
    elif day := request.GET.get("day"):
        rows = to_prepare.orders_to_send(desk.producer, day=chosen_day(day) or timezone.localdate())
    page = Paginator(rows, to_prepare.MOST_SLIPS).get_page(request.GET.get("page"))
    orders = list(page.object_list)
    if not orders:
        messages.info(request, _("There is nothing to print: choose orders that are to be sent."))
        return redirect("orders:producer", desk.producer.pk)
    desks.note_visit(desk, PortalVisit.What.SLIPS, orders=len(orders), always=True)
    context = {
        "desk": desk,
        "slips": [
            (order, recipients.whole(order.address), _code_of(order.number)) for order in orders
        ],
        "page": page,
    }
    return render(request, "orders/producer/slips.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@ratelimit.limited("producer-sheet", rate=10, per=60)
@at_desk(PortalVisit.What.LOOKED)
def sheets(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take the list, send it back filled in."""
    form, status = SheetForm(), 200
    if request.method == "POST":
        desk.require_shipping()
        form = SheetForm(request.POST, request.FILES)
        status = 422
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                # One byte more than allowed tells that it is too large; no more is read.
                data = upload.read(SMALL.bytes + 1)
                sheet = shipping_sheet.read(desk=desk, file_name=upload.name, data=data)
                return redirect("orders:producer_sheet", desk.producer.pk, sheet.pk)
            except DomainError as error:
                form.add_error("file", error.message)
                status = error.status
    context = {
        "desk": desk,
        "tab": "sheets",
        "form": form,
        "waiting": to_prepare.lines_to_send(desk.producer).count(),
        "sheets": desk.producer.shipping_sheets.all()[:MOST_SHEETS_SHOWN],
        "most_rows": SMALL.rows,
    }
    return render(request, "orders/producer/sheets.html", context, status=status)


@require_safe
@at_desk()
def take(request: HttpRequest, desk: Desk, kind: str) -> HttpResponse:
    """The list of what is to be sent, as a file to fill in. Whole addresses, written down."""
    desk.require_shipping()
    if kind not in FORMATS:
        raise Http404
    rows = shipping_sheet.rows_to_fill_in(desk.producer)
    desks.note_visit(desk, PortalVisit.What.LIST, orders=len({row[0] for row in rows}), always=True)
    columns = shipping_sheet.columns()
    if kind == "xlsx":
        body = write_xlsx(columns, rows, title=_("To send"))
    else:
        body = write_csv(columns, rows)
    name = f"to-send-{timezone.localtime():%Y%m%d-%H%M}.{kind}"
    return HttpResponse(
        body,
        content_type=FORMATS[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@at_desk(PortalVisit.What.LOOKED)
def sheet(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """What applying the file would do, row by row."""
    return _draw_sheet(request, desk, _sheet_or_404(desk, pk))


@require_POST
@ratelimit.limited("producer-sheet", rate=10, per=60)
@at_desk()
def apply(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """All of it or nothing."""
    desk.require_shipping()
    row = _sheet_or_404(desk, pk)
    try:
        made = shipping_sheet.apply(desk=desk, sheet=row)
    except DomainError as error:
        row.refresh_from_db()
        return _draw_sheet(request, desk, row, error=error)
    if made:
        desks.note_visit(desk, PortalVisit.What.SHIPPED, orders=made)
        text = ngettext("%(n)d parcel is on its way.", "%(n)d parcels are on their way.", made)
        messages.success(request, text % {"n": made})
    else:
        messages.info(request, _("This list was applied before. Nothing was sent again."))
    return redirect("orders:producer_sent", desk.producer.pk)


def _draw_sheet(
    request: HttpRequest, desk: Desk, row: ShippingSheet, error: DomainError | None = None
) -> HttpResponse:
    plan = shipping_sheet.plan(row)
    context = {
        "desk": desk,
        "tab": "sheets",
        "sheet": row,
        "plan": plan,
        "to_send": plan.count(Verdict.SEND),
        "done": plan.count(Verdict.DONE),
        "later": plan.count(Verdict.LATER),
        "is_applied": row.state == row.State.APPLIED,
        "error": error,
    }
    status = error.status if error else 200
    return render(request, "orders/producer/sheet.html", context, status=status)


def _sheet_or_404(desk: Desk, pk: int) -> ShippingSheet:
    rows = ShippingSheet.objects.select_related("producer")
    return get_object_or_404(rows, pk=pk, producer=desk.producer)


def _code_of(number: str) -> str:
    """The order's number as a QR code, for a phone at the packing table."""
    code = segno.make(number, error="m", micro=False)
    return str(code.svg_inline(scale=3, border=2, light="#fff"))
