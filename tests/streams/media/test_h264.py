import pytest

from streams.media.embedded import h264
from tests.streams.media.coded import pictures


@pytest.mark.parametrize(
    ("width", "height", "profile"),
    [(320, 180, "Baseline"), (1280, 720, "Main"), (1920, 1080, "High"), (202, 358, "High")],
)
def test_picture_size_is_the_cropped_one_of_every_profile(width, height, profile):
    picture = h264.parse_picture(pictures(width, height, 1, 1, profile)[0])

    assert h264.picture_size(picture.config.sps) == (width, height)


def unsigned(*values):
    """Exp-Golomb codes, as text."""
    return "".join(f"{v + 1:b}".zfill(2 * (v + 1).bit_length() - 1) for v in values)


def test_scaling_lists_of_the_high_profile_are_skipped():
    bits = f"{100:08b}{0:08b}{31:08b}" + unsigned(0, 1, 0, 0) + "0"
    bits += "1" + "1" + unsigned(0) * 16 + "0" * 7  # eight lists, of which one is written out
    bits += unsigned(0, 0, 0, 1) + "0" + unsigned(19, 8) + "1" + "1" + "0" + "0" + "1"
    size = -(-len(bits) // 8)
    data = int(bits.ljust(size * 8, "0"), 2).to_bytes(size, "big")

    assert h264.picture_size(b"\x67" + data) == (320, 144)


def test_a_cut_off_parameter_set_is_a_value_error():
    sps = h264.parse_picture(pictures()[0]).config.sps

    with pytest.raises(ValueError, match="cut off"):
        h264.picture_size(sps[:5])


def test_parse_picture_takes_parameter_sets_and_delimiters_out():
    key, delta = pictures()[0], pictures()[1]
    picture = h264.parse_picture(b"\x00\x00\x00\x01\x09\xf0" + key)

    assert picture.is_key
    assert picture.config is not None
    assert {nal[0] & 31 for nal in picture.nals}.isdisjoint({7, 8, 9})
    assert not h264.parse_picture(delta).is_key
    assert h264.parse_picture(delta).config is None


def test_data_carries_each_unit_behind_its_length():
    picture = h264.Picture([b"\x65ab", b"\x06c"], True, None)

    assert picture.data == b"\x00\x00\x00\x03\x65ab" + b"\x00\x00\x00\x02\x06c"


def test_codec_string_names_profile_constraints_and_level():
    assert h264.codec_string(b"\x67\x42\xe0\x1f\x00") == "avc1.42E01F"
