"""A report as tables of words and numbers: what its page, its spreadsheet and its PDF all show."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders.domain.reports.figures import Figures
from orders.domain.reports.report import Report, ShowRow
from orders.domain.reports.words import BY_CODE, HEADLINE, WORDS, as_text

SHOW_COLUMNS = ("settled", "paid", "viewers", "peak", "watch", "buyers", "back7")
PRODUCT_COLUMNS = ("opened", "settled", "paid", "orders", "units", "returned")
SEGMENT_COLUMNS = ("peak", "comments", "followers", "opened", "orders", "units", "paid")
Value = int | None
DAY = 86_400


@dataclass(frozen=True)
class Cell:
    """`text` as people read it; `number` for a spreadsheet, which shows it by `form`: yuan, a part
    of one, days or a count."""

    text: str
    number: Decimal | int | None = None
    form: str = "General"


@dataclass(frozen=True)
class Table:
    """The first column is a name, the others are figures."""

    code: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables_of(report: Report) -> list[Table]:
    """All that have rows."""
    tables = [
        _figures(report),
        _shows("shows", _("By show"), report.shows if report.scope.show is None else ()),
        _segments(report),
        _products(report),
        _shows("earlier", _("Beside earlier shows"), report.earlier),
        _days(report),
    ]
    return [table for table in tables if table.rows]


def cell(code: str, figures: Figures) -> Cell:
    word = BY_CODE[code]
    return _cell(word.read(figures), word.unit)


def _cell(value: Value, unit: str) -> Cell:
    text = as_text(value, unit)
    if value is None:
        return Cell(text)
    match unit:
        case "fen":
            return Cell(text, Decimal(value) / 100, '"¥"#,##0.00')
        case "mille":
            return Cell(text, Decimal(value) / 1000, "0.0%")
        case "seconds":
            return Cell(text, Decimal(value) / DAY, "[h]:mm:ss")
    return Cell(text, value, "#,##0")


def _named(codes: Sequence[str], first: str) -> tuple[str, ...]:
    return (first, *(str(BY_CODE[code].label) for code in codes))


def _figures(report: Report) -> Table:
    codes = dict.fromkeys([*HEADLINE, *(word.code for word in WORDS)])
    rows = tuple((Cell(str(BY_CODE[one].label)), cell(one, report.total)) for one in codes)
    income = report.income
    farms = (
        (Cell(_("Farmers’ income, settled")), _cell(income.settled_fen, "fen")),
        (Cell(_("Farmers’ income, on the way")), _cell(income.coming_fen, "fen")),
        (Cell(_("Farmers' share of what was paid")), _cell(income.share, "mille")),
    )
    return Table("figures", _("Figures"), (_("Figure"), _("Value")), (*rows, *farms))


def _shows(code: str, title: str, rows: Sequence[ShowRow]) -> Table:
    cells = tuple(
        (Cell(f"{_day(row)} {row.show.title}"), *(cell(one, row.figures) for one in SHOW_COLUMNS))
        for row in rows
    )
    return Table(code, title, _named(SHOW_COLUMNS, pgettext("report", "Show")), cells)


def _day(row: ShowRow) -> str:
    moment = row.show.started_at or row.show.scheduled_at
    return timezone.localtime(moment).strftime("%Y-%m-%d")


def _segments(report: Report) -> Table:
    cells = tuple(
        (
            Cell(f"{timezone.localtime(row.since):%H:%M} {row.segment.title}"),
            Cell(as_text(row.average_viewers, "count"), row.average_viewers),
            *(cell(one, row.figures) for one in SEGMENT_COLUMNS),
        )
        for row in report.segments
    )
    name, *others = _named(SEGMENT_COLUMNS, _("Segment"))
    columns = (name, _("Viewers on average"), *others)
    return Table("segments", _("By segment"), columns, cells)


def _products(report: Report) -> Table:
    cells = []
    for row in report.products:
        figures = Figures(sales=row.sales)
        looked = _cell(row.opened, "count")
        cells.append(
            (
                Cell(row.product.name),
                looked,
                *(cell(code, figures) for code in PRODUCT_COLUMNS if code != "opened"),
            )
        )
    columns = _named(PRODUCT_COLUMNS, _("Product"))
    return Table("products", _("By product"), columns, tuple(cells))


def _days(report: Report) -> Table:
    cells = tuple(
        (Cell(one.day.isoformat()), _cell(one.orders, "count"), _cell(one.paid_fen, "fen"))
        for one in report.days
    )
    return Table("days", _("By day of payment"), (_("Day"), _("Orders"), _("Paid")), cells)
