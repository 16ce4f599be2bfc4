"""Characters that nobody sees, or that only pile up: the tools of those who hide words."""

import unicodedata

JOINER, TEXT_STYLE, PICTURE_STYLE, KEYCAP = "\u200d", "\ufe0e", "\ufe0f", "\u20e3"
LINE_BREAKS = frozenset("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
_BLANKS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\ufffc"
)
"""Drawn as nothing, although Unicode counts them as letters, marks or symbols."""
_WITHOUT_SHAPE = frozenset(("Cc", "Cf", "Cs", "Co"))


def is_mark(character: str) -> bool:
    """A sign drawn over, under or through the one before it."""
    return unicodedata.category(character) in ("Mn", "Me")


def is_picture(character: str) -> bool:
    """Emoji and symbols, those newer than this Python's Unicode tables included."""
    code = ord(character)
    if 0x1F000 <= code <= 0x1FAFF:
        return True
    return unicodedata.category(character) in ("So", "Sk") or character in "‼⁉↔"


def is_unseen(character: str) -> bool:
    """Control, bidirectional and zero-width characters, fillers, variation selectors, gaps in
    Unicode. Line breaks and tabs too: ask for them first where they mean something."""
    code = ord(character)
    if character in _BLANKS or 0xFE00 <= code <= 0xFE0F or 0xE0000 <= code <= 0xE0FFF:
        return True
    category = unicodedata.category(character)
    if category == "Cn":  # not assigned yet: newer emoji and ideographs stay
        is_newer = 0x1F000 <= code <= 0x1FAFF or 0x20000 <= code <= 0x3FFFD
        return not is_newer or code & 0xFFFE == 0xFFFE
    return category in _WITHOUT_SHAPE
