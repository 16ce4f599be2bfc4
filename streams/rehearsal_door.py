"""The one door of every page of a rehearsal, whichever app draws it."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from livecommerce.errors import DomainError
from streams.domain.rehearsal_draws import room_of
from streams.domain.rehearsals import require_entry
from streams.models.broadcasts import is_rehearsal_id


class RehearsalDoorMiddleware:
    """Nothing below an address with a rehearsal's `public_id`, or with that of a draw in one, is
    found by those not invited, the pages that somebody adds tomorrow included. Shows pass without
    a query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        named = [kwargs.get("public_id")]
        draw_id = kwargs.get("draw_id")
        if isinstance(draw_id, str) and is_rehearsal_id(draw_id):
            named.append(room_of(draw_id))
        try:
            for public_id in named:
                if isinstance(public_id, str):
                    require_entry(request.user, public_id)
        except DomainError as error:
            raise Http404(error.message) from error
