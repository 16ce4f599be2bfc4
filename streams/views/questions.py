"""Asking, voting, taking on air. Each answers with JSON, or the rule's words with its status; what
changed reaches every browser through the room."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from livecommerce.realtime.presence import device_in
from streams.domain import questions
from streams.views.room import find_show


@require_POST
@limited("ask", rate=20, per=60)
@login_required
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    try:
        asked = questions.ask(
            broadcast=find_show(public_id),
            user=user,
            text=request.POST.get("text", ""),
            key=request.POST.get("k", ""),
            device=device_in(request.COOKIES),
        )
    except DomainError as refusal:
        return _refusal(refusal)
    return JsonResponse({"id": asked.pk}, status=201)


@require_POST
@limited("question", rate=60, per=60)
@login_required
def change(request: HttpRequest, public_id: str, pk: int, deed: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    broadcast = find_show(public_id)
    told: dict[str, Any] = {}
    try:
        if deed == "vote":
            device = device_in(request.COOKIES)
            told["votes"] = questions.vote(
                broadcast=broadcast, question_id=pk, user=user, device=device
            )
        elif deed in ("take", "answer", "remove"):
            getattr(questions, deed)(broadcast=broadcast, question_id=pk, by=user)
        else:
            raise Http404
    except DomainError as refusal:
        return _refusal(refusal)
    return JsonResponse(told)


def _refusal(refusal: DomainError) -> JsonResponse:
    told = {"code": refusal.code, "message": refusal.message}
    return JsonResponse(told, status=refusal.status)
