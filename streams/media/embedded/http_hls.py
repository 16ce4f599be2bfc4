"""LL-HLS over plain ASGI: this is what thousands of viewers ask for twice a second."""

import re
from typing import NamedTuple, cast
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from streams.media.embedded.engine import Engine
from streams.media.embedded.gate import Gate, token_in
from streams.media.embedded.http_webrtc import describe
from streams.media.embedded.room import Room
from streams.media.embedded.window import PLAYLIST_TYPE, Kind

FILE = re.compile(
    r"^/(?P<path>[A-Za-z0-9_-]{1,64})/"
    r"(?:(?P<list>index|stream|plain|sound)\.m3u8|(?P<only>a?)(?:init(?P<init>\d{1,12})\.mp4"
    r"|s(?P<segment>\d{1,12})\.m4s|p(?P<parent>\d{1,12})\.(?P<part>\d{1,4})\.m4s))$"
)

_TOKEN = re.compile(r"[A-Za-z0-9._~-]{1,2000}")
_FIRST_MEDIA = 8.0  # seconds the first viewer of a starting show is kept waiting


class Answer(NamedTuple):
    status: int
    kind: bytes
    cache: bytes
    body: bytes
    is_packed: bool = False


_MEDIA_CACHE = b"public, max-age=3600, immutable"
_NEVER = b"no-cache"
_ANY = frozenset({b"*"})
_MP4 = b"video/mp4"
_PLAYLIST = PLAYLIST_TYPE.encode()
_TEXT = b"text/plain; charset=utf-8"


def _missing(words: str = "not found") -> Answer:
    return Answer(404, _TEXT, b"no-store", words.encode())


def _takes_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])


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
            return Answer(405, _TEXT, b"no-store", b"only GET")
        path = found["path"]
        query: str = scope["query_string"].decode("latin-1")
        if not await self._may_read(scope, path, query):
            return Answer(401, _TEXT, b"no-store", b"authentication failed")
        room = self._engine.rooms.get(path)
        if room is None:
            return _missing()
        if found["list"]:
            return await self._playlist(room, found["list"], query, _takes_gzip(scope))
        return await self._file(room, found)

    async def _may_read(self, scope: Scope, path: str, query: str) -> bool:
        has_header = any(name == b"authorization" for name, _ in scope["headers"])
        if not has_header and self._gate.remembers(path, "read", token_in(query)):
            return True
        return await self._gate.allows(describe(Request(scope), path, "read", "hls"))

    async def _file(self, room: Room, found: re.Match[str]) -> Answer:
        window = room.window
        hears_only = bool(found["only"])
        if found["init"]:
            init = window.init_map(int(found["init"]))
            if init is None:
                return _missing()
            return Answer(200, _MP4, _MEDIA_CACHE, init.sound if hears_only else init.data)
        if found["segment"]:
            segment = window.segment(int(found["segment"]))
            if segment is None or not segment.is_complete:
                return _missing()
            whole = segment.sound if hears_only else segment.data
            return Answer(200, _MP4, _MEDIA_CACHE, whole)
        number, part = int(found["parent"]), int(found["part"])
        if window.is_too_far(number):
            return _missing()
        # a preload hint may be asked for before it exists
        await window.wait(number, part, self._engine.config.block_seconds)
        segment = window.segment(number)
        if segment is None or part >= len(segment.parts):
            return _missing()
        found_part = segment.parts[part]
        data = found_part.sound if hears_only else found_part.data
        return Answer(200, _MP4, _MEDIA_CACHE, data)

    async def _playlist(self, room: Room, name: str, query: str, packs: bool) -> Answer:
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
            return Answer(200, _PLAYLIST, _NEVER, text.encode())
        if "_HLS_msn" in values:
            try:
                number = int(values["_HLS_msn"])
                part = int(values["_HLS_part"]) if "_HLS_part" in values else None
            except ValueError:
                return Answer(400, _TEXT, b"no-store", b"_HLS_msn and _HLS_part must be numbers")
            if window.is_too_far(number):
                return Answer(400, _TEXT, b"no-store", b"_HLS_msn is too far ahead")
            # An absent host: the same playlist again, with 200, and the player goes on asking.
            await window.wait(number, part, self._engine.config.block_seconds)
        kind = cast("Kind", name)  # what FILE matches beside "index"
        if packs:
            return Answer(200, _PLAYLIST, _NEVER, window.packed(suffix, kind), is_packed=True)
        return Answer(200, _PLAYLIST, _NEVER, window.playlist(suffix, kind).encode())

    async def _send(self, scope: Scope, send: Send, answer: Answer) -> None:
        status, kind, cache, body, is_packed = answer
        headers = [
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", cache),
            # Viewers' data meters count bytes, which browsers tell only with the engine's leave.
            (b"timing-allow-origin", b"*"),
        ]
        if is_packed:
            headers.append((b"content-encoding", b"gzip"))
        if kind == _PLAYLIST:
            headers.append((b"vary", b"accept-encoding"))
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
