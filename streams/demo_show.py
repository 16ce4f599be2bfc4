"""The demo room on air, without a camera: `manage.py demo_show`.

Puts the demo broadcast live, lets `streams.media.demo_publisher` send its picture by WHIP as an
encoder would, pins the product that the picture shows, and says a few lines as the demo's host.
It keeps no state of its own: killed at any moment, it goes on where the rows are.
"""

import logging
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from livecommerce.realtime import presence
from streams import demo, demo_draws
from streams.domain import chat, pins, shows
from streams.domain.shows import HOST_GONE_AFTER
from streams.media.demo_publisher import STARTED
from streams.models import Broadcast

logger = logging.getLogger(__name__)

LOOK_EVERY = 1.0
SAY_EVERY = 12.0
VIEWERS_SEE_LATER = 3.0
"""Seconds from the encoder to a viewer's screen by LL-HLS, connecting included."""
SECONDS_A_SLIDE, MOST_SLIDES = 8, 6
"""As streams.media.demo_publisher draws its clip."""
REPLAY = [sys.executable, "-m", "django", "demo_replay", "--settings", "livecommerce.settings"]
LINES = (
    "大家好，这里是演示直播间：画面是生成的，商品和价格按真实规则运行。",
    "正在讲解的商品会固定在画面下方，点“购买”不会打断直播。",
    "价格怎么来的？看商品页的价格凭证：不高于前三十天最低价的一半。",
    "想试试开播？用演示主播账号登录，打开“我的直播”。",
    "有问题可以直接在这里说，主播和场控都看得到。",
    "生鲜不支持七天无理由退货，下单时会单独请您确认；坏果包赔。",
    "发货前可以取消订单，付款后会在“我的订单”里看到每一步。",
)


def main() -> None:
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    run(stopped)


def run(stopped: threading.Event) -> None:
    """Until told to stop. Exits with status 1 when the publisher cannot run."""
    command = [sys.executable, "-m", "streams.media.demo_publisher"]
    publisher = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    replay: subprocess.Popen[bytes] | None = None
    said_at = 0.0
    try:
        while not stopped.wait(LOOK_EVERY):
            if publisher.poll() is not None:
                logger.error("the demo's publisher ended with status %s", publisher.returncode)
                sys.exit(1)
            close_old_connections()
            said_at = step(said_at)
            if replay is None and (settings.DATA_DIR / "demo-show" / STARTED).exists():
                # Drawing takes a core: the live picture comes first.
                replay = subprocess.Popen(REPLAY, stdin=subprocess.DEVNULL)
    finally:
        if replay is not None and replay.poll() is None:
            replay.terminate()
            replay.wait(10)
        publisher.terminate()
        try:
            publisher.wait(10)
        except subprocess.TimeoutExpired:
            publisher.kill()


def step(said_at: float) -> float:
    """Bring the demo room to where it should be now; returns when the last line was said."""
    demo.ensure_ready_show()
    show = demo.ensure_demo_show()
    if show is None:
        return said_at
    host = show.host.user
    if show.is_live and not show.is_host_online and _is_stale(show):
        shows.end_show(broadcast=show, by=None)
        return said_at
    if not show.is_live:
        shows.go_live(broadcast=show, by=host)
    is_watched = presence.figures(show.room).get("viewers", 0) > 0
    _pin_what_is_shown(show, is_watched=is_watched)
    if is_watched:
        demo_draws.keep_going(show)
    now = time.monotonic()
    is_fresh = show.messages.count() < 3
    if is_fresh or (is_watched and now - said_at > SAY_EVERY):
        _say_next(show)
        return now
    return said_at


def _is_stale(show: Broadcast) -> bool:
    """Left live by a machine that was switched off: a new show is honest, this one is not."""
    since = show.host_offline_at or show.started_at
    return since is not None and timezone.now() - since > HOST_GONE_AFTER


def _pin_what_is_shown(show: Broadcast, *, is_watched: bool) -> None:
    """What viewers see now, a little after it was sent; nobody watching, nothing changes."""
    items = [
        item
        for item in show.shelf.select_related("product").prefetch_related("product__images")
        if item.product.images.all()
    ][:MOST_SLIDES]
    open_items = set(show.pins.filter(unpinned_at=None).values_list("item_id", flat=True))
    if not items or (open_items and not is_watched):
        return
    seconds = max(0.0, time.time() - _loop_began() - VIEWERS_SEE_LATER)
    round_seconds = SECONDS_A_SLIDE * max(3, len(items))
    item = items[int(seconds % round_seconds) // SECONDS_A_SLIDE % len(items)]
    if open_items != {item.pk}:
        pins.pin(broadcast=show, item=item, by=show.host.user)


def _loop_began() -> float:
    """Epoch seconds at which the publisher's clip began anew; now, while it has not."""
    try:
        return float((settings.DATA_DIR / "demo-show" / STARTED).read_text())
    except (OSError, ValueError):
        return time.time()


def _say_next(show: Broadcast) -> None:
    number = show.messages.filter(is_demo=True).count()
    chat.say(
        broadcast=show,
        user=show.host.user,
        text=LINES[number % len(LINES)],
        key=f"demo-{number}",
        is_demo=True,
    )
