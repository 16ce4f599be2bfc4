"""Pictures for the demo shop, drawn here: no photograph is needed and no box stays empty.

An illustration is one to three icons on a warm ground with the woven diamond of Zhuang brocade.
Icons come from the openly licensed package `@iconify-json/fluent-emoji` (MIT, installed with the
front end), and from our own drawings for goods it does not know. Without the package the ground
and its motif stand alone. Drawing knows neither Django nor the shop, so that it can run in other
processes.
"""

import hashlib
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import resvg_py
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "node_modules" / "@iconify-json" / "fluent-emoji" / "icons.json"
OWN = Path(__file__).resolve().parent / "drawings"
SIDE = 960
ICON_SIDE = 448
WIDTHS = (320, 640, SIDE)
_OPEN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
EDITION = "3"
"""Part of every cache key: raise it when the drawing changes."""

ACCENTS = {
    "indigo": "#20386b",
    "vermilion": "#c8322b",
    "turmeric": "#e0a21b",
    "leaf": "#2f7d4f",
    "plum": "#6b3a6e",
}


@dataclass(frozen=True)
class Illustration:
    """What to draw: icon names (the first is the hero), the accent colour, how they stand.

    `layout`: "pile" (three of the hero), "pair" (hero and companion), "portrait" (bust, framed).
    """

    icons: tuple[str, ...]
    accent: str
    layout: str = "pair"

    @property
    def key(self) -> str:
        text = f"{EDITION}|{self.icons}|{self.accent}|{self.layout}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def draw(picture: Illustration, cache_dir: Path) -> dict[int, bytes]:
    """WebP renditions by width in pixels; kept in `cache_dir`, so drawn once per installation."""
    files = {width: cache_dir / f"{picture.key}-{width}.webp" for width in WIDTHS}
    if not all(file.is_file() for file in files.values()):
        cache_dir.mkdir(parents=True, exist_ok=True)
        canvas = _compose(picture, cache_dir)
        for width, file in files.items():
            small = canvas if width == SIDE else canvas.resize((width, width), Image.Resampling.BOX)
            _write(file, _webp(small))
    return {width: file.read_bytes() for width, file in files.items()}


def prepare_icons(names: set[str], cache_dir: Path) -> None:
    """Render what is missing of `names` into `cache_dir`; reads the large package at most once."""
    cache_dir.mkdir(parents=True, exist_ok=True)
    missing = sorted(name for name in names if not _icon_file(name, cache_dir).is_file())
    bodies = _bodies() if missing else {}
    for name in missing:
        own = OWN / f"{name}.svg"
        if own.is_file():
            svg = own.read_text()
        elif name in bodies:
            svg = (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{bodies[name]}</svg>'
            )
        else:
            svg = (OWN / "sun.svg").read_text()
        png = resvg_py.svg_to_bytes(svg_string=svg, width=ICON_SIDE, height=ICON_SIDE)
        _write(_icon_file(name, cache_dir), bytes(png))


def share(pictures: Iterable[Illustration], workers: int) -> list[list[Illustration]]:
    """For as many processes: neighbours have the same ground, which takes longest to draw."""
    sorted_ = sorted(pictures, key=lambda one: (one.layout == "portrait", one.accent, one.key))
    size = -(-len(sorted_) // workers)
    return [sorted_[i : i + size] for i in range(0, len(sorted_), size)]


def draw_many(pictures: list[Illustration], cache_dir: str) -> None:
    """A share of the work for one process: fill the cache for `pictures`."""
    folder = Path(cache_dir)
    for picture in pictures:
        draw(picture, folder)


def prepare_many(names: list[str], cache_dir: str) -> None:
    prepare_icons(set(names), Path(cache_dir))


def _icon_file(name: str, cache_dir: Path) -> Path:
    return cache_dir / f"icon{EDITION}-{name}.png"


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all: two processes may draw the same picture."""
    part = file.with_suffix(f".{hashlib.sha256(data).hexdigest()[:8]}.part")
    part.write_bytes(data)
    part.replace(file)


@cache
def _bodies() -> dict[str, str]:
    if not PACKAGE.is_file():
        return {}
    icons = json.loads(PACKAGE.read_text())["icons"]
    return {name: str(icon["body"]) for name, icon in icons.items()}


def _webp(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=84, method=2)
    return out.getvalue()


@cache
def _icon(name: str, cache_dir: Path) -> Image.Image:
    file = _icon_file(name, cache_dir)
    if not file.is_file():
        prepare_icons({name}, cache_dir)
    with Image.open(file) as image:
        return image.convert("RGBA")


@cache
def _ground(accent: str, *, portrait: bool) -> Image.Image:
    svg = _ground_svg(ACCENTS[accent], portrait=portrait)
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=SIDE, height=SIDE))
    return Image.open(io.BytesIO(png)).convert("RGB")


def _diamonds(size: int, colour: str, opacity: float) -> str:
    """One tile of nested diamonds, as woven."""
    half = size / 2
    rings = "".join(
        f'<path d="M{half} {half - r}L{half + r} {half}L{half} {half + r}L{half - r} {half}z"/>'
        for r in (half, half * 0.62, half * 0.28)
    )
    return (
        f'<g fill="none" stroke="{colour}" stroke-opacity="{opacity}" stroke-width="3">{rings}</g>'
    )


def _ground_svg(colour: str, *, portrait: bool) -> str:
    tile, band = 120, 60
    woven = "".join(
        f'<path fill="{fill}" d="M{30} {30 - r}L{30 + r} 30L30 {30 + r}L{30 - r} 30z"/>'
        for r, fill in ((26, "#fbf8f2"), (19, colour), (11, "#e0a21b"), (5, "#fbf8f2"))
    )
    rows = [0, SIDE - band] if portrait else [SIDE - band]
    bands = "".join(
        f'<rect y="{y}" width="{SIDE}" height="{band}" fill="{colour}"/>'
        f'<g transform="translate(0 {y})"><rect width="{SIDE}" height="{band}" fill="url(#w)"/></g>'
        for y in rows
    )
    shadow = "" if portrait else '<ellipse cx="480" cy="768" rx="330" ry="54" fill="url(#s)"/>'
    whole = f'width="{SIDE}" height="{SIDE}"'
    return f"""{_OPEN.format(side=SIDE)}<defs>
{_gradient("g", ("#fffdf8", 1, 0), ("#f6ead6", 1, 1))}
{_glow("c", (colour, 0.05, 0), (colour, 0.14, 0.55), (colour, 0.26, 1), radius=0.62)}
{_glow("h", ("#fff", 0.95, 0), ("#fff", 0, 1))}
{_glow("s", ("#1f1a17", 0.34, 0), ("#1f1a17", 0, 1))}
{_pattern("d", tile, _diamonds(tile, colour, 0.13))}{_pattern("w", 60, woven)}</defs>
<rect {whole} fill="url(#g)"/><rect {whole} fill="url(#c)"/><rect {whole} fill="url(#d)"/>
<circle cx="480" cy="470" r="430" fill="url(#h)"/>{shadow}{bands}</svg>"""


def _stops(stops: tuple[tuple[str, float, float], ...]) -> str:
    return "".join(
        f'<stop offset="{at}" stop-color="{colour}" stop-opacity="{opacity}"/>'
        for colour, opacity, at in stops
    )


def _gradient(name: str, *stops: tuple[str, float, float]) -> str:
    return f'<linearGradient id="{name}" x2="0" y2="1">{_stops(stops)}</linearGradient>'


def _glow(name: str, *stops: tuple[str, float, float], radius: float = 0.5) -> str:
    return f'<radialGradient id="{name}" r="{radius}">{_stops(stops)}</radialGradient>'


def _pattern(name: str, side: int, content: str) -> str:
    size = f'width="{side}" height="{side}" patternUnits="userSpaceOnUse"'
    return f'<pattern id="{name}" {size}>{content}</pattern>'


@dataclass(frozen=True)
class _Place:
    icon: int
    side: int
    x: int
    y: int
    turn: int = 0


_LAYOUTS: dict[str, tuple[_Place, ...]] = {
    "pile": (
        _Place(0, 380, 270, 440, 16),
        _Place(0, 400, 690, 430, -14),
        _Place(0, 540, 480, 545),
        _Place(1, 170, 790, 690, -12),
    ),
    "pair": (_Place(0, 620, 450, 475), _Place(1, 270, 745, 660, -10)),
    "portrait": (_Place(0, 760, 480, 520),),
}


def _compose(picture: Illustration, cache_dir: Path) -> Image.Image:
    canvas = _ground(picture.accent, portrait=picture.layout == "portrait").copy()
    for place in _LAYOUTS[picture.layout]:
        if place.icon >= len(picture.icons):
            continue
        icon = _icon(picture.icons[place.icon], cache_dir)
        icon = icon.resize((place.side, place.side), Image.Resampling.BICUBIC)
        if place.turn:
            icon = icon.rotate(place.turn, Image.Resampling.BICUBIC, expand=True)
        at = (place.x - icon.width // 2, place.y - icon.height // 2)
        canvas.paste(icon, at, icon)
    return canvas
