"""What a rehearsal leaves behind: nothing that anybody could watch. The engine records every
picture it gets; the record of a rehearsal is no broadcast, and is removed a day after its end."""

import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from streams.models import Broadcast
from streams.models.broadcasts import REHEARSAL_MARK

KEPT_FOR = timedelta(days=1)


def remove_recordings() -> int:
    """Remove the recordings of rehearsals that ended, or were deleted, long enough ago."""
    root = Path(settings.RECORDINGS_DIR)
    if not root.is_dir():
        return 0
    folders = [each for each in root.glob(f"{REHEARSAL_MARK}*") if each.is_dir()]
    limit = timezone.now() - KEPT_FOR
    wanted = set(
        Broadcast.objects.filter(public_id__in=[folder.name for folder in folders])
        .exclude(state=Broadcast.State.ENDED, ended_at__lt=limit)
        .values_list("public_id", flat=True)
    )
    gone = [folder for folder in folders if folder.name not in wanted]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return len(gone)
