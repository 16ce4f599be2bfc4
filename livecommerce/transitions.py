"""State moves by compare-and-set: one conditional UPDATE whose row count is the answer."""

from typing import Any

from django.db import models


def move(
    row: models.Model, field: str, from_: str | tuple[str, ...], to: str, **updates: Any
) -> bool:
    """Move `row.field` from one of the states `from_` to `to`; False if it was elsewhere.

    `updates` are written in the same statement. On success the instance carries the new
    values; on failure nothing changed, in the database or here. Takes no lock before the
    UPDATE itself.
    """
    states = (from_,) if isinstance(from_, str) else from_
    values = {field: to, **updates}
    manager = type(row)._default_manager
    if not manager.filter(pk=row.pk, **{f"{field}__in": states}).update(**values):
        return False
    for name, value in values.items():
        setattr(row, name, value)
    return True
