"""Who may sit at a producer's desk, and what of it is written down.

The producer's own account does everything there. Staff of the region may look, and every look is
a row; they send for a producer only with the right `orders.ship_for_producers`. For everybody
else there is no such desk.
"""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from officials.domain.curation import curated_codes
from orders.models import Order, PortalVisit
from products.models import Producer

MAY_SHIP = "orders.ship_for_producers"


@dataclass(frozen=True)
class Desk:
    producer: Producer
    user: User
    is_own: bool
    may_ship: bool

    def require_shipping(self) -> None:
        """Raises DomainError `only_looking` (403)."""
        if not self.may_ship:
            message = _("You may look at these orders. Sending them is the producer’s part.")
            raise DomainError("only_looking", message, status=403)

    def require_own(self) -> None:
        """Raises DomainError `not_your_desk` (403)."""
        if not self.is_own:
            message = _("Only the producer speaks here.")
            raise DomainError("not_your_desk", message, status=403)


def desk_of(user: User, producer_id: int) -> Desk | None:
    """The desk as this person may use it; None where there is none for them."""
    producer = (
        Producer.objects.select_related("region__parent", "user").filter(pk=producer_id).first()
    )
    if producer is None or not user.is_active:
        return None
    if producer.user_id == user.pk:
        return Desk(producer, user, is_own=True, may_ship=True)
    if user.is_superuser or producer.region.prefecture.code in curated_codes(user):
        return Desk(producer, user, is_own=False, may_ship=user.has_perm(MAY_SHIP))
    return None


def desks_of(user: User) -> QuerySet[Producer]:
    """The person's own producers."""
    return Producer.objects.filter(user=user).select_related("region")


def desks_in_sight(user: User) -> QuerySet[Producer]:
    """Those of the regions a staff member answers for; none for other people."""
    producers = Producer.objects.select_related("region")
    if user.is_superuser:
        return producers
    codes = curated_codes(user)
    return producers.filter(region__in=codes) | producers.filter(region__parent__in=codes)


def note_visit(
    desk: Desk,
    what: PortalVisit.What,
    *,
    order: Order | None = None,
    orders: int = 0,
    always: bool = False,
) -> None:
    """Write down what staff looked at; with `always`, also what the producer took out."""
    if desk.is_own and not always:
        return
    PortalVisit.objects.create(
        producer=desk.producer,
        user=desk.user,
        what=what,
        order=order,
        orders=orders or int(order is not None),
        is_staff=not desk.is_own,
    )
