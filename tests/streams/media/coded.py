"""Real coded pictures and sound for tests of the muxer: made once, by the real encoders."""

import itertools
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import av

from streams.media import recordings
from streams.media.embedded import h264

PICTURE = 3000  # 90 kHz ticks at 30 pictures a second
SOUND = 960


@cache
def pictures(width=320, height=180, count=90, every=30, profile="Baseline"):
    """Annex B access units; a key picture every `every`."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base = Fraction(1, 30)
    encoder.framerate = Fraction(30, 1)
    encoder.thread_count = 1
    encoder.profile = profile
    encoder.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "x264-params": f"keyint={every}:min-keyint={every}:scenecut=0:repeat-headers=1:bframes=0",
    }
    units = []
    for index in range(count):
        frame = av.VideoFrame(width, height, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([(index * 2) % 200 + 20]) * plane.buffer_size)
        frame.pts = index
        units += [bytes(packet) for packet in encoder.encode(frame)]
    return units + [bytes(packet) for packet in encoder.encode(None)]


@cache
def sounds(count=150):
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48000, "stereo", "s16"
    encoder.time_base = Fraction(1, 48000)
    encoder.open()
    packets = []
    for index in range(count):
        frame = av.AudioFrame(format="s16", layout="stereo", samples=SOUND)
        frame.sample_rate = 48000
        frame.pts = index * SOUND
        for plane in frame.planes:
            plane.update(bytes([index % 64, 3, 9, 1]) * (plane.buffer_size // 4))
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets


@dataclass
class Feed:
    """Gives a muxer pictures and sound in the order in which a network would."""

    muxer: object
    clock: float = 1.0  # seconds of the path's clock

    def send(self, units, *, with_sound=True):
        sound = itertools.cycle(sounds())
        start = self.clock
        for index, unit in enumerate(units):
            at = start + index / 30
            while with_sound and self.clock <= at + 0.1:
                self.muxer.push_sound(next(sound), round(self.clock * 48000))
                self.clock += 0.02
            self.muxer.push_picture(h264.parse_picture(unit), round(at * 90000))
        self.clock = start + len(units) / 30


@dataclass
class ReadBack:
    """A recording as a player sees it: `pictures` 90 kHz, `sounds` 48 kHz times, in order."""

    stretches: list
    pictures: list
    sounds: list


def read_back(folder):
    """Of a recording with one map only."""
    segments = recordings.read_segments(folder)
    (init,) = {segment.init.file for segment in segments}
    data = b"".join((folder / name).read_bytes() for name in (init, *(s.file for s in segments)))
    found = {"video": [], "audio": []}
    for packet in open_media(data).demux():
        if packet.size:
            found[packet.stream.type].append(packet.dts)
    return ReadBack(recordings.stretches(segments), found["video"], found["audio"])


def open_media(data):
    """PyAV's view of init + fragments: raises where a player would give up."""
    import io

    return av.open(io.BytesIO(data), format="mp4")
