"""A WHIP session: one host's connection, until its media stops."""

import asyncio
import logging
import secrets
import time
import uuid
from collections.abc import Callable
from typing import Any

from aiortc import MediaStreamTrack, RTCRtpReceiver

from streams.media.embedded import background, sdp
from streams.media.embedded.config import MediaConfig
from streams.media.embedded.negotiation import negotiate, new_connection, video_codecs
from streams.media.embedded.passthrough import (
    AudioTap,
    CodedFrame,
    SenderReport,
    VideoTap,
    send_picture_loss,
    tap_receiver,
)
from streams.media.embedded.room import RATES, Room
from streams.media.embedded.timeline import Timeline
from streams.media.embedded.transcode import Transcoder

logger = logging.getLogger(__name__)


class Publisher:
    """Takes the room over with its first picture and leaves it when no media has come for 4 s."""

    state = "publish"

    def __init__(self, room: Room, config: MediaConfig, on_close: Callable[[Any], None]) -> None:
        self.id = str(uuid.uuid4())
        self.secret = secrets.token_urlsafe(24)
        self.created = time.time()
        self.room = room
        self.codec = "H264"
        self.has_sound = False
        self.taps: dict[str, AudioTap | VideoTap] = {}
        self.timeline = Timeline(room.clock)
        self.last_media: float | None = None
        self.connection = new_connection()
        self._config = config
        self._on_close = on_close
        self._video: RTCRtpReceiver | None = None
        self._transcoder: Transcoder | None = None
        self._is_closed = False
        self._watch: asyncio.Task[None] | None = None

    @property
    def tracks(self) -> list[str]:
        return [self.codec, "Opus"] if self.has_sound else [self.codec]

    async def answer(self, offer: str) -> str:
        """The SDP answer. Raises sdp.BadOffer for an offer that cannot be used."""
        kinds = sdp.media_kinds(offer)
        if "video" not in kinds:
            raise sdp.BadOffer("the SDP offer has no video")
        if not sdp.offers_h264(offer):
            if not sdp.offers_vp8(offer):
                raise sdp.BadOffer("the SDP offer has neither H264 nor VP8 video")
            self.codec = "VP8"
            self._transcoder = Transcoder(self._push_picture, self.room.ask_for_key)
        self.has_sound = "audio" in kinds
        # Codec preferences only count if the transceivers exist before the remote description.
        for kind in kinds:
            transceiver = self.connection.addTransceiver(kind, direction="recvonly")
            if kind == "video":
                transceiver.setCodecPreferences(video_codecs(self.codec))
        self.connection.on("track", self._on_track)
        self.connection.on("connectionstatechange", self._on_connection_state)
        answer = await negotiate(self.connection, offer, media_is_liveness=True)
        self._watch = asyncio.ensure_future(self._watch_media())
        answer = sdp.add_public_address(answer, self._config.public_address)
        return sdp.add_bitrate_hints(answer)

    async def close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        self.room.leave(self)
        self._on_close(self)
        if self._watch and self._watch is not asyncio.current_task():
            self._watch.cancel()
        if self._transcoder:
            self._transcoder.close()
        await self.connection.close()

    def ask_for_key(self) -> None:
        tap = self.taps.get("video")
        if self._video and tap and tap.ssrc is not None and not self._is_closed:
            background.start(send_picture_loss(self._video, tap.ssrc))

    # ---- media

    def _on_track(self, track: MediaStreamTrack) -> None:
        receiver = next(
            each.receiver
            for each in self.connection.getTransceivers()
            if each.receiver.track is track
        )
        kind = track.kind
        on_frame = self._on_picture if kind == "video" else self._on_sound
        if kind == "video":
            self._video = receiver

        def on_report(report: SenderReport) -> None:
            self.timeline.report(kind, RATES[kind], report)

        self.taps[kind] = tap_receiver(receiver, on_frame, on_report)

    def _on_picture(self, frame: CodedFrame) -> None:
        self.last_media = time.monotonic()
        if self._is_closed:
            return
        if self.room.publisher is not self:
            self.room.take_over(self)
        if frame.is_after_loss:
            self.room.ask_for_key()
        start = self.timeline.place("video", RATES["video"], frame.timestamp)
        if self._transcoder:
            self._transcoder.push(frame.data, start)
        else:
            self.room.push_picture(frame.data, start)

    def _on_sound(self, frame: CodedFrame) -> None:
        start = self.timeline.place("audio", RATES["audio"], frame.timestamp)
        if self.room.publisher is self:
            self.last_media = time.monotonic()
            self.room.push_sound(frame.data, start)

    def _push_picture(self, annexb: bytes, start: int) -> None:
        if self.room.publisher is self:
            self.room.push_picture(annexb, start)

    # ---- liveness

    async def _on_connection_state(self) -> None:
        if self.connection.connectionState in ("failed", "closed"):
            await self.close()

    async def _watch_media(self) -> None:
        opened = time.monotonic()
        while not self._is_closed:
            await asyncio.sleep(0.5)
            now = time.monotonic()
            if self.last_media is None:
                is_gone = now - opened > self._config.connect_seconds
            else:
                is_gone = now - self.last_media > self._config.idle_seconds
            if is_gone:
                logger.info("publisher of %s is gone", self.room.name)
                await self.close()
