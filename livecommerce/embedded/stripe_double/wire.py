"""What is on the wire: form-encoded parameters in, JSON objects out."""

import itertools
import json
import re
import secrets
import string
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from livecommerce.embedded.stripe_double.problems import invalid

API_VERSION = "2026-10-28.endive"
ALPHABET = string.ascii_letters + string.digits

Object = dict[str, Any]
"""A Stripe object. Names that start with an underscore are ours and never leave the double."""


def new_id(prefix: str, length: int = 24) -> str:
    return f"{prefix}_" + "".join(secrets.choice(ALPHABET) for _ in range(length))


def public(value: Any) -> Any:
    """A copy without the private names."""
    if isinstance(value, dict):
        return {k: public(v) for k, v in value.items() if not k.startswith("_")}
    if isinstance(value, list):
        return [public(item) for item in value]
    return value


def encode(value: Object) -> bytes:
    return json.dumps(public(value), ensure_ascii=False, indent=2).encode()


def decode_form(encoded: str) -> dict[str, Any]:
    """`a[b]=1&c[0]=x&d[]=y` as nested dicts and lists of strings."""
    root: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        path = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name)
        place = root
        for step, following in itertools.pairwise(path):
            inner = place.setdefault(_step(place, step), {})
            if not isinstance(inner, dict):
                raise invalid(f"Invalid request: {name} mixes values.", param=following)
            place = inner
        if path:
            place[_step(place, path[-1])] = value
    return {name: _with_lists(value) for name, value in root.items()}


def _step(place: Mapping[str, Any], step: str) -> str:
    return step or str(len(place))


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_with_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _with_lists(inner) for name, inner in value.items()}


class Params:
    """The parameters of one request. Those nobody asked for are refused, as Stripe does."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)
        self._unread = set(self._values)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def names(self) -> set[str]:
        return set(self._values)

    def raw(self, name: str) -> Any:
        self._unread.discard(name)
        return self._values.get(name)

    def ignore(self, *names: str) -> None:
        """Accepted by Stripe, without a meaning here."""
        self._unread.difference_update(names)

    def refuse_unread(self) -> None:
        if self._unread:
            name = min(self._unread)
            raise invalid(
                f"Received unknown parameter: {name}", code="parameter_unknown", param=name
            )

    def require(self, *names: str) -> None:
        for name in names:
            if self._values.get(name) in (None, "", {}):
                raise invalid(
                    f"Missing required param: {name}.", code="parameter_missing", param=name
                )

    def text(self, name: str, default: str | None = None) -> str | None:
        value = self.raw(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise invalid("Invalid string", code="parameter_invalid_string", param=name)
        return value or None

    def needed(self, name: str) -> str:
        self.require(name)
        return self.text(name) or ""

    def choice(self, name: str, allowed: Iterable[str], default: str | None = None) -> str | None:
        value = self.text(name, default)
        options = list(allowed)
        if value is not None and value not in options:
            raise invalid(f"Invalid {name}: must be one of {', '.join(options)}", param=name)
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.choice(name, ("true", "false"))
        return default if value is None else value == "true"

    def integer(self, name: str, default: int | None = None) -> int | None:
        value = self.text(name)
        if value is None:
            return default
        if not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise invalid(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
        return int(value)

    def mapping(self, name: str) -> dict[str, Any]:
        value = self.raw(name)
        if value in (None, ""):
            return {}
        if not isinstance(value, dict):
            raise invalid("Invalid object", code="parameter_invalid_empty", param=name)
        return value

    def texts(self, name: str) -> list[str]:
        value = self.raw(name)
        if value in (None, ""):
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise invalid("Invalid array", param=name)
        return value

    def metadata(self, present: Mapping[str, str] | None = None) -> dict[str, str]:
        """Merged into what is there; an empty value takes a key away, an empty whole all."""
        merged = dict(present or {})
        if "metadata" in self._values and self.raw("metadata") == "":
            return {}
        for key, value in self.mapping("metadata").items():
            if len(key) > 40 or not isinstance(value, str) or len(value) > 500:
                raise invalid("Metadata keys take 40 and values 500 characters.", param="metadata")
            merged[key] = value
        merged = {key: value for key, value in merged.items() if value != ""}
        if len(merged) > 50:
            raise invalid("Metadata can have up to 50 keys.", param="metadata")
        return merged
