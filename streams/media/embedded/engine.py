"""The rooms and sessions of this process."""

import asyncio
import logging
import time
from collections.abc import Callable

from streams.media.embedded import sdp
from streams.media.embedded.config import MediaConfig
from streams.media.embedded.publisher import Publisher
from streams.media.embedded.recorder import Recorder
from streams.media.embedded.room import Room
from streams.media.embedded.viewer import Viewer
from streams.media.embedded.window import Window

logger = logging.getLogger(__name__)

Session = Publisher | Viewer
_MOST_ATTEMPTS = 3  # sessions of one path that have not sent anything yet


class NoStream(LookupError):
    """Nobody has published on this path (404)."""


class TooManyViewers(RuntimeError):
    """The quota of WHEP viewers is used up (503): HLS has no such limit."""


class Engine:
    """Lives on one event loop; nothing here may block it."""

    def __init__(
        self, config: MediaConfig, on_state: Callable[[str, bool], None] = lambda path, on: None
    ) -> None:
        self.config = config
        self.rooms: dict[str, Room] = {}
        self.sessions: dict[str, Session] = {}  # by the secret in their Location
        self.recorder = Recorder(config.recordings_dir, min_free=config.record_min_free)
        self._on_state = on_state
        self._started = int(time.time())

    async def publish(self, path: str, offer: str) -> tuple[Publisher, str]:
        """A new session and its answer. The path is taken over with the first picture."""
        await self._limit_attempts(path)
        publisher = Publisher(self._room(path), self.config, self._forget)
        return publisher, await self._answer(publisher, offer)

    async def watch(self, path: str, offer: str) -> tuple[Viewer, str]:
        room = self.rooms.get(path)
        if room is None or room.publisher is None:
            raise NoStream(f"no stream is available on path '{path}'")
        viewers = sum(isinstance(session, Viewer) for session in self.sessions.values())
        if viewers >= self.config.whep_limit:
            raise TooManyViewers("every WebRTC viewer's place is taken; use HLS")
        viewer = Viewer(room, self.config, self._forget)
        return viewer, await self._answer(viewer, offer)

    async def kick(self, session_id: str) -> str | None:
        """Closes a session by its public id; its path, or None when there is no such session."""
        for session in list(self.sessions.values()):
            if session.id == session_id:
                await session.close()
                return session.room.name
        return None

    async def close(self) -> None:
        await asyncio.gather(*(session.close() for session in list(self.sessions.values())))
        await self.recorder.close()

    def sweep(self) -> None:
        """Forget rooms whose host has been away for very long."""
        now = time.monotonic()
        for name, room in list(self.rooms.items()):
            is_used = room.publisher or any(s.room is room for s in self.sessions.values())
            if not is_used and now - room.left_at > self.config.keep_seconds:
                del self.rooms[name]

    async def _limit_attempts(self, path: str) -> None:
        """A host that tries again and again must not use up the UDP ports."""
        waiting = [
            session
            for session in self.sessions.values()
            if isinstance(session, Publisher)
            and session.room.name == path
            and session.last_media is None
        ]
        for session in waiting[: 1 - _MOST_ATTEMPTS]:
            await session.close()

    async def _answer(self, session: Session, offer: str) -> str:
        self.sessions[session.secret] = session
        try:
            return await session.answer(offer)
        except (sdp.BadOffer, OSError):
            await session.close()
            raise

    def _forget(self, session: Session) -> None:
        self.sessions.pop(session.secret, None)

    def _room(self, path: str) -> Room:
        room = self.rooms.get(path)
        if room is None:
            earlier = self.recorder.resume(path)
            # Segment numbers never return, not even after a restart: caches keep old ones.
            window = Window(
                part_seconds=self.config.part_seconds,
                segment_seconds=self.config.segment_seconds,
                first_number=max(self._started, earlier.next_number),
            )
            room = self.rooms[path] = Room(
                path,
                window,
                on_state=self._tell,
                on_segment=lambda segment: self.recorder.write(path, segment),
                media_ms=earlier.media_ms,
            )
        return room

    def _tell(self, room: Room) -> None:
        logger.info("%s is %s", room.name, "on air" if room.is_online else "away")
        self._on_state(room.name, room.is_online)
