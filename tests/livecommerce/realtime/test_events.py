from dataclasses import dataclass, fields
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps

from livecommerce.realtime.events import EVENTS, Event, Lane, serialise

DOCUMENT = Path(__file__).parents[3] / "docs" / "events.md"


def test_wire_form_is_type_and_fields():
    @dataclass(frozen=True)
    class Ripe(Event):
        type = "test.ripe"
        fruit: str
        left: int

    assert Ripe.lane is Lane.COMMERCE
    assert (
        serialise(Ripe(fruit="芒果", left=2))
        == '{"t":"test.ripe","fruit":"芒果","left":2}'.encode()
    )


def test_second_event_of_a_name_is_refused():
    @dataclass(frozen=True)
    class First(Event):
        type = "test.twice"

    with pytest.raises(TypeError, match=r"test\.twice"):

        @dataclass(frozen=True)
        class Second(Event):
            type = "test.twice"


def test_value_that_is_no_json_is_refused():
    @dataclass(frozen=True)
    class Odd(Event):
        type = "test.odd"
        value: object

    with pytest.raises(TypeError):
        serialise(Odd(value={1, 2}))
    with pytest.raises(ValueError, match="JSON"):
        serialise(Odd(value=float("nan")))


def test_every_event_is_documented_with_its_fields():
    for app in apps.get_app_configs():
        is_ours = ".venv" not in app.path
        if is_ours and find_spec(f"{app.name}.events"):
            import_module(f"{app.name}.events")
    rows = {
        line.split("|")[1].strip(" `"): line
        for line in DOCUMENT.read_text().splitlines()
        if line.startswith("| `")
    }
    declared = {name: event for name, event in EVENTS.items() if not name.startswith("test.")}
    assert [name for name in declared if name not in rows] == []
    assert [
        (name, field.name)
        for name, event in declared.items()
        for field in fields(event)
        if f"`{field.name}`" not in rows[name]
    ] == []
