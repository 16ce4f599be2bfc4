"""How long the book is kept: three years, as the records of the trade it tells of."""

from datetime import datetime

from django.db import connection, transaction

from livecommerce.audit.models import AuditEntry


def remove_older(*, limit: datetime, most: int) -> int:
    """Remove at most `most` entries written before `limit`; the database refuses any that is
    younger than three years."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('livecommerce.allow_retention', 'on', true)")
        old = AuditEntry.objects.filter(at__lt=limit).order_by("pk").values("pk")[:most]
        removed, _ = AuditEntry.objects.filter(
            pk__in=list(old.values_list("pk", flat=True))
        ).delete()
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('livecommerce.allow_retention', 'off', true)")
    return removed
