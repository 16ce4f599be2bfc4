"""MediaMTX's disk: recording stops before it is full, and begins again when there is room.

MediaMTX itself would write until nothing is left, trying again every two seconds, and leave files
that cannot be read; whatever else lives on that disk would stop with it. So the shop looks at the
volume (MEDIA_SPOOL_DIR) and switches recording off and on by the control API: pictures go on.
"""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

DEFAULTS = "/v3/config/pathdefaults"
ROOM_AGAIN = 1.25
"""So much more than the least must be free before recording begins again."""
ALMOST_FULL = "the disk is almost full"

Call = Callable[..., dict[str, Any] | None]


class DiskGuard:
    """`call(method, url, **body)` asks the control API. Without `spool` nothing is looked at."""

    def __init__(self, call: Call, *, spool: Path | None, min_free: int) -> None:
        self._call = call
        self._spool = spool
        self._min_free = min_free

    def look(self) -> str:
        """Switch recording off or on if need be; why it is off, or nothing."""
        if self._spool is None:
            return ""
        try:
            free = shutil.disk_usage(self._spool).free
        except OSError as error:
            log.error("MEDIA_SPOOL_DIR %s cannot be looked at: %s", self._spool, error)
            return ""
        is_on = bool((self._call("GET", f"{DEFAULTS}/get") or {}).get("record", True))
        wanted = free >= self._min_free * (1 if is_on else ROOM_AGAIN)
        if wanted != is_on:
            self._call("PATCH", f"{DEFAULTS}/patch", record=wanted)
            log.warning("recording is %s: %d bytes are free", "on" if wanted else "off", free)
        return "" if wanted else ALMOST_FULL
