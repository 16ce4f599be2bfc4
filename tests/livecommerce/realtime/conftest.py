import os
import signal
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest

from livecommerce import redis_client
from livecommerce.embedded.valkey import Valkey, start_valkey
from livecommerce.realtime import hub
from tests.livecommerce.realtime.stage import Doorman


@pytest.fixture
def room():
    return uuid.uuid4().hex[:8]


@pytest.fixture(autouse=True)
def _fresh_doorman():
    Doorman.left_count = 0
    Doorman.stale = set()
    redis_client.note_success()


@pytest.fixture(autouse=True)
def _quick_beats(monkeypatch):
    monkeypatch.setattr(hub, "BEAT_SECONDS", 0.2)


@dataclass
class OwnValkey:
    """A Valkey of this test alone, which may be killed."""

    folder: Path
    durable: bool = True
    server: Valkey | None = None

    def start(self):
        self.server = start_valkey(self.folder, durable=self.durable)

    def kill(self):
        os.kill(self.server.process.pid, signal.SIGKILL)
        self.server.process.wait()


def _own_valkey(tmp_path, settings, *, durable):
    valkey = OwnValkey(tmp_path, durable)
    valkey.start()
    settings.REDIS_URL = valkey.server.url
    redis_client.sync.cache_clear()
    yield valkey
    valkey.server.stop()
    redis_client.sync().close()
    redis_client.sync.cache_clear()


@pytest.fixture
def own_valkey(tmp_path, settings):
    yield from _own_valkey(tmp_path, settings, durable=True)


@pytest.fixture
def forgetful_valkey(tmp_path, settings):
    """Comes back empty."""
    yield from _own_valkey(tmp_path, settings, durable=False)
