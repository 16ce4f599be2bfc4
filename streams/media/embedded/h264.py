"""Just enough H.264 to pass it through: NAL units, the picture size, the codec string."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_START_CODE = re.compile(rb"\x00\x00\x00?\x01")
_HIGH_PROFILES = frozenset({44, 83, 86, 100, 110, 118, 122, 128})

_LARGEST = 8192
SLICE_IDR = 5
SPS = 7
PPS = 8
_DROPPED = frozenset({9, 12})  # access unit delimiter, filler: no use inside MP4


class Config(NamedTuple):
    """Parameter sets as the encoder sent them; equality means "same decoder configuration"."""

    sps: bytes
    pps: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """One access unit; `nals` without its parameter sets, which are in `config` when it had any."""

    nals: list[bytes]
    is_key: bool
    config: Config | None

    @property
    def data(self) -> bytes:
        """In MP4 form: each NAL unit behind its length."""
        return b"".join(len(nal).to_bytes(4, "big") + nal for nal in self.nals)


def split_nals(annexb: bytes) -> list[bytes]:
    return [nal for nal in _START_CODE.split(annexb) if nal]


def parse_picture(annexb: bytes) -> Picture:
    sps = pps = None
    kept: list[bytes] = []
    is_key = False
    for nal in split_nals(annexb):
        kind = nal[0] & 31
        if kind == SPS:
            sps = nal
        elif kind == PPS:
            pps = nal
        elif kind not in _DROPPED:
            is_key = is_key or kind == SLICE_IDR
            kept.append(nal)
    config = Config(sps, pps) if sps and pps and _is_readable(sps) else None
    return Picture(kept, is_key, config)


@lru_cache(maxsize=64)
def _is_readable(sps: bytes) -> bool:
    """Whatever sends us pictures may send rubbish: without a size there is nothing to show."""
    try:
        width, height = picture_size(sps)
    except ValueError:
        return False
    return 0 < width <= _LARGEST and 0 < height <= _LARGEST


def codec_string(sps: bytes) -> str:
    return "avc1." + sps[1:4].hex().upper()


def picture_size(sps: bytes) -> tuple[int, int]:
    """Cropped width and height in pixels. Raises ValueError for a cut-off SPS."""
    bits = _Bits(sps[1:].replace(b"\x00\x00\x03", b"\x00\x00"))
    profile = bits.read(8)
    bits.read(16)
    bits.unsigned()
    chroma = _skip_high_profile(bits) if profile in _HIGH_PROFILES else 1
    bits.unsigned()
    _skip_picture_order(bits)
    bits.unsigned()
    bits.read(1)
    width = (bits.unsigned() + 1) * 16
    map_units = bits.unsigned() + 1
    frames_only = bits.read(1)
    height = map_units * 16 * (2 - frames_only)
    if not frames_only:
        bits.read(1)
    bits.read(1)
    if bits.read(1):
        left, right, top, bottom = (bits.unsigned() for _ in range(4))
        unit_x = 1 if chroma in (0, 3) else 2
        unit_y = (1 if chroma != 1 else 2) * (2 - frames_only)
        width -= unit_x * (left + right)
        height -= unit_y * (top + bottom)
    return width, height


def _skip_high_profile(bits: "_Bits") -> int:
    chroma = bits.unsigned()
    if chroma == 3:
        bits.read(1)
    bits.unsigned()
    bits.unsigned()
    bits.read(1)
    if bits.read(1):
        for index in range(8 if chroma != 3 else 12):
            if bits.read(1):
                _skip_scaling_list(bits, 16 if index < 6 else 64)
    return chroma


def _skip_scaling_list(bits: "_Bits", size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last


def _skip_picture_order(bits: "_Bits") -> None:
    order = bits.unsigned()
    if order == 0:
        bits.unsigned()
    elif order == 1:
        bits.read(1)
        bits.signed()
        bits.signed()
        for _ in range(bits.unsigned()):
            bits.signed()


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def read(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise ValueError("the SPS is cut off")
        return (self._value >> self._left) & ((1 << count) - 1)

    def unsigned(self) -> int:
        zeros = 0
        while self.read(1) == 0:
            zeros += 1
        return (1 << zeros) - 1 + self.read(zeros)

    def signed(self) -> int:
        code = self.unsigned()
        return (code + 1) // 2 if code & 1 else -(code // 2)
