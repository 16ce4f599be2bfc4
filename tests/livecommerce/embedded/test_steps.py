import pytest

from livecommerce.embedded import steps
from livecommerce.embedded.steps import Ledger, Step


@pytest.fixture
def tree(monkeypatch, tmp_path):
    """A project of two files, one read by each step."""
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    (tmp_path / "a.sql").write_text("1")
    (tmp_path / "b.css").write_text("1")
    monkeypatch.setattr(
        steps,
        "STEPS",
        (
            Step("migrate", "migrating", ("*.sql",), needs_database=True),
            Step("seed", "seeding", ("*.sql",), needs_database=True),
            Step("static", "hashing", ("*.css",), is_made=lambda data: (data / "made").exists()),
        ),
    )
    (tmp_path / "made").touch()
    return tmp_path


def due(folder, *, seeds=True, keeps_database=True):
    return [s.name for s in Ledger(folder).due(seeds=seeds, keeps_database=keeps_database)]


def record_all(folder):
    ledger = Ledger(folder)
    for step in steps.STEPS:
        ledger.record(step)


def test_everything_is_due_at_first(tree):
    assert due(tree) == ["migrate", "seed", "static"]


def test_nothing_is_due_when_nothing_changed(tree):
    record_all(tree)

    assert due(tree) == []


def test_only_steps_that_read_a_changed_file_are_due(tree):
    record_all(tree)
    (tree / "b.css").write_text("2")

    assert due(tree) == ["static"]


def test_new_file_makes_its_step_due(tree):
    record_all(tree)
    (tree / "c.sql").touch()

    assert due(tree) == ["migrate", "seed"]


def test_step_whose_work_is_gone_is_due(tree):
    record_all(tree)
    (tree / "made").unlink()

    assert due(tree) == ["static"]


def test_database_of_somebody_else_is_always_brought_up_to_date_but_not_seeded(tree):
    record_all(tree)

    assert due(tree, seeds=False, keeps_database=False) == ["migrate"]


def test_step_that_failed_stays_due(tree):
    Ledger(tree).record(steps.STEPS[0])

    assert due(tree) == ["seed", "static"]


def test_steps_done_by_two_processes_are_both_remembered(tree):
    one, other = Ledger(tree), Ledger(tree)
    one.record(steps.STEPS[0])
    other.record(steps.STEPS[2])

    assert due(tree) == ["seed"]


def test_ledger_of_a_killed_process_is_read_as_empty(tree):
    (tree / "steps.json").touch()

    assert due(tree) == ["migrate", "seed", "static"]
