"""Who changed what in a prefecture's list, and taking it back.

Taking back is a change like any other, by whoever does it now, and can itself be taken back. It
is refused where something else has been changed since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.audit.models import AuditEntry
from livecommerce.errors import DomainError
from officials.models import Region
from products.domain import specialty_list as lists
from products.models import Product, Specialty

REVERSIBLE = (lists.ORDER, lists.ADD, lists.REMOVE, lists.EDIT)
FIELDS = ("note_zh", "note_en", "season_months")


@dataclass(frozen=True)
class Change:
    """One record with the goods it names. `moved` are those whose place differs."""

    entry: AuditEntry
    product: Product | None
    moved: Sequence[tuple[Product, int, int]]
    """(product, place before, place after)"""
    undoes: int | None
    is_undone: bool

    @property
    def action(self) -> str:
        return self.entry.action.partition(".")[2]

    @property
    def fields(self) -> list[tuple[str, Any, Any]]:
        """(field, before, after) of an edit."""
        before, after = self.entry.before, self.entry.after
        return [(name, before[name], after.get(name)) for name in FIELDS if name in before]


def changes_of(prefecture: Region) -> Any:
    """The records that can be taken back and their taking back, newest first."""
    return audit.history(prefecture).filter(action__in=REVERSIBLE, is_refused=False)


def told(entries: Sequence[AuditEntry]) -> list[Change]:
    """The records as a page shows them, by two queries."""
    wanted: set[int] = set()
    for entry in entries:
        wanted |= {*entry.before.get("order", ()), *entry.after.get("order", ())}
        wanted |= {one for one in (_product_of(entry),) if one is not None}
    goods = Product.objects.defer("search").in_bulk(wanted)
    numbers = [entry.pk for entry in entries]
    undone = set(
        AuditEntry.objects.filter(
            action__in=REVERSIBLE, is_refused=False, after__undoes__in=numbers
        ).values_list("after__undoes", flat=True)
    )
    return [
        Change(
            entry=entry,
            product=goods.get(_product_of(entry) or 0),
            moved=_moved(entry, goods),
            undoes=entry.after.get("undoes"),
            is_undone=entry.pk in undone,
        )
        for entry in entries
    ]


def undo(*, prefecture: Region, by: User, entry_id: int) -> None:
    """Make a new change that takes the record's back. Raises DomainError: not_curator (403),
    no_such_change (404), undone_already, changed_since (409)."""
    lists.require_curator(by, prefecture, "products.undo_curation")
    entry = changes_of(prefecture).filter(pk=entry_id).first()
    if entry is None:
        raise DomainError("no_such_change", _("There is no such change."), status=404)
    if AuditEntry.objects.filter(
        subject_pk=prefecture.pk, action__in=REVERSIBLE, after__undoes=entry.pk
    ).exists():
        raise DomainError("undone_already", _("It has been taken back already."), status=409)
    with transaction.atomic():
        _TAKE_BACK[entry.action](prefecture, by, entry)


def _undo_order(prefecture: Region, by: User, entry: AuditEntry) -> None:
    version = lists.version_of(prefecture)
    rows = {row.product_id: row for row in _rows(prefecture)}
    if list(rows) != entry.after["order"]:
        raise _changed_since()
    order = [rows[product].pk for product in entry.before["order"]]
    lists.set_order(prefecture=prefecture, by=by, order=order, version=version, undoes=entry.pk)


def _undo_add(prefecture: Region, by: User, entry: AuditEntry) -> None:
    version = lists.version_of(prefecture)
    row = _row(prefecture, entry.after["product"])
    if row is None or any(getattr(row, name) != entry.after[name] for name in FIELDS):
        raise _changed_since()
    lists.remove(prefecture=prefecture, by=by, specialty=row, version=version, undoes=entry.pk)


def _undo_remove(prefecture: Region, by: User, entry: AuditEntry) -> None:
    version = lists.version_of(prefecture)
    product = Product.objects.filter(pk=entry.before["product"]).first()
    if product is None or _row(prefecture, product.pk) is not None:
        raise _changed_since()
    lists.add(
        prefecture=prefecture,
        by=by,
        product=product,
        version=version,
        position=entry.before["position"],
        undoes=entry.pk,
        **{name: entry.before[name] for name in FIELDS},
    )


def _undo_edit(prefecture: Region, by: User, entry: AuditEntry) -> None:
    row = _row(prefecture, entry.after["product"])
    names = [name for name in FIELDS if name in entry.before]
    if row is None or any(getattr(row, name) != entry.after[name] for name in names):
        raise _changed_since()
    values = {name: getattr(row, name) for name in FIELDS} | {
        name: entry.before[name] for name in names
    }
    lists.edit(specialty=row, by=by, version=row.version, undoes=entry.pk, **values)


_TAKE_BACK = {
    lists.ORDER: _undo_order,
    lists.ADD: _undo_add,
    lists.REMOVE: _undo_remove,
    lists.EDIT: _undo_edit,
}


def _rows(prefecture: Region) -> list[Specialty]:
    return list(Specialty.objects.filter(prefecture=prefecture).order_by("position", "pk"))


def _row(prefecture: Region, product_id: int) -> Specialty | None:
    rows = Specialty.objects.filter(prefecture=prefecture, product=product_id)
    return rows.select_related("prefecture").first()


def _product_of(entry: AuditEntry) -> int | None:
    found = entry.after.get("product", entry.before.get("product"))
    return found if isinstance(found, int) else None


def _moved(entry: AuditEntry, goods: dict[int, Product]) -> list[tuple[Product, int, int]]:
    before, after = entry.before.get("order", []), entry.after.get("order", [])
    places = {product: place for place, product in enumerate(after, start=1)}
    moved = [
        (goods[product], place, places[product])
        for place, product in enumerate(before, start=1)
        if product in goods and places.get(product, place) != place
    ]
    return sorted(moved, key=lambda one: -abs(one[1] - one[2]))


def _changed_since() -> DomainError:
    return DomainError(
        "changed_since",
        _("Something else has been changed since. Take the later change back first."),
        status=409,
    )
