"""Where a festival stands by the server's clock, and who takes part."""

from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from officials.models import Region
from products.models import Festival


class Phase(StrEnum):
    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


def phase_of(festival: Festival, at: datetime | None = None) -> Phase:
    """The first moment belongs to the festival, the last one does not."""
    at = at or timezone.now()
    if at < festival.starts_at:
        return Phase.BEFORE
    return Phase.DURING if at < festival.ends_at else Phase.AFTER


def prefectures_of(festival: Festival) -> list[Region]:
    """Those that take part, in the order of their codes: all where the festival names no places,
    and a county's prefecture where it names counties. Two queries."""
    named = {parent or code for code, parent in festival.regions.values_list("code", "parent_id")}
    rows = Region.objects.filter(kind=Region.Kind.PREFECTURE).order_by("code")
    return [row for row in rows if not named or row.code in named]
