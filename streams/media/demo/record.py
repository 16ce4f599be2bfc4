"""A clip put into the recordings as if it had been sent: the same muxer, the same recorder.

Only the network is left out, so a minute is recorded in a second.
"""

from pathlib import Path

import av
from av.bitstream import BitStreamFilterContext

from streams.media.embedded import h264
from streams.media.embedded.fmp4 import AUDIO_CLOCK, VIDEO_CLOCK
from streams.media.embedded.muxer import Muxer
from streams.media.embedded.recorder import Recorder
from streams.media.embedded.window import Segment, Window

_BEGIN = 1.0  # seconds of the path's clock, as for every publisher


def record_clip(clip: Path, directory: Path, path: str, *, wall_ms: int) -> int:
    """Append the clip (H.264 without B-frames, Opus) to the recording of `path`, as sent from
    `wall_ms` on; returns the media milliseconds recorded so far. Blocks until it is written."""
    recorder = Recorder(directory)
    earlier = recorder.resume(path)
    window = Window(
        part_seconds=0.5,
        segment_seconds=2.0,
        first_number=max(wall_ms // 1000, earlier.next_number),
    )

    def keep(segment: Segment) -> None:
        recorder.write_now(path, segment)

    muxer = Muxer(
        window,
        ask_for_key=lambda: None,
        wall_origin_ms=wall_ms - round(_BEGIN * 1000),
        on_segment=keep,
        media_ms=earlier.media_ms,
    )
    with av.open(str(clip), "r") as source:
        for kind, data, seconds in _packets(source):
            if kind == "video":
                muxer.push_picture(
                    h264.parse_picture(data), round((_BEGIN + seconds) * VIDEO_CLOCK)
                )
            else:
                muxer.push_sound(data, round((_BEGIN + seconds) * AUDIO_CLOCK))
    muxer.finish()
    return muxer.media_ms


def _packets(source: av.container.InputContainer) -> "list[tuple[str, bytes, float]]":
    """Pictures as Annex B units and sound, sound first where both are due."""
    to_units = BitStreamFilterContext("h264_mp4toannexb", source.streams.video[0])
    found: list[tuple[str, bytes, float]] = []
    for packet in source.demux():
        if packet.pts is None:
            continue
        if packet.stream.type == "video":
            for unit in to_units.filter(packet):
                found.append(("video", bytes(unit), float((unit.pts or 0) * unit.time_base)))
        elif packet.stream.type == "audio":
            found.append(("audio", bytes(packet), float(packet.pts * packet.time_base)))
    # The muxer waits for the sound of a picture's moment; half a second ahead is there in time.
    return sorted(found, key=lambda one: one[2] - (0.5 if one[0] == "audio" else 0.0))
