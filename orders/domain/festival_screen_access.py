"""Who may look at a festival's wall: everyone, or who has the key, or nobody; staff always."""

from typing import Any

from django.utils.crypto import constant_time_compare

from orders.models import FestivalScreen
from products.models import Festival

Access = FestivalScreen.Access


def screen_for(*, slug: str, key: str, user: Any) -> Festival | None:
    """The festival whose wall this is, if whoever asks may look at it; else None, so that nobody
    learns which walls there are behind a key. One query."""
    festival = Festival.objects.select_related("screen").filter(slug=slug).first()
    if festival is None or not may_look(festival, key=key, user=user):
        return None
    return festival


def may_look(festival: Festival, *, key: str, user: Any) -> bool:
    setting = getattr(festival, "screen", None)
    if setting is None or setting.access == Access.OPEN:
        return True
    if user is not None and user.is_authenticated and user.is_active and user.is_staff:
        return True
    return setting.access == Access.KEY and constant_time_compare(key, setting.key)
