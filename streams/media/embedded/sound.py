"""Opus in, AAC-LC out: Apple devices play no Opus in HLS."""

from fractions import Fraction

import av

from streams.media.embedded.fmp4 import AUDIO_CLOCK, Sample

_FRAME = 1024
_PRIMING = 1024  # the encoder's delay, taken off so that sound stays with its picture
_OPUS_FRAME = 960
_TOO_LATE = 2400
_FITS = 32
"""So near (0.7 ms) to the frames before, one of 16 Opus frames always comes."""


class AacEncoder:
    """Keeps Opus' own timeline (48 kHz ticks): gaps become silence, late frames are dropped.

    `goes_on_at` is where the frames of an earlier encoder end: the first one given out begins just
    there. It wants to hear at least half a second of what came before, so that nobody hears a seam.
    """

    def __init__(self, bit_rate: int = 96_000, *, goes_on_at: int | None = None) -> None:
        self._decoder = av.CodecContext.create("libopus", "r")
        assert isinstance(self._decoder, av.AudioCodecContext)
        self._decoder.sample_rate = AUDIO_CLOCK
        self._decoder.layout = "stereo"
        encoder = av.CodecContext.create("aac", "w")
        assert isinstance(encoder, av.AudioCodecContext)
        encoder.sample_rate = AUDIO_CLOCK
        encoder.layout = "stereo"
        encoder.format = "fltp"
        encoder.bit_rate = bit_rate
        encoder.time_base = Fraction(1, AUDIO_CLOCK)
        encoder.open()
        self._encoder = encoder
        self._resampler = av.AudioResampler("fltp", "stereo", AUDIO_CLOCK, frame_size=_FRAME)
        self._goes_on_at = goes_on_at
        self._origin: int | None = None
        self._taken = 0
        self._given = 0

    @property
    def config(self) -> bytes:
        """AudioSpecificConfig for the init segment."""
        return bytes(self._encoder.extradata or b"")

    @property
    def position(self) -> int | None:
        """48 kHz time up to which input has been taken."""
        return None if self._origin is None else self._origin + self._taken

    def push(self, opus: bytes, start: int) -> list[Sample]:
        samples: list[Sample] = []
        try:
            frames = self._decoder.decode(av.Packet(opus))
        except av.FFmpegError:
            return samples  # a broken packet is a gap
        for frame in frames:
            if self._origin is None:
                if not self._may_begin(start):
                    continue
                self._origin = self._on_the_grid(start)
            drift = start - (self._origin + self._taken)
            if drift < -_TOO_LATE:
                continue  # that time has already been filled with silence
            if drift >= _OPUS_FRAME:  # loss, DTX, a muted microphone
                samples += self.fill_to(start)
            samples += self._encode(frame)
        return samples

    def fill_to(self, until: int) -> list[Sample]:
        """Silence up to `until`, in whole Opus frames."""
        if self._origin is None:
            self._origin = self._on_the_grid(until - _OPUS_FRAME)
        samples: list[Sample] = []
        while until - (self._origin + self._taken) >= _OPUS_FRAME:
            silence = av.AudioFrame(format="s16", layout="stereo", samples=_OPUS_FRAME)
            silence.sample_rate = AUDIO_CLOCK
            for plane in silence.planes:
                plane.update(bytes(plane.buffer_size))
            samples += self._encode(silence)
        return samples

    def _may_begin(self, start: int) -> bool:
        if self._goes_on_at is None or start > self._goes_on_at - 4 * _FRAME:
            return True
        return abs(self._on_the_grid(start) - start) <= _FITS

    def _on_the_grid(self, start: int) -> int:
        """The nearest time at which a frame of the earlier encoder might have begun."""
        if self._goes_on_at is None:
            return start
        half = _FRAME // 2
        return start - ((start - self._goes_on_at + half) % _FRAME - half)

    def _encode(self, frame: av.AudioFrame) -> list[Sample]:
        origin = self._origin or 0
        self._taken += frame.samples
        frame.pts = None
        samples: list[Sample] = []
        for block in self._resampler.resample(frame):
            block.pts = None
            for packet in self._encoder.encode(block):
                start = origin + self._given - _PRIMING
                self._given += _FRAME
                if self._goes_on_at is None or start >= self._goes_on_at:
                    samples.append(Sample(start, _FRAME, True, bytes(packet)))
        return samples
