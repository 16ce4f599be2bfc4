"""A producer's statements, and where they are paid; below `/producer/money/` (two factors)."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livecommerce import ratelimit
from livecommerce.accounts import step_up
from livecommerce.errors import DomainError
from orders.domain import money_overview, money_rights, payout_accounts, statements
from orders.domain.desks import Desk
from orders.models import PayoutAccount, PortalVisit
from orders.money_forms import BankAccountForm
from orders.views.desk import at_desk

PAGE_LENGTH = 50
"""A month of a busy farm has thousands of bookings; the file has all of them."""


@require_safe
@at_desk(PortalVisit.What.MONEY)
def statement(request: HttpRequest, desk: Desk, month: str = "", kind: str = "") -> HttpResponse:
    """Of one month, as a page or a file."""
    found = statements.statement_of(desk.producer, _month(month))
    if kind not in ("", "csv"):
        raise Http404
    if kind:
        response = HttpResponse(statements.as_csv(found), content_type="text/csv; charset=utf-8")
        name = f"statement-{desk.producer.pk}-{found.month:%Y-%m}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    context = {
        "desk": desk,
        "tab": "money",
        "statement": found,
        "page": Paginator(found.bookings, PAGE_LENGTH).get_page(request.GET.get("page")),
        "months": statements.months_of(desk.producer),
    }
    return render(request, "orders/money/statement.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@ratelimit.limited("payout-account", rate=20, per=60)
@step_up.required
@at_desk(PortalVisit.What.MONEY)
def account(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = BankAccountForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            payout_accounts.enter_bank_account(
                producer=desk.producer, actor=desk.user, **form.cleaned_data
            )
        except DomainError as error:
            if error.status == 403:
                raise
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Kept. We compare it before the first payment."))
            return redirect("orders:payout_account", desk.producer.pk)
    if request.method == "POST":
        status = 422
    row = money_overview.account_of(desk.producer)
    context = {
        "desk": desk,
        "tab": "money",
        "form": form,
        "account": row,
        "number": money_overview.masked_number(row.number) if row else "",
        "why_not": _why_not(row) if row else "",
        "may_enter": desk.is_own or money_rights.has_money_right(desk.user, money_rights.MAKE),
    }
    return render(request, "orders/money/account.html", context, status=status)


@require_POST
@ratelimit.limited("payout-account", rate=20, per=60)
@step_up.required
@at_desk()
def connect(request: HttpRequest, desk: Desk) -> HttpResponse:
    """On to the provider's own page. By a page of ours, as a form may not lead elsewhere."""
    back = request.build_absolute_uri(reverse("orders:payout_account", args=[desk.producer.pk]))
    to = payout_accounts.open_connect_account(
        producer=desk.producer, actor=desk.user, return_url=back, refresh_url=back
    )
    return render(request, "orders/leaving.html", {"to": to, "title": _("On the way to Stripe")})


def _why_not(row: PayoutAccount) -> str:
    try:
        return payout_accounts.why_not(row)
    except DomainError as error:
        return error.message


def _month(text: str) -> date:
    if not text:
        return timezone.localdate()
    try:
        year, month = text.split("-")
        found = date(int(year), int(month), 1)
    except ValueError as error:
        raise Http404 from error
    if not 2000 <= found.year <= timezone.localdate().year + 1:
        raise Http404
    return found
