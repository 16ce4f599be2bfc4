"""What accounts hold about a person; see `holdings.py`."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

from livecommerce.accounts.holdings import Fate, Holding
from livecommerce.accounts.models import User

ADDRESS = ("recipient", "phone", "province", "city", "county", "street", "created_at")
HOLDINGS = (
    Holding("accounts.Address.user", Fate.DELETED, ADDRESS),
    Holding("accounts.DataCopy.user", Fate.DELETED, ("asked_at", "ready_at")),
    Holding("accounts.ClosingRequest.user", Fate.DELETED, ("asked_at", "due_at")),
)


def collect(user: User) -> dict[str, list[dict[str, Any]]]:
    devices = UserSession.objects.filter(user=user).values("created_at", "ip", "user_agent")
    factors = Authenticator.objects.filter(user=user).values("type", "created_at", "last_used_at")
    about = {
        "email": user.email,
        "display_name": user.display_name,
        "language": user.language,
        "date_joined": user.date_joined,
    }
    return {
        "account": [about],
        "account-devices": list(devices),
        "account-second-factors": list(factors),
    }


def obstacles(user: User) -> list[str]:
    if user.is_staff or user.is_superuser:
        return [_("It belongs to staff; another staff member has to take its rights away first.")]
    return []
