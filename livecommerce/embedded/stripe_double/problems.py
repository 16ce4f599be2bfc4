"""Stripe's errors: an HTTP status and a JSON body the official library turns into exceptions."""

from typing import Any


class Problem(Exception):
    """An error answer. What happened so far is undone, unless `keeps_changes`."""

    def __init__(
        self, status: int, kind: str, message: str, *, keeps_changes: bool = False, **facts: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.keeps_changes = keeps_changes
        told = {name: value for name, value in facts.items() if value is not None}
        self.error: dict[str, Any] = {"message": message, "type": kind, **told}

    @property
    def body(self) -> dict[str, Any]:
        return {"error": self.error}


def invalid(
    message: str, *, code: str | None = None, param: str | None = None, **facts: Any
) -> Problem:
    """400: the request is wrong, or the object is not in a state that allows it."""
    return Problem(400, "invalid_request_error", message, code=code, param=param, **facts)


def missing(kind: str, object_id: str, *, param: str = "id") -> Problem:
    """404: no such object."""
    name = kind if kind == "payment_intent" else kind.replace("_", " ")
    return Problem(
        404,
        "invalid_request_error",
        f"No such {name}: '{object_id}'",
        code="resource_missing",
        param=param,
    )


def unauthorised(key: str) -> Problem:
    """401: no key, or not ours; a wrong one is told with its middle hidden, as Stripe does."""
    if not key:
        return Problem(401, "invalid_request_error", "You did not provide an API key.")
    hidden = key[:8] + "*" * max(0, len(key) - 12) + key[-4:]
    return Problem(401, "invalid_request_error", f"Invalid API Key provided: {hidden}")


def card_error(message: str, *, code: str, decline_code: str | None, **facts: Any) -> Problem:
    """402: the bank said no. The failed attempt itself is kept."""
    return Problem(
        402,
        "card_error",
        message,
        keeps_changes=True,
        code=code,
        decline_code=decline_code,
        **facts,
    )
