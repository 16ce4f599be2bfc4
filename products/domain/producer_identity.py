"""Identity checks of producers, as `officials.domain.identity` has those of officials.

When one runs out, orders are packed and paid as before and goods on sale stay there; nothing new
is submitted or listed.
"""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from officials.domain import identity
from officials.models import Region
from products.models import Producer, ProducerCheck


def check_producer(
    *, producer: Producer, by: User, paper: str, number_end: str, expires_on: date, note: str = ""
) -> ProducerCheck:
    """Write down that a curator of the prefecture saw the producer's paper. Raises DomainError:
    own_verification, not_curator (403), identity_paper, identity_date, identity_number (422)."""
    identity.refuse_outsider(by=by, subject=producer, action="products.check_identity")
    values = identity.checked_values(
        paper=paper, number_end=number_end, expires_on=expires_on, note=note
    )
    with transaction.atomic():
        before = audit.facts(producer, "identity_until")
        check = ProducerCheck.objects.create(producer=producer, checked_by=by, **values)
        producer.identity_until = check.expires_on
        producer.save(update_fields=["identity_until"])
        audit.record(
            actor=by,
            action="products.check_identity",
            subject=producer,
            before=before,
            after={"identity_until": producer.identity_until, "paper": paper},
            reason=note,
        )
    return check


def require_identity(producer: Producer) -> None:
    """Raises DomainError `identity_expired` (403) for whose goods nothing new may begin."""
    if not identity.standing(producer.identity_until).is_valid:
        raise DomainError(
            "identity_expired",
            _(
                "The identity check of %(name)s has run out, or there was none. A curator of the"
                " prefecture renews it; what is on sale stays on sale."
            )
            % {"name": producer.name},
            status=403,
        )


def remind_producers(*, today: date | None = None) -> int:
    """As `identity.remind_officials`, for producers with an account or something on sale."""
    today = today or timezone.localdate()
    month = timedelta(days=identity.REMIND_DAYS[0])
    rows = (
        Producer.objects.filter(identity_until__range=(today - month, today + month))
        .filter(Q(user__isnull=False) | Q(products__state="listed"))
        .select_related("user", "region__parent")
        .distinct()
        .order_by("pk")
    )
    return sum(
        identity.remind(
            row=row,
            owner=row.user,
            region=row.region,
            owner_url=reverse("products:goods", args=[row.pk]),
            today=today,
        )
        for row in rows
    )


def of_prefecture(prefecture: Region) -> QuerySet[Producer]:
    return (
        Producer.objects.filter(Q(region=prefecture) | Q(region__parent=prefecture))
        .select_related("region__parent", "user")
        .order_by("region_id", "pk")
    )
