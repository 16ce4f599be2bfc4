"""The embedded engine as the pages see it: the media role's own process, over HTTP."""

from streams.media.http_engine import HttpEngine


class EmbeddedEngine(HttpEngine):
    """`api_url` is MEDIA_INTERNAL_URL, `secret` MEDIA_HOOK_SECRET; all it adds is spoken there."""
