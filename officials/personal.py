"""What places and hosts hold about a person; see `livecommerce.accounts.holdings`."""

from django.utils.translation import gettext as _

from livecommerce.accounts.holdings import Fate, Holding
from livecommerce.accounts.models import User
from officials.models import Official

OFFICIAL = ("slug", "region", "name_zh", "name_en", "post_zh", "post_en", "intro_zh", "intro_en")
HOLDINGS = (
    Holding("officials.Official.user", Fate.UNNAMED, (*OFFICIAL, "state", "applied_at")),
    Holding("officials.Official.verified_by", Fate.UNNAMED),
    Holding("officials.OfficialCheck.checked_by", Fate.UNNAMED),
    Holding("officials.Assistant.user", Fate.DELETED, ("official", "named_at")),
    Holding("officials.Curator.user", Fate.DELETED, ("prefecture",)),
)


def obstacles(user: User) -> list[str]:
    if Official.objects.filter(user=user, state=Official.State.VERIFIED).exists():
        return [_("You are a verified host; ask the curators of your prefecture to end that.")]
    return []


def erase(user: User) -> None:
    """An application that led to nothing goes; what a host was in shows that were on stays."""
    Official.objects.filter(user=user, broadcasts=None).exclude(
        state=Official.State.VERIFIED
    ).delete()
