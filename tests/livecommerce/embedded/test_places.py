import socket

import pytest

from livecommerce.embedded import places
from livecommerce.embedded.tether import Account

STRANGER = Account(uid=54321, gid=54321, name="stranger")


def test_closed_folder_is_out_of_reach_for_another_account(closed_data_dir):
    assert not STRANGER.may_reach(closed_data_dir / "postgres")


def test_open_folder_is_within_reach(data_dir):
    assert STRANGER.may_reach(data_dir / "postgres")


def test_each_fresh_clone_has_its_own_key(data_dir):
    first = places.instance_key(data_dir)
    assert places.instance_key(data_dir) == first

    (data_dir / "instance").unlink()  # the clone was deleted and made again at the same path

    assert places.instance_key(data_dir) != first


def test_remembered_secret_is_kept_and_private(data_dir):
    mark = data_dir / "some.secret"

    secret = places.remembered_secret(mark)

    assert len(secret) > 40
    assert places.remembered_secret(mark) == secret
    assert mark.stat().st_mode & 0o777 == 0o600


def test_remembered_port_is_kept_while_it_is_free(data_dir):
    mark = data_dir / "some.port"
    port = places.remembered_port(mark)
    assert places.remembered_port(mark) == port

    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()

        assert places.remembered_port(mark) != port


def test_socket_folder_of_somebody_else_is_refused(data_dir, monkeypatch, tmp_path):
    monkeypatch.setattr(places.tempfile, "gettempdir", lambda: str(tmp_path))
    (tmp_path / f"livecommerce-{places.instance_key(data_dir)}").mkdir()

    with pytest.raises(RuntimeError, match="belongs to somebody else"):
        places.socket_folder(data_dir, STRANGER)


def test_forget_takes_away_what_lies_outside_too(data_dir, monkeypatch, tmp_path):
    monkeypatch.setattr(places, "_OUTSIDE", tmp_path)
    outside = tmp_path / places.instance_key(data_dir) / "postgres"
    outside.mkdir(parents=True)
    stranger = tmp_path / "another" / "postgres"
    stranger.mkdir(parents=True)

    places.forget(data_dir)

    assert not outside.parent.exists()
    assert not data_dir.exists()
    assert stranger.exists()
