"""Draws the demo show: a host talks about one product after another."""

import hashlib
import math
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
from PIL import Image, ImageDraw

from streams.media.demo import scenery
from streams.media.demo.fonts import can_draw, load_font
from streams.media.demo.scenery import BAND, HEIGHT, SUN_STEPS, SUN_TURN, WIDTH
from streams.media.demo.tune import write_tune

FPS = 25
_VERSION = "5"  # a change of the drawing makes old clips stale
_PLATE = 320
_SUNLIGHT = (243, 221, 164)
_SLIDE_IN = 0.7  # seconds


@dataclass(frozen=True)
class Slide:
    """One product; `price` as it should be read, such as "¥29.50"."""

    image: Path
    title_zh: str
    title_en: str
    price: str


def clip_key(slides: list[Slide], seconds: int) -> str:
    """Changes when anything that can be seen changes."""
    content = repr((_VERSION, seconds, [(str(s.image), s.title_zh, s.price) for s in slides]))
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def render_clip(out_path: Path, slides: list[Slide], seconds: int) -> Path:
    """A Matroska file (H.264 baseline, a key frame a second, no B-frames; Opus) that WHIP can
    carry without encoding again. Appears only when it is whole. Takes about its own length."""
    if not slides:
        raise ValueError("a show needs at least one slide")
    partial = out_path.with_name(f".{out_path.name}.part.mkv")
    with tempfile.TemporaryDirectory() as folder:
        tune = Path(folder) / "tune.wav"
        write_tune(tune, seconds)
        encoder = subprocess.Popen(_command(tune, partial), stdin=subprocess.PIPE)
        if encoder.stdin is None:
            raise RuntimeError("ffmpeg takes no input")
        with encoder.stdin as pictures:
            for frame in _draw_show(slides, seconds * FPS):
                pictures.write(frame.tobytes())
        if encoder.wait() != 0:
            raise RuntimeError("ffmpeg could not encode the demo clip")
    return partial.replace(out_path)


def _command(tune: Path, target: Path) -> list[str]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y"]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS)]
    command += ["-i", "-", "-i", str(tune), "-shortest"]
    command += ["-c:v", "libx264", "-preset", "superfast", "-profile:v", "baseline", "-bf", "0"]
    command += ["-g", str(FPS), "-keyint_min", str(FPS), "-sc_threshold", "0"]
    command += ["-crf", "25", "-maxrate", "1800k", "-bufsize", "1800k", "-pix_fmt", "yuv420p"]
    command += ["-threads", "1", "-c:a", "libopus", "-ac", "2", "-ar", "48000", "-b:a", "64k"]
    return [*command, str(target)]


def _draw_show(slides: list[Slide], frames: int) -> Iterator[Image.Image]:
    stage = _Stage()
    each = max(1, frames // len(slides))
    drawn = [_Drawn(slide) for slide in slides]
    for number in range(frames):
        current = min(number // each, len(slides) - 1)
        yield stage.draw(drawn[current], number / FPS, (number - current * each) / FPS)


class _Drawn:
    """What of a slide stays the same in every frame."""

    def __init__(self, slide: Slide) -> None:
        with Image.open(slide.image) as picture:
            self.plate = scenery.plate(picture.convert("RGBA"), _PLATE)
        self.caption = _caption(slide)
        self.tag = _price_tag(slide.price)


class _Stage:
    def __init__(self) -> None:
        self._ground = scenery.backdrop()
        self._band = scenery.diamonds(WIDTH + BAND * 5, BAND, ground=scenery.INDIGO)

    def draw(self, slide: _Drawn, at: float, on_slide: float) -> Image.Image:
        """`at` seconds into the show, `on_slide` seconds into this product."""
        frame = self._ground.copy()
        shift = int(at * 22) % (BAND * 5)
        frame.paste(self._band.crop((shift, 0, shift + WIDTH, BAND)), (0, 0))
        step = int(at * 5 / SUN_TURN * SUN_STEPS) % SUN_STEPS
        frame.paste(_SUNLIGHT, (590, 50), scenery.sun(540, step))
        self._draw_host(frame, at)
        arrived = min(1.0, on_slide / _SLIDE_IN)
        ease = 1 - (1 - arrived) ** 3
        sway = math.sin(at * 1.7) * 9
        x = int(676 + (1 - ease) * 640)
        frame.paste(slide.plate, (x, int(136 + sway)), slide.plate)
        beat = 1 + 0.03 * math.sin(at * 4.2)
        size = (int(slide.tag.width * beat), int(slide.tag.height * beat))
        tag = slide.tag.resize(size, Image.Resampling.BILINEAR)
        frame.paste(tag, (x + 236, 352 - (size[1] - slide.tag.height) // 2), tag)
        frame.paste(slide.caption, (0, BAND), slide.caption)
        shift = BAND * 5 - 1 - shift
        frame.paste(self._band.crop((shift, 0, shift + WIDTH, BAND)), (0, HEIGHT - BAND))
        return frame

    def _draw_host(self, frame: Image.Image, at: float) -> None:
        """Speech comes in phrases: the mouth rests between them, the eyes blink now and then."""
        is_speaking = math.sin(at * 0.9) > -0.75
        mouth = int(abs(math.sin(at * 9.1) + 0.5 * math.sin(at * 14.3)) * 1.9) if is_speaking else 0
        gesture = round(2 + 2 * math.sin(at * 1.3))
        figure = scenery.presenter(min(mouth, 2), at % 3.7 > 0.16, gesture)
        nod = int(math.sin(at * 2.3) * 5)
        frame.paste(figure, (120 + int(math.sin(at * 0.8) * 7), 174 + nod), figure)


def _caption(slide: Slide) -> Image.Image:
    """Above the host's head: a player's controls cover the lower edge."""
    strip = Image.new("RGBA", (600, 130))
    draw = ImageDraw.Draw(strip)
    has_chinese = can_draw(slide.title_zh)
    first, second = (slide.title_zh, slide.title_en) if has_chinese else (slide.title_en, "")
    font = load_font(46)
    ending = "…" if has_chinese else "..."
    while draw.textlength(first, font) > 520 and len(first) > 4:
        first = first.removesuffix(ending)[:-1].rstrip() + ending
    draw.text((60, 14), first, scenery.INDIGO, font)
    draw.text((60, 78), second[:44], scenery.INK_SOFT, load_font(24))
    return strip


def _price_tag(price: str) -> Image.Image:
    """Vermilion on a turmeric edge, as tags at a fair are."""
    text = price if can_draw(price) else price.replace("¥", "CNY ")
    font = load_font(58)
    width = int(ImageDraw.Draw(Image.new("RGB", (1, 1))).textlength(text, font)) + 64
    tag = Image.new("RGBA", (width, 104))
    draw = ImageDraw.Draw(tag)
    draw.rounded_rectangle([0, 0, width - 1, 103], 20, fill=(*scenery.TURMERIC, 255))
    draw.rounded_rectangle([6, 6, width - 7, 97], 15, fill=(*scenery.VERMILION, 255))
    draw.text((width / 2, 50), text, (255, 255, 255), font, anchor="mm")
    return tag
