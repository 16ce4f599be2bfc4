"""Who may move the shop's money: staff with a second factor and the very right for it."""

from allauth.mfa.utils import is_mfa_enabled
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError

MAKE = "orders.make_payouts"
APPROVE = "orders.approve_payouts"
CLOSE = "orders.close_differences"
SHARE = "products.set_platform_share"
RIGHTS = (MAKE, APPROVE, CLOSE, SHARE)


def has_money_right(user: User, right: str) -> bool:
    return bool(user.is_active and user.is_staff and is_mfa_enabled(user) and user.has_perm(right))


def require_money_right(user: User, right: str) -> None:
    """Raises DomainError `money_right` (403)."""
    if not has_money_right(user, right):
        message = _("This takes a staff account with two-factor sign-in and the right for it.")
        raise DomainError("money_right", message, status=403)


def may_see_money(user: User) -> bool:
    """The overview of payouts and differences: whoever has one of the rights."""
    return any(has_money_right(user, right) for right in RIGHTS)


def holders_of(right: str) -> QuerySet[User]:
    """Who is told when something needs that right; superusers have every right."""
    codename = right.partition(".")[2]
    return (
        User.objects.filter(is_active=True, is_staff=True)
        .filter(
            Q(is_superuser=True)
            | Q(user_permissions__codename=codename)
            | Q(groups__permissions__codename=codename)
        )
        .distinct()
        .order_by("pk")
    )
