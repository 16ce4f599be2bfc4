"""A WHEP session: one viewer's connection, fed by the room."""

import asyncio
import logging
import secrets
import time
import uuid
from collections.abc import Callable
from typing import Any

from streams.media.embedded import background, sdp
from streams.media.embedded.config import MediaConfig
from streams.media.embedded.negotiation import negotiate, new_connection, video_codecs
from streams.media.embedded.passthrough import on_key_wanted, send_prepacked
from streams.media.embedded.relay import RelayTrack
from streams.media.embedded.room import Room

logger = logging.getLogger(__name__)


class Viewer:
    """Stays through the host's absence; ends when the browser stops answering."""

    state = "read"

    def __init__(self, room: Room, config: MediaConfig, on_close: Callable[[Any], None]) -> None:
        self.id = str(uuid.uuid4())
        self.secret = secrets.token_urlsafe(24)
        self.created = time.time()
        self.room = room
        self.connection = new_connection()
        self._config = config
        self._on_close = on_close
        self._relays: list[RelayTrack] = []
        self._is_closed = False
        self._patience: asyncio.TimerHandle | None = None

    async def answer(self, offer: str) -> str:
        """The SDP answer. Raises sdp.BadOffer for an offer that cannot be used."""
        kinds = sdp.media_kinds(offer)
        if "video" in kinds and not sdp.offers_h264(offer):
            raise sdp.BadOffer("the SDP offer has no H264 video")
        for kind in kinds:
            track = RelayTrack(kind)
            self._relays.append(track)
            transceiver = self.connection.addTransceiver(track, direction="sendonly")
            send_prepacked(transceiver.sender)
            if kind == "video":
                transceiver.setCodecPreferences(video_codecs("H264"))
                on_key_wanted(transceiver.sender, self.room.ask_for_key)
        self.connection.on("connectionstatechange", self._on_connection_state)
        answer = await negotiate(self.connection, offer)
        loop = asyncio.get_running_loop()
        self._patience = loop.call_later(self._config.connect_seconds, self._give_up)
        return sdp.add_public_address(answer, self._config.public_address)

    async def close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        self._on_close(self)
        if self._patience:
            self._patience.cancel()
        for track in self._relays:
            self.room.relays.discard(track)
            track.stop()
        await self.connection.close()

    def _give_up(self) -> None:
        if self.connection.connectionState != "connected":
            background.start(self.close())

    async def _on_connection_state(self) -> None:
        state = self.connection.connectionState
        if state == "connected":
            for track in self._relays:
                self.room.add_relay(track)
        elif state in ("failed", "closed"):
            await self.close()
