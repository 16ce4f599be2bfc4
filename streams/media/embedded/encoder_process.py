"""The one ffmpeg of an RTMP encoder: FLV in by its standard input, WHIP out to our own door.

H.264 is copied; AAC becomes Opus, which WebRTC carries. A picture with B-frames, which it does not
carry, is encoded anew: dear, so the console asks for none. The engine then knows no difference
between this publisher and a browser.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Sequence

logger = logging.getLogger(__name__)

FLV_HEAD = b"FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00"
_GOODBYE = 3.0  # seconds to end the WHIP session by itself
_LINES_KEPT = 5
_NO_B_FRAMES = (
    *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency"),
    *("-profile:v", "baseline", "-pix_fmt", "yuv420p", "-bf", "0", "-g", "60"),
    *("-b:v", "2000k", "-maxrate", "2500k", "-bufsize", "2500k"),
)


def arguments(url: str, token: str, *, has_b_frames: bool) -> list[str]:
    return [
        *("-hide_banner", "-loglevel", "error", "-fflags", "nobuffer"),
        *("-probesize", "500000", "-analyzeduration", "1500000", "-f", "flv", "-i", "pipe:0"),
        *("-map", "0:v:0", "-map", "0:a:0?"),
        *(_NO_B_FRAMES if has_b_frames else ("-c:v", "copy")),
        *("-c:a", "libopus", "-ar", "48000", "-ac", "2", "-b:a", "96k"),
        *("-f", "whip", "-authorization", token, url),
    ]


def flv_tag(kind: int, timestamp: int, data: bytes) -> bytes:
    head = bytes([kind]) + len(data).to_bytes(3) + (timestamp & 0xFFFFFF).to_bytes(3)
    head += bytes([timestamp >> 24 & 0xFF]) + bytes(3)
    return head + data + (len(head) + len(data)).to_bytes(4)


class EncoderProcess:
    """`start`, then `feed` until `close`; it is gone afterwards, whatever happened."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self._said: deque[str] = deque(maxlen=_LINES_KEPT)
        self._listening: asyncio.Task[None] | None = None

    @property
    def words(self) -> str:
        """What ffmpeg said last; empty when it had nothing to complain of."""
        return " / ".join(self._said)

    @property
    def has_ended(self) -> bool:
        return self._process is not None and self._process.returncode is not None

    async def start(self) -> None:
        """Raises OSError when there is no ffmpeg."""
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        self._listening = asyncio.ensure_future(self._listen(self._process))
        await self.feed(FLV_HEAD)

    async def feed(self, data: bytes) -> None:
        """Waits while ffmpeg is behind, and so does the encoder. Raises ConnectionError."""
        if self._process is None or self._process.stdin is None:
            raise ConnectionError("not started")
        self._process.stdin.write(data)
        await self._process.stdin.drain()

    async def close(self, *, at_once: bool = False) -> None:
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError, OSError):
                if at_once:
                    process.kill()
                elif process.stdin is not None:
                    process.stdin.close()
            try:
                async with asyncio.timeout(_GOODBYE):
                    await process.wait()
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if self._listening:
            await self._listening

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        if process.stderr is None:
            return
        async for line in process.stderr:
            self._said.append(line.decode(errors="replace").strip()[:300])
