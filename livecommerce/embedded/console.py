"""Lines of many processes on one terminal: a coloured name before each."""

import os
import sys
from collections.abc import Mapping
from typing import TextIO

_WIDTH = 9
_COLOURS = {
    "make run": "1",
    "pages": "36",
    "realtime": "35",
    "media": "33",
    "worker": "32",
    "stripe": "34",
    "demo-show": "95",
    "postgres": "94",
    "valkey": "91",
}


class Console:
    """Writes whole lines; colours only where a person reads them (see no-color.org)."""

    def __init__(
        self, out: TextIO = sys.stdout, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._out = out
        self._is_coloured = out.isatty() and not environment.get("NO_COLOR")

    def say(self, text: str) -> None:
        """A line of the supervisor's own."""
        self.line("make run", text)

    def line(self, name: str, text: str) -> None:
        label = f"{name:<{_WIDTH}}"
        if self._is_coloured:
            label = f"\033[{_COLOURS.get(name, '37')}m{label}\033[0m"
        try:
            self._out.write(f"{label} │ {text.rstrip()}\n")
            self._out.flush()
        except (BrokenPipeError, ValueError):  # nobody reads any more; the shop goes on
            pass

    def plain(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()
