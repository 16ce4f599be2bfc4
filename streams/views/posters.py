"""The share poster and the link preview of a show, and the official's word about their portrait."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited, who
from officials.models import Official
from streams.domain import posters
from streams.domain.poster_drawing import Shape
from streams.models.broadcasts import is_rehearsal_id
from streams.views.room import find_show

FRESH_SECONDS = 300


@require_safe
def picture(request: HttpRequest, public_id: str, shape: str, language: str) -> HttpResponse:
    """The address allows `poster` and `preview`, `zh` and `en`. A rehearsal has neither."""
    if is_rehearsal_id(public_id):
        raise Http404
    try:
        poster = posters.poster_of(
            broadcast=find_show(public_id),
            shape=Shape(shape),
            language={"zh": "zh-hans", "en": "en"}[language],
            who=who(request),
        )
        data = poster.file.read_bytes()
    except DomainError as refusal:
        answer = HttpResponse(
            refusal.message, status=refusal.status, content_type="text/plain; charset=utf-8"
        )
        if "retry_after" in refusal.facts:
            answer["Retry-After"] = str(refusal.facts["retry_after"])
        return answer
    except OSError as error:
        raise Http404 from error
    tag = f'"{poster.mark}"'
    if request.headers.get("If-None-Match") == tag:
        unchanged = HttpResponse(status=304)
        unchanged["ETag"] = tag
        return unchanged
    found = HttpResponse(data, content_type="image/jpeg")
    found["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    found["ETag"] = tag
    return found


def portrait_parts(user: User) -> dict[str, bool] | None:
    """For the official's own page; nothing for those who have no portrait, or only help."""
    official = Official.objects.filter(user=user).exclude(portrait="").first()
    return {"is_allowed": posters.allows_portrait(official)} if official else None


@require_POST
@limited("portrait", rate=10, per=60)
@login_required
def portrait(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    official = Official.objects.filter(user=user).first()
    if official is None:
        raise Http404
    if request.POST.get("allowed") == "1":
        posters.allow_portrait(official=official, by=user)
        messages.success(request, _("Your portrait may be on share posters."))
    else:
        posters.withdraw_portrait(official=official, by=user)
        messages.success(request, _("Your portrait is on no new poster any more."))
    return redirect("streams:host_home")
