"""What to be told and where: the page of choices, and this browser's subscription to web push."""

from functools import lru_cache

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications import choices, push_keys, push_subscriptions
from livecommerce.notifications.forms import ChoicesForm
from livecommerce.notifications.models import Channel, QuietHours
from livecommerce.ratelimit import limited


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
@limited("notification-choices", rate=30, per=60)
def choose(request: HttpRequest) -> HttpResponse:
    user = _reader(request)
    quiet = QuietHours.objects.filter(user=user).first()
    wanted = choices.choices_of(user)
    form = ChoicesForm(request.POST or None, wanted=wanted, quiet=quiet)
    if request.method == "POST" and form.is_valid():
        hours = form.cleaned_data
        try:
            choices.keep_quiet(
                user=user, begins=hours["begins"], ends=hours["ends"], zone=hours["zone"]
            )
        except DomainError as refusal:
            form.add_error("ends", refusal.message)
        else:
            choices.choose(user=user, wanted=form.wanted())
            messages.success(request, _("Saved."))
            return redirect("notifications:choices")
    context = {
        "form": form,
        "rows": form.rows(),
        "channels": [Channel(one).label for one in Channel.values],
        "browsers": user.push_subscriptions.all(),
        "push_key": push_keys.public_key(),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "notifications/choices.html", context, status=status)


@require_POST
@limited("push", rate=20, per=60)
@login_required
def subscribe(request: HttpRequest) -> HttpResponse:
    asked = request.POST
    try:
        row = push_subscriptions.subscribe(
            user=_reader(request),
            endpoint=asked.get("endpoint", ""),
            p256dh=asked.get("p256dh", ""),
            auth=asked.get("auth", ""),
            browser=_browser(request.headers.get("User-Agent", "")),
        )
    except DomainError as refusal:
        told = {"code": refusal.code, "message": refusal.message}
        return JsonResponse(told, status=refusal.status)
    return JsonResponse({"id": row.pk}, status=201)


@require_POST
@limited("push", rate=20, per=60)
@login_required
def unsubscribe(request: HttpRequest) -> HttpResponse:
    push_subscriptions.unsubscribe(user=_reader(request), endpoint=request.POST.get("endpoint", ""))
    return JsonResponse({})


@require_POST
@limited("push", rate=20, per=60)
@login_required
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    push_subscriptions.forget(user=_reader(request), pk=pk)
    messages.success(request, _("This browser is told no more."))
    return redirect("notifications:choices")


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, under a name that stays: browsers ask for it again by themselves."""
    answer = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@lru_cache(maxsize=1)
def _worker() -> str:
    return (settings.BASE_DIR / "static" / "js" / "push-worker.js").read_text("utf-8")


def _browser(agent: str) -> str:
    """`Edge · Windows`: enough to tell one's own apart."""
    names = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome"}
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows"}
    systems |= {"Mac OS X": "macOS", "Linux": "Linux"}
    name = next((words for mark, words in names.items() if f"{mark}/" in agent), "")
    name = name or ("Safari" if "Safari/" in agent else "")
    system = next((words for mark, words in systems.items() if mark in agent), "")
    return " · ".join(one for one in (name, system) if one)
