"""Share posters and link previews: what is on them, and each drawn once.

A picture is named by what it shows (title, time, price, picture, language): when something of it
changes it is another file, and old ones go. Drawing takes about a third of a second of a core, one
at a time in a process; whoever waits too long is asked to come back.
"""

import hashlib
import os
import threading
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.context import SITE_NAME
from livecommerce.errors import DomainError
from livecommerce.money import format_fen
from livecommerce.wording.advertising import without_forbidden
from officials.models import Official
from streams.domain import offers, poster_drawing
from streams.domain.offers import epoch_ms
from streams.domain.poster_drawing import Picture, Shape
from streams.models import Broadcast, PortraitConsent, ShelfItem

KEPT = timedelta(days=2)
WAIT_SECONDS = 3.0
_LOOKS = "2"  # a change of the drawing makes old files stale
_one_at_a_time = threading.BoundedSemaphore(1)


@dataclass(frozen=True)
class Poster:
    """Where the picture lies, and the name that changes with it."""

    file: Path
    mark: str


def poster_of(*, broadcast: Broadcast, shape: Shape, language: str, who: str) -> Poster:
    """The picture, drawn now if it is not there yet; `who` is whom to count that for.

    Raises DomainError: show_cancelled (404), too_fast (429), drawing_busy (503).
    """
    if broadcast.state == Broadcast.State.CANCELLED:
        raise DomainError("show_cancelled", _("This show was called off."), status=404)
    with translation.override(language):
        picture = _picture(broadcast, timezone.now())
    mark = _mark(picture, shape)
    file = _folder() / f"{mark}.jpg"
    if not file.is_file():
        ratelimit.require(f"poster:{who}", rate=12, per=60)
        ratelimit.require(f"poster-of:{broadcast.pk}", rate=12, per=60)
        _draw(file, picture, shape)
    return Poster(file, mark)


def mark_of(*, broadcast: Broadcast, shape: Shape, language: str) -> str:
    """Names the picture as it would be drawn now, without drawing it."""
    with translation.override(language):
        return _mark(_picture(broadcast, timezone.now()), shape)


def remove_old() -> int:
    """Pictures that nobody fetched for KEPT; how many."""
    limit = (timezone.now() - KEPT).timestamp()
    removed = 0
    for file in _folder().glob("*.jpg"):
        try:
            if file.stat().st_mtime < limit:
                file.unlink()
                removed += 1
        except OSError:
            continue
    return removed


def _draw(file: Path, picture: Picture, shape: Shape) -> None:
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise DomainError(
            "drawing_busy",
            _("Too many at once. Please wait a moment and try again."),
            status=503,
            retry_after=3,
        )
    try:
        if file.is_file():
            return
        data = poster_drawing.draw(picture, shape)
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(f".{file.name}.{os.getpid()}")
        partial.write_bytes(data)
        partial.replace(file)
    finally:
        _one_at_a_time.release()


def _mark(picture: Picture, shape: Shape) -> str:
    told = repr((_LOOKS, shape, astuple(picture)))
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "posters"


def _picture(broadcast: Broadcast, now: datetime) -> Picture:
    """In the language in force. Three queries, and one more where there is a portrait."""
    host = broadcast.host
    item = _item(broadcast)
    price = _price(item, broadcast, now) if item else None
    region = broadcast.region
    place = region.name if region.parent is None else f"{region.parent.name} · {region.name}"
    return Picture(
        title=without_forbidden(broadcast.title),
        host=f"{host.name} · {host.post}",
        place=place,
        when=_when(broadcast),
        is_live=broadcast.is_live,
        goods=without_forbidden(f"{item.product.name} {item.product.unit}") if item else "",
        price=f"¥{format_fen(price['price'])}" if price else "",
        base=f"¥{format_fen(price['base'])}" if price and price["base"] else "",
        image=_image(item),
        portrait=_portrait(host),
        url=settings.PUBLIC_URL + reverse("streams:room", args=[broadcast.public_id]),
        invitation=_("Scan to come into the room"),
        site=str(SITE_NAME),
        mark=_mark_words(broadcast, item),
    )


def _item(broadcast: Broadcast) -> ShelfItem | None:
    """What is explained now, or else the first on the shelf."""
    items = ShelfItem.objects.filter(broadcast=broadcast)
    shown = items.filter(pins__unpinned_at=None, pins__isnull=False).order_by("-pins__pinned_at")
    chosen = shown.values_list("pk", flat=True).first() or (
        items.order_by("position").values_list("pk", flat=True).first()
    )
    found = offers.items_with_offers(items.filter(pk=chosen)) if chosen else []
    return found[0] if found else None


def _price(item: ShelfItem, broadcast: Broadcast, now: datetime) -> offers.PriceNow:
    """At the show's own time; a flash sale's minutes are over before a poster is passed on."""
    at = max(now, broadcast.scheduled_at) if not broadcast.is_over else now
    card = offers.card(item)
    card["flash"] = None
    return offers.price_at(card, epoch_ms(at) or 0)


def _when(broadcast: Broadcast) -> str:
    if broadcast.is_live:
        return _("Live now")
    at = timezone.localtime(broadcast.scheduled_at)
    told = date_format(at, "SHORT_DATETIME_FORMAT")
    return told if not broadcast.is_over else _("Live on %(at)s") % {"at": told}


def _mark_words(broadcast: Broadcast, item: ShelfItem | None) -> str:
    """Where the show's picture comes from, and the one on the poster, if not from a camera."""
    said = []
    if broadcast.picture_source != Broadcast.PictureSource.CAMERA:
        said.append(str(broadcast.get_picture_source_display()))
    if item is not None and offers.is_picture_made_by_ai(item.product):
        said.append(_("AI picture"))
    return " · ".join(said)


def _image(item: ShelfItem | None) -> str:
    images = list(item.product.images.all()) if item else []
    if not images:
        return ""
    widths = sorted(int(width) for width in images[0].renditions)
    fitting = next((width for width in widths if width >= 900), widths[-1] if widths else None)
    name = images[0].renditions[str(fitting)] if fitting is not None else images[0].file.name
    return name or ""


def _portrait(host: Official) -> str:
    """Only with the consent that is in force now."""
    return str(host.portrait.name) if host.portrait and allows_portrait(host) else ""


# --- the portrait ----------------------------------------------------------------------------


def allows_portrait(official: Official) -> bool:
    return PortraitConsent.objects.filter(official=official, withdrawn_at=None).exists()


def allow_portrait(*, official: Official, by: User) -> None:
    """The official's own word, and nobody else's. Twice is once. Raises DomainError (403)."""
    if official.user_id != by.pk:
        raise DomainError(
            "not_your_portrait", _("Only you yourself can allow your portrait."), status=403
        )
    try:
        with transaction.atomic():
            PortraitConsent.objects.create(official=official, given_by=by)
    except IntegrityError:
        if not allows_portrait(official):
            raise


def withdraw_portrait(*, official: Official, by: User) -> None:
    """From the next poster on. Twice is once. Raises DomainError (403)."""
    if official.user_id != by.pk:
        raise DomainError(
            "not_your_portrait", _("Only you yourself can allow your portrait."), status=403
        )
    given = PortraitConsent.objects.filter(official=official, withdrawn_at=None)
    given.update(withdrawn_at=timezone.now())
