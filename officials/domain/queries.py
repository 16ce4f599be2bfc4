"""Lists of officials as the pages need them."""

from django.db.models import Q, QuerySet

from officials.models import Official, Region


def verified_officials() -> QuerySet[Official]:
    return Official.objects.filter(state=Official.State.VERIFIED).select_related("region__parent")


def officials_of(prefecture: Region) -> QuerySet[Official]:
    """Those of the prefecture first, then of its counties."""
    return verified_officials().filter(Q(region=prefecture) | Q(region__parent=prefecture))


def officials_by_prefecture() -> list[tuple[Region, list[Official]]]:
    """Every prefecture with its verified officials, by two queries."""
    groups: dict[str, list[Official]] = {}
    for official in verified_officials().order_by("region_id", "pk"):
        groups.setdefault(official.region.prefecture.code, []).append(official)
    prefectures = Region.objects.filter(kind=Region.Kind.PREFECTURE)
    return [(prefecture, groups.get(prefecture.code, [])) for prefecture in prefectures]
