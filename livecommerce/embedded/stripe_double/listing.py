"""Lists: newest first, filtered, in pages by cursor."""

from typing import Any

from livecommerce.embedded.stripe_double.double import Call
from livecommerce.embedded.stripe_double.problems import invalid, missing
from livecommerce.embedded.stripe_double.wire import Object

COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def page(
    call: Call,
    kind: str,
    url: str,
    *,
    filters: tuple[str, ...] = (),
    where: str = "1",
    values: tuple[Any, ...] = (),
) -> Object:
    """One page of a kind; `filters` name the parameters that must equal the field of that name."""
    clauses, bound = [where], list(values)
    for name in filters:
        if (value := call.params.text(name)) is not None:
            clauses.append(f"json_extract(body, '$.{name}') = ?")
            bound.append(value)
    for clause, moment in _created(call):
        clauses.append(clause)
        bound.append(moment)
    limit = page_size(call)
    after, before = call.params.text("starting_after"), call.params.text("ending_before")
    for cursor, comparison in ((after, "<"), (before, ">")):
        if cursor:
            position = call.store.position(cursor)
            if position is None:
                raise missing(kind, cursor, param="starting_after" if after else "ending_before")
            clauses.append(f"seq {comparison} ?")
            bound.append(position)
    found = call.store.select(
        kind,
        where=" AND ".join(f"({clause})" for clause in clauses),
        values=tuple(bound),
        newest_first=not before,
        limit=limit + 1,
    )
    shown = found[:limit]
    return {
        "object": "list",
        "data": shown[::-1] if before else shown,
        "has_more": len(found) > limit,
        "url": url,
    }


def page_size(call: Call) -> int:
    limit = call.params.integer("limit", 10) or 0
    if not 1 <= limit <= 100:
        raise invalid(
            "Invalid limit: must be from 1 to 100.", code="parameter_invalid_integer", param="limit"
        )
    return limit


def _created(call: Call) -> list[tuple[str, int]]:
    created = call.params.raw("created")
    if created in (None, ""):
        return []
    bounds = created if isinstance(created, dict) else {"": created}
    clauses = []
    for name, value in bounds.items():
        comparison = COMPARISONS.get(name, "=" if name == "" else None)
        if comparison is None or not str(value).isdigit():
            raise invalid("Invalid timestamp", param="created")
        clauses.append((f"json_extract(body, '$.created') {comparison} ?", int(value)))
    return clauses
