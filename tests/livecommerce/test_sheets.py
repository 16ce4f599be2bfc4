"""Spreadsheets as files: what comes in is bounded, what goes out runs nothing."""

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from livecommerce.errors import DomainError
from livecommerce.sheets.reading import SMALL, read_rows
from livecommerce.sheets.writing import Column, write_csv, write_xlsx

HEADING = ["订单号", "快递公司", "快递单号"]
NASTY = ['=HYPERLINK("http://x","李")', "+861380", "-2+3", "@SUM(A1)", "\t=1"]


def xlsx(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cells(data, name="x.xlsx"):
    return [row.cells for row in read_rows(data, name=name)]


def refused(code, data, name="x.xlsx"):
    with pytest.raises(DomainError) as error:
        read_rows(data, name=name)
    assert error.value.code == code
    assert error.value.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_the_encodings_of_spreadsheets(encoding):
    data = "订单号,快递公司,快递单号\r\n261123-A,顺丰,SF1\r\n".encode(encoding)

    assert cells(data, "发货.csv") == [HEADING, ["261123-A", "顺丰", "SF1"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_with_the_delimiters_of_spreadsheets(delimiter):
    data = "\n".join([delimiter.join(HEADING), delimiter.join(["A", "中通", "7"])]).encode()

    assert cells(data, "x.csv")[1] == ["A", "中通", "7"]


def test_rows_are_numbered_as_the_spreadsheet_shows_them():
    data = xlsx(HEADING, [], ["A", "顺丰", "SF1"])

    assert [row.line for row in read_rows(data, name="x.xlsx")] == [1, 3]


def test_numbers_stay_whole_and_shortened_ones_are_seen():
    data = xlsx(HEADING, [1, 2.0, 773012345678901], [1.5, True, 7730123456789012345])

    assert cells(data)[1] == ["1", "2", "773012345678901"]
    assert cells(data)[2] == ["1.5", "True", "7.730123E+18"]


def test_formulas_are_text_in_xlsx():
    data = write_xlsx([Column("姓名", 10)], [[text] for text in NASTY], title="发货")

    sheet = load_workbook(io.BytesIO(data)).active
    for row, text in enumerate(NASTY, start=2):
        cell = sheet.cell(row, 1)
        assert (cell.data_type, cell.value.strip()) == ("s", text.strip())
        assert cell.quotePrefix
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


def test_formulas_are_text_in_csv():
    data = write_csv([Column("姓名", 10)], [[text] for text in NASTY])

    assert data.startswith(b"\xef\xbb\xbf")
    for line in data.decode("utf-8-sig").splitlines()[1:]:
        assert line.lstrip('"').startswith("'")


@pytest.mark.parametrize("write", ["csv", "xlsx"])
def test_what_is_written_is_read_back(write):
    columns = [Column(title, 10) for title in HEADING]
    rows = [["A", "顺丰", "SF1"], ["B", "韵达", ""]]
    data = write_csv(columns, rows) if write == "csv" else write_xlsx(columns, rows, title="x")

    assert cells(data, f"x.{write}") == [HEADING, *rows]


def test_an_apostrophe_that_says_text_is_dropped():
    data = "订单号,快递公司,快递单号\nA,顺丰,'773012345678901\n".encode()

    assert cells(data, "x.csv")[1][2] == "773012345678901"


def test_what_is_no_spreadsheet_is_refused():
    refused("file_unknown", b"%PDF-1.7", "x.pdf")
    refused("file_unknown", b"\xd0\xcf\x11\xe0 old", "x.xls")
    refused("file_broken", b"PK\x03\x04 not a zip", "x.xlsx")
    refused("file_broken", b"a,b\n\x00,1\n", "x.csv")
    refused("file_broken", b"\xff\xfea", "x.csv")
    refused("file_empty", "订单号\n".encode(), "x.csv")
    refused("file_empty", xlsx(HEADING))


def test_too_much_is_refused():
    refused("file_too_large", b"a" * (SMALL.bytes + 1), "x.csv")
    refused("too_many_rows", xlsx(HEADING, *(["A", "顺丰", "1"] for _ in range(501))))
    far = Workbook()
    far.active.append(HEADING)
    far.active.cell(1_000_000, 1, "A")
    out = io.BytesIO()
    far.save(out)
    refused("file_too_large", out.getvalue())


def repacked(data, change):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for part in old.infolist():
            new.writestr(part.filename, old.read(part))
        change(new)
    return out.getvalue()


def test_a_zip_bomb_is_not_unpacked():
    data = repacked(
        xlsx(HEADING, ["A", "顺丰", "1"]),
        lambda new: new.writestr("xl/media/x.bin", b"\0" * (SMALL.unpacked + 1)),
    )
    assert len(data) < 100_000
    refused("file_too_large", data)


def test_furniture_that_would_fill_the_memory_is_refused():
    styles = b"<styleSheet>" + b"<xf/>" * 900_000 + b"</styleSheet>"
    data = repacked(
        xlsx(HEADING, ["A", "顺丰", "1"]), lambda new: new.writestr("xl/theme/x.xml", styles)
    )
    refused("file_too_large", data)


@pytest.mark.parametrize("at", [60, 400])
def test_an_archive_with_a_broken_part_is_refused_in_words(at):
    data = bytearray(xlsx(HEADING, ["A", "顺丰", "1"]))
    data[at : at + 20] = b"\xff" * 20
    with pytest.raises(DomainError) as error:
        read_rows(bytes(data), name="x.xlsx")
    assert error.value.code in ("file_broken", "file_too_large")


def test_parts_in_another_encoding_hide_nothing():
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>'
    data = repacked(
        xlsx(HEADING, ["A", "顺丰", "1"]),
        lambda new: new.writestr("xl/extra.xml", text.encode("utf-16")),
    )
    refused("file_broken", data)


def test_many_parts_are_refused():
    data = repacked(
        xlsx(HEADING, ["A", "顺丰", "1"]),
        lambda new: [new.writestr(f"x/{n}", b"") for n in range(SMALL.parts)],
    )
    refused("file_too_large", data)


def test_entities_are_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    data = repacked(
        xlsx(HEADING, ["A", "顺丰", "1"]), lambda new: new.writestr("xl/extra.xml", bomb)
    )
    refused("file_broken", data)
