"""Data folders for the embedded servers, cleaned up wherever the servers put their files."""

import shutil
import tempfile
from pathlib import Path

import pytest

from livecommerce.embedded import places


@pytest.fixture
def data_dir():
    """A data folder that a system user can reach, as below a usual clone."""
    folder = Path(tempfile.mkdtemp(prefix="livecommerce-embedded-"))
    folder.chmod(0o711)
    yield folder
    places.forget(folder)


@pytest.fixture
def closed_data_dir():
    """A data folder below a folder of mode 0700, as a clone in root's home."""
    home = Path(tempfile.mkdtemp(prefix="livecommerce-closed-"))
    folder = home / "clone" / ".data"
    folder.mkdir(parents=True)
    yield folder
    assert home.stat().st_mode & 0o777 == 0o700
    places.forget(folder)
    shutil.rmtree(home)
