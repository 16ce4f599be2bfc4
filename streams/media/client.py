"""The embedded engine as the pages see it: the media role's own process, over HTTP."""

from collections.abc import Callable
from pathlib import Path

from streams.media.http_engine import HttpEngine


class EmbeddedEngine(HttpEngine):
    """`api_url` is MEDIA_INTERNAL_URL, `secret` MEDIA_HOOK_SECRET; all it adds is spoken there.

    It records into RECORDINGS_DIR itself, which pages and worker see, too."""

    def collect_recording(
        self, path: str, directory: Path, *, alive: Callable[[], None] = lambda: None
    ) -> None:
        """It is there already."""

    def release_recording(self, path: str) -> None:
        """There is no other copy."""
