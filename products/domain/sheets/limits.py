"""How much one spreadsheet of the catalogue may hold."""

from livecommerce.sheets.reading import Limits

LIMITS = Limits(
    bytes=6 * 1024 * 1024,
    rows=10_000,
    rows_with_gaps=20_000,
    columns=60,
    cell=4_000,
    unpacked=96 * 1024 * 1024,
    keeps_lines=True,
    is_strict=True,
)
MOST_PROBLEMS = 200
"""Rows with a problem that are kept in words; the rest are counted."""
