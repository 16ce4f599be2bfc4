"""What may stand in a line of chat: plain text, made harmless before it is stored."""

from django.utils.translation import gettext as _

from livecommerce.errors import DomainError
from livecommerce.wording import clean as wording

LONGEST = 200
"""As people count: an emoji of several characters is one."""
MOST_CHARACTERS = 600


def clean(text: str) -> str:
    """The text in NFC, on one line, without control, bidirectional and zero-width characters.

    Raises DomainError: chat_empty, chat_too_long.
    """
    try:
        line = wording.require_line(text, longest=LONGEST)
    except DomainError as refusal:
        code = "chat_empty" if refusal.code == "empty_text" else "chat_too_long"
        raise DomainError(code, refusal.message) from refusal
    if len(line) > MOST_CHARACTERS:
        raise DomainError(
            "chat_too_long", _("At most %(count)s characters, please.") % {"count": LONGEST}
        )
    return line
