"""Which column of a file is which: by the titles in either language, or by the fields' names."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from livecommerce.errors import DomainError
from livecommerce.sheets.reading import Row
from products.domain.sheets.books import Book
from products.domain.sheets.cells import folded, in_every_language, short


def find_columns(book: type[Book], heading: Row) -> list[str]:
    """The field of each column of the file, in order.

    Raises DomainError `no_columns` when one is unknown, unnamed, there twice or missing: a column
    that is overlooked would be a change nobody sees is missing.
    """
    known: dict[str, str] = {}
    for column in book.columns:
        known[column.name.lower()] = column.name
        known.update(dict.fromkeys(in_every_language(column.title), column.name))
    found: list[str] = []
    for place, title in enumerate(heading.cells, start=1):
        name = known.get(folded(title))
        if not title:
            raise _refused(_("Column %(place)d has no heading.") % {"place": place})
        if name is None:
            raise _refused(
                _("The heading “%(title)s” is not known. Known are: %(known)s.")
                % {"title": short(title), "known": _titles(book)}
            )
        if name in found:
            raise _refused(_("The heading “%(title)s” is there twice.") % {"title": short(title)})
        found.append(name)
    for column in book.columns:
        if column.name in book.key and column.name not in found:
            raise _refused(
                _("The heading has no column “%(title)s”. Begin with a template or an export.")
                % {"title": column.title}
            )
    return found


def cells_of(row: Row, fields: Sequence[str]) -> dict[str, str]:
    return dict(zip(fields, row.cells, strict=False))


def _titles(book: type[Book]) -> str:
    return "、".join(str(column.title) for column in book.columns)


def _refused(message: str) -> DomainError:
    return DomainError("no_columns", message)
