"""Tells Django when a publisher comes and goes. Only the newest state of a path matters."""

import asyncio
import logging
import time

import httpx

from streams.media.embedded import background

logger = logging.getLogger(__name__)

_PAUSES = (0.2, 1.0, 3.0, 10.0)  # seconds between attempts; then Django's sweep finds out


class StateHook:
    """`tell` returns at once; the show never waits for it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._newest: dict[str, tuple[bool, int]] = {}
        self._busy: set[str] = set()
        self._client = httpx.AsyncClient(timeout=5.0, trust_env=False)

    def tell(self, path: str, online: bool) -> None:
        if not self._url:
            return
        self._newest[path] = (online, round(time.time() * 1000))
        if path not in self._busy:
            self._busy.add(path)
            background.start(self._deliver(path))

    async def close(self) -> None:
        await self._client.aclose()

    async def _deliver(self, path: str) -> None:
        """In order, one at a time for a path; a state that was overtaken is left out."""
        try:
            while (state := self._newest.pop(path, None)) is not None:
                await self._send(path, *state)
        finally:
            self._busy.discard(path)

    async def _send(self, path: str, online: bool, at: int) -> None:
        body = {"path": path, "online": online, "at": at}
        for pause in (*_PAUSES, None):
            try:
                response = await self._client.post(self._url, json=body)
                if response.status_code < 500:
                    if not response.is_success:
                        logger.error("the state hook answered %s", response.status_code)
                    return
                reason = f"status {response.status_code}"
            except httpx.HTTPError as error:
                reason = str(error) or type(error).__name__
            logger.warning("the state of %s could not be told: %s", path, reason)
            if pause is None or path in self._newest:
                return
            await asyncio.sleep(pause)
