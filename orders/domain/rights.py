"""Who may look at the money of others."""

from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from officials.models import Curator
from streams.domain.roles import standing_of
from streams.models import Broadcast


def require_money(user: User, broadcast: Broadcast) -> None:
    """Those who run the show, its prefecture's curators, and superusers; 403 for all others."""
    if user.is_superuser or standing_of(user, broadcast).may_run:
        return
    curates = Curator.objects.filter(user=user, prefecture=broadcast.region.prefecture)
    if not (user.is_staff and curates.exists()):
        message = _("Only those who run this show can see its money.")
        raise DomainError("not_your_money", message, status=403)
