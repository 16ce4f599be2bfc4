"""The 14 prefectures and 111 counties, from the files in `officials/data`."""

import csv
from pathlib import Path

from officials.models import Region

DATA = Path(__file__).resolve().parent.parent / "data"


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seed_regions() -> int:
    """Adds what is missing, touches nothing that is there; returns how many were added."""
    before = Region.objects.count()
    Region.objects.bulk_create(
        [
            Region(
                code=row["division_code"],
                kind=Region.Kind.PREFECTURE,
                name_zh=row["name_zh"],
                name_en=row["name_en"],
                short_zh=row["short_zh"],
                name_za=row["name_za"],
                pinyin=row["pinyin"],
                slogan_zh=row["slogan_zh"],
                slogan_en=row["slogan_en"],
                area_code=row["area_code"],
                latitude=float(row["centroid_lat"]),
                longitude=float(row["centroid_lon"]),
            )
            for row in read("prefectures.csv")
        ],
        ignore_conflicts=True,
    )
    Region.objects.bulk_create(
        [
            Region(
                code=row["division_code"],
                parent_id=row["prefecture_code"],
                kind=row["kind"],
                name_zh=row["name_zh"],
                name_en=row["name_en"],
                name_za=row["name_za"],
                latitude=float(row["approx_lat"]),
                longitude=float(row["approx_lon"]),
            )
            for row in read("counties.csv")
        ],
        ignore_conflicts=True,
    )
    return Region.objects.count() - before
