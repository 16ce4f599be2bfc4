"""What the shop holds about a person, and what becomes of it when they leave.

Every app says so in its `personal.py`: one `Holding` for each foreign key to the person. A test
compares them with the models, so that nothing new is forgotten. Besides, a `personal.py` may have

    def collect(user) -> dict[str, list[dict]]     more files of the person's copy
    def obstacles(user) -> list[str]               why the account cannot be closed yet, in words
    def erase(user) -> None                        what a Holding cannot say
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.module_loading import module_has_submodule

from livecommerce.accounts.models import User

Rows = list[dict[str, Any]]


class Fate(StrEnum):
    """Of the rows of a person who leaves."""

    DELETED = "deleted"
    UNLINKED = "unlinked"
    """The row stays and points to nobody."""
    UNNAMED = "unnamed"
    """The row stays with the account's number, which has no name, address or sign-in any more."""


@dataclass(frozen=True)
class Holding:
    """`path` is `app.Model.field`; `told` are the fields that the person's own copy tells (none:
    the row is about work done for the shop, not about the person)."""

    path: str
    fate: Fate
    told: tuple[str, ...] = ()

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.path.rpartition(".")[0])

    @property
    def field(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def file(self) -> str:
        """`orders.Order.buyer` → `orders-order`."""
        app, model, _field = self.path.split(".")
        return f"{app}-{model.lower()}"

    def rows_of(self, user: User) -> "models.QuerySet[Any]":
        rows: models.QuerySet[Any] = self.model._base_manager.filter(**{self.field: user})
        return rows.order_by("pk")


def parts() -> Iterator[ModuleType]:
    """The `personal` module of each app that has one, those that stand highest first."""
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "personal"):
            yield import_module(f"{config.name}.personal")


def holdings() -> list[Holding]:
    return [one for part in parts() for one in getattr(part, "HOLDINGS", ())]


def obstacles(user: User) -> list[str]:
    """Why this account cannot be closed now; empty: it can."""
    found: list[str] = []
    for part in parts():
        ask: Callable[[User], list[str]] | None = getattr(part, "obstacles", None)
        if ask is not None:
            found += ask(user)
    return found


def collect(user: User) -> dict[str, Rows]:
    """All that the person's copy holds, file by file."""
    files: dict[str, Rows] = {}
    for one in holdings():
        if one.told:
            files.setdefault(one.file, []).extend(one.rows_of(user).values(*one.told))
    for part in parts():
        more: Callable[[User], dict[str, Rows]] | None = getattr(part, "collect", None)
        if more is not None:
            files |= more(user)
    return {name: rows for name, rows in sorted(files.items()) if rows}


def erase(user: User) -> None:
    """Do to everything what its holding says; in the caller's transaction."""
    for part in parts():
        do: Callable[[User], None] | None = getattr(part, "erase", None)
        if do is not None:
            do(user)
    for one in holdings():
        if one.fate == Fate.DELETED:
            one.rows_of(user).delete()
        elif one.fate == Fate.UNLINKED:
            one.rows_of(user).update(**{one.field: None})
