"""Whose business a refund is: the buyer's, the producer's whose goods it is about, the region's."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from officials.domain.curation import curated_codes
from orders.models import Refund, RefundPhoto
from products.models import Producer


def to_decide_by(user: User) -> QuerySet[Refund]:
    """Requests this person may decide on or has to know of; none for everybody else. Nobody
    decides on their own purchase."""
    rows = Refund.objects.filter(origin=Refund.Origin.REQUEST)
    if not user.is_active:
        return rows.none()
    mine = Q(producer__user=user)
    if user.is_superuser:
        mine = Q()
    elif codes := curated_codes(user):
        mine |= Q(producer__region__in=codes) | Q(producer__region__parent__in=codes)
        mine |= Q(lines__line__product__prefecture__in=codes)
    return rows.filter(mine).exclude(payment__order__buyer=user).distinct()


def decides_at_all(user: User) -> bool:
    """Whether there is anything of this kind for this person, now or later."""
    if not user.is_active:
        return False
    if user.is_superuser or curated_codes(user):
        return True
    return Producer.objects.filter(user=user).exists()


def require_deciding(user: User, refund: Refund) -> None:
    """Raises DomainError `not_your_refund` (403)."""
    if not to_decide_by(user).filter(pk=refund.pk).exists():
        message = _("Only the producer or staff of the region decides on this.")
        raise DomainError("not_your_refund", message, status=403)


def photos_for(user: User) -> QuerySet[RefundPhoto]:
    """Photos this person may see: the buyer's own, and those of requests they decide on."""
    if not user.is_active:
        return RefundPhoto.objects.none()
    return RefundPhoto.objects.filter(
        Q(refund__payment__order__buyer=user) | Q(refund__in=to_decide_by(user))
    )
