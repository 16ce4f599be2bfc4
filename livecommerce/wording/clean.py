"""What may be stored and shown: plain text without traps, its length counted as people count.

Unlike `normalise`, it changes nothing that a reader sees on purpose: accents, width and case stay.
"""

import re
import unicodedata

from django.utils.translation import gettext as _

from livecommerce.errors import DomainError
from livecommerce.wording.graphemes import count_graphemes
from livecommerce.wording.unseen import (
    JOINER,
    KEYCAP,
    LINE_BREAKS,
    PICTURE_STYLE,
    TEXT_STYLE,
    is_mark,
    is_picture,
    is_unseen,
)

MOST_MARKS = 2
"""Accents in a row on one letter. Writing needs two; "zalgo" piles up dozens."""
MOST_EMPTY_LINES = 1
_HARD_LIMIT = 20
"""Characters a grapheme may need on average before a text is refused unread."""
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,7}\U000e007f")
_KEYCAP_BASES = frozenset("0123456789#*")
_KEPT_FOR_NOW = frozenset((JOINER, TEXT_STYLE, PICTURE_STYLE, KEYCAP))


def clean_line(text: str) -> str:
    """On one line, NFC, without control, bidirectional and zero-width characters (those inside
    emoji stay), at most two accents in a row. Idempotent; never raises."""
    return " ".join(_clean(text, breaks=" ").split())


def clean_text(text: str) -> str:
    """The same for several lines; at most one empty line in a row, none around it."""
    lines = [" ".join(line.split()) for line in _clean(text, breaks="\n").split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and any(kept[-MOST_EMPTY_LINES:])):
            kept.append(line)
    return "\n".join(kept).rstrip("\n")


def require_line(text: str, *, longest: int) -> str:
    """`clean_line` of a text that must say something, in at most `longest` graphemes.

    Raises DomainError: empty_text, text_too_long.
    """
    return _require(text, longest=longest, is_line=True)


def require_text(text: str, *, longest: int) -> str:
    """`clean_text` under the same rules."""
    return _require(text, longest=longest, is_line=False)


def _require(text: str, *, longest: int, is_line: bool) -> str:
    if len(text) <= longest * _HARD_LIMIT:
        cleaned = clean_line(text) if is_line else clean_text(text)
        if not cleaned:
            raise DomainError("empty_text", _("Write something first."))
        if count_graphemes(cleaned) <= longest:
            return cleaned
    raise DomainError(
        "text_too_long", _("At most %(count)s characters, please.") % {"count": longest}
    )


def _clean(text: str, *, breaks: str) -> str:
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    seen = _without_unseen(composed, breaks)
    return unicodedata.normalize("NFC", "".join(_without_strays(seen)))


def _without_unseen(text: str, breaks: str) -> str:
    """Drops what is never seen; the characters that bind emoji wait for the second look."""
    kept: list[str] = []
    flags = {place for found in _FLAG.finditer(text) for place in range(*found.span())}
    for place, character in enumerate(text):
        if character in LINE_BREAKS:
            kept.append(breaks)
        elif character.isspace():
            kept.append(" ")
        elif place in flags or character in _KEPT_FOR_NOW or not is_unseen(character):
            kept.append(character)
    return "".join(kept)


def _without_strays(text: str) -> list[str]:
    """Joiners, styles and keycaps only where they make one picture; marks only so many."""
    kept: list[str] = []
    marks = 0
    for place, character in enumerate(text):
        before = kept[-1] if kept else ""
        if character == JOINER:
            if _joins(kept, text[place + 1 : place + 2]):
                kept.append(character)
        elif character in (TEXT_STYLE, PICTURE_STYLE):
            if before and (is_picture(before) or before in _KEYCAP_BASES):
                kept.append(character)
        elif character == KEYCAP:
            if before in _KEYCAP_BASES or (before == PICTURE_STYLE and kept[-2] in _KEYCAP_BASES):
                kept.append(character)
        elif is_mark(character):
            marks += 1
            if marks <= MOST_MARKS:
                kept.append(character)
        else:
            marks = 0
            kept.append(character)
    return kept


def _joins(kept: list[str], after: str) -> bool:
    """👨‍🌾 ❤️‍🔥: a picture on both sides, a style may follow the first."""
    before = next((one for one in reversed(kept[-2:]) if one != PICTURE_STYLE), "")
    return bool(before and after) and is_picture(before) and is_picture(after)
