"""What templates say of a run."""

from typing import Any

from django import template

from livecommerce.bilingual import pick

register = template.Library()


@register.filter
def run_title(line: dict[str, Any] | None) -> str:
    """The title of a segment as the room's state carries it, in the reader's language."""
    return pick(line["title_zh"], line["title_en"]) if line else ""
