"""LL-HLS over plain ASGI: this is what thousands of viewers ask for twice a second."""

import re
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from streams.media.embedded.engine import Engine
from streams.media.embedded.gate import Gate, token_in
from streams.media.embedded.http_webrtc import describe
from streams.media.embedded.room import Room
from streams.media.embedded.window import PLAYLIST_TYPE

FILE = re.compile(
    r"^/(?P<path>[A-Za-z0-9_-]{1,64})/"
    r"(?:(?P<list>index|stream|plain)\.m3u8|init(?P<init>\d{1,12})\.mp4"
    r"|s(?P<segment>\d{1,12})\.m4s|p(?P<parent>\d{1,12})\.(?P<part>\d{1,4})\.m4s)$"
)

_TOKEN = re.compile(r"[A-Za-z0-9._~-]{1,2000}")
_FIRST_MEDIA = 8.0  # seconds the first viewer of a starting show is kept waiting

Answer = tuple[int, bytes, bytes, bytes]  # status, content type, cache control, body
_MEDIA_CACHE = b"public, max-age=3600, immutable"
_NEVER = b"no-cache"
_ANY = frozenset({b"*"})
_MP4 = b"video/mp4"
_PLAYLIST = PLAYLIST_TYPE.encode()
_TEXT = b"text/plain; charset=utf-8"


def _missing(words: str = "not found") -> Answer:
    return 404, _TEXT, b"no-store", words.encode()


class HlsFiles:
    """An ASGI app for every address that `FILE` matches."""

    def __init__(self, engine: Engine, gatekeeper: Gate, origins: tuple[str, ...]) -> None:
        self._engine = engine
        self._gate = gatekeeper
        self._origins = frozenset(origin.encode() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = FILE.match(scope["path"])
        if found is None:
            raise LookupError("the caller has to match the address first")
        await self._send(scope, send, await self._reply(scope, found))

    async def _reply(self, scope: Scope, found: re.Match[str]) -> Answer:
        if scope["method"] not in ("GET", "HEAD"):
            return 405, _TEXT, b"no-store", b"only GET"
        path = found["path"]
        query: str = scope["query_string"].decode("latin-1")
        if not await self._may_read(scope, path, query):
            return 401, _TEXT, b"no-store", b"authentication failed"
        room = self._engine.rooms.get(path)
        return await self._answer(room, found, query) if room else _missing()

    async def _may_read(self, scope: Scope, path: str, query: str) -> bool:
        has_header = any(name == b"authorization" for name, _ in scope["headers"])
        if not has_header and self._gate.remembers(path, "read", token_in(query)):
            return True
        return await self._gate.allows(describe(Request(scope), path, "read", "hls"))

    async def _answer(self, room: Room, found: re.Match[str], query: str) -> Answer:
        if found["list"]:
            return await self._playlist(room, found["list"], query)
        window = room.window
        if found["init"]:
            init = window.init_map(int(found["init"]))
            return (200, _MP4, _MEDIA_CACHE, init.data) if init else _missing()
        if found["segment"]:
            segment = window.segment(int(found["segment"]))
            if segment is None or not segment.is_complete:
                return _missing()
            return 200, _MP4, _MEDIA_CACHE, segment.data
        number, part = int(found["parent"]), int(found["part"])
        if window.is_too_far(number):
            return _missing()
        # a preload hint may be asked for before it exists
        await window.wait(number, part, self._engine.config.block_seconds)
        segment = window.segment(number)
        if segment is None or part >= len(segment.parts):
            return _missing()
        return 200, _MP4, _MEDIA_CACHE, segment.parts[part].data

    async def _playlist(self, room: Room, name: str, query: str) -> Answer:
        window = room.window
        values = dict(parse_qsl(query))
        # The token is repeated in every address for players that cannot send headers.
        token = self._gate.shorten(values.get("token", ""))
        suffix = f"?token={token}" if _TOKEN.fullmatch(token) else ""
        if window.init is None:
            await window.wait(window.next_number, 0, _FIRST_MEDIA)
        if name == "index":
            text = window.master(suffix)
            if text is None:
                return _missing("nothing has been published here yet")
            return 200, _PLAYLIST, _NEVER, text.encode()
        if "_HLS_msn" in values:
            try:
                number = int(values["_HLS_msn"])
                part = int(values["_HLS_part"]) if "_HLS_part" in values else None
            except ValueError:
                return 400, _TEXT, b"no-store", b"_HLS_msn and _HLS_part must be numbers"
            if window.is_too_far(number):
                return 400, _TEXT, b"no-store", b"_HLS_msn is too far ahead"
            # An absent host: the same playlist again, with 200, and the player goes on asking.
            await window.wait(number, part, self._engine.config.block_seconds)
        text = window.playlist(suffix, low_latency=name == "stream")
        return 200, _PLAYLIST, _NEVER, text.encode()

    async def _send(self, scope: Scope, send: Send, answer: Answer) -> None:
        status, kind, cache, body = answer
        headers = [
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", cache),
        ]
        if self._origins == _ANY:
            headers.append((b"access-control-allow-origin", b"*"))
        else:
            headers.append((b"vary", b"origin"))
            headers += [
                (b"access-control-allow-origin", value)
                for name, value in scope["headers"]
                if name == b"origin" and value in self._origins
            ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        wanted = body if scope["method"] == "GET" else b""
        await send({"type": "http.response.body", "body": wanted})
