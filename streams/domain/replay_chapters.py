"""The chapters of a replay: the segments of its run, what was explained when, its flash sales."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import override

from streams.domain.replay_timeline import Timeline
from streams.domain.run_of_show_facts import title_in
from streams.models import Broadcast, FlashSale, Pin, ReplayChapter, Segment

SHORTEST_MS = 1000
"""A pin taken back at once was a slip of the finger."""
OPENING_MS = 4000
"""What comes before the first explanation is a chapter of its own from this length on."""
MOST_CHAPTERS = 500
Kind = ReplayChapter.Kind


def make_chapters(broadcast: Broadcast, timeline: Timeline) -> list[ReplayChapter]:
    """Unsaved chapters in the order of their beginnings. Explanations may overlap, and lie within
    the segments, of which one that begins with another chapter stands before it."""
    found = [
        *_segments(broadcast, timeline),
        *_explanations(broadcast, timeline),
        *_flash_sales(broadcast, timeline),
    ]
    made = sorted(
        (one for one in found if one.end_ms - one.start_ms >= SHORTEST_MS),
        key=lambda one: (one.start_ms, one.kind != Kind.SEGMENT, one.kind),
    )[:MOST_CHAPTERS]
    first = made[0].start_ms if made else timeline.duration_ms
    if first >= OPENING_MS:
        made.insert(0, _opening(first))
    return made


def _opening(end_ms: int) -> ReplayChapter:
    with override("zh-hans"):
        title_zh = _("Opening")
    with override("en"):
        title_en = _("Opening")
    return ReplayChapter(
        kind=Kind.OPENING, title_zh=title_zh, title_en=title_en, start_ms=0, end_ms=end_ms
    )


def _segments(broadcast: Broadcast, timeline: Timeline) -> Iterator[ReplayChapter]:
    """What of the run was really on air. A chapter of a segment is no explanation of its product:
    it names none."""
    began = Segment.objects.filter(broadcast=broadcast, started_at__isnull=False)
    for segment in began.select_related("product"):
        end = timeline.duration_ms
        if segment.ended_at is not None:
            end = timeline.of_stamp(segment.media_end_ms, segment.ended_at)
        yield ReplayChapter(
            kind=Kind.SEGMENT,
            title_zh=title_in(segment, "zh-hans")[:120],
            title_en=title_in(segment, "en")[:160],
            start_ms=timeline.of_stamp(
                segment.media_start_ms, segment.started_at or broadcast.scheduled_at
            ),
            end_ms=end,
        )


def _explanations(broadcast: Broadcast, timeline: Timeline) -> Iterator[ReplayChapter]:
    """An explanation that was still open when the recording ended ends with it."""
    for pin in Pin.objects.filter(broadcast=broadcast).select_related("item__product"):
        end = timeline.duration_ms
        if pin.unpinned_at is not None:
            end = timeline.of_stamp(pin.media_end_ms, pin.unpinned_at)
        yield ReplayChapter(
            kind=Kind.PRODUCT,
            product=pin.item.product,
            item_id=pin.item_id,
            title_zh=pin.item.product.name_zh,
            title_en=pin.item.product.name_en,
            start_ms=timeline.of_stamp(pin.media_start_ms, pin.pinned_at),
            end_ms=end,
        )


def _flash_sales(broadcast: Broadcast, timeline: Timeline) -> Iterator[ReplayChapter]:
    """From the countdown on; a sale that was called off is none."""
    sales = FlashSale.objects.filter(broadcast=broadcast, state=FlashSale.State.ENDED)
    for sale in sales.exclude(started_at=None).select_related("product"):
        end = timeline.duration_ms
        if sale.closed_at is not None:
            end = timeline.of_stamp(sale.media_end_ms, sale.closed_at)
        name_zh, name_en = sale.product.name_zh, sale.product.name_en
        yield ReplayChapter(
            kind=Kind.FLASH,
            product=sale.product,
            title_zh=f"限时抢购：{name_zh}"[:120],
            title_en=f"Flash sale: {name_en or name_zh}"[:160],
            start_ms=timeline.of_stamp(sale.media_start_ms, sale.started_at or sale.created_at),
            end_ms=end,
        )
