"""A replay to watch from the first minutes on: `manage.py demo_replay`.

The newest past show of the demo's official gets a short recording: a drawn clip, put through the
same muxer and recorder as every broadcast, explanations and lines stamped in media time, and made
ready by the same job. Killed half-way it begins anew the next time.
"""

import logging
import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from officials.demo import OFFICIAL
from streams.domain import replays
from streams.media.demo.clip import render_clip
from streams.media.demo.record import record_clip
from streams.media.demo_publisher import slides_of
from streams.models import Broadcast, ChatMessage, Pin, Replay, ShelfItem

logger = logging.getLogger(__name__)

SECONDS_A_SLIDE, MOST_SLIDES = 7, 5
LINES = (
    "这是一段演示回放：画面是生成的，商品和价格按真实规则运行。",
    "点下面的章节，可以直接跳到讲解那一件的时候。",
    "聊天会跟着回放的进度一条一条出现。",
    "价格和库存显示的是现在的，不是直播当时的。",
    "商品页和订单里都能找到“看讲解”，会跳到同一秒。",
    "没赶上直播也没关系，货架一直开着。",
)


def ensure_demo_replay() -> bool:
    """True if one was made; False if there is one already, or no show to make it of."""
    past = Broadcast.objects.filter(host__user__email=OFFICIAL).select_related("host__user")
    if past.filter(state=Broadcast.State.READY).exists():
        return False
    ended = past.filter(state=Broadcast.State.ENDED, started_at__isnull=False)
    show = ended.order_by("-started_at").first()
    items = _items_with_pictures(show) if show else []
    if show is None or not items:
        return False
    folder = replays.folder_of(show)
    shutil.rmtree(folder, ignore_errors=True)
    seconds = SECONDS_A_SLIDE * len(items)
    clip = Path(settings.DATA_DIR) / "demo-show" / "replay.mkv"
    clip.parent.mkdir(parents=True, exist_ok=True)
    try:
        render_clip(clip, slides_of(show)[: len(items)], seconds)
        record_clip(clip, folder.parent, folder.name, wall_ms=_epoch_ms(show))
    finally:
        clip.unlink(missing_ok=True)
    _write_what_happened(show, items)
    is_ready = replays.prepare(show)
    logger.info("the demo's replay is %s", "ready" if is_ready else "not ready")
    return is_ready


def _epoch_ms(show: Broadcast) -> int:
    return int(show.started_at.timestamp() * 1000) if show.started_at else 0


def _items_with_pictures(show: Broadcast) -> list[ShelfItem]:
    """What the clip shows, in its order: as slides_of chooses."""
    shelf = show.shelf.select_related("product").prefetch_related("product__images")
    pictured = (
        item
        for item in shelf
        if (image := next(iter(item.product.images.all()), None))
        and Path(image.file.path).is_file()
    )
    return [item for item, _number in zip(pictured, range(MOST_SLIDES), strict=False)]


@transaction.atomic
def _write_what_happened(show: Broadcast, items: list[ShelfItem]) -> None:
    host, began = show.host.user, show.started_at
    assert began is not None
    Replay.objects.filter(broadcast=show, state=Replay.State.MISSING).delete()
    Pin.objects.filter(broadcast=show).delete()
    ChatMessage.objects.filter(broadcast=show, is_demo=True).delete()
    for number, item in enumerate(items):
        start, end = number * SECONDS_A_SLIDE, (number + 1) * SECONDS_A_SLIDE
        pin = Pin.objects.create(
            broadcast=show,
            item=item,
            pinned_by=host,
            unpinned_at=began + timedelta(seconds=end),
            media_start_ms=start * 1000,
            media_end_ms=end * 1000,
        )
        Pin.objects.filter(pk=pin.pk).update(pinned_at=began + timedelta(seconds=start))
    for number, text in enumerate(LINES):
        at = 1 + number * 5
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
