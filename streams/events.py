"""Everything a browser can receive about a show.

Times are epoch milliseconds, money is fen, texts come in both languages: an event is the same
for every viewer, so that it is serialised once. Each commerce event carries the whole state of
one thing and its version; `static/js/realtime/reduce.js` folds them into the snapshot's state.
See docs/events.md.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from livecommerce.realtime.events import Event, Lane


@dataclass(frozen=True)
class ShowStateChanged(Event):
    """The show went live, ended, was cancelled or moved. `show` as in the snapshot."""

    type: ClassVar[str] = "show"
    show: dict[str, Any]


@dataclass(frozen=True)
class HostPresence(Event):
    """The host's picture came or went. The whole `show`, as its version covers both."""

    type: ClassVar[str] = "host"
    show: dict[str, Any]


@dataclass(frozen=True)
class Announced(Event):
    """The host's one-line announcement (empty: taken away) or slow mode changed."""

    type: ClassVar[str] = "announcement"
    show: dict[str, Any]


@dataclass(frozen=True)
class PinsChanged(Event):
    """The products being explained now, in order, each with all that its card needs.

    `cards` belong to shelf version `shelf_version`; `stock` by pool id.
    """

    type: ClassVar[str] = "pins"
    version: int
    pins: list[dict[str, Any]]
    shelf_version: int
    cards: list[dict[str, Any]]
    stock: dict[str, dict[str, int]]


@dataclass(frozen=True)
class ShelfChanged(Event):
    """The whole shelf, after an offer on it changed."""

    type: ClassVar[str] = "shelf"
    version: int
    cards: list[dict[str, Any]]
    stock: dict[str, dict[str, int]]


@dataclass(frozen=True)
class RunChanged(Event):
    """The show went to another segment, or its run was planned anew. `run` as in the snapshot:
    what is on now and what is next, with its `version`. No scripts and no plans."""

    type: ClassVar[str] = "run"
    run: dict[str, Any]


@dataclass(frozen=True)
class StockChanged(Event):
    """What is left in one pool (units); stamped with the pool's own version."""

    type: ClassVar[str] = "stock"
    pool: str
    left: int
    total: int
    version: int


@dataclass(frozen=True)
class FlashSaleChanged(Event):
    """A flash sale began to count down, is on, is over or was called off. `sale` as in the
    snapshot: the one that was started last, with its `version`; its stock is told by `stock`."""

    type: ClassVar[str] = "flash"
    sale: dict[str, Any]


@dataclass(frozen=True)
class FlashSalePlanned(Event):
    """A flash sale was proposed or taken back; the consoles of those who run the show look anew.
    `plans` of the show there are (a rehearsal has none of its own). No part of the state."""

    type: ClassVar[str] = "flash_planned"
    lane: ClassVar[Lane] = Lane.PRIVATE
    plans: int


@dataclass(frozen=True)
class ChatPosted(Event):
    """One line of chat. `badge` is host, assistant, moderator, buyer, empty, or system: the shop's
    own words, which also come in English (`text_en`) and under no name. `reply`: {id, name, text}
    of the line it answers, or null."""

    type: ClassVar[str] = "chat"
    lane: ClassVar[Lane] = Lane.CHAT
    id: int
    name: str
    text: str
    at: int
    badge: str = ""
    user: int = 0
    is_demo: bool = False
    text_en: str = ""
    reply: dict[str, Any] | None = None


@dataclass(frozen=True)
class ChatKept(Event):
    """A line that the room does not see, for its author and those who look after the room. `why`:
    held (a moderator looks first), contact (a telephone number or link: it stays so), refused.
    No part of the state."""

    type: ClassVar[str] = "chat_kept"
    lane: ClassVar[Lane] = Lane.PRIVATE
    id: int
    name: str
    text: str
    at: int
    why: str
    badge: str = ""
    user: int = 0
    is_demo: bool = False
    text_en: str = ""
    reply: dict[str, Any] | None = None


@dataclass(frozen=True)
class ModerationChanged(Event):
    """Something was decided about, or waits for a decision about, this person (account number):
    they and those who look after the room look anew. No part of the state."""

    type: ClassVar[str] = "moderation"
    lane: ClassVar[Lane] = Lane.PRIVATE
    user: int


@dataclass(frozen=True)
class ChatHidden(Event):
    """These lines are to be seen no more, in quotations neither."""

    type: ClassVar[str] = "chat_hidden"
    ids: list[int]


@dataclass(frozen=True)
class QuestionChanged(Event):
    """A question was asked, voted for, taken on air, answered or removed. `question` as in the
    snapshot, with its `version`; of a removed one only id, version and state."""

    type: ClassVar[str] = "question"
    question: dict[str, Any]


@dataclass(frozen=True)
class CockpitTold(Event):
    """A show's figures, for those who may know its money: they are all in it every time, so that
    one that was missed does no harm. `figures` by name (people, orders, units, fen; shares in per
    mille, null of nobody), `products` the same by product id, `advice` the worst figure or null.
    No part of the state."""

    type: ClassVar[str] = "cockpit"
    lane: ClassVar[Lane] = Lane.FIGURES
    version: int
    at: int
    figures: dict[str, int | None]
    products: list[dict[str, Any]]
    advice: dict[str, Any] | None


@dataclass(frozen=True)
class PictureHealth(Event):
    """How the host's browser sends its picture, to those who run the show: bits, pixels, frames a
    second, `rtt` in ms, `lost` packets in per mille, `limited` by none, cpu, bandwidth, other."""

    type: ClassVar[str] = "health"
    lane: ClassVar[Lane] = Lane.FIGURES
    kbps: int
    width: int
    height: int
    fps: int
    rtt: int
    lost: int
    limited: str


@dataclass(frozen=True)
class RelayChanged(Event):
    """This show hands over to the next of its festival, or does not after all. `relay` as in the
    snapshot, with its `version`."""

    type: ClassVar[str] = "relay"
    relay: dict[str, Any]


@dataclass(frozen=True)
class RelayComing(Event):
    """Another show is handing over to this one, or not any more: its console looks anew. No part
    of the state."""

    type: ClassVar[str] = "relay_coming"
    lane: ClassVar[Lane] = Lane.PRIVATE
    version: int


@dataclass(frozen=True)
class DrawChanged(Event):
    """A lucky draw was opened, closed or drawn, has more entries (told together every two
    seconds), or a prize moved up. `draw` as in the snapshot: the one that was opened last, with
    its `version`."""

    type: ClassVar[str] = "draw"
    draw: dict[str, Any]


@dataclass(frozen=True)
class DrawPlanned(Event):
    """A draw was prepared or taken back, so that `prepared` are ready: the consoles of those who
    run the show look anew. Nobody else hears of it, and it is no part of the state."""

    type: ClassVar[str] = "draw_planned"
    lane: ClassVar[Lane] = Lane.PRIVATE
    prepared: int


@dataclass(frozen=True)
class PollChanged(Event):
    """A poll was opened, closed or taken out of sight, or has other votes (told together every
    two seconds). `poll` as in the snapshot: the one that was opened last, with its `version`."""

    type: ClassVar[str] = "poll"
    poll: dict[str, Any]


@dataclass(frozen=True)
class OrderTicker(Event):
    """Orders of the last seconds, with masked names. Passing news: no part of the state."""

    type: ClassVar[str] = "ticker"
    lane: ClassVar[Lane] = Lane.CHAT
    orders: list[dict[str, Any]]


@dataclass(frozen=True)
class AnswerRead(Event):
    """An office's answer to the public is read out, was read, or was taken back. `answer` as in the
    snapshot: the one that was begun last; `state` is on_air, read or gone."""

    type: ClassVar[str] = "answer"
    answer: dict[str, Any]
