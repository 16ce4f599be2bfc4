"""Which figure of a show on air is worst, and how bad: what the cockpit puts into words.

Each rule looks at one figure, asks for enough people to mean something, and says how far below
its mark the figure is (0 … 1). The worst counts. Marks are in docs/cockpit.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from streams.domain.cockpit_figures import per_mille

UNPAID_ORDERS, UNPAID_SHARE = 3, 300
LEAVING_PEAK, LEAVING_SHARE = 20, 500
OPEN_WATCHERS, OPEN_SHARE = 30, 100
BUY_LOOKERS, BUY_SHARE = 20, 50
QUIET_MINUTES, QUIET_VIEWERS = 5, 10
UNPINNED_MINUTES = 3


@dataclass(frozen=True, slots=True)
class Moment:
    """What the rules look at. `figures` and `products` as in `ShowFigures`; `pinned` are the
    product ids explained now and `gone` those of them of which nothing is left."""

    figures: dict[str, int]
    products: Sequence[dict[str, Any]]
    minutes: int
    pinned: frozenset[int]
    gone: frozenset[int]
    said_lately: int
    """Messages of the last QUIET_MINUTES."""


@dataclass(frozen=True, slots=True)
class Advice:
    """`code` names the words, `figure` the tile that is marked; `n` and `fen` fill the words."""

    code: str
    figure: str
    badness: float
    product: int | None = None
    n: int = 0
    fen: int = 0

    def to_wire(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "figure": self.figure,
            "product": self.product,
            "n": self.n,
            "fen": self.fen,
        }


def find_worst(moment: Moment) -> Advice | None:
    """The worst figure; None if nothing stands out."""
    found = [advice for rule in _RULES if (advice := rule(moment)) is not None]
    return max(found, key=lambda advice: advice.badness, default=None)


def _sold_out(moment: Moment) -> Advice | None:
    """What is being explained cannot be bought any more."""
    gone = min(moment.gone & moment.pinned, default=None)
    return None if gone is None else Advice("sold_out", "orders", 1.0, product=gone)


def _unpinned(moment: Moment) -> Advice | None:
    if moment.pinned or moment.minutes < UNPINNED_MINUTES or not moment.figures["viewers"]:
        return None
    return Advice("unpinned", "click_through", 0.9)


def _unpaid(moment: Moment) -> Advice | None:
    waiting, paid = moment.figures["waiting_orders"], moment.figures["paid_orders"]
    share = per_mille(waiting, waiting + paid) or 0
    if waiting < UNPAID_ORDERS or share < UNPAID_SHARE:
        return None
    return Advice(
        "unpaid", "waiting_fen", share / 1000, n=waiting, fen=moment.figures["waiting_fen"]
    )


def _leaving(moment: Moment) -> Advice | None:
    viewers, peak = moment.figures["viewers"], moment.figures["peak"]
    share = per_mille(viewers, peak)
    if peak < LEAVING_PEAK or share is None or share >= LEAVING_SHARE:
        return None
    return Advice("leaving", "viewers", _below(share, LEAVING_SHARE), n=peak - viewers)


def _few_open(moment: Moment) -> Advice | None:
    share = per_mille(moment.figures["opened"], moment.figures["watched"])
    if moment.figures["watched"] < OPEN_WATCHERS or share is None or share >= OPEN_SHARE:
        return None
    return Advice("few_open", "click_through", _below(share, OPEN_SHARE), n=share // 10)


def _few_buy(moment: Moment) -> Advice | None:
    """The product that most people looked at in vain."""
    looked = [row for row in moment.products if row["opened"] >= BUY_LOOKERS]
    worst = min(looked, key=_conversion, default=None)
    if worst is None or _conversion(worst) >= BUY_SHARE:
        return None
    badness = _below(_conversion(worst), BUY_SHARE)
    return Advice("few_buy", "conversion", badness, product=worst["product"], n=worst["opened"])


def _quiet(moment: Moment) -> Advice | None:
    is_quiet = moment.minutes >= QUIET_MINUTES and not moment.said_lately
    if not is_quiet or moment.figures["viewers"] < QUIET_VIEWERS:
        return None
    return Advice("quiet", "messages", 0.5, n=QUIET_MINUTES)


def _conversion(row: dict[str, Any]) -> int:
    return per_mille(row["buyers"], row["opened"]) or 0


def _below(share: int, mark: int) -> float:
    return (mark - share) / mark


_RULES: tuple[Callable[[Moment], Advice | None], ...] = (
    _sold_out,
    _unpinned,
    _unpaid,
    _leaving,
    _few_open,
    _few_buy,
    _quiet,
)
