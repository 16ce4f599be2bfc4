"""How long accounts keep what only the moment needs."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet

from livecommerce.accounts.models import DataCopy
from livecommerce.upkeep import Policy


def _ended(limit: datetime) -> QuerySet[UserSession]:
    """Devices whose session is over; only sessions older than a day, so that none is being made."""
    stands = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=limit)
    ended: QuerySet[UserSession] = UserSession.objects.filter(
        ~Exists(stands), created_at__lt=limit - timedelta(days=1)
    )
    return ended


POLICIES = [
    Policy(
        "accounts.copies",
        "copies that people asked for of their own data",
        0,
        lambda limit: DataCopy.objects.filter(expires_at__lt=limit),
    ),
    Policy(
        "accounts.devices",
        "the list of devices one was signed in on, from the end of the session",
        0,
        _ended,
    ),
    Policy(
        "accounts.sessions",
        "sessions, from their last renewal plus SESSION_COOKIE_AGE",
        0,
        lambda limit: Session.objects.filter(expire_date__lt=limit),
    ),
]
