"""The answer that is read in a room, as the room's state carries it."""

from typing import Any

from streams.domain.offers import epoch_ms
from streams.models import Broadcast, DemandReading

OF_READING = ("demand__official__region", "demand__product")


def newest(broadcast: Broadcast) -> dict[str, Any] | None:
    """The one that was begun last; None if none was. One query."""
    rows = DemandReading.objects.filter(broadcast=broadcast).select_related(*OF_READING)
    reading = rows.order_by("-pk").first()
    return facts(reading) if reading is not None else None


def facts(reading: DemandReading) -> dict[str, Any]:
    demand, office = reading.demand, reading.demand.official
    assert office is not None
    region = office.region
    return {
        "id": reading.pk,
        "demand": demand.pk,
        "state": "gone" if reading.is_slip else "read" if reading.ended_at else "on_air",
        "title_zh": demand.title_zh,
        "title_en": demand.title_en or demand.title_zh,
        "answer_zh": demand.answer_zh,
        "answer_en": demand.answer_en or demand.answer_zh,
        "office_zh": f"{region.name_zh}{office.post_zh}",
        "office_en": f"{office.post_en or office.post_zh}, {region.name_en or region.name_zh}",
        "at": epoch_ms(reading.began_at),
        "media_ms": reading.media_start_ms,
    }
