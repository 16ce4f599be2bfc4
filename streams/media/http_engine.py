"""The control API both engines share: MediaMTX defined it, the embedded engine speaks it too."""

from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from streams.media.protocol import EngineUnavailable, PathStatus, Playback

_TIMEOUT = httpx.Timeout(2.0, connect=1.0)


class HttpEngine:
    """`api_url` is reached from the pages role, never by a browser."""

    def __init__(self, api_url: str, *, secret: str = "") -> None:
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        self._client = httpx.Client(
            base_url=api_url,
            headers=headers,
            timeout=_TIMEOUT,
            limits=httpx.Limits(max_keepalive_connections=0),  # asked rarely, by forked processes
            trust_env=False,
        )

    def publish_url(self, path: str, *, base: str) -> str:
        return f"{base.rstrip('/')}/{quote(path)}/whip"

    def playback_urls(self, path: str, *, base: str, token: str) -> Playback:
        root = f"{base.rstrip('/')}/{quote(path)}"
        query = urlencode({"token": token})
        return Playback(
            hls=f"{root}/index.m3u8?{query}",
            whep=f"{root}/whep?{query}",
            sound=f"{root}/sound.m3u8?{query}",
        )

    def status(self, path: str) -> PathStatus | None:
        found = self._get(f"/v3/paths/get/{quote(path)}")
        return self._read_status(found) if found else None

    def online_paths(self) -> set[str]:
        return {item["name"] for item in self._pages("/v3/paths/list") if is_online(item)}

    def recording_errors(self) -> dict[str, str]:
        return {
            item["name"]: str(item["recordingError"])
            for item in self._pages("/v3/paths/list")
            if is_online(item) and item.get("recordingError")
        }

    def kick(self, path: str) -> int:
        # RTMP first: while its encoder is connected it would only come again.
        return sum(self._kick(path, kind) for kind in ("rtmpconns", "webrtcsessions"))

    def _kick(self, path: str, kind: str) -> int:
        kicked = 0
        for session in self._pages(f"/v3/{kind}/list"):
            if session["path"] == path and session["state"] == "publish":
                answer = self._call("POST", f"/v3/{kind}/kick/{session['id']}")
                kicked += answer is not None
        return kicked

    def recordings(self, path: str) -> list[datetime]:
        found = self._get(f"/v3/recordings/get/{quote(path)}")
        return [read_time(each["start"]) for each in found["segments"]] if found else []

    def _read_status(self, found: dict[str, Any]) -> PathStatus:
        since = found.get("onlineTime") or found.get("readyTime")
        return PathStatus(
            path=found["name"],
            is_online=is_online(found),
            online_since=read_time(since) if since else None,
            media_ms=found.get("mediaTimeMs"),
            viewers=len(found.get("readers") or ()),
            tracks=tuple(found.get("tracks") or ()),
            width=found.get("width"),
            height=found.get("height"),
            bits_per_second=found.get("bitsPerSecond"),
        )

    def _pages(self, url: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        page, pages = 0, 1
        while page < pages:
            found = self._get(f"{url}?itemsPerPage=100&page={page}") or {}
            items += found.get("items") or []
            pages = int(found.get("pageCount", 1))
            page += 1
        return items

    def _get(self, url: str) -> dict[str, Any] | None:
        return self._call("GET", url)

    def _call(self, method: str, url: str, **body: Any) -> dict[str, Any] | None:
        """None for 404."""
        try:
            response = self._client.request(method, url, json=body or None)
        except httpx.HTTPError as error:
            raise EngineUnavailable(f"the media engine does not answer: {error}") from error
        if response.status_code == 404:
            return None
        if not response.is_success:
            raise EngineUnavailable(f"the media engine answered {response.status_code}")
        try:
            answer: dict[str, Any] = response.json() if response.content else {}
        except ValueError as error:
            raise EngineUnavailable("the media engine answered without JSON") from error
        return answer


def is_online(path: dict[str, Any]) -> bool:
    return bool(path.get("online", path.get("ready", False)))


def read_time(text: str) -> datetime:
    """RFC 3339 with up to nanoseconds, as Go writes it."""
    head, dot, rest = text.partition(".")
    if dot:
        digits = len(rest) - len(rest.lstrip("0123456789"))
        text = f"{head}.{rest[:digits][:6]}{rest[digits:]}"
    return datetime.fromisoformat(text)
