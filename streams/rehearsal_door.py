"""The one door of every page of a rehearsal, whichever app draws it."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from livecommerce.errors import DomainError
from streams.domain.rehearsals import require_entry


class RehearsalDoorMiddleware:
    """Nothing below an address with a rehearsal's `public_id` is found by those not invited, the
    pages that somebody adds tomorrow included. Shows pass without a query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        public_id = kwargs.get("public_id")
        if not isinstance(public_id, str):
            return
        try:
            require_entry(request.user, public_id)
        except DomainError as error:
            raise Http404(error.message) from error
