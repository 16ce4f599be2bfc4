"""One viewer's end of a path: tracks that yield what the publisher sent, unchanged."""

import asyncio
from typing import Any

from aiortc import MediaStreamTrack

from streams.media.embedded.passthrough import PackedFrame

_LONGEST_QUEUE = 90  # frames; a viewer that far behind starts again at a key frame


class RelayTrack(MediaStreamTrack):
    """Video begins at a key frame, and again after the queue ran over."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self._queue: asyncio.Queue[PackedFrame] = asyncio.Queue(_LONGEST_QUEUE)
        self._needs_key = kind == "video"

    def offer(self, frame: PackedFrame) -> None:
        if self._needs_key and not frame.is_key:
            return
        try:
            self._queue.put_nowait(frame)
            self._needs_key = False
        except asyncio.QueueFull:
            self._needs_key = self.kind == "video"

    async def recv(self) -> Any:
        return await self._queue.get()
