"""Stripe's search language, as far as a shop uses it: clauses joined by AND, or by OR."""

import operator
import re
from collections.abc import Callable

from livecommerce.embedded.stripe_double.double import Call
from livecommerce.embedded.stripe_double.listing import page_size
from livecommerce.embedded.stripe_double.problems import invalid
from livecommerce.embedded.stripe_double.wire import Object

CLAUSE = re.compile(
    r"""(?P<not>-)?(?P<field>\w+)(?:\[(?P<q1>['"])(?P<key>.+?)(?P=q1)\])?"""
    r"""(?P<how>>=|<=|:|~|>|<)(?:(?P<q2>['"])(?P<text>.*?)(?P=q2)|(?P<number>\d+|null))"""
)
COMPARE: dict[str, Callable[[int, int], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
FIELDS = ("amount", "created", "currency", "customer", "status", "metadata")


def search(call: Call, kind: str, url: str) -> Object:
    """Newest first. (Stripe's own index lags a minute behind; ours does not.)"""
    wants = _parse(call.params.needed("query"))
    limit, start = page_size(call), int(call.params.text("page") or "0")
    found = [item for item in call.store.select(kind) if wants(item)]
    has_more = len(found) > start + limit
    return {
        "object": "search_result",
        "data": found[start : start + limit],
        "has_more": has_more,
        "next_page": str(start + limit) if has_more else None,
        "url": url,
    }


def _parse(query: str) -> Callable[[Object], bool]:
    """One test of an object for the whole query; raises on what is not understood."""
    tests, place = [], 0
    joins = set()
    while match := CLAUSE.match(query, place):
        tests.append(_test(match))
        joined = re.match(r"\s+(AND|OR)\s+|\s+(?=\S)", query[match.end() :])
        place = match.end() + (joined.end() if joined else 0)
        if not joined:
            break
        joins.add(joined.group(1) or "AND")
    if not tests or place != len(query.rstrip()) or len(joins) > 1:
        raise invalid(f"We were unable to parse your search query: {query}", param="query")
    together = any if joins == {"OR"} else all
    return lambda item: together(test(item) for test in tests)


def _test(match: re.Match[str]) -> Callable[[Object], bool]:
    field, key, how = match["field"], match["key"], match["how"]
    if field not in FIELDS or (field == "metadata") != (key is not None):
        raise invalid(f"Field `{field}` is an unsupported search field.", param="query")
    wanted = match["text"] if match["number"] is None else match["number"]

    def holds(item: Object) -> bool:
        value = item[field].get(key) if key is not None else item.get(field)
        if wanted == "null":
            return value is None
        if value is None:
            return False
        if how == ":":
            return str(value).lower() == wanted.lower()
        if how == "~":
            return wanted.lower() in str(value).lower()
        bound = int(wanted)
        return COMPARE[how](int(value), bound)

    return (lambda item: not holds(item)) if match["not"] else holds
