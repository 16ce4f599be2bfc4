"""The one module that knows private names of aiortc and aioice; tests guard each of them.

aiortc decodes what it receives. Here the receiver's jitter buffer is replaced by a tap that hands
out coded frames and never gives the decoder anything, so its thread sleeps.
"""

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import aioice.ice
from aiortc import RTCPeerConnection, RTCRtpReceiver, RTCRtpSender
from aiortc.codecs.h264 import H264Encoder
from aiortc.rtp import RtcpSrPacket, RtpPacket

from streams.media.embedded import background

logger = logging.getLogger(__name__)

_JITTER_BUFFER = "_RTCRtpReceiver__jitter_buffer"
_DATA = "_data"  # the depacketised payload, put there by the receiver
_HANDLE_RTCP = "_handle_rtcp_packet"
_SEND_KEYFRAME = "_send_keyframe"
_ENCODER = "_RTCRtpSender__encoder"
_NACK_AGAIN = 0.1  # seconds between two requests for the same lost packets
_GIVE_UP = 0.6  # seconds a lost packet is waited for; viewers are 1.5 s behind
_TOO_MANY = 1000  # packets held behind a gap
_AUDIO_WINDOW = 3  # audio is not repeated: 60 ms for reordering, then on


@dataclass(frozen=True, slots=True)
class CodedFrame:
    """`timestamp` is RTP's, unwrapped, counted from the first packet; `is_after_loss` once."""

    data: bytes
    timestamp: int
    is_after_loss: bool = False


@dataclass(frozen=True, slots=True)
class SenderReport:
    """The sender's own clock (NTP seconds) at an RTP timestamp counted like a frame's."""

    seconds: float
    timestamp: int


OnFrame = Callable[[CodedFrame], None]
OnReport = Callable[[SenderReport], None]


class _Unwrap:
    def __init__(self, bits: int) -> None:
        self._modulo = 1 << bits
        self._half = self._modulo >> 1
        self.last: int | None = None

    def near(self, value: int) -> int:
        if self.last is None:
            return value
        return self.last + (value - self.last + self._half) % self._modulo - self._half

    def __call__(self, value: int) -> int:
        self.last = self.near(value)
        return self.last


class _Tap(ABC):
    """Stands in for aiortc's JitterBuffer: `add` is all of it that a receiver calls."""

    def __init__(self, on_frame: OnFrame) -> None:
        self.packets = 0
        self.lost = 0
        self.octets = 0
        self.ssrc: int | None = None
        self._on_frame = on_frame
        self._sequence = _Unwrap(16)
        self._clock = _Unwrap(32)
        self._origin: int | None = None
        self._next: int | None = None
        self._held: dict[int, RtpPacket] = {}

    def add(self, packet: RtpPacket) -> tuple[bool, None]:
        try:
            self._add(packet)
        except Exception:  # an error here would end aiortc's receive loop
            logger.exception("a received packet could not be handled")
        return False, None

    def _add(self, packet: RtpPacket) -> None:
        number = self._sequence(packet.sequence_number)
        self.ssrc = packet.ssrc
        self.packets += 1
        self.octets += len(packet.payload)
        if self._next is None:
            self._next = number
        if number < self._next:
            return
        self._held[number] = packet
        self._drain()

    @abstractmethod
    def _drain(self) -> None:
        """Hand on what is whole of the packets held."""

    def _time(self, rtp_timestamp: int) -> int:
        value = self._clock(rtp_timestamp)
        if self._origin is None:
            self._origin = value
        return value - self._origin

    def report_time(self, rtp_timestamp: int) -> int | None:
        return None if self._origin is None else self._clock.near(rtp_timestamp) - self._origin


class AudioTap(_Tap):
    """Reorders within a few packets and never waits for a loss."""

    def _drain(self) -> None:
        while self._held and self._next is not None:
            packet = self._held.pop(self._next, None)
            if packet is not None:
                self._next += 1
                data: bytes = getattr(packet, _DATA)
                if data:
                    self._on_frame(CodedFrame(data, self._time(packet.timestamp)))
            elif max(self._held) - self._next >= _AUDIO_WINDOW:
                self.lost += min(self._held) - self._next
                self._next = min(self._held)
            else:
                return


class VideoTap(_Tap):
    """Puts frames together; a gap is asked for again and again, then given up with a frame lost."""

    def __init__(
        self, on_frame: OnFrame, ask_again: Callable[[int, list[int]], Coroutine[Any, Any, None]]
    ) -> None:
        super().__init__(on_frame)
        self._ask_again = ask_again
        self._chunks: list[bytes] = []
        self._frame_time: int | None = None
        self._is_broken = False
        self._gap_since: float | None = None
        self._asked = 0.0

    def _drain(self) -> None:
        while self._held and self._next is not None:
            packet = self._held.pop(self._next, None)
            if packet is not None:
                self._next += 1
                self._gap_since = None
                self._append(packet)
            elif not self._wait_for_gap():
                self._skip_gap()
            else:
                return

    def _append(self, packet: RtpPacket) -> None:
        if packet.timestamp != self._frame_time:
            self._emit()
            self._frame_time = packet.timestamp
        data: bytes = getattr(packet, _DATA)
        if data:
            self._chunks.append(data)
        if packet.marker:
            self._emit()

    def _emit(self) -> None:
        if self._chunks and self._frame_time is not None:
            frame = CodedFrame(
                b"".join(self._chunks), self._time(self._frame_time), self._is_broken
            )
            self._is_broken = False
            self._chunks = []
            self._on_frame(frame)

    def _wait_for_gap(self) -> bool:
        now = time.monotonic()
        if self._gap_since is None:
            self._gap_since = self._asked = now  # aiortc has just asked
        if now - self._gap_since > _GIVE_UP or len(self._held) > _TOO_MANY:
            return False
        if now - self._asked > _NACK_AGAIN and self._next is not None and self.ssrc is not None:
            self._asked = now
            first = min(self._held)
            missing = [number & 0xFFFF for number in range(self._next, first)][:64]
            background.start(self._ask_again(self.ssrc, missing))
        return True

    def _skip_gap(self) -> None:
        """On to the first packet of the next whole frame; what lies between is lost."""
        first = min(self._held)
        self.lost += first - (self._next or first)
        damaged = self._held[first].timestamp
        self._next = first
        self._chunks = []
        self._frame_time = None
        self._gap_since = None
        self._is_broken = True
        while self._next in self._held and self._held[self._next].timestamp == damaged:
            del self._held[self._next]
            self._next += 1


def tap_receiver(
    receiver: RTCRtpReceiver, on_frame: OnFrame, on_report: OnReport
) -> AudioTap | VideoTap:
    """Call before media flows. Frames and reports come on the event loop."""
    tap: AudioTap | VideoTap
    if receiver.track.kind == "video":
        tap = VideoTap(on_frame, receiver._send_rtcp_nack)
    else:
        tap = AudioTap(on_frame)
    setattr(receiver, _JITTER_BUFFER, tap)
    handle = getattr(receiver, _HANDLE_RTCP)

    async def handle_rtcp(packet: Any) -> None:
        if isinstance(packet, RtcpSrPacket):
            at = tap.report_time(packet.sender_info.rtp_timestamp)
            if at is not None:
                on_report(SenderReport(packet.sender_info.ntp_timestamp / 2**32, at))
        await handle(packet)

    setattr(receiver, _HANDLE_RTCP, handle_rtcp)
    return tap


async def send_picture_loss(receiver: RTCRtpReceiver, ssrc: int) -> None:
    """Ask the sender for a key frame (RTCP PLI)."""
    await receiver._send_rtcp_pli(ssrc)


def on_key_wanted(sender: RTCRtpSender, ask: Callable[[], None]) -> None:
    """A viewer's browser lost a picture: ask the publisher, there is no encoder here."""
    setattr(sender, _SEND_KEYFRAME, ask)


def never_expire_consent(connection: RTCPeerConnection) -> None:
    """ffmpeg's whip muxer (ICE-lite) answers no consent checks: media is the sign of life."""

    async def wait_for_close() -> None:
        await asyncio.Event().wait()

    for transceiver in connection.getTransceivers():
        ice: aioice.ice.Connection = transceiver.receiver.transport.transport._connection
        ice.query_consent = wait_for_close  # type: ignore[method-assign]


def offer_loopback_when_alone() -> None:
    """On a machine with nothing but loopback aioice finds no candidate at all."""
    gather = aioice.ice.get_host_addresses

    def addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        return gather(use_ipv4, use_ipv6) or ["127.0.0.1"]

    if gather.__name__ != addresses.__name__:
        aioice.ice.get_host_addresses = addresses


@dataclass(frozen=True, slots=True)
class PackedFrame:
    """RTP payloads made once and sent to every viewer; `timestamp` in the track's clock."""

    payloads: list[bytes]
    timestamp: int
    is_key: bool


class _Prepacked:
    """Stands in for aiortc's encoder: for anything that is no decoded frame it calls `pack`."""

    def pack(self, frame: PackedFrame) -> tuple[list[bytes], int]:
        return frame.payloads, frame.timestamp


def pack_h264(nals: list[bytes], timestamp: int, is_key: bool) -> PackedFrame:
    return PackedFrame(H264Encoder._packetize(nals), timestamp, is_key)


def send_prepacked(sender: RTCRtpSender) -> None:
    """This sender's track yields PackedFrame instead of media frames."""
    setattr(sender, _ENCODER, _Prepacked())
