"""Who holds a role in the shop, whatever it is: they sign in with two factors.

The apps that give roles stand above this one, so they are asked by the names of their relations.
"""

from livecommerce.accounts.models import User

ROLES = ("assists", "room_roles", "curates")
"""Assistants of an official or of one show, moderators, curators."""


def holds_a_role(user: User) -> bool:
    """Staff, officials (applied or verified), assistants, moderators, curators."""
    if user.is_staff or user.is_superuser or hasattr(user, "official"):
        return True
    return any(getattr(user, name).exists() for name in ROLES)
