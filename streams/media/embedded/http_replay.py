"""Replays over HTTP: the files that a show's replay.m3u8 names, and no other.

Whoever may not watch is told the same as whoever asks for what is not there (404).
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from streams.media.embedded.gate import Gate, token_in
from streams.media.embedded.http_webrtc import describe
from streams.media.embedded.window import PLAYLIST_TYPE
from streams.media.recordings import EXPORTS, PLAYLIST, SEGMENT_NAME, names_in

_EXPORT = re.compile(r"export-[0-9a-f]{32}\.mp4")
_TOKEN = re.compile(r"[A-Za-z0-9._~-]{1,2000}")
_URI = re.compile(r'(^[^#\n][^\n]*$|(?<=URI=")[^"]+(?="))', re.MULTILINE)
_MOST_LISTS = 500
_FOR_ALL = "public, max-age=86400, immutable"
_FOR_ONE = "private, max-age=3600, immutable"


class Lists:
    """Playlists as they lie on the disk, read again when they change."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known: OrderedDict[str, tuple[int, str, frozenset[str]]] = OrderedDict()

    def get(self, path: str) -> tuple[str, frozenset[str]] | None:
        file = self._directory / path / PLAYLIST
        try:
            changed = file.stat().st_mtime_ns
            known = self._known.get(path)
            if known is None or known[0] != changed:
                text = file.read_text()
                known = self._known[path] = (changed, text, names_in(text))
                while len(self._known) > _MOST_LISTS:
                    self._known.popitem(last=False)
        except OSError:
            self._known.pop(path, None)
            return None
        return known[1], known[2]


def routes(directory: Path | None, gatekeeper: Gate) -> list[Route]:
    if directory is None:
        return []
    lists = Lists(directory)

    def guarded(answer: Callable[[Request], Awaitable[Response]]) -> Callable[..., object]:
        async def guard(request: Request) -> Response:
            path = request.path_params["path"]
            if not await gatekeeper.allows(describe(request, path, "playback", "hls")):
                return _missing()
            return await answer(request)

        return guard

    async def playlist(request: Request) -> Response:
        found = await asyncio.to_thread(lists.get, request.path_params["path"])
        if found is None:
            return _missing()
        token = gatekeeper.shorten(token_in(request.url.query))
        text = found[0]
        if _TOKEN.fullmatch(token):
            text = _URI.sub(lambda uri: f"{uri[0]}?token={token}", text)
        headers = {"Cache-Control": "no-cache"}
        return Response(text, headers=headers, media_type=PLAYLIST_TYPE)

    async def file(request: Request) -> Response:
        path, name = request.path_params["path"], request.path_params["file"]
        is_mine = not token_in(request.url.query) and "authorization" not in request.headers
        kept = {"Cache-Control": _FOR_ALL if is_mine else _FOR_ONE}
        if SEGMENT_NAME.fullmatch(name):
            found = await asyncio.to_thread(lists.get, path)
            target = directory / path / name
            if found is None or name not in found[1] or not await _is_file(target):
                return _missing()
            return FileResponse(target, headers=kept, media_type="video/mp4")
        target = directory / path / EXPORTS / name
        if _EXPORT.fullmatch(name) and await _is_file(target):
            kept = {"Cache-Control": "private, no-cache"}
            return FileResponse(
                target, headers=kept, media_type="video/mp4", filename=f"replay-{path}.mp4"
            )
        return _missing()

    return [
        Route("/{path:media}/replay/index.m3u8", guarded(playlist)),
        Route("/{path:media}/replay/{file}", guarded(file)),
    ]


async def _is_file(target: Path) -> bool:
    return await asyncio.to_thread(target.is_file)


def _missing() -> Response:
    return PlainTextResponse("not found", 404, headers={"Cache-Control": "no-store"})
