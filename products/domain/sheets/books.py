"""What all kinds of sheets share: columns, judging a row against what is stored, writing it.

A `Book` is opened for the rows at hand and knows what they name, by a fixed number of queries. It
is opened again, with the rows locked, when they are applied; a row that is judged otherwise then
has changed since it was looked at.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from livecommerce.accounts.models import User
from livecommerce.sheets.reading import tidied
from livecommerce.wording.advertising import Level, check_advertising
from products.domain.sheets.cells import Cell, short
from products.domain.sheets.limits import LIMITS
from products.domain.sheets.problems import Problem, Wrong, in_both
from products.models import SheetRow

Verdict = SheetRow.Verdict
Cells = Mapping[str, str]
Codes = frozenset[str] | None
"""Prefectures somebody may edit; None for all."""


@dataclass(frozen=True)
class Column:
    """`attr`: the model's attribute, empty for what is only shown. `is_needed`: a new row must
    have it. `is_public`: a text that advertising law looks at."""

    name: str
    title: str | Promise
    about: str | Promise
    cell: Cell
    attr: str = ""
    example: str = ""
    width: int = 14
    is_needed: bool = False
    is_public: bool = False


@dataclass
class Judged:
    """`row` is what would be saved. `changes`: [field, before, after]. Two rows of a sheet may not
    share what is `unique`, unless it is empty."""

    line: int
    cells: Cells
    key: str = ""
    unique: str = ""
    name: str = ""
    verdict: Verdict = Verdict.SAME
    row: Any = None
    changes: list[list[str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)
    office: str = ""
    """Which office confirms it afterwards, for the audit book."""

    def refuse(self, field_name: str, text: str | Promise, **values: object) -> None:
        self.problems.append(Problem(field_name, in_both(text, values)))

    def note(self, field_name: str, text: str | Promise, **values: object) -> None:
        self.notices.append(Problem(field_name, in_both(text, values)))

    def settle(self, *, is_new: bool) -> None:
        if self.problems:
            self.verdict = Verdict.PROBLEM
        elif is_new:
            self.verdict = Verdict.NEW
        else:
            self.verdict = Verdict.CHANGED if self.changes else Verdict.SAME


class Book(ABC):
    """One kind of sheet, opened for some rows by somebody who may edit `codes`."""

    columns: ClassVar[Sequence[Column]]
    key: ClassVar[Sequence[str]]
    """The columns that say which row is meant; every sheet needs them."""

    def __init__(
        self, *, actor: User, codes: Codes, rows: Sequence[Cells], is_locked: bool
    ) -> None:
        self.actor, self.codes = actor, codes
        self.open(rows, is_locked=is_locked)

    @abstractmethod
    def open(self, rows: Sequence[Cells], *, is_locked: bool) -> None:
        """Load all that `rows` name; locked in the order of their ids, if asked."""

    @abstractmethod
    def judge(self, line: int, cells: Cells) -> Judged: ...

    @abstractmethod
    def write(self, judged: Judged) -> models.Model:
        """Save a new or changed row; returns what was changed, for the audit book."""

    def finish(self, written: Sequence[Judged]) -> None:
        """What is done once for all that were written; most kinds need nothing."""
        return

    @classmethod
    @abstractmethod
    def export(cls, codes: Codes) -> Iterator[list[str]]:
        """Everything in scope, each row as its columns tell it."""

    def may(self, code: str) -> bool:
        return self.codes is None or code in self.codes

    def compare(self, judged: Judged, row: Any, columns: Iterable[Column], *, is_new: bool) -> None:
        """Set on `row` what the cells say, noting changes, problems and notices."""
        for column in columns:
            if not column.attr or column.name not in judged.cells:
                if column.attr and is_new and column.is_needed:
                    judged.refuse(column.name, _("The column is missing; new rows need it."))
                continue
            said = judged.cells[column.name]
            if not is_new and said == self._kept(column, row):
                continue
            try:
                value = self.cell(column).read(said)
            except Wrong as wrong:
                judged.refuse(column.name, wrong.text, **wrong.values)
                continue
            stored = getattr(row, column.attr, None) if not is_new else None
            if not is_new and stored == value:
                continue
            before = "" if is_new else self._told(column, stored)
            setattr(row, column.attr, value)
            after = self._told(column, value)
            if before != after:
                judged.changes.append([column.name, before, after])
            if column.is_public and value:
                self._advertise(judged, column, str(value))

    def cell(self, column: Column) -> Cell:
        """How a column is read here; books with references know better."""
        return column.cell

    def _told(self, column: Column, value: Any) -> str:
        return "" if value is None else self.cell(column).tell(value)

    def _kept(self, column: Column, row: Any) -> str:
        """What is stored, as a spreadsheet keeps it: taken out and sent back it is no change."""
        return tidied(self._told(column, getattr(row, column.attr)), LIMITS)

    def _advertise(self, judged: Judged, column: Column, text: str) -> None:
        for found in check_advertising(text)[:5]:
            rule = found.rule
            words = {
                "zh-hans": f"“{short(found.word)}”：{rule.law_zh}，{rule.explanation_zh}",
                "en": f"“{short(found.word)}”: {rule.law_en}. {rule.explanation_en}",
            }
            if found.level is Level.FORBIDDEN:
                judged.problems.append(Problem(column.name, words))
            else:
                judged.notices.append(Problem(column.name, words))
