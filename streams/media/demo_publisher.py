"""`python -m streams.media.demo_publisher`: puts the demo room on air as an encoder would.

It speaks WHIP to the media role with a token of the demo show's host, through the same door as
everybody. The clip is drawn once from the show's own shelf and kept in DATA_DIR.
"""

import logging
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import django

from streams.media.demo.clip import Slide, clip_key, render_clip
from streams.media.tokens import derive_key, mint_token
from streams.media.whip_loop import WhipLoop

if TYPE_CHECKING:
    from streams.models import Broadcast

logger = logging.getLogger(__name__)

STARTED = "started-at"
"""Beside the clip: epoch seconds at which its loop began, for whoever pins what it shows."""
_LOOK_EVERY = 5.0
_MOST_SLIDES = 6
_SECONDS_EACH = 8
_TOKEN_SECONDS = 600


def find_show() -> "Broadcast | None":
    """The demo show that is on air; None while there is none."""
    from streams.models import Broadcast  # after django.setup()

    shows = Broadcast.objects.select_related("host").filter(is_demo=True)
    return shows.filter(state=Broadcast.State.LIVE).order_by("pk").first()


def slides_of(show: "Broadcast") -> list[Slide]:
    """What lies on the show's shelf, in its order; products without a picture are left out."""
    return list(_slides(show))[:_MOST_SLIDES]


def _slides(show: "Broadcast") -> Iterator[Slide]:
    from livecommerce.money import format_fen  # settings are read on import further down

    shelf = show.shelf.select_related("product", "deal").prefetch_related("product__images")
    for item in shelf:
        picture = next(iter(item.product.images.all()), None)
        if picture is None or not Path(picture.file.path).is_file():
            continue
        fen = item.deal.price_fen if item.deal else item.product.list_price_fen
        yield Slide(
            image=Path(picture.file.path),
            title_zh=item.product.name_zh,
            title_en=item.product.name_en,
            price=f"¥{format_fen(fen)}",
        )


def prepare_clip(folder: Path, slides: list[Slide]) -> Path:
    """The clip of these slides, drawn now unless it is there already; older ones are removed."""
    seconds = _SECONDS_EACH * max(3, len(slides))
    clip = folder / f"demo-{clip_key(slides, seconds)}.mkv"
    if not clip.exists():
        folder.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        logger.info("drawing the demo show (%d s of picture)", seconds)
        render_clip(clip, slides, seconds)
        logger.info("the demo show is drawn, in %.0f s", time.monotonic() - started)
    for old in folder.glob("demo-*.mkv"):
        if old != clip:
            old.unlink()
    return clip


def whip_url(path: str) -> str:
    """The embedded engine's one port takes it; MediaMTX's API does not, so its public door does."""
    from django.conf import settings

    is_embedded = settings.MEDIA_ENGINE == "embedded" or not settings.MEDIA_PUBLIC_URL
    base = settings.MEDIA_INTERNAL_URL if is_embedded else settings.MEDIA_PUBLIC_URL
    return f"{base.rstrip('/')}/{path}/whip"


def _publish(show: "Broadcast", clip: Path, stopped: threading.Event) -> None:
    """Until the show is over or we are told to stop."""
    from django.conf import settings

    key = derive_key(settings.SECRET_KEY)
    path, sub = show.public_id, str(show.host.user_id)

    def ask_token() -> str:
        return mint_token(key=key, path=path, action="publish", sub=sub, seconds=_TOKEN_SECONDS)

    def note_start() -> None:
        (clip.parent / STARTED).write_text(str(time.time()))

    loop = WhipLoop(clip, whip_url(path), ask_token, note_start)
    thread = threading.Thread(target=loop.run, name="demo-show")
    thread.start()
    while not stopped.wait(_LOOK_EVERY):
        current = find_show()
        if current is None or current.public_id != path:
            break
    loop.stop()
    thread.join()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    django.setup()
    from django.conf import settings
    from django.db import close_old_connections

    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    folder = Path(settings.DATA_DIR) / "demo-show"
    while not stopped.is_set():
        close_old_connections()
        show = find_show()
        slides = slides_of(show) if show else []
        if show and slides:
            _publish(show, prepare_clip(folder, slides), stopped)
        stopped.wait(_LOOK_EVERY)
    sys.exit(0)


if __name__ == "__main__":
    main()
