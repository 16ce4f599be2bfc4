"""Charts as numbers for an SVG: no drawing library, nothing to run in the browser."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from orders.domain.reports.figures import Figures
from orders.domain.reports.timeline import SegmentRow, Timeline

WIDTH, HEIGHT = 960, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 30, 30
BAR_SPACE = 0.3
"""Of a bin's width, left empty."""


@dataclass(frozen=True)
class Mark:
    at: float
    label: str


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    label: str = ""


@dataclass(frozen=True)
class TimeChart:
    """`area` is the points of a polygon (people in the room), `bars` paid orders of each bin."""

    area: str
    bars: tuple[Box, ...]
    bands: tuple[Box, ...]
    people: tuple[Mark, ...]
    clock: tuple[Mark, ...]
    most_people: int
    most_orders: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


def draw_timeline(line: Timeline, segments: Sequence[SegmentRow] = ()) -> TimeChart:
    """People as an area from zero, orders as bars of their own scale below it, the run as bands."""
    length = max((line.until - line.since).total_seconds(), 1.0)
    most_people = max((one.viewers or 0 for one in line.bins), default=0)
    most_orders = max((one.orders for one in line.bins), default=0)
    room = HEIGHT - TOP - BOTTOM

    def x(seconds: float) -> float:
        inside = min(max(seconds, 0.0), length)
        return round(LEFT + inside / length * (WIDTH - LEFT - RIGHT), 1)

    def y(people: int) -> float:
        return round(HEIGHT - BOTTOM - people / max(most_people, 1) * room, 1)

    def since(moment: object) -> float:
        return (moment - line.since).total_seconds()  # type: ignore[operator, no-any-return]

    step = line.minutes * 60
    points = [f"{x(0)},{HEIGHT - BOTTOM}"]
    for one in line.bins:
        middle = min(since(one.at) + step / 2, length)
        points.append(f"{x(middle)},{y(one.viewers or 0)}")
    points.append(f"{x(length)},{HEIGHT - BOTTOM}")
    bars = []
    for one in line.bins:
        if one.orders:
            left, right = x(since(one.at)), x(since(one.at) + step)
            height = round(max(one.orders / max(most_orders, 1) * room * 0.5, 2), 1)
            gap = (right - left) * BAR_SPACE
            bars.append(
                Box(
                    round(left + gap / 2, 1),
                    round(HEIGHT - BOTTOM - height, 1),
                    round(max(right - left - gap, 1.5), 1),
                    height,
                    str(one.orders),
                )
            )
    bands = [
        Box(
            x(since(row.since)),
            TOP,
            round(x(since(row.until)) - x(since(row.since)), 1),
            room,
            row.segment.title,
        )
        for row in segments
    ]
    ticks = [length * number / 4 for number in range(5)]
    return TimeChart(
        area=" ".join(points),
        bars=tuple(bars),
        bands=tuple(bands),
        people=tuple(Mark(y(n), f"{n:,}") for n in sorted({0, most_people // 2, most_people})),
        clock=tuple(Mark(x(one), _clock(line, one)) for one in ticks),
        most_people=most_people,
        most_orders=most_orders,
    )


def _clock(line: Timeline, seconds: float) -> str:
    moment = line.since + (line.until - line.since) * (
        seconds / max((line.until - line.since).total_seconds(), 1.0)
    )
    return timezone.localtime(moment).strftime("%H:%M")


@dataclass(frozen=True)
class Bar:
    """`percent` of the longest, 0–100 with one decimal; `share` is of the bar before it."""

    label: str
    value: str
    percent: float
    share: str = ""
    tone: str = ""


def bars_of(rows: Sequence[tuple[str, int, str]], tone: str = "") -> list[Bar]:
    """Of labels, amounts and their texts."""
    longest = max((amount for _label, amount, _text in rows), default=0)
    return [
        Bar(label, text, round(max(amount, 0) * 100 / longest, 1) if longest > 0 else 0.0, "", tone)
        for label, amount, text in rows
    ]


def funnel_of(figures: Figures, labels: Sequence[str]) -> list[Bar]:
    """People from coming to an order that is final: five stages, `labels` in that order."""
    audience, sales = figures.audience, figures.sales
    stages = (
        audience.viewers,
        audience.opened,
        sales.ordered_by,
        sales.buyers,
        sales.settled_buyers,
    )
    longest = max(stages)
    bars = []
    for number, (label, people) in enumerate(zip(labels, stages, strict=True)):
        before = stages[number - 1] if number else 0
        share = f"{people * 100 // before}%" if before and people <= before else ""
        percent = round(people * 100 / longest, 1) if longest else 0.0
        bars.append(Bar(label, f"{people:,}", percent, share))
    return bars
