"""The guard of everything private we touch in aiortc and aioice, and the taps themselves."""

import asyncio
import inspect

import aioice.ice
import pytest
from aiortc import RTCPeerConnection, RTCRtpReceiver, RTCRtpSender
from aiortc.codecs.h264 import H264Encoder
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtp import RtpPacket

from streams.media.embedded import passthrough
from streams.media.embedded.passthrough import AudioTap, VideoTap

pytestmark = pytest.mark.asyncio


async def test_aiortc_still_has_the_private_names_we_use():
    connection = RTCPeerConnection()
    receiver = connection.addTransceiver("video").receiver
    sender = connection.addTransceiver("audio").sender
    try:
        assert isinstance(getattr(receiver, passthrough._JITTER_BUFFER), JitterBuffer)
        assert getattr(sender, passthrough._ENCODER) is None
        assert isinstance(receiver.transport.transport._connection, aioice.ice.Connection)
        for method in ("_handle_rtcp_packet", "_send_rtcp_pli", "_send_rtcp_nack"):
            assert inspect.iscoroutinefunction(getattr(RTCRtpReceiver, method)), method
        assert list(inspect.signature(RTCRtpReceiver._send_rtcp_nack).parameters) == [
            "self",
            "media_ssrc",
            "lost",
        ]
        assert not inspect.iscoroutinefunction(RTCRtpSender._send_keyframe)
        assert inspect.iscoroutinefunction(aioice.ice.Connection.query_consent)
        assert callable(aioice.ice.get_host_addresses)
        assert H264Encoder._packetize([b"\x65" + bytes(3000)])[0][0] & 31 == 28
    finally:
        await connection.close()


async def test_the_receiver_still_uses_its_jitter_buffer_as_the_tap_expects():
    source = inspect.getsource(RTCRtpReceiver._handle_rtp_packet)

    assert "packet._data = depayload(codec, packet.payload)" in source
    assert "pli_flag, encoded_frame = self.__jitter_buffer.add(packet)" in source
    assert source.count("__jitter_buffer") == 1


async def test_the_sender_still_packs_what_is_no_decoded_frame():
    source = inspect.getsource(RTCRtpSender._next_encoded_frame)

    assert "isinstance(data, Frame)" in source
    assert "self.__encoder.pack(data)" in source
    assert "if self.__encoder is None:" in source


async def test_consent_is_asked_for_in_the_way_that_is_replaced():
    source = inspect.getsource(aioice.ice.Connection)

    assert "asyncio.create_task(self.query_consent())" in source


async def test_loopback_is_offered_only_where_there_is_nothing_else(monkeypatch):
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: [])
    passthrough.offer_loopback_when_alone()
    assert aioice.ice.get_host_addresses(True, True) == ["127.0.0.1"]

    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["10.0.0.1"])
    passthrough.offer_loopback_when_alone()
    assert aioice.ice.get_host_addresses(True, True) == ["10.0.0.1"]


def packet(number, time=0, data=b"x", *, marker=1):
    made = RtpPacket(sequence_number=number & 0xFFFF, timestamp=time & 0xFFFFFFFF, marker=marker)
    made.ssrc = 7
    made.payload = data
    made._data = data
    return made


class Video:
    def __init__(self):
        self.frames = []
        self.asked = []
        self.tap = VideoTap(self.frames.append, self._ask)

    async def _ask(self, ssrc, missing):
        self.asked.append((ssrc, missing))

    def add(self, *packets):
        for each in packets:
            assert self.tap.add(each) == (False, None)

    @property
    def data(self):
        return [frame.data for frame in self.frames]


async def test_packets_of_a_picture_are_put_together_in_order():
    video = Video()
    video.add(packet(1, 0, b"a", marker=0), packet(3, 0, b"c"), packet(2, 0, b"b", marker=0))

    assert video.data == [b"abc"]


async def test_a_picture_without_marker_ends_with_the_next_one():
    video = Video()
    video.add(packet(1, 0, b"a", marker=0), packet(2, 3000, b"b", marker=0))

    assert video.data == [b"a"]


async def test_sequence_numbers_and_times_may_wrap():
    video = Video()
    video.add(packet(65535, 2**32 - 3000, b"a"), packet(0, 0, b"b"), packet(1, 3000, b"c"))

    assert [(f.data, f.timestamp) for f in video.frames] == [
        (b"a", 0),
        (b"b", 3000),
        (b"c", 6000),
    ]


async def test_repeated_and_late_packets_and_padding_change_nothing():
    video = Video()
    video.add(packet(1, 0, b"a"), packet(1, 0, b"a"), packet(2, 0, b"", marker=0))
    video.add(packet(3, 3000, b"b"), packet(2, 0, b"old"))

    assert video.data == [b"a", b"b"]


async def test_a_gap_is_waited_for_and_asked_for_again(monkeypatch):
    now = 100.0
    monkeypatch.setattr(passthrough.time, "monotonic", lambda: now)
    video = Video()
    video.add(packet(1, 0, b"a"), packet(4, 6000, b"d"))
    now += 0.15
    video.add(packet(5, 9000, b"e"))
    await asyncio.sleep(0)
    assert video.data == [b"a"]
    assert video.asked == [(7, [2, 3])]

    video.add(packet(2, 3000, b"b", marker=0), packet(3, 3000, b"c"))
    assert video.data == [b"a", b"bc", b"d", b"e"]
    assert not any(frame.is_after_loss for frame in video.frames)


async def test_a_gap_is_given_up_and_the_damaged_picture_left_out(monkeypatch):
    now = 100.0
    monkeypatch.setattr(passthrough.time, "monotonic", lambda: now)
    video = Video()
    video.add(packet(1, 0, b"a"), packet(3, 3000, b"c"), packet(4, 6000, b"d"))
    now += 0.7
    video.add(packet(5, 9000, b"e"))

    assert video.data == [b"a", b"d", b"e"]
    assert [frame.is_after_loss for frame in video.frames] == [False, True, False]
    assert video.tap.lost == 1


async def test_sound_goes_on_after_three_packets():
    frames = []
    tap = AudioTap(frames.append)
    for number in (1, 3, 4):
        tap.add(packet(number, number * 960, bytes([number])))
    assert [frame.data for frame in frames] == [b"\x01"]

    tap.add(packet(5, 5 * 960, b"\x05"))
    assert [frame.data for frame in frames] == [b"\x01", b"\x03", b"\x04", b"\x05"]
    assert [frame.timestamp for frame in frames] == [0, 1920, 2880, 3840]


async def test_sound_in_the_wrong_order_is_put_right():
    frames = []
    tap = AudioTap(frames.append)
    for number in (1, 3, 2, 4):
        tap.add(packet(number, number * 960, bytes([number])))

    assert [frame.data for frame in frames] == [b"\x01", b"\x02", b"\x03", b"\x04"]


async def test_an_error_behind_the_tap_does_not_reach_aiortc(caplog):
    def fail(frame):
        raise RuntimeError("boom")

    tap = AudioTap(fail)

    assert tap.add(packet(1)) == (False, None)
    assert "could not be handled" in caplog.text
