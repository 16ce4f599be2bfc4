import io

import pytest
from django.core.management import CommandError, call_command

from livecommerce import health
from livecommerce.health import Part
from livecommerce.management.commands import doctor

pytestmark = pytest.mark.django_db


@pytest.fixture
def healthy(monkeypatch, settings, tmp_path):
    """Everything that is not the test's subject works."""
    for name in ("worker", "media"):
        monkeypatch.setattr(health, f"look_at_{name}", lambda name=name: Part(name))
    monkeypatch.setitem(doctor.EXAMINATIONS, "catalogue", lambda: iter(()))
    monkeypatch.setitem(doctor.EXAMINATIONS, "files", lambda: iter(()))
    settings.MEDIA_HOOK_SECRET = "secret"
    settings.STRIPE_SECRET_KEY = "sk_test_double"
    settings.STRIPE_PUBLISHABLE_KEY = "pk_test_double"
    settings.STRIPE_API_BASE = "http://127.0.0.1:8003"
    settings.DEMO = True
    settings.MEDIA_ROOT = settings.RECORDINGS_DIR = tmp_path


def run():
    """What doctor printed, and whether it found something to mend."""
    out = io.StringIO()
    try:
        call_command("doctor", stdout=out)
    except CommandError as error:
        return out.getvalue(), error
    return out.getvalue(), None


def test_healthy_shop(healthy):
    printed, error = run()

    # Throw-away servers of the tests do not sync, which doctor rightly minds.
    assert "synchronous_commit is off" in printed
    assert printed.count("→") == 1
    assert error.returncode == 1


def test_worker_away_says_how_to_mend_it(healthy, monkeypatch):
    monkeypatch.setattr(health, "look_at_worker", lambda: Part("worker", "gave no sign of life"))

    printed, error = run()

    assert "the worker gave no sign of life: nothing is settled" in printed
    assert "→ start it: `celery --app livecommerce worker" in printed
    assert error.returncode == 1


@pytest.mark.parametrize(
    ("secret", "public", "hook", "base", "says"),
    [
        ("", "", "", "", "STRIPE_SECRET_KEY is empty"),
        ("sk_live_1", "pk_test_1", "whsec_1", "", "one of Stripe's keys is for tests"),
        ("sk_live_1", "pk_live_1", "", "", "STRIPE_WEBHOOK_SECRET is not a webhook secret"),
        ("sk_test_1", "pk_test_1", "whsec_1", "http://127.0.0.1:8003", "not to Stripe"),
    ],
)
def test_payments_that_cannot_work(healthy, settings, secret, public, hook, base, says):
    settings.DEMO = False
    settings.STRIPE_SECRET_KEY, settings.STRIPE_PUBLISHABLE_KEY = secret, public
    settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_BASE = hook, base

    findings = list(doctor.examine_payments())

    assert [says in finding.what for finding in findings] == [True]


def test_payments_that_work(settings):
    settings.STRIPE_SECRET_KEY, settings.STRIPE_PUBLISHABLE_KEY = "sk_live_1", "pk_live_1"
    settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_BASE = "whsec_1", ""

    assert list(doctor.examine_payments()) == []


def test_migrations_that_wait_are_found(monkeypatch):
    monkeypatch.setattr(doctor.MigrationExecutor, "migration_plan", lambda self, targets: [1, 2])

    found = [finding.what for finding in doctor.examine_database()]

    assert "2 migrations are not applied" in found


def test_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()

    findings = list(doctor._examine_folder(tmp_path / "file"))

    assert len(findings) == 1
    assert "cannot be written" in findings[0].what


def test_full_disk_is_bearable(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "ENOUGH_BYTES", 2**60)

    findings = list(doctor._examine_folder(tmp_path))

    assert [finding.is_bearable for finding in findings] == [True]


def test_empty_shop_is_found():
    assert "no products" in next(doctor.examine_catalogue()).what
