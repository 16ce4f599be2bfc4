"""What a page's own JavaScript weighs: its modules and all that they import. What a module loads
only when it is needed (hls.js, the small player, a relay's card) is not in it."""

import re
from pathlib import Path

import brotli

STATIC = Path(__file__).resolve().parents[3] / "static"
_IMPORT = re.compile(r"""(?:from|import)\s*["'](\.{1,2}/[^"']+)["']""")
_NOT_OURS = ("vendor/hls",)


def modules_of(*entries: str) -> set[Path]:
    """The files under static/ that a browser loads for these modules."""
    found: set[Path] = set()
    waiting = [STATIC / entry for entry in entries]
    while waiting:
        file = waiting.pop().resolve()
        if file in found or any(part in str(file) for part in _NOT_OURS):
            continue
        found.add(file)
        text = file.read_text()
        waiting += [file.parent / name for name in _IMPORT.findall(text)]
    return found


def brotli_kb(files: set[Path]) -> float:
    """Kilobytes on the wire, each file compressed by itself as WhiteNoise serves it."""
    return sum(len(brotli.compress(file.read_bytes(), quality=11)) for file in files) / 1000
