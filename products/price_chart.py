"""The price history as a small step chart: numbers for an SVG, no drawing library."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from products.domain.prices import Offered

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 14, 30


@dataclass(frozen=True)
class Line:
    """One stretch of one price, from x1 to x2 at y, in the chart's own units."""

    x1: float
    x2: float
    y: float
    is_deal: bool
    price_fen: int


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Chart:
    lines: tuple[Line, ...]
    joints: tuple[tuple[float, float, float], ...]
    """Vertical strokes between list prices: x, y from, y to."""
    prices: tuple[Tick, ...]
    days: tuple[Tick, ...]
    window: tuple[float, float]
    """The base window: x and width."""
    base_y: float | None
    width: int = WIDTH
    height: int = HEIGHT


def draw_chart(
    spans: Sequence[Offered],
    *,
    since: datetime,
    until: datetime,
    window: tuple[datetime, datetime],
    base_price_fen: int | None,
) -> Chart:
    """`spans` come from `offered_between`. The scale begins at zero, so that half looks half."""
    top_price = max((span.price_fen for span in spans), default=100) * 1.1
    length = max((until - since) / timedelta(seconds=1), 1.0)

    def x(moment: datetime) -> float:
        inside = min(max(moment, since), until)
        return round(LEFT + (inside - since).total_seconds() / length * (WIDTH - LEFT - RIGHT), 1)

    def y(fen: float) -> float:
        return round(HEIGHT - BOTTOM - fen / top_price * (HEIGHT - TOP - BOTTOM), 1)

    lines = tuple(
        Line(
            x(span.since),
            x(span.until),
            y(span.price_fen),
            span.deal_id is not None,
            span.price_fen,
        )
        for span in spans
    )
    usual = [line for line in lines if not line.is_deal]
    joints = tuple(
        (after.x1, before.y, after.y) for before, after in pairwise(usual) if before.x2 == after.x1
    )
    start, end = x(window[0]), x(window[1])
    return Chart(
        lines=lines,
        joints=joints,
        prices=tuple(Tick(y(fen), f"{fen // 100}") for fen in _round_prices(top_price)),
        days=tuple(Tick(x(day), f"{day.month}/{day.day}") for day in _days(since, until)),
        window=(start, round(end - start, 1)),
        base_y=None if base_price_fen is None else y(base_price_fen),
    )


def _round_prices(top: float) -> list[int]:
    """Three or four round yuan amounts below `top` fen, from zero."""
    for step in (100, 200, 500, 1000, 2000, 2500, 5000, 10_000, 20_000, 50_000):
        if top / step <= 4.5:
            return list(range(0, int(top) + 1, step))
    return [0, int(top)]


def _days(since: datetime, until: datetime) -> list[datetime]:
    step = (until - since) / 4
    return [since + step * number for number in range(5)]
