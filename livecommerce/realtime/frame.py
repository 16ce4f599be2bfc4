"""WebSocket frames and envelopes as bytes, built once for all sockets."""

import json
import struct
from collections.abc import Iterable, Mapping
from typing import Any


def text_frame(payload: bytes) -> bytes:
    """A whole unmasked text frame (RFC 6455, 5.2), as a server sends it."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65536:
        return b"\x81\x7e" + struct.pack("!H", size) + payload
    return b"\x81\x7f" + struct.pack("!Q", size) + payload


def payload_of(frame: bytes) -> bytes:
    """The payload of a frame made by `text_frame`."""
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]


def envelope(
    seq: int, epoch: str, events: Iterable[bytes], counters: Mapping[str, int] | None = None
) -> bytes:
    """`{"v":1,"s":seq,"ep":epoch,"e":[…],"a":{…}}` framed; `events` are JSON already."""
    tail = b',"a":' + to_json(counters) if counters else b""
    return text_frame(
        b'{"v":1,"s":%d,"ep":"%s","e":[%s]%s}' % (seq, epoch.encode(), b",".join(events), tail)
    )


def control(**content: Any) -> bytes:
    """`{"v":1, …}` framed: hello, ok, err, bye."""
    return text_frame(to_json({"v": 1} | content))


def to_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
