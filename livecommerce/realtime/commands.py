"""What a browser may say: small, flat JSON objects."""

import json
from typing import Any

from django.utils.translation import gettext as _

from livecommerce.errors import DomainError

MOST_BYTES = 16 * 1024
LONGEST_KEY = 64


def parse_command(text: str) -> dict[str, Any]:
    """The command as a dict with a string `t`. Raises DomainError `bad_command` for anything
    else: no JSON, too deep, numbers that are none, text that is not Unicode."""
    try:
        command = json.loads(text, parse_constant=_refuse)
        if "\\u" in text:
            json.dumps(command, ensure_ascii=False).encode()  # half a surrogate pair has no bytes
    except (ValueError, RecursionError):
        raise bad_command() from None
    if not isinstance(command, dict) or not isinstance(command.get("t"), str):
        raise bad_command()
    key = command.get("k", "")
    if not isinstance(key, str) or len(key) > LONGEST_KEY or not key.isprintable():
        raise bad_command()  # a database takes no NUL
    return command


def bad_command() -> DomainError:
    return DomainError("bad_command", _("That could not be understood."), status=400)


def unknown_command() -> DomainError:
    return DomainError("unknown_command", _("That could not be understood."), status=400)


def too_fast() -> DomainError:
    return DomainError("too_fast", _("That was too fast. Please wait a moment."), status=429)


def try_again() -> DomainError:
    """Redis is away: the sender of a chat line is told so."""
    return DomainError("try_again", _("Not sent. Please try again in a moment."), status=503)


def server_trouble() -> DomainError:
    return DomainError("server", _("Something went wrong here. Please try again."), status=500)


def _refuse(constant: str) -> None:
    raise ValueError(constant)
