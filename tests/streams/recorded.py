"""Shows that were recorded: a clip put through the same muxer and recorder as a broadcast."""

from datetime import timedelta

from django.utils import timezone
from PIL import Image

from streams.domain import replays
from streams.media import recordings
from streams.media.clip_recording import record_clip
from streams.models import Broadcast, ChatMessage, Pin, Replay, ReplayChapter
from tests.streams.shows import make_show


def make_recorded_show(clip, *, items=2, ago=3600, seconds=6, parts=1, **fields):
    """A show that ended `ago` seconds ago, its recording (`parts` times the clip, half a minute
    between them) on the disk. Nothing is made of it yet."""
    began = timezone.now().replace(microsecond=0) - timedelta(seconds=ago + 60 * parts)
    show = make_show(
        state="ended",
        items=items,
        **{
            "scheduled_at": began,
            "started_at": began,
            "ended_at": began + timedelta(seconds=60 * parts),
            **fields,
        },
    )
    folder = replays.folder_of(show)
    for part in range(parts):
        at = show.started_at + timedelta(seconds=30 * part)
        record_clip(clip, folder.parent, folder.name, wall_ms=int(at.timestamp() * 1000))
    return show


def explain(show, item, *, start_ms, end_ms=None, product_at=None):
    """An explanation stamped in media time; by the clock only if `product_at` seconds are given."""
    pin = Pin.objects.create(
        broadcast=show,
        item=item,
        pinned_by=show.host.user,
        unpinned_at=show.ended_at,
        media_start_ms=start_ms,
        media_end_ms=end_ms,
    )
    if product_at is not None:
        Pin.objects.filter(pk=pin.pk).update(
            pinned_at=show.started_at + timedelta(seconds=product_at)
        )
    return pin


def say(show, text, *, media_ms=None, at=0, **fields):
    line = ChatMessage.objects.create(
        broadcast=show,
        user=show.host.user,
        key=f"{text}"[:36],
        text=text,
        media_ms=media_ms,
        **fields,
    )
    ChatMessage.objects.filter(pk=line.pk).update(
        created_at=show.started_at + timedelta(seconds=at)
    )
    return line


def make_replay(clip, **options):
    """A recorded show whose replay is ready; its first product is explained from 2 s on."""
    show = make_recorded_show(clip, **options)
    item = show.shelf.first()
    if item is not None:
        explain(show, item, start_ms=2000, end_ms=5000)
    assert replays.prepare(show)
    show.refresh_from_db()
    return show


def make_ready(show):
    """A replay by its rows and stills alone: for pages, which load no picture by themselves."""
    folder = replays.folder_of(show) / recordings.THUMBS
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (640, 360), "#20386b").save(folder / "poster.jpg")
    Broadcast.objects.filter(pk=show.pk).update(state="ready")
    show.refresh_from_db()
    row = Replay.objects.create(
        broadcast=show,
        state="ready",
        duration_ms=95_000,
        octets=10_000_000,
        segments=48,
        stretches=[[0, 0, int(show.started_at.timestamp() * 1000), 95_000]],
        manifest_sha256="0" * 64,
        ready_at=timezone.now(),
    )
    for number, item in enumerate(show.shelf.select_related("product")):
        Image.new("RGB", (320, 180), "#c8322b").save(folder / f"{number * 30_000}.jpg")
        ReplayChapter.objects.create(
            replay=row,
            kind="product",
            product=item.product,
            item_id=item.pk,
            title_zh=item.product.name_zh,
            title_en=item.product.name_en,
            start_ms=number * 30_000,
            end_ms=(number + 1) * 30_000,
            has_thumb=True,
        )
    return row
