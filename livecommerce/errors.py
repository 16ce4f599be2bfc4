"""What people are told when a rule says no."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class DomainError(Exception):
    """A rule refused: `code` is for programs, `message` is translated and for people.

    `status` is the HTTP status a view answers with (422 unless it is a matter of rights,
    existence, conflict or rate). `facts` are JSON-able details for the fragment or client.
    """

    def __init__(self, code: str, message: str, *, status: int = 422, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = str(message)
        self.status = status
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class DomainErrorMiddleware:
    """The last resort for a DomainError that no view rendered: an honest page, right status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refuse(request, error) if isinstance(error, DomainError) else None


def refuse(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The refusal as the one who asked can show it: a message for htmx, a page otherwise."""
    if request.headers.get("HX-Request"):
        response = render(request, "errors/fragment.html", {"error": error}, status=error.status)
        # A message for the reader, wherever the answer itself was to go.
        response["HX-Retarget"] = "#toasts"
        response["HX-Reswap"] = "beforeend"
    else:
        response = render(request, "errors/domain.html", {"error": error}, status=error.status)
    if "retry_after" in error.facts:
        response["Retry-After"] = str(error.facts["retry_after"])
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A stale form: say so in the reader's language and offer the way back."""
    return render(request, "errors/csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/500.html", status=500)
