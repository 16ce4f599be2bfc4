"""Fragmented MP4 (ISO 14496-12): avc1 at 90 kHz, AAC-LC at 48 kHz, no B-frames."""

import struct
from typing import NamedTuple

from streams.media.embedded import h264

VIDEO_CLOCK = 90_000
AUDIO_CLOCK = 48_000
AAC_CODEC = "mp4a.40.2"

_VIDEO_TRACK = 1
_AUDIO_TRACK = 2
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_KEY_FLAGS = 0x02000000
_DELTA_FLAGS = 0x01010000


class Sample(NamedTuple):
    """One coded picture or sound frame; `start` and `duration` in its track's clock."""

    start: int
    duration: int
    is_key: bool
    data: bytes


def init_segment(config: h264.Config, audio_config: bytes) -> bytes:
    """ftyp + moov. `audio_config` is AAC's AudioSpecificConfig."""
    width, height = h264.picture_size(config.sps)
    return _FILE_TYPE + _box(
        b"moov",
        _movie_header(),
        _track(_VIDEO_TRACK, VIDEO_CLOCK, _avc1(config, width, height), (width, height)),
        _track(_AUDIO_TRACK, AUDIO_CLOCK, _mp4a(audio_config), None),
        _box(b"mvex", _extends(_VIDEO_TRACK), _extends(_AUDIO_TRACK)),
    )


def sound_init_segment(audio_config: bytes) -> bytes:
    """ftyp + moov of the sound alone, under the track number it has beside the picture."""
    return _FILE_TYPE + _box(
        b"moov",
        _movie_header(),
        _track(_AUDIO_TRACK, AUDIO_CLOCK, _mp4a(audio_config), None),
        _box(b"mvex", _extends(_AUDIO_TRACK)),
    )


def fragment(sequence: int, pictures: list[Sample], sounds: list[Sample]) -> bytes:
    """moof + mdat of one part. Either list may be empty, not both."""
    size = len(_moof(sequence, pictures, sounds, 0, 0))
    picture_data = b"".join(sample.data for sample in pictures)
    sound_data = b"".join(sample.data for sample in sounds)
    video_offset = size + 8
    audio_offset = video_offset + len(picture_data)
    return _moof(sequence, pictures, sounds, video_offset, audio_offset) + _box(
        b"mdat", picture_data, sound_data
    )


def empty_sound_fragment(sequence: int, start: int) -> bytes:
    """A part of the sound alone that is too short for a single frame of it."""
    track = _box(
        b"traf",
        _full(b"tfhd", 0, 0x020000, struct.pack(">I", _AUDIO_TRACK)),
        _full(b"tfdt", 1, 0, struct.pack(">Q", start)),
        _full(b"trun", 0, 0, struct.pack(">I", 0)),
    )
    return _box(b"moof", _full(b"mfhd", 0, 0, struct.pack(">I", sequence)), track) + _box(b"mdat")


def _movie_header() -> bytes:
    return _full(
        b"mvhd",
        0,
        0,
        struct.pack(">IIIIIH", 0, 0, 1000, 0, 0x10000, 0x100),
        bytes(10),
        _MATRIX,
        bytes(24),
        struct.pack(">I", _AUDIO_TRACK + 1),
    )


def _moof(
    sequence: int, pictures: list[Sample], sounds: list[Sample], video_at: int, audio_at: int
) -> bytes:
    tracks = []
    if pictures:
        tracks.append(_track_fragment(_VIDEO_TRACK, pictures, video_at))
    if sounds:
        tracks.append(_track_fragment(_AUDIO_TRACK, sounds, audio_at))
    return _box(b"moof", _full(b"mfhd", 0, 0, struct.pack(">I", sequence)), *tracks)


def _track_fragment(track: int, samples: list[Sample], offset: int) -> bytes:
    rows = b"".join(
        struct.pack(
            ">III",
            sample.duration,
            len(sample.data),
            _KEY_FLAGS if sample.is_key else _DELTA_FLAGS,
        )
        for sample in samples
    )
    return _box(
        b"traf",
        _full(b"tfhd", 0, 0x020000, struct.pack(">I", track)),
        _full(b"tfdt", 1, 0, struct.pack(">Q", samples[0].start)),
        _full(b"trun", 0, 0x000701, struct.pack(">Ii", len(samples), offset), rows),
    )


def _box(kind: bytes, *payload: bytes) -> bytes:
    body = b"".join(payload)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _full(kind: bytes, version: int, flags: int, *payload: bytes) -> bytes:
    return _box(kind, struct.pack(">I", (version << 24) | flags), *payload)


def _extends(track: int) -> bytes:
    return _full(b"trex", 0, 0, struct.pack(">5I", track, 1, 0, 0, 0))


def _avc1(config: h264.Config, width: int, height: int) -> bytes:
    sps, pps = config
    avcc = _box(
        b"avcC",
        b"\x01" + sps[1:4] + b"\xff\xe1",
        struct.pack(">H", len(sps)) + sps,
        b"\x01" + struct.pack(">H", len(pps)) + pps,
    )
    return _box(
        b"avc1",
        bytes(6) + struct.pack(">H", 1) + bytes(16),
        struct.pack(">HHIII", width, height, 0x480000, 0x480000, 0),
        struct.pack(">H", 1) + bytes(32) + struct.pack(">Hh", 24, -1),
        avcc,
    )


def _mp4a(audio_config: bytes) -> bytes:
    decoder = _descriptor(
        4,
        bytes([0x40, 0x15, 0, 0, 0])
        + struct.pack(">II", 128_000, 128_000)
        + _descriptor(5, audio_config),
    )
    stream = _descriptor(3, struct.pack(">HB", 0, 0) + decoder + _descriptor(6, b"\x02"))
    return _box(
        b"mp4a",
        bytes(6) + struct.pack(">H", 1) + bytes(8),
        struct.pack(">HHHHI", 2, 16, 0, 0, AUDIO_CLOCK << 16),
        _full(b"esds", 0, 0, stream),
    )


def _descriptor(tag: int, body: bytes) -> bytes:
    return bytes([tag, 0x80, 0x80, 0x80, len(body)]) + body


def _track(track: int, clock: int, entry: bytes, size: tuple[int, int] | None) -> bytes:
    """`size` is the picture's; None makes it a sound track."""
    width, height = size or (0, 0)
    header = _full(
        b"tkhd",
        0,
        3,
        struct.pack(">IIIII", 0, 0, track, 0, 0),
        bytes(8),
        struct.pack(">hhhh", 0, 0, 0 if size else 0x100, 0),
        _MATRIX,
        struct.pack(">II", width << 16, height << 16),
    )
    media = _full(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, clock, 0, 0x55C4, 0))
    handler = _full(
        b"hdlr",
        0,
        0,
        struct.pack(">I4s", 0, b"vide" if size else b"soun"),
        bytes(12),
        b"h\x00",
    )
    kind = _full(b"vmhd", 0, 1, bytes(8)) if size else _full(b"smhd", 0, 0, bytes(4))
    location = _box(b"dinf", _full(b"dref", 0, 0, struct.pack(">I", 1), _full(b"url ", 0, 1)))
    table = _box(
        b"stbl",
        _full(b"stsd", 0, 0, struct.pack(">I", 1), entry),
        _full(b"stts", 0, 0, bytes(4)),
        _full(b"stsc", 0, 0, bytes(4)),
        _full(b"stsz", 0, 0, bytes(8)),
        _full(b"stco", 0, 0, bytes(4)),
    )
    information = _box(b"minf", kind, location, table)
    return _box(b"trak", header, _box(b"mdia", media, handler, information))


_FILE_TYPE = _box(b"ftyp", b"iso6\x00\x00\x00\x01iso6cmfcmp41")
