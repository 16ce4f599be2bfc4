"""`python -m tests.bench.media.crowd URL VIEWERS SECONDS`: HLS viewers that show no picture.

Each asks for the next part's playlist, then for the part, over one kept connection, as hls.js
does. Prints one line of JSON: parts received and how late they came. `behind`: how old the newest
part was when its list arrived, by the list's own clock; one list in ten is looked at.
"""

import asyncio
import json
import re
import sys
import time
from datetime import datetime
from urllib.parse import urlsplit

_CLOCK = re.compile(rb"#EXT-X-PROGRAM-DATE-TIME:([^\n]+)")
_LENGTH = re.compile(rb"#EXT-X-PART:DURATION=([0-9.]+)")
_PARTS = re.compile(rb'URI="(p(\d+)\.(\d+)\.m4s[^"]*)"')


class Viewer:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname, parts.port
        self._folder = parts.path.rsplit("/", 1)[0]
        self._query = parts.query
        self.parts = 0
        self.octets = 0
        self.waits: list[float] = []
        self.behind: list[float] = []

    async def watch(self, until: float) -> None:
        self._reader, self._writer = await asyncio.open_connection(
            self._host, self._port, limit=1 << 22
        )
        text = await self._get(f"{self._folder}/stream.m3u8?{self._query}")
        while time.monotonic() < until:
            *_, hint = _PARTS.finditer(text)
            number, part = int(hint[2]), int(hint[3])
            text = await self._get(
                f"{self._folder}/stream.m3u8?{self._query}&_HLS_msn={number}&_HLS_part={part}"
            )
            if self.parts % 10 == 0:
                self.behind.append(_age(text))
            listed = list(_PARTS.finditer(text))[:-1]
            if not listed:
                continue
            started = time.monotonic()
            data = await self._get(f"{self._folder}/{listed[-1][1].decode()}")
            self.waits.append(time.monotonic() - started)
            self.parts += 1
            self.octets += len(data)
        self._writer.close()

    async def _get(self, target: str) -> bytes:
        self._writer.write(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        body = await self._reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{target}: {head[:40]!r}")
        return body


def _age(text: bytes) -> float:
    """Seconds since the newest part's last picture, as the list tells it."""
    clock = list(_CLOCK.finditer(text))[-1]
    began = datetime.fromisoformat(clock[1].decode()).timestamp()
    return time.time() - began - sum(map(float, _LENGTH.findall(text[clock.end() :])))


async def main(url: str, count: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    viewers = [Viewer(url) for _ in range(count)]
    outcomes = await asyncio.gather(*(v.watch(until) for v in viewers), return_exceptions=True)
    waits = sorted(wait for viewer in viewers for wait in viewer.waits) or [0.0]
    behind = sorted(age for viewer in viewers for age in viewer.behind) or [0.0]
    print(
        json.dumps(
            {
                "parts": sum(viewer.parts for viewer in viewers),
                "parts_per_viewer_s": sum(v.parts for v in viewers) / count / seconds,
                "megabits_s": sum(v.octets for v in viewers) * 8 / seconds / 1e6,
                "p99_fetch_s": waits[int(len(waits) * 0.99)],
                "behind_p50_s": behind[len(behind) // 2],
                "behind_p99_s": behind[int(len(behind) * 0.99)],
                "failed": sum(isinstance(outcome, Exception) for outcome in outcomes),
            }
        )
    )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
