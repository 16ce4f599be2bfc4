"""Draws a share poster or a link preview: pixels from words and two pictures."""

import io
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import segno
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw, ImageFont, ImageOps

from streams.media.demo.fonts import ROOT, chinese_font_file

PAPER, INK, SOFT = (251, 248, 242), (31, 26, 23), (94, 84, 76)
INDIGO, VERMILION, TURMERIC, PLUM = (32, 56, 107), (200, 50, 43), (224, 162, 27), (107, 58, 110)
WHITE, SUNKEN = (255, 255, 255), (240, 233, 220)
QUALITY = 84
STRIP = 28
MOST_PIXELS = 50_000_000
_REGULAR = "node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_TOKENS = re.compile(rf"[{_CJK}][，。！？、：；）》”]*|\s+|[^\s{_CJK}]+")
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


class Shape(StrEnum):
    POSTER = "poster"
    """900×1350, to be passed on as a picture."""
    PREVIEW = "preview"
    """1200×630, what messengers show beside a link."""


@dataclass(frozen=True)
class Picture:
    """`image` and `portrait` are names in the default storage, or empty."""

    title: str
    host: str
    place: str
    when: str
    is_live: bool
    goods: str
    price: str
    base: str
    image: str
    portrait: str
    url: str
    invitation: str
    site: str
    mark: str = ""
    """What has to be said of the picture: that no camera took it."""


def draw(picture: Picture, shape: Shape) -> bytes:
    """A JPEG without metadata."""
    canvas = _poster(picture) if shape is Shape.POSTER else _preview(picture)
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _poster(picture: Picture) -> Image.Image:
    canvas = Image.new("RGB", (900, 1350), PAPER)
    pen = ImageDraw.Draw(canvas)
    _brocade(pen, 0, 900)
    _place_goods(canvas, picture.image, (0, STRIP, 900, 700))
    _mark(pen, picture.mark, (40, 700 - 64))
    _badge(pen, picture, 40, 60)
    y = 732
    y = _lines(pen, picture.title, (40, y), _font(True, 50), INK, width=820, most=2)
    y = _host(canvas, pen, picture, y + 10)
    pen.line((40, y + 18, 860, y + 18), fill=SUNKEN, width=3)
    y += 40
    y = _lines(pen, picture.goods, (40, y), _font(False, 30), INK, width=550, most=2)
    _price(pen, picture, 40, min(y + 4, 1220))
    code = _code(picture.url, 216)
    canvas.paste(code, (900 - 40 - code.width, 1350 - STRIP - 30 - 44 - code.height))
    middle = 860 - code.width // 2
    _under_code(pen, picture.invitation, middle, 860, 1350 - STRIP - 66, _font(False, 22))
    pen.text((40, 1350 - STRIP - 68), picture.site, font=_font(True, 30), fill=INDIGO)
    _brocade(pen, 1350 - STRIP, 900)
    return canvas


def _preview(picture: Picture) -> Image.Image:
    canvas = Image.new("RGB", (1200, 630), PAPER)
    pen = ImageDraw.Draw(canvas)
    _place_goods(canvas, picture.image, (0, 0, 560, 630))
    _mark(pen, picture.mark, (24, 630 - STRIP - 64))
    _badge(pen, picture, 600, 48)
    y = _lines(pen, picture.title, (600, 120), _font(True, 46), INK, width=560, most=2)
    y = _lines(pen, picture.host, (600, y + 8), _font(False, 28), SOFT, width=560, most=1)
    y = _lines(pen, picture.place, (600, y), _font(False, 28), SOFT, width=560, most=1)
    y = _lines(pen, picture.goods, (600, y + 16), _font(False, 28), INK, width=560, most=1)
    _price(pen, picture, 600, y)
    pen.text((600, 530), picture.site, font=_font(True, 30), fill=INDIGO)
    _brocade(pen, 630 - STRIP, 1200)
    return canvas


def _place_goods(canvas: Image.Image, name: str, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    size = (right - left, bottom - top)
    found = _load(name) if name else None
    if found is None:
        ImageDraw.Draw(canvas).rectangle(box, fill=SUNKEN)
        return
    canvas.paste(ImageOps.fit(found, size, Image.Resampling.LANCZOS), (left, top))


def _load(name: str) -> Image.Image | None:
    """Upright, without transparency; None for a file that is gone or cannot be read."""
    try:
        with default_storage.open(name) as file, Image.open(file) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    ground = Image.new("RGBA", upright.size, (*SUNKEN, 255))
    ground.alpha_composite(upright)
    return ground.convert("RGB")


def _badge(pen: ImageDraw.ImageDraw, picture: Picture, x: int, y: int) -> None:
    font = _font(True, 28)
    words = _drawable(picture.when)
    width = round(font.getlength(words))
    pen.rounded_rectangle(
        (x, y, x + width + 44, y + 52), 12, VERMILION if picture.is_live else PLUM
    )
    pen.text((x + 22, y + 26), words, font=font, fill=WHITE, anchor="lm")


def _mark(pen: ImageDraw.ImageDraw, words: str, at: tuple[int, int]) -> None:
    """Upon the foot of the picture, on a ground of its own."""
    if not words:
        return
    font = _font(False, 26)
    (x, y), said = at, _drawable(words)
    pen.rounded_rectangle((x, y, x + round(font.getlength(said)) + 32, y + 44), 10, INK)
    pen.text((x + 16, y + 22), said, font=font, fill=WHITE, anchor="lm")


def _host(canvas: Image.Image, pen: ImageDraw.ImageDraw, picture: Picture, y: int) -> int:
    x = 40
    portrait = _load(picture.portrait) if picture.portrait else None
    if portrait is not None:
        face = ImageOps.fit(portrait, (92, 92), Image.Resampling.LANCZOS, centering=(0.5, 0.3))
        round_ = Image.new("L", (368, 368), 0)
        ImageDraw.Draw(round_).ellipse((0, 0, 367, 367), fill=255)
        canvas.paste(face, (x, y + 4), round_.resize((92, 92), Image.Resampling.LANCZOS))
        x += 112
    width = 860 - x
    y = _lines(pen, picture.host, (x, y), _font(True, 32), INK, width=width, most=1)
    return _lines(pen, picture.place, (x, y), _font(False, 28), SOFT, width=width, most=1)


def _price(pen: ImageDraw.ImageDraw, picture: Picture, x: int, y: int) -> None:
    if not picture.price:
        return
    font, small = _font(True, 60), _font(False, 32)
    pen.text((x, y), picture.price, font=font, fill=VERMILION)
    if not picture.base:
        return
    left = x + round(font.getlength(picture.price)) + 20
    middle = y + 54
    pen.text((left, middle), picture.base, font=small, fill=SOFT, anchor="lm")
    right = left + round(small.getlength(picture.base))
    pen.line((left - 2, middle, right + 2, middle), fill=SOFT, width=3)


def _lines(
    pen: ImageDraw.ImageDraw,
    text: str,
    at: tuple[int, int],
    font: Font,
    colour: tuple[int, int, int],
    *,
    width: int,
    most: int,
) -> int:
    """Draws at most so many lines; where the next thing may begin (y)."""
    x, y = at
    step = round(getattr(font, "size", 20) * 1.4)
    for line in wrap(_drawable(text), font, width=width, most=most):
        pen.text((x, y), line, font=font, fill=colour)
        y += step
    return y


def wrap(text: str, font: Font, *, width: int, most: int) -> list[str]:
    """Between Chinese characters anywhere, between words otherwise; the rest is an ellipsis."""
    lines, line = [], ""
    for token in _TOKENS.findall(text):
        if line and font.getlength((line + token).rstrip()) > width:
            lines.append(line.rstrip())
            line = token.lstrip()
        else:
            line += token
    lines.append(line.rstrip())
    lines = [one for one in lines if one]
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1] + "…"]
    return [_cut(one, font, width) for one in lines]


def _cut(line: str, font: Font, width: int) -> str:
    if font.getlength(line) <= width:
        return line
    line = line.rstrip("…")
    while line and font.getlength(line + "…") > width:
        line = line[:-1]
    return line.rstrip() + "…"


def _under_code(
    pen: ImageDraw.ImageDraw, text: str, centre: int, right: int, y: int, font: Font
) -> None:
    """Under the middle of the code; longer words end where it ends."""
    words = _drawable(text)
    x = min(centre, right - round(font.getlength(words)) // 2)
    pen.text((x, y), words, font=font, fill=SOFT, anchor="mt")


def _code(url: str, size: int) -> Image.Image:
    """Sharp at any size: whole pixels a module, and a quiet zone of four."""
    code = segno.make(url, micro=False, error="m")
    scale = max(2, size // code.symbol_size(border=4)[0])
    out = io.BytesIO()
    code.save(out, kind="png", scale=scale, border=4, dark="#1f1a17", light="#ffffff")
    with Image.open(out) as image:
        return image.convert("RGB")


def _brocade(pen: ImageDraw.ImageDraw, y: int, width: int) -> None:
    """The woven diamond of Zhuang brocade, as a border."""
    pen.rectangle((0, y, width, y + STRIP), fill=INDIGO)
    half = STRIP // 2
    for number, x in enumerate(range(half, width + half, STRIP + 8)):
        colour = (TURMERIC, VERMILION, PAPER)[number % 3]
        for size, fill in ((half - 3, colour), (half - 8, INDIGO)):
            centre = y + half
            pen.polygon(
                [(x - size, centre), (x, centre - size), (x + size, centre), (x, centre + size)],
                fill=fill,
            )


def _drawable(text: str) -> str:
    """Without pictures and marks that the fonts do not have."""
    kept = (one for one in text if unicodedata.category(one) not in ("So", "Cs", "Co", "Mn", "Cf"))
    return " ".join("".join(kept).split())


@lru_cache(maxsize=32)
def _font(is_bold: bool, size: int) -> Font:
    """With Chinese characters: they come with a package of the shop's own, so that a machine
    needs no fonts installed."""
    regular = ROOT / _REGULAR
    file: Path | None = chinese_font_file() if is_bold or not regular.is_file() else regular
    if file is None:
        return ImageFont.load_default(size)
    return ImageFont.truetype(str(file), size)
