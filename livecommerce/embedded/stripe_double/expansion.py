"""`expand`: ids replaced by the objects they name, in place, in the answer only."""

from typing import Any

from livecommerce.embedded.stripe_double.problems import invalid
from livecommerce.embedded.stripe_double.store import Store
from livecommerce.embedded.stripe_double.wire import Object

DEEPEST = 4


def expand(store: Store, answer: Object, paths: list[str]) -> None:
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST:
            raise invalid(f"You cannot expand more than {DEEPEST} levels of a property.")
        _follow(store, answer, steps, path)


def _follow(store: Store, place: Any, steps: list[str], path: str) -> None:
    if isinstance(place, list):
        for item in place:
            _follow(store, item, steps, path)
        return
    if place is None or not steps:
        return
    step, rest = steps[0], steps[1:]
    if not isinstance(place, dict) or step not in place:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    if isinstance(place[step], str):
        named = store.find(place[step])
        if named is None:
            raise invalid(f"This property cannot be expanded ({path}).", param="expand")
        place[step] = named
    _follow(store, place[step], rest, path)
