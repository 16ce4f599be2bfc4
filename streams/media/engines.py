"""Which engine serves this installation (MEDIA_ENGINE)."""

from streams.media.client import EmbeddedEngine
from streams.media.mediamtx import MediaMtxEngine
from streams.media.protocol import MediaEngine


def create_engine(
    name: str, api_url: str, *, secret: str = "", recordings_url: str = ""
) -> MediaEngine:
    """`name` is "embedded" or "mediamtx". Raises ValueError for any other."""
    if name == "embedded":
        return EmbeddedEngine(api_url, secret=secret)
    if name == "mediamtx":
        return MediaMtxEngine(api_url, secret=secret, recordings_url=recordings_url)
    raise ValueError(f"MEDIA_ENGINE must be embedded or mediamtx, not {name!r}")
