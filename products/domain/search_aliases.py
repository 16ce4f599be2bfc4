"""Other names for the same thing, from the table that staff edit; read at most twice a minute."""

import time

from products.lexemes import fold
from products.models import SearchAlias

KEPT_SECONDS = 30.0
MOST_GROUPS = 2_000
_kept: tuple[float, list[list[str]]] | None = None


def alias_groups() -> list[list[str]]:
    """Each group's names as the index writes them; the longest names first, so that 沙糖桔子 is
    not taken for 沙糖桔."""
    global _kept
    now = time.monotonic()
    if _kept is None or now - _kept[0] > KEPT_SECONDS:
        _kept = (now, _read())
    return _kept[1]


def forget() -> None:
    """This process reads the table anew at the next search; the others within half a minute."""
    global _kept
    _kept = None


def _read() -> list[list[str]]:
    groups = []
    for alias in SearchAlias.objects.all()[:MOST_GROUPS]:
        names = dict.fromkeys(fold(name) for name in alias.all_names)
        groups.append(sorted((name for name in names if name), key=len, reverse=True))
    return sorted(groups, key=lambda group: -max(map(len, group), default=0))
