"""Places, kinds and producers as sheets name them: by code or by name in either language."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from officials.models import Region
from products.domain.sheets.cells import Cell, folded, short
from products.domain.sheets.problems import Wrong
from products.models import Category, Producer


class Names:
    """Rows by what they are called. A name that several have is told, and read, with its number."""

    def __init__(
        self, rows: Iterable[Any], names: Callable[[Any], Iterable[str]], unknown: str | Promise
    ) -> None:
        self.unknown = unknown
        self.rows = list(rows)
        self.by_name: defaultdict[str, list[Any]] = defaultdict(list)
        self.by_key: dict[str, Any] = {}
        for row in self.rows:
            self.by_key[str(row.pk)] = row
            for name in {folded(name) for name in names(row) if name}:
                self.by_name[name].append(row)

    def cell(self, *, is_required: bool = True, choices: bool = False) -> Cell:
        def read(text: str) -> Any:
            if not text and not is_required:
                return None
            return self.find(text)

        offered = (lambda: tuple(self.tell(row) for row in self.rows)) if choices else None
        return Cell(read, self.tell, offered)

    def find(self, text: str) -> Any:
        name, _sign, number = folded(text).rpartition("#")
        if name and number in self.by_key:
            return self.by_key[number]
        said = folded(text)
        if said in self.by_key:
            return self.by_key[said]
        found = self.by_name.get(said, [])
        if len(found) > 1:
            raise Wrong(
                _("“%(cell)s” is the name of several: write %(like)s."),
                cell=short(text),
                like=" / ".join(self.tell(row) for row in found[:3]),
            )
        if not found:
            raise Wrong(self.unknown, cell=short(text))
        return found[0]

    def tell(self, row: Any) -> str:
        name = str(row.name)
        return name if len(self.by_name[folded(name)]) < 2 else f"{name} #{row.pk}"


def _region_names(row: Region) -> tuple[str, ...]:
    return row.code, row.name_zh, row.short_zh, row.name_en


def prefecture_names() -> Names:
    rows = Region.objects.filter(kind=Region.Kind.PREFECTURE)
    return Names(rows, _region_names, _("There is no prefecture “%(cell)s”."))


def county_names() -> Names:
    rows = Region.objects.exclude(kind=Region.Kind.PREFECTURE).select_related("parent")
    return Names(rows, _region_names, _("There is no county “%(cell)s”."))


def place_names() -> Names:
    return Names(
        Region.objects.select_related("parent"), _region_names, _("There is no place “%(cell)s”.")
    )


def category_names() -> Names:
    return Names(
        Category.objects.all(),
        lambda row: (row.slug, row.name_zh, row.name_en),
        _("There is no kind of goods “%(cell)s”."),
    )


def producer_names() -> Names:
    return Names(
        Producer.objects.select_related("region__parent"),
        lambda row: (row.name_zh, row.name_en),
        _("There is no producer “%(cell)s”."),
    )
