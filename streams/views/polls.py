"""Voting in a poll of the room. Answers with JSON; the result reaches every browser by the room."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from livecommerce.realtime.presence import device_in
from streams.domain import polls
from streams.views.room import find_show


@require_POST
@limited("poll-vote", rate=60, per=60)
@login_required
def vote(request: HttpRequest, public_id: str, poll_id: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    told = request.POST.get("choice", "")
    choice = int(told) if told.isascii() and told.isdecimal() and len(told) == 1 else -1
    try:
        polls.vote(
            broadcast=find_show(public_id),
            public_id=poll_id,
            user=user,
            choice=choice,
            device=device_in(request.COOKIES),
        )
    except DomainError as refusal:
        return JsonResponse(
            {"code": refusal.code, "message": refusal.message}, status=refusal.status
        )
    return JsonResponse({"choice": choice})
