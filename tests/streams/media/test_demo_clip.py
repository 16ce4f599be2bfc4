import wave

import av
import pytest
from PIL import Image

from streams.media.demo import fonts
from streams.media.demo.clip import FPS, Slide, clip_key, render_clip
from streams.media.demo.tune import RATE, write_tune
from tests.streams.media.harness import publishing, wait_for


@pytest.fixture(scope="module")
def slide(tmp_path_factory):
    picture = tmp_path_factory.mktemp("slide") / "mango.webp"
    Image.new("RGB", (256, 256), (240, 180, 60)).save(picture)
    return Slide(picture, "百色芒果", "Baise mangoes", "¥38")


@pytest.fixture(scope="module")
def demo_clip(slide, tmp_path_factory):
    return render_clip(tmp_path_factory.mktemp("demo") / "demo.mkv", [slide], 2)


def test_the_clip_is_what_whip_carries_without_encoding(demo_clip):
    with av.open(str(demo_clip)) as media:
        video, audio = media.streams.video[0], media.streams.audio[0]
        assert (video.codec_context.name, video.width, video.height) == ("h264", 1280, 720)
        assert "Baseline" in video.codec_context.profile
        assert audio.codec_context.name in ("opus", "libopus")
        packets = [packet for packet in media.demux(video) if packet.size]
        assert [p.is_keyframe for p in packets] == [n % FPS == 0 for n in range(2 * FPS)]
        assert all(packet.pts == packet.dts for packet in packets)


def test_the_picture_moves_in_our_colours(demo_clip):
    with av.open(str(demo_clip)) as media:
        images = [frame.to_image() for frame in media.decode(video=0)]

    assert images[5].tobytes() != images[30].tobytes()
    red, green, blue = images[30].getpixel((1200, 640))
    assert abs(red - 32) < 12
    assert abs(green - 56) < 12
    assert abs(blue - 107) < 12


def test_the_clip_goes_on_air_through_the_same_door(role, demo_clip):
    with publishing(role, "demo", demo_clip):
        info = wait_for(lambda: (i := role.path_info("demo")) and i["width"] and i)
    assert (info["width"], info["height"]) == (1280, 720)


def test_another_price_is_another_clip(slide):
    cheaper = Slide(slide.image, slide.title_zh, slide.title_en, "¥19")

    assert clip_key([slide], 24) != clip_key([cheaper], 24)
    assert clip_key([slide], 24) == clip_key([slide], 24)


def test_a_show_without_products_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one slide"):
        render_clip(tmp_path / "x.mkv", [], 2)


def test_the_tune_is_as_long_as_asked_and_has_no_seam(tmp_path):
    write_tune(tmp_path / "tune.wav", 2)
    with wave.open(str(tmp_path / "tune.wav")) as file:
        samples = memoryview(file.readframes(file.getnframes())).cast("h")

    assert len(samples) == 2 * RATE
    assert max(samples) > 1000
    assert abs(samples[0] - samples[-1]) < 2500


def test_without_a_chinese_font_no_chinese_is_drawn(slide, tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "_PACKAGES", ())
    monkeypatch.setattr(fonts, "_SYSTEM", ())
    fonts.chinese_font_file.cache_clear()
    fonts.load_font.cache_clear()
    try:
        assert not fonts.can_draw("芒果")
        assert fonts.can_draw("mango")
        assert render_clip(tmp_path / "latin.mkv", [slide], 1).stat().st_size > 1000
    finally:
        fonts.chinese_font_file.cache_clear()
        fonts.load_font.cache_clear()
