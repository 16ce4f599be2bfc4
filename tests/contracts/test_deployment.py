"""The documented production environment: clean for Django's own checks, wrong values all named."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.contracts.test_compose import EXAMPLE

ROOT = Path(settings.BASE_DIR)


def manage(*arguments, tmp_path, **environment):
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=clean | {"DATA_DIR": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_check_deploy_is_clean(tmp_path):
    told = manage("check", "--deploy", "--fail-level", "WARNING", tmp_path=tmp_path, **EXAMPLE)

    assert told.returncode == 0, told.stderr
    assert "no issues" in told.stdout


def test_every_wrong_variable_is_reported_at_once(tmp_path):
    wrong = EXAMPLE | {"DATABASE_URL": "nonsense", "DEBUG": "perhaps", "EMAIL_URL": "pigeon://mail"}

    told = manage("check", tmp_path=tmp_path, **wrong)

    assert told.returncode != 0
    for name in ("DATABASE_URL", "DEBUG", "EMAIL_URL"):
        assert name in told.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL"])
def test_variable_that_is_missing_is_named(tmp_path, name):
    some = {key: value for key, value in EXAMPLE.items() if key != name}

    told = manage("check", tmp_path=tmp_path, **some)

    assert told.returncode != 0
    assert name in told.stderr


def test_every_variable_is_explained():
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "livecommerce/settings.py").read_text()))
    explained = (ROOT / "docs" / "operations.md").read_text()

    assert {"SECRET_KEY", "DATABASE_URL", "HOLD_SECONDS"} <= read
    assert {name for name in read if not re.search(rf"\b{name}\b", explained)} == set()


def test_production_is_no_demo(tmp_path):
    code = "from django.conf import settings; print(settings.DEMO, settings.DEBUG)"

    told = manage("shell", "-v", "0", "-c", code, tmp_path=tmp_path, **EXAMPLE)

    assert told.stdout.split()[-2:] == ["False", "False"], told.stderr
