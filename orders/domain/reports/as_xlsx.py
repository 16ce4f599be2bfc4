"""A report as a spreadsheet: numbers are numbers, words are words, and nothing calculates."""

import io
import re

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from livecommerce.sheets.writing import XLSX
from orders.domain.reports.tables import Cell, Table

__all__ = ["XLSX", "write_report"]
WIDTH_OF_NAMES, WIDTH_OF_FIGURES = 44, 16
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_report(
    tables: list[Table], *, title: str, about: list[str], notes: list[tuple[str, str]]
) -> bytes:
    """One sheet a table, and one that says what each figure counts."""
    book = Workbook(write_only=True)
    for number, table in enumerate(tables):
        sheet = book.create_sheet(_name(table.title))
        sheet.column_dimensions["A"].width = WIDTH_OF_NAMES
        for letter in "BCDEFGHIJ":
            sheet.column_dimensions[letter].width = WIDTH_OF_FIGURES
        if number == 0:
            for line in (title, *about):
                sheet.append([_text(sheet, line)])
            sheet.append([])
        sheet.append([_text(sheet, one, is_bold=True) for one in table.columns])
        for row in table.rows:
            sheet.append([_cell(sheet, one) for one in row])
    sheet = book.create_sheet(_name(notes[0][0]) if notes else "–")
    sheet.column_dimensions["A"].width = 28
    sheet.column_dimensions["B"].width = 110
    for name, note in notes[1:]:
        sheet.append([_text(sheet, name), _text(sheet, note)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: object, one: Cell) -> WriteOnlyCell:
    if one.number is None:
        return _text(sheet, one.text)
    cell = WriteOnlyCell(sheet, value=one.number)
    cell.number_format = one.form
    return cell


def _text(sheet: object, text: str, *, is_bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value="".join(one for one in text if one >= " "))
    cell.data_type = "s"  # openpyxl takes what begins with = for a formula
    cell.number_format = "@"
    cell.quotePrefix = text.startswith(_STARTS_FORMULA)
    if is_bold:
        cell.font = Font(bold=True)
    return cell


def _name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", "", title)[:31] or "1"
