"""What the demo show is drawn with: our palette, brocade diamonds, the bronze drum's sun."""

import math
from functools import cache

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1280, 720
PAPER = (251, 248, 242)
INK = (31, 26, 23)
INK_SOFT = (98, 87, 77)
INDIGO = (32, 56, 107)
VERMILION = (200, 50, 43)
TURMERIC = (224, 162, 27)
LEAF = (47, 125, 79)
PLUM = (107, 58, 110)
SKIN = (238, 196, 158)
SKIN_SHADE = (222, 174, 134)
HAIR = (38, 30, 27)
INDIGO_DEEP = (24, 43, 84)
RICE = (TURMERIC, VERMILION, PLUM, LEAF, INDIGO)
BAND = 44
SUN_TURN = 30.0  # degrees after which twelve rays look the same
SUN_STEPS = 75
_FINE = 2  # everything round is drawn twice as large, then made smaller


def diamonds(width: int, height: int, *, ground: tuple[int, int, int]) -> Image.Image:
    """A band of woven diamonds in the five rice colours; repeats every 5 x its height."""
    band = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(band)
    half = height // 2
    for index in range(width // height + 2):
        middle = index * height + half
        colour = RICE[index % len(RICE)]
        for size, fill in ((half - 3, PAPER), (half - 8, colour), (half - 15, PAPER)):
            if size > 0:
                points = [(middle - size, half), (middle, half - size)]
                points += [(middle + size, half), (middle, half + size)]
                draw.polygon(points, fill=fill)
    return band


@cache
def sun(size: int, step: int) -> Image.Image:
    """A mask: the drum's star of twelve rays within its rings, `step` of SUN_STEPS further on."""
    if step:
        return sun(size, 0).rotate(SUN_TURN * step / SUN_STEPS, Image.Resampling.BICUBIC)
    full = size * _FINE
    image = Image.new("L", (full, full))
    draw = ImageDraw.Draw(image)
    centre = full / 2
    for radius, width in ((0.49, 5), (0.45, 2), (0.36, 2), (0.33, 4)):
        low, high = centre - radius * full, centre + radius * full
        draw.ellipse([low, low, high, high], outline=255, width=width * _FINE)
    for index in range(36):
        angle = math.tau * index / 36
        x = centre + math.cos(angle) * 0.405 * full
        y = centre + math.sin(angle) * 0.405 * full
        dot = 0.013 * full
        draw.ellipse([x - dot, y - dot, x + dot, y + dot], fill=255)
    points = []
    for index in range(24):
        radius = (0.32 if index % 2 == 0 else 0.13) * full
        angle = math.tau * index / 24
        points.append((centre + math.cos(angle) * radius, centre + math.sin(angle) * radius))
    draw.polygon(points, fill=255)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def backdrop() -> Image.Image:
    """Paper, lit from the middle, with hills of Guangxi along the bottom."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    hills = (((214, 224, 218), 455, 130, 0.0), ((176, 199, 189), 545, 95, 1.4))
    for colour, level, height, shift in hills:
        points = [(0, HEIGHT)]
        for x in range(0, WIDTH + 8, 8):
            wave = math.sin(x / 97 + shift) + 0.6 * math.sin(x / 41 + 2 * shift)
            points.append((x, int(level - height * max(0.0, wave + 0.9) * 0.4)))
        draw.polygon([*points, (WIDTH, HEIGHT)], fill=colour)
    image = image.filter(ImageFilter.GaussianBlur(1.2))
    ImageDraw.Draw(image).rectangle([0, 600, WIDTH, HEIGHT], fill=INDIGO)
    return image


def plate(picture: Image.Image, size: int) -> Image.Image:
    """A product on a round white plate with a soft shadow."""
    margin = 24
    full = size + 2 * margin
    image = Image.new("RGBA", (full, full))
    shadow = Image.new("RGBA", (full, full))
    box = [margin, margin + 10, margin + size, margin + size + 10]
    ImageDraw.Draw(shadow).ellipse(box, fill=(31, 26, 23, 90))
    image.alpha_composite(shadow.filter(ImageFilter.GaussianBlur(10)))
    disc = Image.new("L", (size * _FINE, size * _FINE))
    ImageDraw.Draw(disc).ellipse([0, 0, size * _FINE - 1, size * _FINE - 1], fill=255)
    disc = disc.resize((size, size), Image.Resampling.LANCZOS)
    white = Image.new("RGBA", (size, size), (255, 255, 255, 255))
    inner = size if picture.width == picture.height and not _has_holes(picture) else int(size * 0.7)
    fitted = picture.convert("RGBA").resize((inner, inner), Image.Resampling.LANCZOS)
    white.alpha_composite(fitted, ((size - inner) // 2, (size - inner) // 2))
    white.putalpha(disc)
    image.alpha_composite(white, (margin, margin))
    return image


def _has_holes(picture: Image.Image) -> bool:
    if picture.mode != "RGBA":
        return False
    lowest, _ = picture.getchannel("A").getextrema()
    return bool(lowest == 0)


@cache
def presenter(mouth: int, has_open_eyes: bool, gesture: int) -> Image.Image:
    """A drawn host in an indigo jacket with a brocade hem; nobody real.

    `mouth` 0 to 2, `gesture` 0 to 4: how high the hand points.
    """
    width, height = 440, 430
    image = Image.new("RGBA", (width * _FINE, height * _FINE))
    draw = ImageDraw.Draw(image)

    def oval(x: int, y: int, rx: int, ry: int, fill: tuple[int, ...]) -> None:
        box = [(x - rx) * _FINE, (y - ry) * _FINE, (x + rx) * _FINE, (y + ry) * _FINE]
        draw.ellipse(box, fill=fill)

    def shape(*points: tuple[int, int], fill: tuple[int, ...]) -> None:
        draw.polygon([(x * _FINE, y * _FINE) for x, y in points], fill=fill)

    def line(*points: tuple[int, int], fill: tuple[int, ...], thick: int) -> None:
        path = [(x * _FINE, y * _FINE) for x, y in points]
        draw.line(path, fill=fill, width=thick * _FINE, joint="curve")

    # jacket, neck, collar
    shape((24, 430), (40, 318), (78, 280), (252, 280), (290, 318), (306, 430), fill=INDIGO)
    oval(78, 318, 40, 40, INDIGO)
    oval(252, 318, 40, 40, INDIGO)
    shape((128, 276), (202, 276), (165, 340), fill=PAPER)
    shape((139, 220), (191, 220), (191, 276), (165, 314), (139, 276), fill=SKIN_SHADE)
    # hair behind, face, fringe
    oval(165, 122, 92, 100, HAIR)
    oval(165, 142, 78, 90, SKIN)
    draw.chord([87 * _FINE, 48 * _FINE, 243 * _FINE, 176 * _FINE], start=180, end=360, fill=HAIR)
    shape((78, 92), (252, 92), (248, 114), (82, 114), fill=VERMILION)
    for index, x in enumerate(range(92, 246, 22)):
        shape((x, 103), (x + 8, 95), (x + 16, 103), (x + 8, 111), fill=RICE[index % 2 * 3])
    # eyes, cheeks, mouth
    for x in (134, 196):
        if has_open_eyes:
            oval(x, 150, 8, 10, INK)
            oval(x + 3, 146, 3, 3, (255, 255, 255))
        else:
            line((x - 9, 152), (x + 9, 152), fill=INK, thick=4)
    for x in (110, 220):
        oval(x, 180, 13, 8, (232, 150, 130))
    oval(165, 198, 20 - 2 * mouth, (5, 10, 15)[mouth], (150, 52, 46))
    if mouth == 0:
        oval(165, 193, 22, 5, SKIN)
    hem = diamonds(284 * _FINE, 30 * _FINE, ground=VERMILION)
    image.paste(hem, (23 * _FINE, 400 * _FINE))
    # the arm that shows the goods
    hand = (404, 300 - gesture * 13)
    line((262, 330), (326, 392), hand, fill=INDIGO_DEEP, thick=46)
    oval(326, 392, 23, 23, INDIGO_DEEP)
    oval(hand[0], hand[1], 22, 22, TURMERIC)
    oval(hand[0] + 8, hand[1] - 12, 21, 24, SKIN)
    return image.resize((width, height), Image.Resampling.LANCZOS)
