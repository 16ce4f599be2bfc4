"""A replay to watch from the first minutes on: `manage.py demo_replay`.

Yesterday's show of the demo room: the clip that is on air now, put through the same muxer and
recorder as every broadcast, explanations and lines stamped in media time, and made ready by the
same job. Killed half-way it begins anew the next time.
"""

import logging
import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from streams import demo
from streams.domain import replays
from streams.media.clip_recording import record_clip
from streams.media.demo_publisher import slides_of
from streams.models import Broadcast, ChatMessage, Pin, Replay, ShelfItem

logger = logging.getLogger(__name__)

TITLE = ("百色好物五折专场（演示回放）", "Baise at half price (demo replay)")
LINES = (
    "这是一段演示回放：画面是生成的，商品和价格按真实规则运行。",
    "点下面的章节，可以直接跳到讲解那一件的时候。",
    "聊天会跟着回放的进度一条一条出现。",
    "价格和库存显示的是现在的，不是直播当时的。",
    "商品页和订单里都能找到“看讲解”，会跳到同一秒。",
    "没赶上直播也没关系，货架一直开着。",
)


def ensure_demo_replay() -> bool:
    """True if one was made; False if there is one already, or nothing to make it of yet."""
    clip = next(iter(sorted((Path(settings.DATA_DIR) / "demo-show").glob("demo-*.mkv"))), None)
    on_air = demo.ensure_demo_show()
    if clip is None or on_air is None:
        return False
    show = _yesterdays_show(on_air)
    slides = len(slides_of(on_air))
    items = _items_with_pictures(show)[:slides]
    if show.state != Broadcast.State.ENDED or not items:
        return False
    folder = replays.folder_of(show)
    shutil.rmtree(folder, ignore_errors=True)
    length_ms = record_clip(clip, folder.parent, folder.name, wall_ms=_epoch_ms(show))
    _write_what_happened(show, items, length_ms)
    is_ready = replays.prepare(show)
    logger.info("the demo's replay is %s", "ready" if is_ready else "not ready")
    return is_ready


def _yesterdays_show(on_air: Broadcast) -> Broadcast:
    """The same host, the same goods, a day ago."""
    host = on_air.host
    known = Broadcast.objects.filter(host=host, is_demo=True, title_zh=TITLE[0])
    show = known.select_related("host__user").first()
    if show is not None:
        return show
    at = (timezone.now() - timedelta(days=1)).replace(microsecond=0)
    shelf = on_air.shelf.select_related("product")
    with transaction.atomic():
        made = demo.add_show(host, at, TITLE, [item.product for item in shelf], is_demo=True)
        Broadcast.objects.filter(pk=made.pk).update(
            state=Broadcast.State.ENDED,
            started_at=at,
            ended_at=at + timedelta(minutes=30),
            peak_viewers=86,
            likes=1240,
        )
    return known.select_related("host__user").get()


def _epoch_ms(show: Broadcast) -> int:
    return int(show.started_at.timestamp() * 1000) if show.started_at else 0


def _items_with_pictures(show: Broadcast) -> list[ShelfItem]:
    """What the clip shows, in its order: as slides_of chooses."""
    shelf = show.shelf.select_related("product").prefetch_related("product__images")
    return [
        item
        for item in shelf
        if (image := next(iter(item.product.images.all()), None))
        and Path(image.file.path).is_file()
    ]


@transaction.atomic
def _write_what_happened(show: Broadcast, items: list[ShelfItem], length_ms: int) -> None:
    host, began = show.host.user, show.started_at
    assert began is not None
    Replay.objects.filter(broadcast=show).exclude(state=Replay.State.READY).delete()
    Pin.objects.filter(broadcast=show).delete()
    ChatMessage.objects.filter(broadcast=show, is_demo=True).delete()
    for number, item in enumerate(items):
        start, end = (length_ms * each // len(items) for each in (number, number + 1))
        pin = Pin.objects.create(
            broadcast=show,
            item=item,
            pinned_by=host,
            unpinned_at=began + timedelta(milliseconds=end),
            media_start_ms=start,
            media_end_ms=end,
        )
        Pin.objects.filter(pk=pin.pk).update(pinned_at=began + timedelta(milliseconds=start))
    for number, text in enumerate(LINES):
        at = 1 + number * 6
        line = ChatMessage.objects.create(
            broadcast=show,
            user=host,
            key=f"demo-replay-{number}",
            text=text,
            badge="host",
            is_demo=True,
            media_ms=at * 1000,
        )
        ChatMessage.objects.filter(pk=line.pk).update(created_at=began + timedelta(seconds=at))
