"""Which engine serves this installation (MEDIA_ENGINE)."""

from pathlib import Path

from streams.media.client import EmbeddedEngine
from streams.media.mediamtx import MediaMtxEngine
from streams.media.protocol import MediaEngine


def create_engine(
    name: str,
    api_url: str,
    *,
    secret: str = "",
    recordings_url: str = "",
    spool: Path | None = None,
    min_free: int = 0,
) -> MediaEngine:
    """`name` is "embedded" or "mediamtx", whose classes say what the rest is. Raises ValueError for
    any other."""
    if name == "embedded":
        return EmbeddedEngine(api_url, secret=secret)
    if name == "mediamtx":
        return MediaMtxEngine(
            api_url,
            secret=secret,
            recordings_url=recordings_url,
            spool=spool,
            min_free=min_free,
        )
    raise ValueError(f"MEDIA_ENGINE must be embedded or mediamtx, not {name!r}")
