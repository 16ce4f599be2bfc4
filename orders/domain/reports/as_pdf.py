"""A report as PDF: text that can be searched and copied, charts as lines, A4.

The Chinese font that posters are drawn with is embedded if it is there; otherwise the PDF names
Adobe's own Chinese font, which readers bring along or replace.
"""

import io
import re
from functools import cache
from html import escape

from reportlab.graphics.shapes import Drawing, Polygon, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Table as Grid

from orders.domain.reports.charts import TimeChart
from orders.domain.reports.tables import Table
from streams.media.demo.fonts import chinese_font_file

PDF = "application/pdf"
INDIGO, VERMILION, TURMERIC = HexColor("#20386B"), HexColor("#C8322B"), HexColor("#FBF0D5")
SOFT, LINE = HexColor("#62574D"), HexColor("#E4DAC9")
WIDTH = A4[0] - 32 * mm
ROOM = 40 * mm
"""Below a heading, or it begins on the next page."""
_CHINESE = re.compile("[\u3000-\u9fff]")


def write_report(
    tables: list[Table],
    *,
    title: str,
    about: list[str],
    notes: list[tuple[str, str]],
    chart: TimeChart | None = None,
) -> bytes:
    """`notes`: a heading, then what each figure counts."""
    font = _font()
    out = io.BytesIO()
    page = SimpleDocTemplate(
        out, pagesize=A4, title=title, leftMargin=16 * mm, rightMargin=16 * mm,
        topMargin=16 * mm, bottomMargin=16 * mm,
    )  # fmt: skip
    story: list[Flowable] = [_line(title, font, 18)]
    story += [_line(one, font, 9) for one in about]
    for table in tables:
        story += [CondPageBreak(ROOM), Spacer(1, 6 * mm), _line(table.title, font, 13)]
        story.append(Spacer(1, 1.5 * mm))
        if table.code == "figures" and chart is not None:
            story += [_draw(chart, font), Spacer(1, 3 * mm)]
        story.append(_grid(table, font))
    for number, (name, note) in enumerate(notes):
        if number == 0:
            story += [CondPageBreak(ROOM), Spacer(1, 6 * mm), _line(name, font, 13)]
        else:
            story.append(_line(f"{name} · {note}", font, 8))
    page.build(story)
    return out.getvalue()


@cache
def _font() -> str:
    file = chinese_font_file()
    if file is not None and file.suffix.lower() == ".ttf":
        try:
            pdfmetrics.registerFont(TTFont("Shop", str(file)))
        except TTFError:
            pass
        else:
            return "Shop"
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


def _line(text: str, font: str, size: int, *, is_number: bool = False) -> Paragraph:
    """Chinese may break anywhere, English between words; there the Chinese font's wide
    apostrophe would stand like a gap."""
    is_chinese = _CHINESE.search(text) is not None
    style = ParagraphStyle(
        "p",
        fontName=font,
        fontSize=size,
        leading=size * 1.45,
        wordWrap="CJK" if is_chinese else None,
        alignment=TA_RIGHT if is_number else TA_LEFT,
    )
    words = text if is_chinese else text.replace("’", "'")
    return Paragraph(escape(words, quote=False), style)


def _grid(table: Table, font: str) -> Grid:
    figures = len(table.columns) - 1
    first = WIDTH * (0.5 if figures == 1 else 0.3 if figures < 5 else 0.2)
    size = 8 if figures < 7 else 7
    widths = [first, *[(WIDTH - first) / figures] * figures]
    texts = [table.columns, *([one.text for one in row] for row in table.rows)]
    rows = [
        [_line(one, font, size, is_number=column > 0) for column, one in enumerate(row)]
        for row in texts
    ]
    grid = Grid(rows, colWidths=widths, repeatRows=1)
    grid.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, INDIGO),
                ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
            ]
        )
    )
    return grid


def _draw(chart: TimeChart, font: str) -> Drawing:
    scale = WIDTH / chart.width
    height = chart.height * scale
    drawing = Drawing(WIDTH, height)

    def up(y: float) -> float:
        return float(height - y * scale)

    for band in chart.bands[::2]:
        drawing.add(
            Rect(
                band.x * scale, up(band.y + band.height), band.width * scale, band.height * scale,
                fillColor=TURMERIC, strokeColor=None,
            )
        )  # fmt: skip
    points: list[float] = []
    for pair in chart.area.split():
        x, y = pair.split(",")
        points += [float(x) * scale, up(float(y))]
    drawing.add(Polygon(points, fillColor=HexColor("#C5CEE3"), strokeColor=INDIGO, strokeWidth=0.8))
    for bar in chart.bars:
        drawing.add(
            Rect(
                bar.x * scale, up(bar.y + bar.height), bar.width * scale, bar.height * scale,
                fillColor=VERMILION, strokeColor=None,
            )
        )  # fmt: skip
    for mark in chart.clock:
        drawing.add(
            String(mark.at * scale, up(chart.height - 6), mark.label, fontName=font, fontSize=7,
                   textAnchor="middle", fillColor=SOFT)
        )  # fmt: skip
    for mark in chart.people:
        drawing.add(
            String((chart.left - 6) * scale, up(mark.at), mark.label, fontName=font, fontSize=7,
                   textAnchor="end", fillColor=SOFT)
        )  # fmt: skip
    return drawing
