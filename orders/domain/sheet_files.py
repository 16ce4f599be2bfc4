"""Spreadsheets as files: what comes in is bounded and never believed, what goes out runs nothing.

Reading gives rows of plain text. A cell of a file we write is always text: a buyer called
`=HYPERLINK(…)` stays a name, in XLSX by the cell's type and in CSV by an apostrophe before it.
"""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation

from livecommerce.errors import DomainError

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 500
MOST_ROWS_WITH_GAPS = 20_000
"""Empty rows included: a row's number may claim to be the millionth."""
MOST_COLUMNS = 40
MOST_CELL = 500
"""Characters of a cell."""
MOST_UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 200
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_SURE_INTEGER = 10**15
"""From sixteen digits on a spreadsheet has lost the last ones of a number."""
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Row:
    """`line` is the row's number as the spreadsheet shows it, from 1."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class Column:
    """`width` in characters; `choices` are offered in XLSX."""

    title: str
    width: int
    choices: tuple[str, ...] = ()


def read_rows(data: bytes, *, name: str) -> list[Row]:
    """The rows that say something, the heading first and all as wide as it.

    Raises DomainError in plain words: `file_too_large`, `file_unknown`, `file_broken`,
    `file_empty`, `too_many_rows`.
    """
    if len(data) > MOST_BYTES:
        raise DomainError(
            "file_too_large",
            _("The file is larger than %(size)s MB.") % {"size": MOST_BYTES // 1024**2},
            status=413,
        )
    if data[:4] == b"PK\x03\x04":
        found = _xlsx_rows(data)
    elif data[:4] == b"\xd0\xcf\x11\xe0":
        message = _("This is an old .xls file. Save it as .xlsx and send it again.")
        raise DomainError("file_unknown", message, status=415)
    elif name.lower().endswith((".csv", ".txt")):
        found = _csv_rows(data)
    else:
        message = _("Send a spreadsheet as .xlsx or .csv.")
        raise DomainError("file_unknown", message, status=415)
    rows: list[Row] = []
    width = 0
    for row in found:
        if any(row.cells):
            width = width or max(n for n, cell in enumerate(row.cells, start=1) if cell)
            rows.append(Row(row.line, [*row.cells, *[""] * width][:width]))
        if len(rows) > MOST_ROWS + 1:
            message = _("The file has more than %(rows)d rows. Send it in parts.")
            raise DomainError("too_many_rows", message % {"rows": MOST_ROWS}, status=413)
    if len(rows) < 2:
        raise DomainError("file_empty", _("There is nothing below the heading of this file."))
    return rows


def inert(text: str) -> str:
    """As a CSV cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text


def write_csv(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> bytes:
    """With a byte order mark, so that a spreadsheet reads the Chinese rightly."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([inert(column.title) for column in columns])
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return "\ufeff".encode() + out.getvalue().encode()


def write_xlsx(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, title: str) -> bytes:
    """Every cell is text, tracking numbers that are still to be typed included."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = re.sub(r"[\[\]:*?/\\']", "", title)[:31] or "1"
    for number, line in enumerate([[column.title for column in columns], *rows], start=1):
        for place, text in enumerate(line, start=1):
            cell = sheet.cell(number, place)
            cell.value = _writable(text)
            cell.data_type = "s"  # openpyxl takes what begins with = for a formula
            cell.number_format = "@"
            cell.quotePrefix = text.startswith(_STARTS_FORMULA)
            if number == 1:
                cell.font, cell.alignment = Font(bold=True), Alignment(vertical="top")
    for place, column in enumerate(columns, start=1):
        letter = sheet.cell(1, place).column_letter
        sheet.column_dimensions[letter].width = column.width
        if column.choices:
            offered = DataValidation("list", f'"{",".join(column.choices)}"', allow_blank=True)
            offered.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
            sheet.add_data_validation(offered)
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _writable(text: str) -> str:
    """Without the control characters that XML has no way to say."""
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t")[:MOST_CELL]


def _csv_rows(data: bytes) -> Iterator[Row]:
    text = _decoded(data)
    if "\x00" in text:
        raise _broken()
    heading = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=heading.count)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(records, start=1):
            yield Row(number, [_plain(cell) for cell in cells[:MOST_COLUMNS]])
    except csv.Error as error:
        raise _broken() from error


def _decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, or GB 18030 as Chinese spreadsheets still write it."""
    encodings = ["utf-8-sig", "gb18030"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _broken()


def _xlsx_rows(data: bytes) -> Iterator[Row]:
    _refuse_bomb(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of styles it does not know
        try:
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
            sheet = book.worksheets[0]
            found = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
            for number, values in enumerate(found, start=1):
                if number > MOST_ROWS_WITH_GAPS:
                    raise _too_much()
                yield Row(number, [_text_of(value) for value in values])
        except DomainError:
            raise
        except Exception as error:  # openpyxl raises whatever its parsers do
            raise _broken() from error


def _refuse_bomb(data: bytes) -> None:
    """Sizes stand in the archive's list, and are checked again while unpacking: a list can lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise _too_much()
            left = MOST_UNPACKED
            for part in parts:
                with archive.open(part) as file:
                    content = file.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise _too_much()
                if part.filename.endswith((".xml", ".rels")) and _ENTITIES.search(content):
                    raise _broken()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _broken() from error


def _text_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        if abs(value) >= _SURE_INTEGER:
            return f"{value:.6E}"
        return str(int(value)) if value == int(value) else str(value)
    return _plain(str(value))


def _plain(text: str) -> str:
    """One line; an apostrophe that only says “this is text” is dropped."""
    cleaned = " ".join(text[: MOST_CELL + 1].split())
    return cleaned[1:] if cleaned[:1] == "'" and cleaned[1:2] else cleaned


def _broken() -> DomainError:
    return DomainError(
        "file_broken", _("This file cannot be read. Save it again as .xlsx or .csv."), status=422
    )


def _too_much() -> DomainError:
    return DomainError("file_too_large", _("This file holds far too much."), status=413)
