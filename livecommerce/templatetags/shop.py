"""Tags that every template has (a builtin library)."""

import re

from django import template
from django.contrib.auth.models import AnonymousUser
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from livecommerce import money
from livecommerce.accounts.models import User
from livecommerce.bilingual import pick
from livecommerce.notifications.choices import in_inbox

register = template.Library()

_SYLLABLE_END = re.compile(r"(?<=ng)(?=[bcdfghjklmnpqrstwxyz])")
AVATAR_TONES = 5


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


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """A symbol of static/icons/sprite.svg; silent to screen readers unless it has a label."""
    spoken = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else SafeString('aria-hidden="true" focusable="false"')
    )
    return format_html(
        '<svg class="icon {}" {}><use href="{}#{}"/></svg>',
        css,
        spoken,
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
def unread_count(user: User | AnonymousUser) -> int:
    """Messages in the inbox not read yet: one query, and none for visitors."""
    if not isinstance(user, User):
        return 0
    return in_inbox(user).filter(read_at=None).count()


@register.filter
def no_prompt(field: BoundField) -> BoundField:
    """Without the grey words inside: the label above says it already."""
    field.field.widget.attrs.pop("placeholder", None)
    return field


@register.filter
def tone(value: object) -> int:
    """One of the five rice colours, always the same for the same name (avatars)."""
    return sum(str(value).encode()) % AVATAR_TONES


@register.filter
def off(percent: int) -> str:
    """`50` → 「5 折」, `50% off`: a whole percent that never rounds up, as the deal has it."""
    tenths = f"{(100 - percent) / 10:g}"
    return pick(f"{tenths} 折", f"{percent}% off")


@register.filter
def soften(name: str) -> str:
    """Lets a long romanised place name break where a syllable ends: `Fang·cheng·gang`."""
    return _SYLLABLE_END.sub("\u00ad", name)
