"""Closing an account: asked for, a while to think it over, then everything personal goes.

What the law wants kept (orders, payments, the ledger: three years) stays without a name, a
telephone number or a street. docs/trust.md says what becomes of what.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livecommerce import audit
from livecommerce.accounts import devices, holdings
from livecommerce.accounts.models import ClosingRequest, User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from livecommerce.realtime.revocation import revoke

NOBODY = "···"
"""What stands where a name was, in any language."""


def ask_to_close(*, user: User) -> ClosingRequest:
    """From now on the account goes after ACCOUNT_CLOSING_DAYS, unless its owner stays.

    Idempotent. Raises DomainError `account_in_use` (409) with the reasons as `facts["why"]`.
    """
    why = holdings.obstacles(user)
    if why:
        message = _("This account cannot be closed yet: %(why)s") % {"why": " ".join(why)}
        raise DomainError("account_in_use", message, status=409, why=why)
    due_at = timezone.now() + timedelta(days=settings.ACCOUNT_CLOSING_DAYS)
    with transaction.atomic():
        row, is_new = ClosingRequest.objects.get_or_create(user=user, defaults={"due_at": due_at})
        if is_new:
            notify(
                user=user,
                kind=Kind.SYSTEM,
                key=f"closing:{row.pk}",
                title=gettext_lazy("Your account will be closed"),
                body=gettext_lazy(
                    "Until then you can change your mind on the page of your data, with one press."
                ),
                url=reverse("accounts:my_data"),
            )
    return row


def stay(*, user: User) -> bool:
    """The way back; False if there was nothing to take back."""
    return bool(ClosingRequest.objects.filter(user=user).delete()[0])


def close_due(*, limit: int = 20) -> int:
    """Close the accounts whose time has come. One that got an open order or a role meanwhile waits
    a day and its owner is told, once. Several may run at once; returns how many were closed."""
    now = timezone.now()
    due = ClosingRequest.objects.filter(due_at__lte=now).order_by("due_at")
    closed = 0
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            row = (
                ClosingRequest.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("user")
                .filter(pk=pk, due_at__lte=now)
                .first()
            )
            if row is None:
                continue
            if why := holdings.obstacles(row.user):
                _wait(row, why)
            else:
                close_account(user=row.user)
                closed += 1
    return closed


@transaction.atomic
def close_account(*, user: User) -> None:
    """Take everything personal away. There is no way back."""
    number = user.pk
    devices.end_all(user=user)
    holdings.erase(user)
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    user.email = f"closed-{number}@account.invalid"
    user.display_name = NOBODY
    user.is_active = False
    user.set_unusable_password()
    user.groups.clear()
    user.user_permissions.clear()
    user.save()
    revoke(user_id=number)
    audit.record(actor=None, action="accounts.close", subject=user)


def _wait(row: ClosingRequest, why: list[str]) -> None:
    row.due_at = timezone.now() + timedelta(days=1)
    row.save(update_fields=["due_at"])
    notify(
        user=row.user,
        kind=Kind.SYSTEM,
        key=f"closing-waits:{row.pk}",
        title=gettext_lazy("Your account is not closed yet"),
        body=" ".join(why),
        url=reverse("accounts:my_data"),
    )
