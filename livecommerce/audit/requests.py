"""What the book knows of the request in which something is written: its network, and refusals
that wait until nothing can roll them back."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse

from livecommerce import ratelimit
from livecommerce.audit.network import masked_network

if TYPE_CHECKING:
    from livecommerce.audit.models import AuditEntry

BACK_ROOM = ("/admin/", "/curate/")
DOORS_A_MINUTE = 20
"""Of one person; who knocks more often adds nothing to the book."""


@dataclass
class Visit:
    """One request, as far as the book goes."""

    network: str
    refusals: "list[AuditEntry]" = field(default_factory=list)
    has_refused: bool = False


current: ContextVar[Visit | None] = ContextVar("audited_visit", default=None)


def network_of(request: HttpRequest | None) -> str:
    """Of the request given, or of the one being answered."""
    if request is not None:
        return masked_network(request.META.get("REMOTE_ADDR", ""))
    visit = current.get()
    return visit.network if visit else ""


class AuditMiddleware:
    """Writes the refusals of a request when its transactions are over, whether or not they were
    rolled back; and one for every 403 of the back room that nobody else has written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visit = Visit(network_of(request))
        token = current.set(visit)
        try:
            response = self.get_response(request)
        finally:
            current.reset(token)
            for entry in visit.refusals:
                entry.save()
        if response.status_code == 403 and not visit.has_refused:
            _note_closed_door(request)
        return response


def _note_closed_door(request: HttpRequest) -> None:
    from livecommerce.audit.book import note_closed_door  # needs the app registry

    user = getattr(request, "user", None)
    if not (request.path.startswith(BACK_ROOM) and user is not None and user.is_authenticated):
        return
    if ratelimit.allow(f"closed-door:{user.pk}", rate=DOORS_A_MINUTE, per=60):
        note_closed_door(user, request)
