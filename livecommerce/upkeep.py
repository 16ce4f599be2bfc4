"""How long things are kept: each app names its policies in `retention.py`; here they are run.

A policy removes rows (or what is personal in them) that are older than its days, in batches that
commit one by one: a run that is killed, repeated or run twice at once does no harm.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import module_has_submodule

log = logging.getLogger(__name__)

BATCH = 1_000
MOST_BATCHES = 1_000
"""In one run of one policy; the next night goes on."""

Rows = Callable[[datetime], "QuerySet[Any]"]


def delete_rows(rows: "QuerySet[Any]") -> None:
    rows.delete()


@dataclass(frozen=True)
class Policy:
    """`rows(limit)` are those that are due; `act` takes a batch of them and leaves none that `rows`
    would find again (default: deletes them). `words` is what docs and `--dry-run` call it."""

    name: str
    words: str
    days: int
    rows: Rows
    act: Callable[["QuerySet[Any]"], None] = field(default=delete_rows)

    def limit(self, now: datetime) -> datetime:
        return now - timedelta(days=self.days)


@dataclass(frozen=True)
class Done:
    """`removed` is what was (in a dry run: would be) removed."""

    policy: Policy
    removed: int


def policies() -> list[Policy]:
    """Of every app that has a `retention` module, by name."""
    found: list[Policy] = []
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "retention"):
            found += import_module(f"{config.name}.retention").POLICIES
    return sorted(found, key=lambda one: one.name)


def run(*, dry_run: bool = False, only: str = "") -> Iterator[Done]:
    """Apply each policy whose name begins with `only`. One that fails is logged; the rest go on."""
    now = timezone.now()
    for policy in policies():
        if not policy.name.startswith(only):
            continue
        try:
            due = policy.rows(policy.limit(now))
            removed = due.count() if dry_run else _apply(policy, now)
        except Exception:
            log.exception("upkeep of %s failed", policy.name)
            continue
        if removed and not dry_run:
            log.info("upkeep: %s, %d (kept %d days)", policy.name, removed, policy.days)
        yield Done(policy, removed)


def _apply(policy: Policy, now: datetime) -> int:
    removed = 0
    limit = policy.limit(now)
    for _batch in range(MOST_BATCHES):
        due = policy.rows(limit)
        keys = list(due.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not keys:
            break
        policy.act(due.model._base_manager.filter(pk__in=keys))
        removed += len(keys)
        if len(keys) < BATCH:
            break
    return removed
