"""What is wrong with a cell, in words of both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import override

from livecommerce.errors import DomainError

LANGUAGES = ("zh-hans", "en")
Words = dict[str, str]


class Wrong(Exception):
    """A cell that cannot be taken. `text` is lazy, with places for `values`."""

    def __init__(self, text: str | Promise, **values: object) -> None:
        super().__init__(str(text))
        self.text, self.values = text, values


@dataclass(frozen=True)
class Problem:
    """`field` is the column's name, empty for the row as a whole."""

    field: str
    words: Words

    def stored(self) -> list[Any]:
        return [self.field, self.words]


def in_both(text: str | Promise, values: Mapping[str, object] | None = None) -> Words:
    """`text % values` in each language; lazy values speak it, too."""
    told: Words = {}
    for language in LANGUAGES:
        with override(language):
            told[language] = str(text) % (values or {}) if values else str(text)
    return told


def in_both_of(error: DomainError, again: Any) -> Words:
    """The words of a refusal in both languages: `again()` raises it once more in each."""
    told: Words = {}
    for language in LANGUAGES:
        with override(language):
            try:
                again()
            except DomainError as said:
                told[language] = said.message
            else:
                told[language] = error.message
    return told
