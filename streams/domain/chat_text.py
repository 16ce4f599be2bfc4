"""What may stand in a line of chat: plain text, made harmless before it is stored."""

import unicodedata

from django.utils.translation import gettext as _

from livecommerce.errors import DomainError

LONGEST = 200
MOST_MARKS = 2
"""Combining marks in a row; writing needs two, "zalgo" piles up dozens."""
_JOINER, _PICTURE_STYLE = "\u200d", "\ufe0f"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean(text: str) -> str:
    """The text in NFC, on one line, without control, bidirectional and zero-width characters.

    Raises DomainError: chat_empty, chat_too_long (200 characters).
    """
    if len(text) > LONGEST * 20:
        raise _too_long()
    kept = "".join(_seen(unicodedata.normalize("NFC", text)))
    line = unicodedata.normalize("NFC", " ".join(kept.split()))
    if not line:
        raise DomainError("chat_empty", _("Write something first."))
    if len(line) > LONGEST:
        raise _too_long()
    return line


def _seen(text: str) -> list[str]:
    kept: list[str] = []
    marks = 0
    for at, character in enumerate(text):
        category = unicodedata.category(character)
        if character == _JOINER:
            if _joins_pictures(text, at):
                kept.append(character)
        elif character in "\t\n\r\x0b\x0c\x85\u2028\u2029":
            kept.append(" ")
        elif category in _UNSEEN or character == "\u115f" or character == "\u3164":
            continue
        elif category in ("Mn", "Me") and character != _PICTURE_STYLE:
            marks += 1
            if marks <= MOST_MARKS:
                kept.append(character)
        else:
            marks = 0
            kept.append(character)
    return kept


def _joins_pictures(text: str, at: int) -> bool:
    """The joiner holds 👨‍🌾 together; anywhere else it only hides."""
    before = text[:at].rstrip(_PICTURE_STYLE)[-1:]
    after = text[at + 1 : at + 2]
    return all(
        character and unicodedata.category(character) in ("So", "Sk")
        for character in (before, after)
    )


def _too_long() -> DomainError:
    return DomainError(
        "chat_too_long", _("At most %(count)s characters, please.") % {"count": LONGEST}
    )
