"""How long the book is kept: three years, as the records of the trade it tells of."""

from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction
from django.db.models import QuerySet

from livecommerce.audit.models import AuditEntry
from livecommerce.upkeep import Policy


@transaction.atomic
def remove(rows: "QuerySet[Any]") -> None:
    """Delete entries; the database lets only those go that are older than three years."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('livecommerce.allow_retention', 'on', true)")
        rows.delete()
        cursor.execute("SELECT set_config('livecommerce.allow_retention', 'off', true)")


POLICIES = [
    Policy(
        "audit.book",
        "the audit book",
        max(settings.RECORDS_KEEP_DAYS, 3 * 365 + 1),
        lambda limit: AuditEntry.objects.filter(at__lt=limit),
        remove,
    ),
    Policy(
        "audit.admin_log",
        "the Django admin's own list of recent actions (the audit book tells more, and longer)",
        settings.LOGS_KEEP_DAYS,
        lambda limit: LogEntry.objects.filter(action_time__lt=limit),
    ),
]
