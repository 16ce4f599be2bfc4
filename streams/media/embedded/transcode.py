"""The fallback for hosts whose browser has no H.264: VP8 decoded and encoded again, in a thread."""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from fractions import Fraction

import av

from streams.media.embedded.fmp4 import VIDEO_CLOCK

logger = logging.getLogger(__name__)

_MOST_WAITING = 15  # pictures; beyond that they are dropped and a key frame is asked for
_BIT_RATE = 2_000_000
_X264 = "keyint=60:min-keyint=60:scenecut=0:repeat-headers=1"


class Transcoder:
    """`sink(annexb, start)` and `ask_for_key` are called on the loop this was made on."""

    def __init__(self, sink: Callable[[bytes, int], None], ask_for_key: Callable[[], None]) -> None:
        self._sink = sink
        self._ask_for_key = ask_for_key
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.Queue[tuple[bytes, int] | None] = queue.Queue()
        self._encoder: av.VideoCodecContext | None = None
        self._needs_key = True
        threading.Thread(target=self._run, name="vp8-to-h264", daemon=True).start()

    def push(self, vp8: bytes, start: int) -> None:
        is_key = bool(vp8) and not vp8[0] & 1
        if self._jobs.qsize() >= _MOST_WAITING:
            self._needs_key = True
        if self._needs_key and not is_key:
            self._ask_for_key()
            return
        self._needs_key = False
        self._jobs.put((vp8, start))

    def close(self) -> None:
        self._jobs.put(None)

    def _run(self) -> None:
        decoder = av.VideoCodecContext.create("vp8", "r")
        decoder.thread_count = 1
        while (job := self._jobs.get()) is not None:
            try:
                self._convert(decoder, *job)
            except av.FFmpegError as error:
                logger.info("a VP8 picture could not be converted: %s", error)
                self._call(self._ask_for_key)

    def _convert(self, decoder: av.VideoCodecContext, vp8: bytes, start: int) -> None:
        packet = av.Packet(vp8)
        packet.pts = start
        for frame in decoder.decode(packet):
            encoder = self._encoder_for(frame)
            frame.pict_type = 0
            frame.time_base = Fraction(1, VIDEO_CLOCK)
            frame.pts = start
            for coded in encoder.encode(frame):
                self._call(self._sink, bytes(coded), start)

    def _encoder_for(self, frame: av.VideoFrame) -> av.VideoCodecContext:
        encoder = self._encoder
        if encoder and (encoder.width, encoder.height) == (frame.width, frame.height):
            return encoder
        encoder = av.CodecContext.create("libx264", "w")
        encoder.width, encoder.height = frame.width, frame.height
        encoder.pix_fmt = "yuv420p"
        encoder.time_base = Fraction(1, VIDEO_CLOCK)
        encoder.framerate = Fraction(30, 1)
        encoder.bit_rate = _BIT_RATE
        encoder.thread_count = 1
        encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": _X264}
        encoder.profile = "Baseline"
        encoder.open()
        self._encoder = encoder
        return encoder

    def _call(self, function: Callable[..., None], *args: object) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *args)
        except RuntimeError:
            logger.debug("the loop has ended")
