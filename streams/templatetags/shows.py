"""Tags for templates that show shows."""

from collections.abc import Sequence
from typing import Any, cast

from django import template
from django.utils.translation import gettext as _

from livecommerce.bilingual import pick
from officials.models import Official
from products.models import Product
from streams.domain import offers, show_approval, show_declarations
from streams.models import Broadcast, Declaration, ShowApproval, ShowApprovalStep

register = template.Library()


@register.simple_tag
def poster(show: Broadcast, width: int = 640) -> str:
    """The address of the show's picture, or nothing."""
    return offers.poster_url(show, width)


@register.filter
def product_image(product: Product, width: int = 320) -> str:
    """The address of a product's first picture, or nothing; wants `images` prefetched."""
    return offers.image_url(product, width)


@register.filter
def made_by_ai(product: Product) -> bool:
    """Of a product's first picture; wants `images` prefetched."""
    return offers.is_picture_made_by_ai(product)


@register.simple_tag
def picture_marks(show: Broadcast) -> list[str]:
    """What has to be said beside the show's picture; nothing of a camera's."""
    return offers.picture_marks(show)


@register.filter
def portrait(official: Official) -> str:
    """The address of the official's portrait, or nothing."""
    return str(official.portrait.url) if official.portrait else ""


@register.filter
def words(line: dict[str, Any]) -> str:
    """A line of chat as it was said; the shop's own in the reader's language."""
    return pick(line["text"], line.get("text_en") or line["text"])


@register.simple_tag
def off_pattern() -> str:
    """What `off` says, with places for a script to fill."""
    return pick("{tenths} 折", "{n}% off")


@register.simple_tag
def declarations_of(show: Broadcast) -> Sequence[Declaration]:
    """What the host declared about the producers on the shelf; asked once for a page."""
    known = vars(show)
    if "_declarations" not in known:
        known["_declarations"] = show_declarations.shown(show)
    return cast(Sequence[Declaration], known["_declarations"])


@register.simple_tag
def approval_of(show: Broadcast) -> ShowApproval | None:
    return show_approval.approval_of(show)


@register.filter
def approval_step(step: ShowApprovalStep) -> str:
    """What a step of an approval was, in words: a draft can be sent back, taken back, changed."""
    state = ShowApproval.State
    if step.to_state == state.PROPOSED:
        return _("Proposed")
    if step.to_state == state.APPROVED:
        return _("Approved")
    if step.actor is None:
        return _("Changed since: back to planning")
    return _("Sent back") if step.note else _("Taken back")
