"""The room's flash sale as its page first paints it; `<flash-sale>` goes on from there."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from streams.domain import flash_facts


def flash_card(
    rows: Iterable[dict[str, Any]], state: dict[str, Any], now_ms: int
) -> dict[str, Any] | None:
    """The room's flash sale for `_flash_sale.html`, as `<flash-sale>` draws it afterwards."""
    sale = state["flash"]
    phase = flash_facts.phase_at(sale, now_ms)
    if not phase:
        return None
    level = state["stock"].get(sale["pool"], {"left": sale["total"], "total": sale["total"]})
    is_out = phase == "on" and not level["left"]
    shown: dict[str, Any] = {"phase": phase, "words": _words(phase, is_out, sale)}
    row = next((row for row in rows if row["card"]["item"] == sale["item"]), None)
    if row is not None and phase in ("soon", "on"):
        price = {"price": sale["price_fen"], "base": sale["base_fen"], "percent": sale["percent"]}
        words = _("Sold out") if is_out else _("Buy")
        shown["row"] = row | {
            "price": price,
            "level": level,
            "is_closed": phase == "soon" or is_out,
            "words": _("Soon") if phase == "soon" else words,
        }
        until = sale["starts_at"] if phase == "soon" else sale["ends_at"]
        seconds = max(0, -(-(until - now_ms) // 1000))
        shown["clock"] = f"{seconds // 60:02}:{seconds % 60:02}"
    return shown


def _words(phase: str, is_out: bool, sale: dict[str, Any]) -> str:
    match phase:
        case "soon":
            words = _("Flash sale: {total} units, {limit} each")
            return words.format(total=sale["total"], limit=sale["limit"])
        case "on" if is_out:
            return _("Sold out. What is not paid for comes back within minutes.")
        case "on":
            return _("Flash sale: {limit} each").format(limit=sale["limit"])
        case "over":
            return _("The flash sale is over. Thank you!")
    return _("The flash sale was called off.")
