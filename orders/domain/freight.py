"""What carriage costs and where goods cannot go: known before anything is paid.

A producer's goods of one order are one parcel, priced by the producer's template or else by the
shop's. Templates are few and rarely change, so each process keeps them for half a minute: a
quote asks the database nothing. What the buyer saw is compared with what is charged, so that an
old template can surprise nobody.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _

from livecommerce.bilingual import pick
from livecommerce.errors import DomainError
from orders.models import FreightTemplate

REMEMBER_SECONDS = 30.0
GRAMS = 1000


class Goods(Protocol):
    """What a quote needs of a product."""

    @property
    def name(self) -> str: ...

    producer_id: int
    net_weight_g: int
    cold_chain: str


@dataclass(frozen=True, slots=True)
class Zone:
    """Prices in fen; `reason` is why something is not sent there, as (zh, en)."""

    provinces: frozenset[str]
    first_kg_fen: int = 0
    further_kg_fen: int = 0
    surcharge_fen: int = 0
    is_served: bool = True
    takes_cold: bool = True
    reason: tuple[str, str] = ("", "")

    def price(self, weight_g: int) -> int:
        """Fen for a parcel: the first kilogram, each one begun after it, and the surcharge."""
        further = max(-(-weight_g // GRAMS) - 1, 0)
        return self.first_kg_fen + further * self.further_kg_fen + self.surcharge_fen


INCLUDED = Zone(frozenset())
"""Where no template says otherwise: in the price of the goods."""
NOWHERE = Zone(frozenset(), is_served=False)
Zones = Sequence[Zone]


@dataclass(frozen=True, slots=True)
class Quote:
    """Carriage of an order in fen, by producer; `refused` are the positions of those goods that
    cannot be sent there, each with the reason in words."""

    by_producer: dict[int, int]
    refused: dict[int, str]

    @property
    def total_fen(self) -> int:
        return sum(self.by_producer.values())

    @property
    def is_included(self) -> bool:
        return not self.total_fen

    def require(self) -> "Quote":
        """Raises DomainError `not_sent_there` (422) if anything cannot go there."""
        if self.refused:
            message = " ".join(dict.fromkeys(self.refused.values()))
            raise DomainError("not_sent_there", message, positions=sorted(self.refused))
        return self


def quote(*, goods: Sequence[tuple[Goods, int]], province: str) -> Quote:
    """Carriage for products in their quantities to a province, as an address writes it."""
    templates = _templates()
    weights: dict[int, int] = defaultdict(int)
    refused: dict[int, str] = {}
    for position, (product, quantity) in enumerate(goods):
        zone = _zone(templates, product.producer_id, province)
        if not zone.is_served or (product.cold_chain != "none" and not zone.takes_cold):
            refused[position] = _why(product, zone, province)
        else:
            weights[product.producer_id] += product.net_weight_g * quantity
    prices = {
        producer: _zone(templates, producer, province).price(weight)
        for producer, weight in weights.items()
    }
    return Quote(prices, refused)


def forget() -> None:
    """Look at the templates anew with the next quote of this process."""
    _memory.at = 0.0


def _zone(templates: dict[int | None, Zones], producer_id: int, province: str) -> Zone:
    zones = templates.get(producer_id) or templates.get(None)
    if zones is None:
        return INCLUDED
    for zone in zones:
        if province in zone.provinces:
            return zone
    return next((zone for zone in zones if not zone.provinces), NOWHERE)


def _why(product: Goods, zone: Zone, province: str) -> str:
    names = {"name": product.name, "place": province}
    why = pick(*zone.reason)
    if zone.is_served:
        words = _("“%(name)s” has to stay cold, and no cold transport goes to %(place)s yet.")
    else:
        words = _("“%(name)s” cannot be sent to %(place)s.")
    return f"{words % names} {why}".strip()


class _Memory:
    def __init__(self) -> None:
        self.at = 0.0
        self.templates: dict[int | None, Zones] = {}
        self.lock = threading.Lock()


_memory = _Memory()


def _templates() -> dict[int | None, Zones]:
    """By producer; the shop's own under None."""
    now = time.monotonic()
    if not _memory.at or now - _memory.at > REMEMBER_SECONDS:
        with _memory.lock:
            if not _memory.at or now - _memory.at > REMEMBER_SECONDS:
                _memory.templates = _read()
                _memory.at = now
    return _memory.templates


def _read() -> dict[int | None, Zones]:
    return {
        template.producer_id: [
            Zone(
                provinces=frozenset(zone.provinces),
                first_kg_fen=zone.first_kg_fen,
                further_kg_fen=zone.further_kg_fen,
                surcharge_fen=zone.surcharge_fen,
                is_served=zone.is_served,
                takes_cold=zone.takes_cold,
                reason=(zone.reason_zh, zone.reason_en),
            )
            for zone in template.zones.all()
        ]
        for template in FreightTemplate.objects.prefetch_related("zones")
    }
