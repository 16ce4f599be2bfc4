"""A spreadsheet for somebody to take: every cell is text, and runs nothing when it is opened.

A buyer called `=HYPERLINK(…)` stays a name, in XLSX by the cell's type and in CSV by an
apostrophe before it.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
MOST_CELL = 4_000
MOST_CHOICE_LETTERS = 250
"""Of a list of choices; more a spreadsheet does not take."""
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Column:
    """`width` in characters; `choices` are offered in XLSX."""

    title: str
    width: int
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """Another sheet behind the first: what is to be read, not filled in."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]


def inert(text: str) -> str:
    """As a CSV cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text


def write_csv(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> bytes:
    """With a byte order mark, so that a spreadsheet reads the Chinese rightly."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([inert(column.title) for column in columns])
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return "\ufeff".encode() + out.getvalue().encode()


def write_xlsx(
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    *,
    title: str,
    behind: Sequence[Page] = (),
    rows_to_fill_in: int = 501,
) -> bytes:
    """Every cell is text, tracking numbers that are still to be typed included. Choices are
    offered down to row `rows_to_fill_in`."""
    book = Workbook(write_only=True)
    _fill(book.create_sheet(_sheet_name(title)), columns, rows, rows_to_fill_in)
    for page in behind:
        _fill(book.create_sheet(_sheet_name(page.title)), page.columns, page.rows, 0)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(
    sheet: WriteOnlyWorksheet,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    rows_to_fill_in: int,
) -> None:
    """Widths and choices come before the rows: they are written out as they come."""
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = column.width
        listed = ",".join(column.choices)
        if listed and rows_to_fill_in and len(listed) <= MOST_CHOICE_LETTERS:
            offered = DataValidation("list", f'"{listed}"', allow_blank=True)
            offered.add(f"{letter}2:{letter}{rows_to_fill_in}")
            sheet.data_validations.append(offered)
    sheet.append([_cell(sheet, column.title, is_heading=True) for column in columns])
    for row in rows:
        sheet.append([_cell(sheet, text) for text in row])


def _cell(sheet: WriteOnlyWorksheet, text: str, *, is_heading: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=_writable(text))
    cell.data_type = "s"  # openpyxl takes what begins with = for a formula
    cell.number_format = "@"
    if text.startswith(_STARTS_FORMULA):
        cell.quotePrefix = True
    if is_heading:
        cell.font, cell.alignment = Font(bold=True), Alignment(vertical="top")
    return cell


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", "", title)[:31] or "1"


def _writable(text: str) -> str:
    """Without the control characters that XML has no way to say."""
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t")[:MOST_CELL]
