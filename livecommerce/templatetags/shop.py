"""Tags that every template has (a builtin library)."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from livecommerce import money

register = template.Library()


@register.filter
def yuan(fen: int | None) -> str:
    """`2950` → `29.50`."""
    return "" if fen is None else money.format_fen(fen)


@register.simple_tag
def price(fen: int, css: str = "") -> SafeString:
    """`¥29.50` with a small sign and tabular figures."""
    return format_html(
        '<span class="price {}"><span class="price-sign">¥</span>{}</span>',
        css,
        money.format_fen(fen),
    )
