"""Filters for the pages of the catalogue."""

from datetime import datetime
from typing import Any

from django import template

from products import words
from products.models import Product

register = template.Library()


@register.filter
def storage_words(product: Product) -> Any:
    return words.STORAGE.get(product.storage, product.storage)


@register.filter
def cold_chain_words(product: Product) -> Any:
    return words.COLD_CHAIN.get(product.cold_chain, product.cold_chain)


@register.filter
def has_protected_origin(product: Product) -> bool:
    return product.gi_status in words.PROTECTED_ORIGIN


@register.filter
def standing_words(product: Product) -> Any:
    """What the goods are known as: a protected origin, or a local specialty."""
    known = words.PROTECTED_ORIGIN | words.OTHER_STANDING
    return known.get(product.gi_status, product.gi_status)


@register.filter
def month_name(number: int) -> Any:
    return words.MONTHS[number]


@register.filter
def weight(grams: int) -> str:
    """`1500` → `1.5 kg`, `250` → `250 g`; the same in both languages."""
    return f"{grams / 1000:g} kg" if grams >= 1000 else f"{grams} g"


@register.filter
def epoch_ms(moment: datetime) -> int:
    """For scripts that count down to it."""
    return int(moment.timestamp() * 1000)


@register.filter
def unlocalized(number: float) -> str:
    """A coordinate: a point for the decimals, whatever the reader's language."""
    return f"{number:g}"
