"""Words that are made when somebody reads them, in the reader's language."""

from collections.abc import Callable
from typing import Any, cast

from django.utils.functional import Promise, lazy


def _made(make: Callable[[], str]) -> str:
    return make()


_LAZY: Any = lazy(_made, str)


def later(make: Callable[[], str]) -> Promise:
    """`make()`, called when the text is rendered: for names that differ by language."""
    return cast(Promise, _LAZY(make))
