"""“Waiting for you”, and one submission with everything its judges need to see."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from livecommerce import audit
from livecommerce.accounts import step_up
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from livecommerce.wording.advertising import Finding, check_advertising
from officials.domain.identity import standing
from products.curate.door import user_of
from products.curate.forms import ReasonForm
from products.domain import approval_inbox, approvals, deal_desk
from products.domain.approval_rules import JUDGED
from products.models import Submission
from products.templatetags.curation import field_label

TEXTS = ("name_zh", "name_en", "description_zh", "description_en")


@require_safe
@never_cache
@login_required
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for this person, at the county or the prefecture; shows come beside it from the
    app above. For who sits in no office there is no such page."""
    user = user_of(request)
    if not approval_inbox.sits_in_an_office(user):
        raise Http404
    inbox = approval_inbox.inbox_of(user)
    context = {"inbox": inbox, "tab": "waiting", "deals": deal_desk.waiting_for(user)}
    return render(request, "products/curate/waiting.html", context)


@require_http_methods(["GET", "POST"])
@limited("judge", rate=60, per=60)
@step_up.required
@never_cache
@login_required
def submission(request: HttpRequest, pk: int) -> HttpResponse:
    """A round: what it is about, who has had it, and the decision for whose turn it is."""
    row = get_object_or_404(approval_inbox.loaded(), pk=pk)
    _require_sight(request, row)
    form, status = ReasonForm(initial={"seen": row.state}), 200
    if request.method == "POST":
        form = ReasonForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                _decide(request, row, form)
            except DomainError as error:
                form.add_error("reason", error.message)
                status = error.status
                row = get_object_or_404(approval_inbox.loaded(), pk=pk)
            else:
                return redirect("products:waiting")
    return render(
        request, "products/curate/submission.html", _parts(request, row, form), status=status
    )


def _decide(request: HttpRequest, row: Submission, form: ReasonForm) -> None:
    """What the person decided is about the state they saw; another is refused."""
    user, reason, deed = user_of(request), form.cleaned_data["reason"], request.POST.get("deed")
    if form.cleaned_data["seen"] != row.state:
        raise DomainError(
            "submission_state",
            _("Somebody was quicker: it is “%(state)s” now. Look at it again.")
            % {"state": row.get_state_display()},
            status=409,
        )
    if deed == "return":
        approvals.return_submission(submission=row, by=user, reason=reason)
        messages.success(request, _("Sent back with your reason."))
    elif row.state == Submission.State.COUNTY:
        approvals.check_submission(submission=row, by=user, note=reason)
        messages.success(request, _("Checked; the prefecture decides now."))
    else:
        obstacle = approvals.approve_submission(submission=row, by=user, note=reason)
        if obstacle:
            messages.warning(
                request, _("Approved, but not listed yet: %(why)s") % {"why": obstacle}
            )
        else:
            messages.success(request, _("Approved."))


def _require_sight(request: HttpRequest, row: Submission) -> None:
    """Its judges and its sender read it. Another office gets 403, which is written down; for
    everybody else it is not there."""
    user = user_of(request)
    product = row.product
    may = (
        user.has_perm("products.check_submission", row)
        or user.has_perm("products.curate_prefecture", product)
        or user.has_perm("products.submit_product", product)
        or user.pk in (row.checked_by_id, row.submitted_by_id)
    )
    if may:
        return
    if not approval_inbox.sits_in_an_office(user):
        raise Http404
    audit.record_refusal(actor=user, action="products.open_submission", subject=product)
    raise PermissionDenied


def _parts(request: HttpRequest, row: Submission, form: ReasonForm) -> dict[str, Any]:
    user, product = user_of(request), row.product
    office = "check" if row.state == Submission.State.COUNTY else "approve"
    return {
        "submission": row,
        "product": product,
        "form": form,
        "tab": "waiting",
        "may_decide": row.is_open and user.has_perm(f"products.{office}_submission", row),
        "is_own": user.pk in (row.submitted_by_id, product.producer.user_id),
        "is_overdue": approval_inbox.is_overdue(row),
        "changes": _changes(row),
        "marks": _marks(row),
        "standing": standing(product.producer.identity_until),
        "steps": row.steps.select_related("actor"),
        "earlier": product.submissions.exclude(pk=row.pk).order_by("-pk")[:5],
    }


def _changes(row: Submission) -> list[tuple[str, str, Any, Any]]:
    """(field, its label, before, after) in the order of the fields."""
    return [
        (name, str(field_label(name)), *row.changes[name]) for name in JUDGED if name in row.changes
    ]


def _marks(row: Submission) -> list[tuple[str, Finding]]:
    """(label of the text, finding): words that advertising law forbids or wants shown."""
    found = []
    for name in TEXTS:
        text = row.changes[name][1] if name in row.changes else getattr(row.product, name)
        found += [(str(field_label(name)), one) for one in check_advertising(text)]
    return found
