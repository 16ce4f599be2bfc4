"""The shop's money for those who move it: below `/admin/`, which asks for two factors."""

import functools
from collections.abc import Callable
from typing import Concatenate

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from livecommerce import ratelimit
from livecommerce.accounts import step_up
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from orders.domain import differences, money_overview, money_rights, payout_accounts, payouts
from orders.models import Difference, PayoutAccount, PayoutBatch
from orders.money_forms import BankDoneForm, CloseForm, MakeBatchForm, ShareForm
from products.domain import platform_share

View = Callable[Concatenate[HttpRequest, User, ...], HttpResponse]


def for_money_people(view: View) -> Callable[..., HttpResponse]:
    """Decorate `view(request, user, …)`. Who has none of the rights finds no such page."""

    @login_required
    @functools.wraps(view)
    def let_in(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        assert isinstance(request.user, User)
        if not money_rights.may_see_money(request.user):
            raise Http404
        response = view(request, request.user, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return let_in


@require_safe
@for_money_people
def money(request: HttpRequest, user: User) -> HttpResponse:
    owed = money_overview.owed_now()
    context = {
        "owed": owed,
        "ways": money_overview.ready_by_method(owed),
        "accounts": money_overview.accounts_to_confirm(),
        "batches": money_overview.batches(),
        "differences": money_overview.open_differences(),
        "last_comparison": money_overview.last_comparison(),
        "share_percent": platform_share.share_bps() / 100,
        "shares": money_overview.shares(),
        "share_form": ShareForm(),
        "may_make": money_rights.has_money_right(user, money_rights.MAKE),
        "may_close": money_rights.has_money_right(user, money_rights.CLOSE),
        "may_set_share": money_rights.has_money_right(user, money_rights.SHARE),
    }
    return render(request, "orders/money/overview.html", context)


@require_safe
@for_money_people
def batch(request: HttpRequest, user: User, number: str) -> HttpResponse:
    row = get_object_or_404(
        PayoutBatch.objects.select_related("made_by", "approved_by"), number=number
    )
    found = list(row.payouts.select_related("producer").prefetch_related("lines__order"))
    is_own = row.made_by_id == user.pk
    context = {
        "batch": row,
        "payouts": found,
        "total_fen": sum(payout.amount_fen for payout in found),
        "is_own": is_own,
        "may_make": money_rights.has_money_right(user, money_rights.MAKE),
        "may_approve": not is_own and money_rights.has_money_right(user, money_rights.APPROVE),
    }
    return render(request, "orders/money/batch.html", context)


@require_POST
@ratelimit.limited("money", rate=30, per=60)
@step_up.required
@for_money_people
def make_batch(request: HttpRequest, user: User) -> HttpResponse:
    form = MakeBatchForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        made = payouts.make_batch(actor=user, method=form.cleaned_data["method"])
    except DomainError as error:
        return _refused(request, error, "orders:money")
    messages.success(request, _("Made. Somebody else has to approve it."))
    return redirect("orders:payout_batch", made.number)


@require_POST
@ratelimit.limited("money", rate=30, per=60)
@step_up.required
@for_money_people
def approve(request: HttpRequest, user: User, number: str) -> HttpResponse:
    return _do(request, number, lambda row: payouts.approve(batch=row, actor=user))


@require_POST
@ratelimit.limited("money", rate=30, per=60)
@for_money_people
def cancel(request: HttpRequest, user: User, number: str) -> HttpResponse:
    return _do(request, number, lambda row: payouts.cancel(batch=row, actor=user))


@require_POST
@ratelimit.limited("money", rate=30, per=60)
@step_up.required
@for_money_people
def record(request: HttpRequest, user: User, number: str) -> HttpResponse:
    """The bank has paid."""
    row = get_object_or_404(PayoutBatch, number=number)
    known = [(str(payout.pk), str(payout.pk)) for payout in row.payouts.all()]
    form = BankDoneForm(request.POST, payouts=known)
    if not form.is_valid():
        messages.error(request, " ".join(str(e[0]) for e in form.errors.values()))
        return redirect("orders:payout_batch", number)
    returned = [int(pk) for pk in form.cleaned_data["returned"]]
    reference = form.cleaned_data["reference"]
    return _do(
        request,
        number,
        lambda batch: payouts.record_bank(
            batch=batch, actor=user, reference=reference, returned=returned
        ),
    )


@require_POST
@ratelimit.limited("money", rate=30, per=60)
@step_up.required
@for_money_people
def download(request: HttpRequest, user: User, number: str) -> HttpResponse:
    """The file for the bank; a POST, as it takes account numbers out of the shop."""
    row = get_object_or_404(PayoutBatch, number=number)
    try:
        file = payouts.file_of(batch=row, actor=user)
    except DomainError as error:
        return _refused(request, error, "orders:payout_batch", number)
    response = HttpResponse(file.content, content_type=file.media_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


@require_POST
@ratelimit.limited("money", rate=30, per=60)
@step_up.required
@for_money_people
def confirm_account(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    row = get_object_or_404(PayoutAccount, pk=pk)
    if request.POST.get("entered_at") != row.entered_at.isoformat():
        messages.error(request, _("These details were changed meanwhile. Look again."))
        return redirect("orders:money")
    try:
        payout_accounts.confirm(account=row, actor=user)
    except DomainError as error:
        return _refused(request, error, "orders:money")
    messages.success(request, _("Confirmed."))
    return redirect("orders:money")


@require_POST
@ratelimit.limited("money", rate=30, per=60)
@for_money_people
def close(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """A difference that somebody looked into."""
    row = get_object_or_404(Difference, pk=pk)
    form = CloseForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        differences.close(difference=row, actor=user, reason=reason)
    except DomainError as error:
        return _refused(request, error, "orders:money")
    messages.success(request, _("Closed."))
    return redirect("orders:money")


@require_POST
@ratelimit.limited("money", rate=30, per=60)
@step_up.required
@for_money_people
def set_share(request: HttpRequest, user: User) -> HttpResponse:
    form = ShareForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(e[0]) for e in form.errors.values()))
        return redirect("orders:money")
    try:
        money_rights.require_money_right(user, money_rights.SHARE)
        platform_share.set_share(
            actor=user,
            most_bps=int(form.cleaned_data["percent"] * 100),
            valid_from=form.cleaned_data["valid_from"],
            reason=form.cleaned_data["reason"],
        )
    except DomainError as error:
        return _refused(request, error, "orders:money")
    messages.success(request, _("Announced."))
    return redirect("orders:money")


def _do(request: HttpRequest, number: str, step: Callable[[PayoutBatch], None]) -> HttpResponse:
    row = get_object_or_404(PayoutBatch, number=number)
    try:
        step(row)
    except DomainError as error:
        return _refused(request, error, "orders:payout_batch", number)
    messages.success(request, _("Done."))
    return redirect("orders:payout_batch", number)


def _refused(request: HttpRequest, error: DomainError, to: str, *args: str) -> HttpResponse:
    """In words, on the page one came from; who may not do it at all hears 403."""
    if error.status == 403:
        raise error
    messages.error(request, error.message)
    return redirect(to, *args)
