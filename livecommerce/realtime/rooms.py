"""A room in Redis: its keys, its scripts, and the line that travels between processes.

All keys of a room share the hash tag `{room}`, so that a Redis Cluster keeps a room (and its
sharded pub/sub channel) on one node and spreads the rooms.
"""

import secrets
from pathlib import Path
from typing import NamedTuple

from livecommerce import redis_client

KEEP_ROOM_SECONDS = 2 * 24 * 3600
KEEP_CHAT_SECONDS = 600
KEEP_COUNTERS_SECONDS = 7 * 24 * 3600
LOG_LENGTH = 512
CHAT_LENGTH = 64
CHAT_LINES_SHOWN_PER_SECOND = 40
"""Nobody reads faster; above it chat is thinned out."""


def _script(name: str) -> str:
    return (Path(__file__).parent / "lua" / f"{name}.lua").read_text()


PUBLISH, READ, ROTATE, BEAT = map(_script, ("publish", "read", "rotate", "beat"))


class Keys(NamedTuple):
    """The Redis names of one room."""

    meta: str
    log: str
    chat: str
    channel: str
    here: str
    counts: str


def keys(room: str) -> Keys:
    return Keys(*(redis_client.key("room", f"{{{room}}}", part) for part in Keys._fields))


def new_epoch() -> str:
    """Names one life of a room's numbering; a flushed Redis shows by a changed epoch."""
    return secrets.token_hex(4)


class Message(NamedTuple):
    """One event on its way from Redis to the hubs; its JSON `body` is never parsed here."""

    epoch: str
    seq: int
    previous: int
    """The commerce event before this one; who has not seen it has missed something."""
    lane: str
    """c commerce, h chat for all, s chat thinned out, p private, f figures, r nothing but a new
    epoch."""
    sender: str
    """Person key of a chat line's author, `-` for none."""
    body: bytes


def parse(raw: bytes) -> Message:
    """Read what publish.lua wrote. Raises ValueError for anything else."""
    head, _, body = raw.partition(b"\n")
    epoch, seq, previous, lane, sender = head.decode().split(" ")
    return Message(epoch, int(seq), int(previous), lane, sender, body)


class Position(NamedTuple):
    """Up to where somebody knows a room: give both to a client that connects."""

    epoch: str
    seq: int
