"""How far a worker is with a sheet: told by the cache, as the work itself is one transaction."""

from dataclasses import dataclass

from django.core.cache import cache

KEPT_SECONDS = 900
EVERY = 100
"""Rows between two notes."""


@dataclass(frozen=True)
class Progress:
    done: int
    total: int

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total if self.total else 0


def note(sheet_id: int, done: int, total: int) -> None:
    if done % EVERY == 0 or done == total:
        cache.set(_key(sheet_id), (done, total), KEPT_SECONDS)


def of(sheet_id: int) -> Progress | None:
    """None before the first rows, and without a cache."""
    told = cache.get(_key(sheet_id))
    return Progress(*told) if told else None


def forget(sheet_id: int) -> None:
    cache.delete(_key(sheet_id))


def _key(sheet_id: int) -> str:
    return f"sheet-progress:{sheet_id}"
