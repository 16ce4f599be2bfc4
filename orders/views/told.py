"""“I was told to buy”: a form without a sign-in, and the list of those who handle it."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from orders.domain.integrity import told
from orders.models import ToldReport
from streams.models import Broadcast

PAGE_SIZE = 30


class ToldForm(forms.Form):
    pressure = forms.ChoiceField(
        label=_("What happened?"), choices=ToldReport.Pressure.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("In your words, if you like"),
        help_text=_("Leave out what would tell who you are. Names of others are seen by us only."),
        max_length=told.LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    show = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest) -> HttpResponse:
    """Nothing that was sent is kept with who sent it, an account in the browser or not."""
    show = _show_of(request.POST.get("show") or request.GET.get("show", ""))
    status = 200
    if request.method == "POST":
        form = ToldForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                _require_calm(request)
                told.tell(
                    pressure=form.cleaned_data["pressure"],
                    text=form.cleaned_data["text"],
                    broadcast=show,
                )
                return redirect("orders:told_thanks")
            except DomainError as error:
                form.add_error("text" if error.code == "words" else "pressure", error.message)
                status = error.status
    else:
        form = ToldForm(initial={"show": show.public_id if show else ""})
    response = render(request, "orders/told.html", {"form": form, "show": show}, status=status)
    # Not the address of this page to anybody, and no stricter: under `no-referrer` a browser's form
    # says it comes from nowhere ("Origin: null"), and the check against forgery refuses it.
    response["Referrer-Policy"] = "strict-origin"
    return response


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "orders/told_thanks.html")


@require_safe
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """404 for everybody whose work it is not."""
    _handler_or_404(request)
    page = Paginator(told.inbox(), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(one, [ToldReport.State(to) for to in told.TOLD.moves[one.state]]) for one in page]
    return render(request, "orders/told_inbox.html", {"page": page, "rows": rows})


@require_POST
@login_required
@ratelimit.limited("told-handle", rate=60, per=60)
def handle(request: HttpRequest, pk: int) -> HttpResponse:
    user = _handler_or_404(request)
    report = get_object_or_404(ToldReport, pk=pk)
    told.handle(
        report=report,
        to=request.POST.get("to", ""),
        seen=request.POST.get("seen", ""),
        by=user,
        note=request.POST.get("note", "")[:300],
    )
    return redirect("orders:told_inbox")


def _require_calm(request: HttpRequest) -> None:
    """Five an hour from one place. What counts them is a number that cannot be turned back, in
    Redis for at most an hour; never the account. Raises DomainError (429)."""
    place = ratelimit.counted_address(str(request.META.get("REMOTE_ADDR", "")))
    sender = salted_hmac("told", place).hexdigest()[:16]
    ratelimit.require(f"told:{sender}", rate=5, per=3600)


def _handler_or_404(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not told.may_handle(user):
        raise Http404
    return user


def _show_of(public_id: str) -> Broadcast | None:
    begun = Broadcast.objects.filter(rehearsal_of=None).exclude(state=Broadcast.State.CANCELLED)
    return begun.filter(public_id=public_id[:12].replace("\x00", "")).first() if public_id else None
