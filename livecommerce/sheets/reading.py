"""A spreadsheet that somebody sent, as rows of plain text. Nothing in it is believed or run.

What a cell says is text: a formula is its own letters, never what it would compute.
"""

import csv
import io
import lzma
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from livecommerce.errors import DomainError

_SURE_INTEGER = 10**15
"""From sixteen digits on a spreadsheet has lost the last ones of a number."""
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
"""No spreadsheet program writes its parts so; entities could hide in them."""
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s")
_HIDDEN = re.compile(rb"""\sstate\s*=\s*["'](?:veryH|h)idden["']""")
_MACROS = re.compile(r"vbaProject|macrosheets/", re.IGNORECASE)
_ROWS = re.compile(r"xl/(?:worksheets/[^/]+|sharedStrings)\.xml")
_MOST_FURNITURE = 4 * 1024 * 1024
"""Bytes of any other part, such as styles: each is read into objects many times its size."""
_SPACES = re.compile(r"[^\S\n]+")


_BAD_ARCHIVES = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(NotImplementedError, RuntimeError, EOFError, OSError),
)


@dataclass(frozen=True)
class Limits:
    """What a file may be. `cell` in characters; `rows_with_gaps` counts empty rows, too: a row's
    number may claim to be the millionth. `unpacked` in bytes.

    `keeps_lines`: a cell may have several. `is_strict`: files with macros, hidden sheets or
    joined cells are refused, as what is seen would not be what is read.
    """

    bytes: int = 2 * 1024 * 1024
    rows: int = 500
    rows_with_gaps: int = 20_000
    columns: int = 40
    cell: int = 500
    unpacked: int = 40 * 1024 * 1024
    parts: int = 200
    keeps_lines: bool = False
    is_strict: bool = False


SMALL = Limits()


@dataclass(frozen=True)
class Row:
    """`line` is the row's number as the spreadsheet shows it, from 1."""

    line: int
    cells: list[str]


def read_rows(data: bytes, *, name: str, limits: Limits = SMALL) -> list[Row]:
    """The rows that say something, the heading first and all as wide as it.

    Raises DomainError in plain words: `file_too_large`, `file_unknown`, `file_broken`,
    `file_empty`, `too_many_rows`; if strict, `file_macros`, `file_hidden`, `file_merged`.
    """
    if len(data) > limits.bytes:
        raise DomainError(
            "file_too_large",
            _("The file is larger than %(size)s MB.") % {"size": limits.bytes // 1024**2},
            status=413,
        )
    if data[:4] == b"PK\x03\x04":
        found = _xlsx_rows(data, limits)
    elif data[:4] == b"\xd0\xcf\x11\xe0":
        message = _("This is an old .xls file. Save it as .xlsx and send it again.")
        raise DomainError("file_unknown", message, status=415)
    elif name.lower().endswith((".csv", ".txt")):
        found = _csv_rows(data, limits)
    else:
        message = _("Send a spreadsheet as .xlsx or .csv.")
        raise DomainError("file_unknown", message, status=415)
    rows: list[Row] = []
    width = 0
    for row in found:
        if any(row.cells):
            width = width or max(n for n, cell in enumerate(row.cells, start=1) if cell)
            rows.append(Row(row.line, [*row.cells, *[""] * width][:width]))
        if len(rows) > limits.rows + 1:
            message = _("The file has more than %(rows)d rows. Send it in parts.")
            raise DomainError("too_many_rows", message % {"rows": limits.rows}, status=413)
    if len(rows) < 2:
        raise DomainError("file_empty", _("There is nothing below the heading of this file."))
    return rows


def _csv_rows(data: bytes, limits: Limits) -> Iterator[Row]:
    text = _decoded(data)
    if "\x00" in text:
        raise _broken()
    heading = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=heading.count)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(records, start=1):
            if number > limits.rows_with_gaps:
                raise _too_much()
            yield Row(number, [tidied(cell, limits) for cell in cells[: limits.columns]])
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


def _xlsx_rows(data: bytes, limits: Limits) -> Iterator[Row]:
    _refuse_bomb(data, limits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of styles it does not know
        try:
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
            sheet = book.worksheets[0]
            found = sheet.iter_rows(max_col=limits.columns, values_only=True)
            for number, values in enumerate(found, start=1):
                if number > limits.rows_with_gaps:
                    raise _too_much()
                yield Row(number, [_text_of(value, limits) for value in values])
        except DomainError:
            raise
        except Exception as error:  # openpyxl raises whatever its parsers do
            raise _broken() from error


def _refuse_bomb(data: bytes, limits: Limits) -> None:
    """Sizes stand in the archive's list, and are checked again while unpacking: a list can lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > limits.parts or sum(p.file_size for p in parts) > limits.unpacked:
                raise _too_much()
            left = limits.unpacked
            for part in parts:
                with archive.open(part) as file:
                    content = file.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise _too_much()
                if part.filename.endswith((".xml", ".rels")):
                    if _ENTITIES.search(content) or content[:2] in _UTF16:
                        raise _broken()
                    if len(content) > _MOST_FURNITURE and not _ROWS.fullmatch(part.filename):
                        raise _too_much()
                if limits.is_strict:
                    _refuse_unseen(part.filename, content)
    except _BAD_ARCHIVES as error:
        raise _broken() from error


def _refuse_unseen(name: str, content: bytes) -> None:
    if _MACROS.search(name):
        message = _("This file holds macros. Save it as .xlsx without them and send it again.")
        raise DomainError("file_macros", message, status=415)
    if name.endswith("xl/workbook.xml") and _HIDDEN.search(content):
        message = _("This file has hidden sheets. Show or remove them and send it again.")
        raise DomainError("file_hidden", message)
    if "worksheets/" in name and _MERGED.search(content):
        message = _("This file has joined cells. Part them, so that each row has its own cells.")
        raise DomainError("file_merged", message)


def _text_of(value: object, limits: Limits) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        if abs(value) >= _SURE_INTEGER:
            return f"{value:.6E}"
        return str(int(value)) if value == int(value) else str(value)
    return tidied(str(getattr(value, "text", value)), limits)


def tidied(text: str, limits: Limits) -> str:
    """Tidy spaces, and one line unless more are kept; an apostrophe that only says “this is text”
    is dropped."""
    text = text[: limits.cell + 1]
    if limits.keeps_lines:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        cleaned = "\n".join(_SPACES.sub(" ", line).strip() for line in lines).strip()
    else:
        cleaned = " ".join(text.split())
    return cleaned[1:] if cleaned[:1] == "'" and cleaned[1:2] else cleaned


def _broken() -> DomainError:
    return DomainError(
        "file_broken", _("This file cannot be read. Save it again as .xlsx or .csv."), status=422
    )


def _too_much() -> DomainError:
    return DomainError("file_too_large", _("This file holds far too much."), status=413)
