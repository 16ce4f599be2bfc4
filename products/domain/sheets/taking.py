"""Sheets to take away: everything in scope, or an empty one with its explanations."""

from collections.abc import Sequence
from itertools import islice

from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.sheets.writing import Column as FileColumn
from livecommerce.sheets.writing import Page, write_csv, write_xlsx
from products.domain.sheets.books import Codes
from products.domain.sheets.imports import scope_of
from products.domain.sheets.kinds import BOOKS
from products.domain.sheets.limits import LIMITS
from products.models import SheetImport


def export(*, user: User, kind: str, form: str, prefecture: str = "") -> bytes:
    """What `user` may edit, of one prefecture if asked; as a sheet that changes nothing if sent
    back. Raises DomainError `too_many_rows` (413): choose a prefecture."""
    rows = list(islice(BOOKS[kind].export(_narrowed(user, prefecture)), LIMITS.rows + 1))
    if len(rows) > LIMITS.rows:
        message = _("These are more than %(rows)d rows. Choose a city.")
        raise DomainError("too_many_rows", message % {"rows": LIMITS.rows}, status=413)
    return _written(kind, form, rows)


def template(*, kind: str, form: str) -> bytes:
    """The heading to fill in below, and in XLSX a second sheet that explains each column."""
    return _written(kind, form, [])


def explained(kind: str) -> list[list[str]]:
    """Each column: its title, whether new rows need it, what it takes, an example."""
    book = BOOKS[kind]
    return [
        [
            str(column.title),
            _("needed") if column.is_needed or column.name in book.key else "",
            str(column.about),
            _example(column.example, column.cell.choices() if column.cell.choices else ()),
        ]
        for column in book.columns
    ]


def _written(kind: str, form: str, rows: Sequence[Sequence[str]]) -> bytes:
    columns = [
        FileColumn(
            str(column.title),
            column.width,
            column.cell.choices() if column.cell.choices else (),
        )
        for column in BOOKS[kind].columns
    ]
    if form == "csv":
        return write_csv(columns, rows)
    title = str(SheetImport.Kind(kind).label)
    about = Page(
        _("How to fill it in"),
        [
            FileColumn(_("column"), 24),
            FileColumn(_("needed"), 10),
            FileColumn(_("what it takes"), 70),
            FileColumn(_("example"), 40),
        ],
        explained(kind),
    )
    to_fill = len(rows) + 1_001
    return write_xlsx(columns, rows, title=title, behind=[about], rows_to_fill_in=to_fill)


def _example(example: str, choices: Sequence[str]) -> str:
    return " / ".join(choices) if choices else example


def _narrowed(user: User, prefecture: str) -> Codes:
    codes = scope_of(user)
    if not prefecture:
        return codes
    if codes is not None and prefecture not in codes:
        return frozenset()
    return frozenset({prefecture})
