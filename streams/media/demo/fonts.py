"""Finds a font with Chinese characters; without one the demo's pictures stay in English."""

from functools import cache
from pathlib import Path

from PIL import ImageFont

ROOT = Path(__file__).resolve().parents[3]
_SYSTEM = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
_PACKAGES = ("static/vendor", "node_modules/@expo-google-fonts/noto-sans-sc")
_NAMES = (
    "NotoSansSC_700Bold.ttf",
    "NotoSansSC*Bold*",
    "NotoSansCJK-Bold*",
    "NotoSansCJKsc-Bold*",
    "SourceHanSansSC-Bold*",
    "PingFang*",
    "msyhbd*",
    "msyh*",
    "wqy-*",
    "NotoSerifCJK-Bold*",
)
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@cache
def chinese_font_file() -> Path | None:
    roots = [ROOT / package for package in _PACKAGES] + [Path(folder) for folder in _SYSTEM]
    for name in _NAMES:
        for root in roots:
            found = next(iter(sorted(root.rglob(name))), None) if root.is_dir() else None
            if found and found.suffix.lower() in {".ttf", ".otf", ".ttc"}:
                return found
    return None


@cache
def load_font(size: int) -> Font:
    file = chinese_font_file()
    if file is None:
        return ImageFont.load_default(size)
    return ImageFont.truetype(str(file), size)


def can_draw(text: str) -> bool:
    """Chinese needs the font; Pillow's own one has Latin letters only."""
    return text.isascii() or chinese_font_file() is not None
