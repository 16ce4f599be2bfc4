"""The embedded engine as the pages see it: the media role's own process, over HTTP."""

import math
from collections.abc import Callable
from pathlib import Path

from streams.media.http_engine import HttpEngine


class EmbeddedEngine(HttpEngine):
    """`api_url` is MEDIA_INTERNAL_URL, `secret` MEDIA_HOOK_SECRET; all it adds is spoken there.

    It records into RECORDINGS_DIR itself, which pages and worker see, too."""

    keeps_recordings = False

    def collect_recording(
        self,
        path: str,
        directory: Path,
        *,
        is_over: bool = True,
        seconds: float = math.inf,
        alive: Callable[[], None] = lambda: None,
    ) -> bool:
        """It is there already."""
        return True

    def release_recording(self, path: str) -> None:
        """There is no other copy."""
