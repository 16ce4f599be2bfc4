"""RTMP as far as an encoder speaks it: handshake, chunks, AMF0. Nothing here touches a socket's
other end than by the two streams it is given.

Adobe's "Real-Time Messaging Protocol" 1.0, chapters 5 to 7, and "AMF 0". Whoever connects may
send anything: every length is bounded before it is believed.
"""

import asyncio
import os
import struct
from dataclasses import dataclass
from typing import Any

SET_CHUNK_SIZE, ABORT, ACK, WINDOW_ACK_SIZE, PEER_BANDWIDTH = 1, 2, 3, 5, 6
AUDIO, VIDEO, DATA, COMMAND, COMMAND_AMF3 = 8, 9, 18, 20, 17

_HANDSHAKE = 1536
_MOST_CHUNK_STREAMS = 16
_LARGEST_CHUNK = 1 << 20
_DEEPEST = 4
_MOST_VALUES = 200
_OUT_CHUNK = 4096


class BadRtmp(ValueError):
    """The other end does not speak RTMP, or too much of it."""


@dataclass(frozen=True, slots=True)
class Message:
    kind: int
    timestamp: int  # milliseconds
    stream: int
    data: bytes


@dataclass(slots=True)
class _ChunkStream:
    timestamp: int = 0
    delta: int = 0
    length: int = 0
    kind: int = 0
    stream: int = 0
    is_extended: bool = False
    data: bytearray | None = None


class Connection:
    """`largest` bounds a message; raise it once the other end is known."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, largest: int
    ) -> None:
        self.largest = largest
        self._reader = reader
        self._writer = writer
        self._chunk_size = 128
        self._streams: dict[int, _ChunkStream] = {}
        self._received = 0
        self._told = 0
        self._window = 2_500_000

    async def shake_hands(self) -> None:
        """The simple handshake, which every encoder accepts."""
        hello = await self._reader.readexactly(1 + _HANDSHAKE)
        if hello[0] != 3:
            raise BadRtmp("no RTMP here")
        self._writer.write(b"\x03" + bytes(8) + os.urandom(_HANDSHAKE - 8) + hello[1:])
        await self._writer.drain()
        await self._reader.readexactly(_HANDSHAKE)

    async def receive(self) -> Message:
        """The next message that is not about the chunks themselves. Raises BadRtmp, EOFError."""
        while True:
            message = await self._receive()
            if message.kind == SET_CHUNK_SIZE and len(message.data) == 4:
                size = int.from_bytes(message.data) & 0x7FFFFFFF
                if not 1 <= size <= _LARGEST_CHUNK:
                    raise BadRtmp("a chunk size out of bounds")
                self._chunk_size = size
            elif message.kind == ABORT and len(message.data) == 4:
                self._streams.pop(int.from_bytes(message.data), None)
            elif message.kind not in (ACK, WINDOW_ACK_SIZE, PEER_BANDWIDTH):
                return message

    async def _receive(self) -> Message:
        while True:
            first = (await self._read(1))[0]
            stream = await self._header(first >> 6, await self._chunk_stream(first & 63))
            data = stream.data if stream.data is not None else bytearray()
            data += await self._read(min(self._chunk_size, stream.length - len(data)))
            stream.data = data
            if len(data) < stream.length:
                continue
            stream.data = None
            return Message(stream.kind, stream.timestamp, stream.stream, bytes(data))

    async def _chunk_stream(self, number: int) -> _ChunkStream:
        if number == 0:
            number = 64 + (await self._read(1))[0]
        elif number == 1:
            low, high = await self._read(2)
            number = 64 + low + high * 256
        if number not in self._streams and len(self._streams) >= _MOST_CHUNK_STREAMS:
            raise BadRtmp("too many chunk streams")
        return self._streams.setdefault(number, _ChunkStream())

    async def _header(self, form: int, stream: _ChunkStream) -> _ChunkStream:
        """Reads what this form of header tells; the rest is as in the chunk before."""
        is_continued = stream.data is not None
        if is_continued and form != 3:
            raise BadRtmp("a message begins within another")
        given = b""
        if form < 3:
            given = await self._read((11, 7, 3)[form])
            stream.is_extended = given[:3] == b"\xff\xff\xff"
            stream.delta = int.from_bytes(given[:3])
        if form < 2:
            stream.length = int.from_bytes(given[3:6])
            stream.kind = given[6]
            if stream.length > self.largest:
                raise BadRtmp("a message that is too long")
        if form == 0:
            stream.stream = int.from_bytes(given[7:11], "little")
        if stream.is_extended:
            extended = int.from_bytes(await self._read(4))
            if form < 3:
                stream.delta = extended
        if not is_continued:
            stream.timestamp = stream.delta if form == 0 else stream.timestamp + stream.delta
            stream.timestamp &= 0xFFFFFFFF
            if form == 0:
                stream.delta = 0
        return stream

    async def _read(self, count: int) -> bytes:
        data = await self._reader.readexactly(count)
        self._received += count
        if self._received - self._told > self._window // 2:
            self._told = self._received
            self.send(2, ACK, (self._received & 0xFFFFFFFF).to_bytes(4))
        return data

    # ---- what is said back

    def send(self, chunk_stream: int, kind: int, data: bytes, stream: int = 0) -> None:
        """In chunks of 4,096 bytes; `begin` announces that."""
        head = struct.pack(">B", chunk_stream) + bytes(3) + len(data).to_bytes(3)
        head += bytes([kind]) + stream.to_bytes(4, "little")
        rest = bytes([0xC0 | chunk_stream])
        self._writer.write(head + data[:_OUT_CHUNK])
        for at in range(_OUT_CHUNK, len(data), _OUT_CHUNK):
            self._writer.write(rest + data[at : at + _OUT_CHUNK])

    def begin(self) -> None:
        self.send(2, WINDOW_ACK_SIZE, self._window.to_bytes(4))
        self.send(2, PEER_BANDWIDTH, self._window.to_bytes(4) + b"\x02")
        self.send(2, SET_CHUNK_SIZE, _OUT_CHUNK.to_bytes(4))

    def command(self, *values: Any, stream: int = 0) -> None:
        self.send(3, COMMAND, b"".join(encode(value) for value in values), stream)

    async def drain(self) -> None:
        await self._writer.drain()


# ---- AMF0


def encode(value: Any) -> bytes:
    """None, bool, int, float, str and dict of those."""
    if value is None:
        return b"\x05"
    if isinstance(value, bool):
        return b"\x01" + bytes([value])
    if isinstance(value, int | float):
        return b"\x00" + struct.pack(">d", value)
    if isinstance(value, str):
        return b"\x02" + _text(value)
    if isinstance(value, dict):
        inside = b"".join(_text(name) + encode(each) for name, each in value.items())
        return b"\x03" + inside + b"\x00\x00\x09"
    raise TypeError(type(value).__name__)


def decode(data: bytes) -> list[Any]:
    """The values of a command. Raises BadRtmp."""
    reader = _Amf(data)
    values = []
    try:
        while not reader.is_done:
            values.append(reader.value())
    except (IndexError, struct.error, UnicodeDecodeError) as error:
        raise BadRtmp("a command that cannot be read") from error
    return values


def _text(value: str) -> bytes:
    data = value.encode()
    return len(data).to_bytes(2) + data


class _Amf:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._count = 0

    @property
    def is_done(self) -> bool:
        return self._at >= len(self._data)

    def value(self, depth: int = 0) -> Any:
        self._count += 1
        if depth > _DEEPEST or self._count > _MOST_VALUES:
            raise BadRtmp("a command with too much in it")
        kind = self._take(1)[0]
        match kind:
            case 0:
                return struct.unpack(">d", self._take(8))[0]
            case 1:
                return bool(self._take(1)[0])
            case 2:
                return self._string(2)
            case 3:
                return self._members(depth)
            case 5 | 6:
                return None
            case 8:
                self._take(4)
                return self._members(depth)
            case 10:
                length = min(int.from_bytes(self._take(4)), _MOST_VALUES)
                return [self.value(depth + 1) for _ in range(length)]
            case 11:
                return struct.unpack(">d", self._take(10)[:8])[0]
            case 12:
                return self._string(4)
        raise BadRtmp(f"AMF0 type {kind} is not known here")

    def _members(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self._data[self._at : self._at + 3] != b"\x00\x00\x09":
            name = self._string(2)
            found[name] = self.value(depth + 1)
        self._take(3)
        return found

    def _string(self, width: int) -> str:
        return self._take(int.from_bytes(self._take(width))).decode()

    def _take(self, count: int) -> bytes:
        piece = self._data[self._at : self._at + count]
        if len(piece) < count:
            raise IndexError
        self._at += count
        return piece
