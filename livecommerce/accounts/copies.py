"""A person's own copy of what the shop holds about them: asked for, made by Celery, taken, gone.

The bytes stand in the row and in no folder: everything below MEDIA_ROOT is public.
"""

import json
import zipfile
from datetime import timedelta
from io import BytesIO

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livecommerce.accounts import holdings
from livecommerce.accounts.models import DataCopy, User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from livecommerce.wake import wake

KEPT_FOR = timedelta(days=7)
PAUSE = timedelta(hours=24)
"""Between two copies of one person."""
README = (
    "这是本平台保存的、与你的账号有关的数据。每个文件一类，金额以分为单位，时间为 UTC。\n"
    "This is what the shop holds about your account: one file each, money in fen, times in UTC.\n"
)


def ask_for_copy(*, user: User) -> DataCopy:
    """Raises DomainError `copy_waits` (409) while one is being made, `copy_too_soon` (429) within
    a day of the last one."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        last = DataCopy.objects.filter(user=user).order_by("-pk").first()
        if last is not None and last.ready_at is None:
            raise DomainError("copy_waits", _("Your copy is being made already."), status=409)
        if last is not None and last.asked_at > timezone.now() - PAUSE:
            message = _("You can ask for one copy a day. The last one is below.")
            raise DomainError("copy_too_soon", message, status=429)
        made = DataCopy.objects.create(user=user)
        wake("accounts.make_copies")
    return made


def make_due(*, limit: int = 10) -> int:
    """Make the copies asked for; several workers may run at once, killed anywhere."""
    done = 0
    for pk in (
        DataCopy.objects.filter(ready_at=None).order_by("pk").values_list("pk", flat=True)[:limit]
    ):
        with transaction.atomic():
            row = (
                DataCopy.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("user")
                .filter(pk=pk, ready_at=None)
                .first()
            )
            if row is not None:
                _make(row)
                done += 1
    return done


def take_copy(*, user: User, pk: int) -> DataCopy:
    """Raises DomainError `copy_gone` (404): another's, not ready, or older than a week."""
    row = DataCopy.objects.filter(user=user, pk=pk, expires_at__gt=timezone.now()).first()
    if row is None:
        message = _("This copy is no longer kept. You can ask for a new one.")
        raise DomainError("copy_gone", message, status=404)
    return row


def zip_of(user: User) -> bytes:
    """One JSON file for each kind of thing, and a word on how to read them."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("README.txt", README)
        for name, rows in holdings.collect(user).items():
            text = json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
            file.writestr(f"{name}.json", text)
    return packed.getvalue()


def _make(row: DataCopy) -> None:
    row.content = zip_of(row.user)
    row.ready_at = timezone.now()
    row.expires_at = row.ready_at + KEPT_FOR
    row.save(update_fields=["content", "ready_at", "expires_at"])
    notify(
        user=row.user,
        kind=Kind.SYSTEM,
        key=f"data-copy:{row.pk}",
        title=gettext_lazy("Your copy of your data is ready"),
        body=gettext_lazy("You can download it for seven days. We ask for your password first."),
        url=reverse("accounts:my_data"),
    )
