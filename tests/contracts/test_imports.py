"""The import order of docs/architecture.md, kept by import-linter (pyproject.toml)."""

import subprocess
import sys
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def lint(*arguments, cwd=ROOT):
    return subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_point_down():
    told = lint()

    assert told.returncode == 0, told.stdout


def test_an_import_that_points_up_would_be_noticed(tmp_path):
    """The contracts of the project, over a tree in which products imports orders."""
    for name in ("livecommerce", "officials", "products", "streams", "orders"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "products" / "models.py").write_text("import orders.models\n")
    (tmp_path / "orders" / "models.py").touch()
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    code = (
        "import sys; sys.path.insert(0, '.');"
        "from importlinter.cli import lint_imports_command; lint_imports_command()"
    )

    told = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode != 0
    assert "products.models -> orders.models" in told.stdout


def test_project_package_does_not_reach_into_the_apps():
    for file in (ROOT / "livecommerce" / "embedded").rglob("*.py"):
        text = file.read_text()
        for app in ("officials", "products", "orders", "streams"):
            assert f"\nfrom {app}" not in text
            assert f"\nimport {app}" not in text
