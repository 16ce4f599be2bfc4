"""What the media role reads from the environment. It is a process of its own, without Django."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import imageio_ffmpeg


@dataclass(frozen=True)
class IceServer:
    """A STUN or TURN server that browsers are told of in the Link header."""

    url: str
    username: str = ""
    credential: str = ""


@dataclass(frozen=True)
class MediaConfig:
    """Seconds, bytes and addresses of the engine; see docs/media.md for each name."""

    auth_url: str = ""
    state_url: str = ""
    hook_secret: str = ""
    udp_ports: tuple[int, int] = (40000, 40099)
    public_address: str = ""
    ice_servers: tuple[IceServer, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    recordings_dir: Path | None = None
    record_min_free: int = 500_000_000
    part_seconds: float = 0.5
    segment_seconds: float = 2.0
    block_seconds: float = 6.0
    whep_limit: int = 40  # a session takes one UDP port an address of the machine
    idle_seconds: float = 4.0
    connect_seconds: float = 15.0
    keep_seconds: float = 1800.0
    rtmp_port: int = 0  # 0: no RTMP
    rtmp_limit: int = 4
    ffmpeg: str = ""
    host: str = "0.0.0.0"  # nosec B104
    port: int = 8002

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> "MediaConfig":
        """Raises ValueError naming the variable that is wrong."""
        auth_url = env.get("MEDIA_AUTH_URL", "")
        recordings = env.get("RECORDINGS_DIR", "")
        return cls(
            auth_url=auth_url,
            state_url=env.get("MEDIA_STATE_URL") or _state_url(auth_url),
            hook_secret=env.get("MEDIA_HOOK_SECRET", ""),
            udp_ports=parse_ports(env.get("MEDIA_UDP_PORTS") or "40000-40099"),
            public_address=env.get("MEDIA_PUBLIC_ADDRESS", ""),
            ice_servers=parse_ice_servers(env.get("MEDIA_ICE_SERVERS", "")),
            allowed_origins=tuple(env.get("MEDIA_ALLOWED_ORIGINS", "").replace(",", " ").split()),
            recordings_dir=Path(recordings) if recordings else None,
            record_min_free=int(_number(env, "RECORDINGS_MIN_FREE_BYTES", cls.record_min_free)),
            part_seconds=_number(env, "MEDIA_HLS_PART_SECONDS", 0.5),
            segment_seconds=_number(env, "MEDIA_HLS_SEGMENT_SECONDS", 2.0),
            block_seconds=_number(env, "MEDIA_HLS_BLOCK_SECONDS", 6.0),
            idle_seconds=_number(env, "MEDIA_IDLE_SECONDS", 4.0),
            whep_limit=int(_number(env, "MEDIA_WHEP_LIMIT", 40)),
            rtmp_port=int(_number(env, "MEDIA_RTMP_PORT", 0)),
            rtmp_limit=int(_number(env, "MEDIA_RTMP_LIMIT", cls.rtmp_limit)),
            ffmpeg=env.get("MEDIA_FFMPEG", ""),
            host=env.get("MEDIA_HOST", cls.host),
            port=int(_number(env, "MEDIA_PORT", _number(env, "PORT", 8000) + 2)),
        )

    def find_ffmpeg(self) -> str:
        """MEDIA_FFMPEG, or the one that came with the Python packages. Raises OSError."""
        if self.ffmpeg:
            return self.ffmpeg
        try:
            return str(imageio_ffmpeg.get_ffmpeg_exe())
        except RuntimeError as error:
            raise OSError("there is no ffmpeg: set MEDIA_FFMPEG") from error


def parse_ports(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    try:
        low, high = int(first), int(last or first)
    except ValueError:
        low = high = 0
    if not 0 < low <= high <= 65535:
        raise ValueError(f"MEDIA_UDP_PORTS must be like 40000-40099, not {text!r}")
    return low, high


def parse_ice_servers(text: str) -> tuple[IceServer, ...]:
    """Either addresses ("stun:a:3478,turn:b") or the JSON list that browsers take."""
    if not text.strip().startswith("["):
        return tuple(IceServer(url) for url in text.replace(",", " ").split())
    try:
        entries: list[dict[str, Any]] = json.loads(text)
        return tuple(
            IceServer(url, str(entry.get("username", "")), str(entry.get("credential", "")))
            for entry in entries
            for url in ([entry["urls"]] if isinstance(entry["urls"], str) else entry["urls"])
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"MEDIA_ICE_SERVERS is not a list of ICE servers: {error}") from None


def _state_url(auth_url: str) -> str:
    """/hooks/media/auth/<secret> has its sibling /hooks/media/state/<secret>."""
    path = urlsplit(auth_url).path
    if "/auth/" not in path:
        return ""
    return auth_url.replace(path, path.replace("/auth/", "/state/", 1), 1)


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    text = env.get(name, "")
    try:
        return float(text) if text else default
    except ValueError:
        raise ValueError(f"{name} must be a number, not {text!r}") from None
