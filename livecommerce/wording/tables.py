"""The package's small data files: CSV in UTF-8, a head row, and `#` before a comment line."""

import csv
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "data"


@cache
def read_rows(name: str) -> tuple[dict[str, str], ...]:
    """Every row of `data/<name>.csv`, as head → cell. Read once a process."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if line.strip() and not line.startswith("#"))
        return tuple(
            {head: (cell or "").strip() for head, cell in row.items()}
            for row in csv.DictReader(lines)
        )
