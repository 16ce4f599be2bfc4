import pytest

from tests.streams.media.harness import Hooks, Role, make_clip


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mkv")


@pytest.fixture(scope="session")
def hooks():
    server = Hooks()
    yield server
    server.close()


@pytest.fixture(scope="session")
def role(hooks, tmp_path_factory):
    recordings = tmp_path_factory.mktemp("recordings")
    process = Role(hooks, RECORDINGS_DIR=str(recordings), MEDIA_WHEP_LIMIT="2")
    process.recordings = recordings
    yield process
    process.stop()
