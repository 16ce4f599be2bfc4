"""Each figure's name, its value as people read it, and what it counts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from livecommerce.money import format_fen
from orders.domain.reports.figures import Figures


@dataclass(frozen=True)
class Word:
    """`read` takes the figure out of `Figures`; `unit` is count, fen, mille or seconds."""

    code: str
    label: str | Promise
    unit: str
    read: Callable[[Figures], int | None]
    note: str | Promise


WORDS = (
    Word(
        "views",
        _("Views"),
        "count",
        lambda f: f.audience.views,
        _(
            "How often somebody came into the room while the show was on. A reload, a second tab or"
            " a dropped connection is no new view; coming back after more than five minutes is."
        ),
    ),
    Word(
        "viewers",
        _("Viewers"),
        "count",
        lambda f: f.audience.viewers,
        _(
            "Different people who were in the room: each account once, and each browser of those"
            " not signed in once. Those who made the show are not counted. Over several shows"
            " each person counts once."
        ),
    ),
    Word(
        "peak",
        _("Most at once"),
        "count",
        lambda f: f.audience.peak,
        _("The most people who were in the room at the same moment."),
    ),
    Word(
        "watch",
        _("Average watch time"),
        "seconds",
        lambda f: f.audience.average_watch_seconds,
        _(
            "The time people were seen in the room divided by the number of viewers. The room is"
            " looked into every 15 seconds, so one person's time may be off by that much."
        ),
    ),
    Word(
        "comments",
        _("Comments"),
        "count",
        lambda f: f.audience.comments,
        _("Chat lines everybody could read, from the show's beginning to its end."),
    ),
    Word(
        "likes",
        _("Likes"),
        "count",
        lambda f: f.audience.likes,
        _("Hearts that counted: at most five a second from one person."),
    ),
    Word(
        "followers",
        _("New followers"),
        "count",
        lambda f: f.audience.followers,
        _("People who began to follow the host during the show and still do."),
    ),
    Word(
        "opened",
        _("Opened a product"),
        "count",
        lambda f: f.audience.opened,
        _("Different people who opened the buy sheet of a product in the room."),
    ),
    Word(
        "orders",
        _("Orders"),
        "count",
        lambda f: f.sales.orders,
        _("Orders with goods of the show, whatever became of them."),
    ),
    Word(
        "paid_orders",
        _("Orders paid"),
        "count",
        lambda f: f.sales.paid_orders,
        _("Those of them that money came in for, given back later or not."),
    ),
    Word(
        "settled_orders",
        _("Settled orders"),
        "count",
        lambda f: f.sales.settled_orders,
        _("Those of them that are final, and of which something was kept."),
    ),
    Word(
        "created",
        _("Ordered"),
        "fen",
        lambda f: f.sales.created_fen,
        _("All that was ordered, orders that ran out or were cancelled included."),
    ),
    Word(
        "paid",
        _("Paid"),
        "fen",
        lambda f: f.sales.paid_fen,
        _(
            "What money came in for, given back later or not. Goods only: coupons taken off,"
            " carriage not counted."
        ),
    ),
    Word(
        "settled",
        _("Settled"),
        "fen",
        lambda f: f.sales.settled_fen,
        _(
            "What is final: the goods have arrived, the time to claim or return them is over, and"
            " what was given back is taken off. This is the figure we show first."
        ),
    ),
    Word(
        "units",
        _("Units"),
        "count",
        lambda f: f.sales.units,
        _("Units that money came in for."),
    ),
    Word(
        "buyers",
        _("Buyers"),
        "count",
        lambda f: f.sales.buyers,
        _("Different accounts whose money came in."),
    ),
    Word(
        "settled_buyers",
        _("Buyers with settled orders"),
        "count",
        lambda f: f.sales.settled_buyers,
        _("Different accounts with an order that is final."),
    ),
    Word(
        "conversion",
        _("Conversion"),
        "mille",
        lambda f: f.conversion,
        _("Buyers of 100 viewers."),
    ),
    Word(
        "thousand",
        _("Paid per 1,000 views"),
        "fen",
        lambda f: f.fen_per_thousand_views,
        _("What was paid, divided by the views, times a thousand."),
    ),
    Word(
        "back7",
        _("Refunds within 7 days"),
        "mille",
        lambda f: f.sales.refund_rate_7,
        _(
            "Of 100 orders paid at least seven days ago, how many had something asked back within"
            " seven days of payment that was then granted."
        ),
    ),
    Word(
        "back15",
        _("Refunds within 15 days"),
        "mille",
        lambda f: f.sales.refund_rate_15,
        _("The same within fifteen days, of orders paid at least fifteen days ago."),
    ),
    Word(
        "returned",
        _("Given back"),
        "fen",
        lambda f: f.sales.returned_fen,
        _("What has been paid back to buyers so far."),
    ),
)
BY_CODE = {word.code: word for word in WORDS}
HEADLINE = ("settled", "settled_orders", "settled_buyers", "viewers")
"""Of orders, the settled ones alone: what can still be given back is no success yet."""


@dataclass(frozen=True)
class Card:
    """One figure as a page shows it. `was` is the same figure of the show it is compared with."""

    code: str
    label: str
    value: str
    note: str
    was: str = ""


def cards_of(figures: Figures, usual: Figures | None = None) -> list[Card]:
    return [
        Card(
            word.code,
            str(word.label),
            value_of(word, figures),
            str(word.note),
            value_of(word, usual) if usual is not None else "",
        )
        for word in WORDS
    ]


def value_of(word: Word, figures: Figures) -> str:
    return as_text(word.read(figures), word.unit)


def as_text(value: int | None, unit: str) -> str:
    """`–` for what cannot be known (yet)."""
    if value is None:
        return "–"
    match unit:
        case "fen":
            return f"¥{format_fen(value)}"
        case "mille":
            return f"{value // 10}.{value % 10}%"
        case "seconds":
            return duration(value)
    return f"{value:,}"


def duration(seconds: int) -> str:
    """`12 分 30 秒`."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    values: dict[str, Any] = {"hours": hours, "minutes": minutes, "seconds": left}
    if hours:
        return gettext("%(hours)d h %(minutes)d min") % values
    if minutes:
        return gettext("%(minutes)d min %(seconds)d s") % values
    return gettext("%(seconds)d s") % values
