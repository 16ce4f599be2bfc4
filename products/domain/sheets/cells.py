"""Kinds of cells: how a value is read from text, and how it is told.

`read(tell(value))` is `value`, so that what was taken out and sent back changes nothing. Readers
raise `Wrong`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from products.domain.sheets.problems import LANGUAGES, Wrong

Read = Callable[[str], Any]
Tell = Callable[[Any], str]
YES, NO = pgettext_lazy("sheet", "yes"), pgettext_lazy("sheet", "no")
ALL_YEAR = _("all year")
_YES = {"yes", "y", "true", "1", "是", "有", "可"}
_NO = {"no", "n", "false", "0", "否", "无", "不"}
_FEN = Decimal("0.01")
_MOST_YUAN = Decimal(1_000_000)
_MOMENT = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d")


@dataclass(frozen=True)
class Cell:
    """A way to read and tell one sort of value."""

    read: Read
    tell: Tell
    choices: Callable[[], tuple[str, ...]] | None = None


def folded(text: str) -> str:
    return " ".join(text.lower().split())


def text(*, longest: int, is_required: bool = False) -> Cell:
    def read(cell: str) -> str:
        if is_required and not cell:
            raise Wrong(_("This may not be empty."))
        if len(cell) > longest:
            raise Wrong(
                _("This is %(length)d characters long; at most %(longest)d are taken."),
                length=len(cell),
                longest=longest,
            )
        if any(sign < " " and sign != "\n" for sign in cell):
            raise Wrong(_("This holds signs that cannot be shown."))
        return cell

    return Cell(read, str)


def whole(*, least: int, most: int, is_signed: bool = False) -> Cell:
    pattern = re.compile(r"[+-]?[0-9]{1,10}" if is_signed else r"[0-9]{1,10}")

    def read(cell: str) -> int:
        plain = cell.replace(",", "").replace("，", "").replace(" ", "")
        plain = plain.removesuffix(".0")
        if not pattern.fullmatch(plain):
            raise Wrong(_("“%(cell)s” is not a whole number."), cell=short(cell))
        number = int(plain)
        if not least <= number <= most:
            raise Wrong(
                _("%(number)d is not between %(least)d and %(most)d."),
                number=number,
                least=least,
                most=most,
            )
        return number

    return Cell(read, str)


def yuan(*, is_free_allowed: bool) -> Cell:
    """Fen, written in yuan with at most two places."""

    def read(cell: str) -> int:
        plain = cell.replace("¥", "").replace("￥", "").replace(",", "").replace("元", "").strip()
        try:
            amount = Decimal(plain)
        except InvalidOperation:
            raise Wrong(_("“%(cell)s” is not an amount in yuan."), cell=short(cell)) from None
        if not amount.is_finite() or not 0 <= amount <= _MOST_YUAN:
            raise Wrong(_("“%(cell)s” is not an amount in yuan."), cell=short(cell))
        if amount != amount.quantize(_FEN):
            raise Wrong(_("“%(cell)s” has parts of a fen."), cell=short(cell))
        if not amount and not is_free_allowed:
            raise Wrong(_("The price must be more than zero."))
        return int(amount * 100)

    return Cell(read, lambda fen: f"{fen // 100}.{fen % 100:02}")


def flag() -> Cell:
    def read(cell: str) -> bool:
        said = folded(cell)
        if said in _YES:
            return True
        if said in _NO:
            return False
        raise Wrong(_("“%(cell)s” is neither yes nor no."), cell=short(cell))

    return Cell(read, lambda value: str(YES if value else NO), lambda: (str(YES), str(NO)))


def months() -> Cell:
    """Month numbers; empty or all twelve is all year. Told with spaces: a spreadsheet takes `1-5`
    for a date and `1,5` for a number."""

    def read(cell: str) -> list[int]:
        said = folded(cell)
        if said in {"", "all", "全年", "1-12", *in_every_language(ALL_YEAR)}:
            return list(range(1, 13))
        found: set[int] = set()
        for part in re.split(r"[\s,，、;；月]+", said):
            if not part:
                continue
            ends = re.fullmatch(r"([0-9]{1,2})(?:[-–~至到]([0-9]{1,2}))?", part)
            first = int(ends[1]) if ends else 0
            last = int(ends[2] or ends[1]) if ends else 0
            if not (1 <= first <= 12 and 1 <= last <= 12):
                raise Wrong(_("“%(cell)s” are not months from 1 to 12."), cell=short(cell))
            span = (
                range(first, last + 1)
                if first <= last
                else (*range(first, 13), *range(1, last + 1))
            )
            found.update(span)
        return sorted(found)

    def tell(value: Iterable[int]) -> str:
        numbers = sorted(set(value))
        if len(numbers) in (0, 12):
            return str(ALL_YEAR)
        return " ".join(map(str, numbers))

    return Cell(read, tell)


def one_of(labels: Mapping[str, str | Promise], *, is_required: bool = True) -> Cell:
    """A code, by itself or by its words in either language."""

    def read(cell: str) -> str:
        if not cell and not is_required:
            return ""
        said = folded(cell)
        for code, label in labels.items():
            if said == code.lower() or said in in_every_language(label):
                return code
        known = "、".join(str(label) for label in labels.values())
        raise Wrong(
            _("“%(cell)s” is not known. Known are: %(known)s."), cell=short(cell), known=known
        )

    def tell(code: str) -> str:
        return str(labels.get(code, code))

    return Cell(read, tell, lambda: tuple(str(label) for label in labels.values()))


def moment() -> Cell:
    """A minute in China's time."""

    def read(cell: str) -> datetime:
        for pattern in _MOMENT:
            try:
                return timezone.make_aware(datetime.strptime(cell, pattern))  # noqa: DTZ007 -- made aware
            except (ValueError, OverflowError):
                continue
        raise Wrong(
            _("“%(cell)s” is not a time. Write it like 2026-03-03 20:00."), cell=short(cell)
        )

    def tell(value: datetime) -> str:
        local = timezone.localtime(value)
        return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")

    return Cell(read, tell)


def shown(tell: Tell) -> Cell:
    """Only to look at."""

    def read(cell: str) -> str:
        return cell

    return Cell(read, tell)


def in_every_language(label: str | Promise) -> set[str]:
    said = set()
    for language in LANGUAGES:
        with override(language):
            said.add(folded(str(label)))
    return said


def short(cell: str) -> str:
    """A cell as it may be quoted."""
    one_line = " ".join(cell.split())
    return one_line if len(one_line) <= 40 else f"{one_line[:39]}…"
