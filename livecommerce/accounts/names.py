"""The name that others see in rooms: readable, no trap, and no way to reach its owner."""

import re
import secrets

from django.utils.translation import gettext as _

from livecommerce.errors import DomainError
from livecommerce.wording.clean import clean_line
from livecommerce.wording.contacts import has_contact
from livecommerce.wording.matcher import WordList

_MARKUP = re.compile(r"[<>]")
_OURS = WordList(
    (
        "官方",
        "客服",
        "主播",
        "场控",
        "管理员",
        "official",
        "customer service",
        "admin",
        "moderator",
    ),
    exceptions=("非官方",),
)
"""Who calls themselves so in a room is believed, and asked where to send the money."""


def require_name(text: str, *, holds_role: bool = False) -> str:
    """The name as it may be shown; those who `holds_role` in the shop may say so in it.

    Raises DomainError: empty_name, name_with_contact, name_is_ours (422).
    """
    name = clean_line(_MARKUP.sub(" ", text))
    if not name:
        raise DomainError("empty_name", _("Enter a name that others can read."))
    if has_contact(name):
        raise DomainError(
            "name_with_contact",
            _("Everybody reads this name: no telephone numbers, links and the like in it."),
        )
    if not holds_role and _OURS.find(name):
        raise DomainError(
            "name_is_ours",
            _("This name sounds like the shop's own people. Choose another, please."),
        )
    return name


def new_name() -> str:
    """For somebody who gave none. Never of the e-mail: before its @ often stands a telephone or
    QQ number, and everybody in the room would read it."""
    return _("Viewer %(number)s") % {"number": 1000 + secrets.randbelow(9000)}
