"""The door for encoders that speak RTMP. Off unless MEDIA_RTMP_PORT says where it is.

Address: rtmp://host:port/<path>?token=<key>, MediaMTX's form; or <path> in the encoder's field for
the server and the key in its field for the stream key. Django is asked whether this key may
publish this path before a single picture is taken or a process is started.
"""

import asyncio
import contextlib
import logging
import re
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote

from streams.media.embedded import rtmp_wire
from streams.media.embedded.config import MediaConfig
from streams.media.embedded.encoder_process import EncoderProcess, arguments, flv_tag
from streams.media.embedded.gate import Gate, Request
from streams.media.embedded.rtmp_wire import BadRtmp, Connection, Message

logger = logging.getLogger(__name__)

_PATH = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KEY = re.compile(r"[A-Za-z0-9._~-]{1,2000}")
_MOST_STRANGERS = 16  # connections that have not shown a key yet
_STRANGER_SECONDS = 10.0
_STRANGER_BYTES = 16 * 1024
_LARGEST = 8 << 20  # a key picture at the highest rate that makes sense
_IDLE_SECONDS = 10.0
_LOOK_AT = 12  # pictures looked at for B-frames before ffmpeg starts
_MOST_HELD = 4 << 20
_KEY_MARK = "sk_"

AVC, AVC_PICTURE = 7, 1


@dataclass(eq=False)
class RtmpSession:
    """One encoder's connection. `task` is what ends it."""

    remote: str
    task: asyncio.Task[None]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: float = field(default_factory=time.time)
    path: str = ""
    state: str = "idle"
    octets: int = 0
    is_kicked: bool = False


class RtmpDoor:
    def __init__(self, config: MediaConfig, gate: Gate, whip_base: str) -> None:
        self.sessions: dict[str, RtmpSession] = {}
        self._config = config
        self._gate = gate
        self._whip_base = whip_base
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Raises OSError when the port is taken."""
        if not self._config.rtmp_port:
            return
        self._server = await asyncio.start_server(
            self._greet, self._config.host, self._config.rtmp_port
        )
        logger.info("RTMP encoders may come to port %d", self._config.rtmp_port)

    async def close(self) -> None:
        if self._server:
            self._server.close()
        await self._end(list(self.sessions.values()))

    async def kick(self, session_id: str) -> str | None:
        """Ends a session by its id; its path, or None when there is no such session."""
        session = self.sessions.get(session_id)
        if session is None:
            return None
        await self._end([session])
        return session.path

    async def _end(self, sessions: list[RtmpSession]) -> None:
        for session in sessions:
            session.is_kicked = True
            session.task.cancel()
        await asyncio.gather(*(session.task for session in sessions), return_exceptions=True)

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername") or ("",)
        task = asyncio.current_task()
        strangers = sum(not session.path for session in self.sessions.values())
        if task is None or strangers >= _MOST_STRANGERS:
            writer.close()
            return
        session = RtmpSession(str(peer[0]), task)
        self.sessions[session.id] = session
        try:
            await self._serve(session, reader, writer)
        except (BadRtmp, EOFError, TimeoutError, OSError) as error:
            words = str(error) or type(error).__name__
            logger.info("RTMP from %s ended: %s", session.remote, words)
        except asyncio.CancelledError:
            logger.info("RTMP of %s was ended", session.path or session.remote)
        finally:
            self.sessions.pop(session.id, None)
            with contextlib.suppress(OSError):
                writer.close()

    async def _serve(
        self, session: RtmpSession, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        connection = Connection(reader, writer, largest=_STRANGER_BYTES)
        async with asyncio.timeout(_STRANGER_SECONDS):
            await connection.shake_hands()
            path, key = await _listen_for_publish(connection)
            refusal = await self._refusal(session, path, key)
        if refusal:
            _say_status(connection, "error", "NetStream.Publish.BadName", refusal)
            await connection.drain()
            return
        session.path, session.state = path, "publish"
        connection.largest = _LARGEST
        _say_status(connection, "status", "NetStream.Publish.Start", "welcome")
        await connection.drain()
        await self._publish(session, connection)

    async def _refusal(self, session: RtmpSession, path: str, key: str) -> str:
        """Why this one may not publish, in words; empty if they may."""
        request = Request(
            ip=session.remote,
            action="publish",
            path=path,
            protocol="rtmp",
            query=f"token={quote(key)}",
        )
        if not path or not key or not await self._gate.allows(request):
            return "this key does not open this room"
        others = [other for other in self.sessions.values() if other.path]
        if any(other.path == path for other in others):
            # The same host after a broken connection: the newer one counts, as everywhere.
            await self._end([other for other in others if other.path == path])
        elif len(others) >= self._config.rtmp_limit:
            return "every encoder's place is taken"
        return ""

    # ---- media

    async def _publish(self, session: RtmpSession, connection: Connection) -> None:
        async def receive() -> Message:
            # Not wait_for: Python 3.11's forgets a cancellation (a kick) that comes with a message.
            async with asyncio.timeout(_IDLE_SECONDS):
                message = await connection.receive()
            session.octets += len(message.data)
            return message

        held, has_b_frames = await _look_first(receive)
        # The key itself is never in a command line, which all of the machine can read.
        token = secrets.token_urlsafe(24)
        self._gate.grant(session.path, "publish", token)
        url = f"{self._whip_base}/{session.path}/whip"
        command = [self._config.find_ffmpeg(), *arguments(url, token, has_b_frames=has_b_frames)]
        if has_b_frames:
            logger.warning("%s sends B-frames: its picture is encoded anew", session.path)
        encoder = EncoderProcess(command)
        try:
            await encoder.start()
            for message in held:
                await encoder.feed(flv_tag(message.kind, message.timestamp, message.data))
            while not encoder.has_ended:
                message = await receive()
                if _is_end(message):
                    break
                if message.kind in (rtmp_wire.AUDIO, rtmp_wire.VIDEO):
                    await encoder.feed(flv_tag(message.kind, message.timestamp, message.data))
        finally:
            await asyncio.shield(encoder.close(at_once=session.is_kicked))
            if encoder.words:
                logger.warning("ffmpeg of %s said: %s", session.path, encoder.words)


async def _listen_for_publish(connection: Connection) -> tuple[str, str]:
    """Answers what comes before, as encoders expect it; the path and the key that are told."""
    app = ""
    while True:
        message = await connection.receive()
        if message.kind not in (rtmp_wire.COMMAND, rtmp_wire.COMMAND_AMF3):
            continue
        name, number, *rest = _command(message)
        match name:
            case "connect":
                told = rest[0] if rest and isinstance(rest[0], dict) else {}
                app = str(told.get("app", ""))
                connection.begin()
                connection.command(
                    *("_result", number, {"fmsVer": "FMS/3,0,1,123", "capabilities": 31}),
                    {
                        "level": "status",
                        "code": "NetConnection.Connect.Success",
                        "description": "connected",
                        "objectEncoding": 0,
                    },
                )
            case "createStream":
                connection.command("_result", number, None, 1)
            case "releaseStream" | "FCPublish":
                connection.command("_result", number, None, None)
            case "publish":
                playpath = rest[1] if len(rest) > 1 and isinstance(rest[1], str) else ""
                return read_address(app, playpath)
        await connection.drain()


def _command(message: Message) -> list[Any]:
    """[name, transaction, …]; an AMF3 command of encoders is AMF0 behind a zero."""
    data = message.data[1:] if message.kind == rtmp_wire.COMMAND_AMF3 else message.data
    values = rtmp_wire.decode(data)
    if not values or not isinstance(values[0], str):
        raise BadRtmp("a command without a name")
    return [*values, 0] if len(values) == 1 else values


def read_address(app: str, playpath: str) -> tuple[str, str]:
    """(path, key) out of what encoders make of an address; empty where it cannot be read."""
    pieces: list[str] = []
    key = ""
    for part in (app, playpath):
        place, _, query = part.partition("?")
        pieces += [piece for piece in place.split("/") if piece]
        key = parse_qs(query).get("token", [key])[0]
    if len(pieces) > 1 and pieces[-1].startswith(_KEY_MARK):
        key = key or pieces[-1]
        pieces.pop()
    if len(pieces) > 1 and pieces[0] == "live":
        pieces = pieces[1:]
    is_sound = len(pieces) == 1 and _PATH.fullmatch(pieces[0]) and _KEY.fullmatch(key)
    return (pieces[0], key) if is_sound else ("", "")


async def _look_first(receive: Callable[[], Any]) -> tuple[list[Message], bool]:
    """The first messages, and whether their pictures are out of order. Raises BadRtmp."""
    held: list[Message] = []
    pictures = size = 0
    while pictures < _LOOK_AT and size < _MOST_HELD:
        message: Message = await receive()
        if _is_end(message):
            raise BadRtmp("nothing was sent")
        if message.kind not in (rtmp_wire.AUDIO, rtmp_wire.VIDEO) or not message.data:
            continue
        held.append(message)
        size += len(message.data)
        if message.kind != rtmp_wire.VIDEO:
            continue
        if message.data[0] & 0x80 or message.data[0] & 0x0F != AVC:
            raise BadRtmp("the picture is not H.264")
        if len(message.data) > 5 and message.data[1] == AVC_PICTURE:
            pictures += 1
            if message.data[2:5] != b"\x00\x00\x00":
                return held, True
    return held, False


def _is_end(message: Message) -> bool:
    if message.kind not in (rtmp_wire.COMMAND, rtmp_wire.COMMAND_AMF3):
        return False
    return _command(message)[0] in ("deleteStream", "closeStream", "FCUnpublish")


def _say_status(connection: Connection, level: str, code: str, words: str) -> None:
    told = {"level": level, "code": code, "description": words}
    connection.command("onStatus", 0, None, told, stream=1)
