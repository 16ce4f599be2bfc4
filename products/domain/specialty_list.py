"""A prefecture's list of specialties: order, notes and seasons, by several curators at once.

What a change was made from is named by its version; another version is refused with words instead
of overwriting what a colleague did. Each change is a record in the book of the prefecture, with
what is needed to take it back (`products.domain.curation_history`).
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from officials.domain.curation import may_curate
from officials.models import Region
from products.models import Product, Specialty, SpecialtyList

ORDER, ADD, REMOVE, EDIT = (
    "products.order_specialties",
    "products.add_specialty",
    "products.remove_specialty",
    "products.edit_specialty",
)
LONGEST = {"note_zh": 200, "note_en": 240}
MOST = 200


def version_of(prefecture: Region) -> int:
    """What a page was made from; a list that was never changed is at 1."""
    row = SpecialtyList.objects.filter(pk=prefecture.pk).first()
    return row.version if row else 1


def set_order(
    *,
    prefecture: Region,
    by: User,
    order: Sequence[int],
    version: int,
    undoes: int | None = None,
) -> int:
    """Put the specialties into this order of ids, which are all of them, each once. Returns the
    new version. Raises DomainError: not_curator (403), list_changed (409)."""
    require_curator(by, prefecture, ORDER)
    with transaction.atomic():
        rows = _take_turn(prefecture, version)
        if sorted(order) != sorted(row.pk for row in rows):
            raise _changed()
        before = [row.product_id for row in rows]
        places = {pk: place for place, pk in enumerate(order, start=1)}
        moved = [row for row in rows if row.position != places[row.pk]]
        for row in moved:
            row.position = places[row.pk]
        after = [row.product_id for row in sorted(rows, key=lambda row: row.position)]
        if before == after:
            return version
        Specialty.objects.bulk_update(moved, ["position"])
        _record(prefecture, by, ORDER, {"order": before}, {"order": after}, undoes)
        return _turn_over(prefecture)


def move(*, prefecture: Region, by: User, specialty_id: int, step: int, version: int) -> int:
    """One place up (-1) or down (+1); at an end nothing happens. Raises as `set_order`."""
    ids = list(
        Specialty.objects.filter(prefecture=prefecture)
        .order_by("position")
        .values_list("pk", flat=True)
    )
    if specialty_id not in ids:
        raise _changed()
    here = ids.index(specialty_id)
    there = here + (1 if step > 0 else -1)
    if not 0 <= there < len(ids):
        return version
    ids[here], ids[there] = ids[there], ids[here]
    return set_order(prefecture=prefecture, by=by, order=ids, version=version)


def add(
    *,
    prefecture: Region,
    by: User,
    product: Product,
    version: int,
    position: int | None = None,
    note_zh: str = "",
    note_en: str = "",
    season_months: Sequence[int] = (),
    undoes: int | None = None,
) -> Specialty:
    """Into the list, at its end or at `position`. Raises DomainError: not_curator (403),
    list_changed, listed_already, list_full (409), other_prefecture (422)."""
    require_curator(by, prefecture, ADD)
    if product.prefecture_id != prefecture.code:
        raise DomainError("other_prefecture", _("This product comes from another prefecture."))
    with transaction.atomic():
        rows = _take_turn(prefecture, version)
        if any(row.product_id == product.pk for row in rows):
            raise DomainError("listed_already", _("It is in the list already."), status=409)
        if len(rows) >= MOST:
            raise DomainError("list_full", _("The list is full; take something out."), status=409)
        place = min(max(position or len(rows) + 1, 1), len(rows) + 1)
        later = [row for row in rows if row.position >= place]
        for row in later:
            row.position += 1
        Specialty.objects.bulk_update(later, ["position"])
        made = Specialty.objects.create(
            prefecture=prefecture,
            product=product,
            position=place,
            note_zh=note_zh,
            note_en=note_en,
            season_months=list(season_months),
        )
        _record(prefecture, by, ADD, None, facts_of(made), undoes)
        _turn_over(prefecture)
    return made


def remove(
    *, prefecture: Region, by: User, specialty: Specialty, version: int, undoes: int | None = None
) -> None:
    """Out of the list; the product itself stays on sale. Raises as `set_order`."""
    require_curator(by, prefecture, REMOVE)
    with transaction.atomic():
        rows = _take_turn(prefecture, version)
        if specialty.pk not in [row.pk for row in rows]:
            raise _changed()
        specialty.refresh_from_db()
        before = facts_of(specialty)
        specialty.delete()
        rest = [row for row in rows if row.position > before["position"]]
        for row in rest:
            row.position -= 1
        Specialty.objects.bulk_update(rest, ["position"])
        _record(prefecture, by, REMOVE, before, None, undoes)
        _turn_over(prefecture)


def edit(
    *,
    specialty: Specialty,
    by: User,
    note_zh: str,
    note_en: str,
    season_months: Sequence[int],
    version: int,
    undoes: int | None = None,
) -> None:
    """Another note or season, if nobody changed it since `version` was read. Raises DomainError:
    not_curator (403), note_changed (409), note_too_long, season_months (422)."""
    prefecture = specialty.prefecture
    require_curator(by, prefecture, EDIT)
    months = sorted(set(season_months))
    if not all(1 <= month <= 12 for month in months):
        raise DomainError("season_months", _("Months are from 1 to 12."))
    values: dict[str, Any] = {
        "note_zh": note_zh.strip(),
        "note_en": note_en.strip(),
        "season_months": months,
    }
    for name, longest in LONGEST.items():
        if len(values[name]) > longest:
            message = _("At most %(count)s characters, please.") % {"count": longest}
            raise DomainError("note_too_long", message)
    with transaction.atomic():
        row = Specialty.objects.select_for_update(of=("self",)).filter(pk=specialty.pk).first()
        if row is None or row.version != version:
            raise DomainError(
                "note_changed",
                _("Somebody else has changed this meanwhile. Look at it again before you save."),
                status=409,
            )
        before = {name: getattr(row, name) for name in values}
        if before == values:
            return
        Specialty.objects.filter(pk=row.pk).update(version=F("version") + 1, **values)
        named = values | {"product": row.product_id}
        _record(prefecture, by, EDIT, before, named, undoes)
    specialty.refresh_from_db()


def facts_of(row: Specialty) -> dict[str, Any]:
    return {
        "product": row.product_id,
        "position": row.position,
        "note_zh": row.note_zh,
        "note_en": row.note_en,
        "season_months": row.season_months,
    }


def require_curator(by: User, prefecture: Region, action: str) -> None:
    """Raises DomainError `not_curator` (403); the attempt is written into the book."""
    if not may_curate(by, prefecture):
        audit.record_refusal(actor=by, action=action, subject=prefecture)
        raise DomainError("not_curator", _("You do not look after this prefecture."), status=403)


def turn_over(prefecture: Region) -> None:
    """The list was changed by other means (the back room, a spreadsheet): pages that are open
    notice it."""
    SpecialtyList.objects.get_or_create(prefecture=prefecture)
    _turn_over(prefecture)


def _take_turn(prefecture: Region, version: int) -> list[Specialty]:
    """Inside a transaction: lock the list if it is at this version, and read it."""
    SpecialtyList.objects.get_or_create(prefecture=prefecture)
    row = SpecialtyList.objects.select_for_update().get(pk=prefecture.pk)
    if row.version != version:
        raise _changed()
    return list(Specialty.objects.filter(prefecture=prefecture).order_by("position", "pk"))


def _turn_over(prefecture: Region) -> int:
    SpecialtyList.objects.filter(pk=prefecture.pk).update(version=F("version") + 1)
    return SpecialtyList.objects.get(pk=prefecture.pk).version


def _record(
    prefecture: Region,
    by: User,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    undoes: int | None,
) -> None:
    if undoes is not None:
        after = (after or {}) | {"undoes": undoes}
    audit.record(actor=by, action=action, subject=prefecture, before=before, after=after)


def _changed() -> DomainError:
    return DomainError(
        "list_changed",
        _("A colleague has changed the list meanwhile. Reload the page and do it again."),
        status=409,
    )
