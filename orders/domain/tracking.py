"""Where word of a delivery comes from when no person brings it.

A carrier's own interface is one more `CarrierWatch`; the shop has none of its own making and runs
with `ByHand`: buyers confirm, producers and staff enter it, or time does. What a watch says goes
through `learn`, as a carrier's push would.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orders.domain import parcels
from orders.models import Parcel


@dataclass(frozen=True)
class OnItsWay:
    """A parcel as a carrier knows it; `shipped_at` is UTC."""

    carrier: str
    tracking_number: str
    shipped_at: datetime


@dataclass(frozen=True)
class Delivered:
    """What a carrier reports; `at` is UTC."""

    carrier: str
    tracking_number: str
    at: datetime


class CarrierWatch(Protocol):
    def look(self, parcels: Sequence[OnItsWay]) -> Iterable[Delivered]:
        """Which of these have been delivered. May ask a network; called outside transactions."""
        ...


class ByHand:
    """Nobody asks a carrier: people tell."""

    def look(self, parcels: Sequence[OnItsWay]) -> Iterable[Delivered]:
        return ()


def ask(watch: CarrierWatch, *, limit: int = 500) -> int:
    """Ask about the parcels that have been on their way longest; returns how many arrived."""
    rows = Parcel.objects.filter(state=Parcel.State.SHIPPED).order_by("shipped_at")[:limit]
    open_ones = [OnItsWay(row.carrier, row.tracking_number, row.shipped_at) for row in rows]
    return learn(watch.look(open_ones)) if open_ones else 0


def learn(told: Iterable[Delivered]) -> int:
    """Record what a carrier reported, once each; what nobody sent under that number is ignored."""
    done = 0
    for fact in told:
        matching = Parcel.objects.filter(
            carrier=fact.carrier,
            tracking_number=fact.tracking_number,
            state=Parcel.State.SHIPPED,
        ).select_related("order")
        for parcel in matching:
            done += parcels.record_delivery(parcel=parcel, how=Parcel.Word.CARRIER, at=fact.at)
    return done
