"""What does not add up: a row that stays open until a person closes it, and people who are told."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from orders.domain.money_rights import CLOSE, holders_of, require_money_right
from orders.models import Difference, Order


def report(
    *,
    kind: str,
    key: str,
    subject: str,
    wanted: str = "",
    found: str = "",
    order: Order | None = None,
) -> bool:
    """Write the difference down and tell those who can close it, by inbox and e-mail.

    The same `key` is the same difference: False when it was known, closed or not.
    """
    with transaction.atomic():
        row, is_new = Difference.objects.get_or_create(
            key=key[:120],
            defaults={
                "kind": kind,
                "subject": subject[:160],
                "wanted": wanted[:120],
                "found": found[:120],
                "order": order,
            },
        )
        if is_new:
            _tell(row)
    return is_new


def close(*, difference: Difference, actor: User, reason: str) -> None:
    """Somebody looked into it. Raises DomainError `money_right` (403), `reason` (422),
    `difference_closed` (409)."""
    require_money_right(actor, CLOSE)
    if not reason.strip():
        raise DomainError("reason", _("Say what it was and what was done about it."))
    rows = Difference.objects.filter(pk=difference.pk, closed_at=None)
    closed = {"closed_at": timezone.now(), "closed_by": actor, "reason": reason.strip()[:300]}
    with transaction.atomic():
        if not rows.update(**closed):
            message = _("Somebody has closed it already.")
            raise DomainError("difference_closed", message, status=409)
        audit.record(
            actor=actor, action="orders.close_difference", subject=difference, reason=reason.strip()
        )
    difference.refresh_from_db()


def count_open() -> int:
    return Difference.objects.filter(closed_at=None).count()


def _tell(row: Difference) -> None:
    for person in holders_of(CLOSE):
        notify(
            user=person,
            kind=Kind.SYSTEM,
            key=f"difference:{row.pk}:{person.pk}",
            title=gettext_lazy("The books do not add up"),
            body=format_lazy(
                gettext_lazy("{kind}: {subject}. Please look into it and close it with a reason."),
                kind=Difference.Kind(row.kind).label,
                subject=row.subject,
            ),
            url=reverse("orders:money"),
        )
