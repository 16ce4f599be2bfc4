"""Where the embedded servers keep their files.

Normally `<DATA_DIR>/<server>`. Where PostgreSQL must run as a system user and a folder above
DATA_DIR is closed to it (a clone in root's home), the files go to a private folder outside:
nobody else's folder is ever loosened.
"""

import hashlib
import os
import secrets
import shutil
import socket
import tempfile
from pathlib import Path

from livecommerce.embedded.tether import Account

_OUTSIDE = Path("/var/lib/livecommerce")
"""Only root ever needs it, and only root may make it."""


def instance_key(data_dir: Path) -> str:
    """A short name of this data folder, new for each fresh clone even at the same path."""
    data_dir.mkdir(parents=True, exist_ok=True)
    mark = data_dir / "instance"
    if not mark.is_file():
        mark.write_text(secrets.token_hex(8) + "\n")
    told = f"{data_dir.resolve()}\n{mark.read_text().strip()}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def server_folder(data_dir: Path, name: str, account: Account) -> Path:
    """A private (0700) folder that belongs to `account` and that it can reach."""
    data_dir = data_dir.resolve()
    for folder in (data_dir / name, _OUTSIDE / instance_key(data_dir) / name):
        if account.may_reach(folder) and _make_private(folder, account):
            return folder
    raise RuntimeError(f"no folder for {name} that the system user {account.name} can reach")


def shared_folder(name: str, account: Account) -> Path:
    """A folder outside every clone for files anybody may read, such as copied binaries."""
    folder = _OUTSIDE / name
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not account.may_reach(folder / "file"):
        raise RuntimeError(f"the system user {account.name} cannot reach {folder}")
    return folder


def socket_folder(data_dir: Path, account: Account) -> Path:
    """A private folder with a short lower-case path: a Unix socket's path is 107 bytes at most."""
    folder = Path(tempfile.gettempdir()) / f"livecommerce-{instance_key(data_dir)}"
    if folder.is_symlink() or not _make_private(folder, account):
        raise RuntimeError(f"{folder} belongs to somebody else; set TMPDIR to a folder of yours")
    return folder


def forget(data_dir: Path) -> None:
    """Delete the data folder and whatever its servers keep outside it. They must be stopped."""
    if not data_dir.is_dir():
        return
    key = instance_key(data_dir)
    for folder in (
        Path(tempfile.gettempdir()) / f"livecommerce-{key}",
        _OUTSIDE / key,
        data_dir,
    ):
        shutil.rmtree(folder, ignore_errors=True)


def remembered_port(mark: Path) -> int:
    """The loopback port written in `mark` if it is free, else a free one, which is written down."""
    if mark.is_file():
        known = int(mark.read_text())
        if is_port_free(known):
            return known
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    mark.write_text(f"{port}\n")
    return port


def is_port_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        # Without it a port that only waits out its TIME_WAIT would count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def remembered_secret(mark: Path) -> str:
    """A random secret that is made once and kept, readable by us alone."""
    if not mark.is_file():
        with open(os.open(mark, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
    return mark.read_text().strip()


def _make_private(folder: Path, account: Account) -> bool:
    try:
        if not folder.exists():
            for missing in reversed([p for p in folder.parents if not p.exists()]):
                missing.mkdir(mode=0o755)
            folder.mkdir(mode=0o700)
            if account.name:
                os.chown(folder, account.uid, account.gid)
        return folder.stat().st_uid == account.uid
    except PermissionError:
        return False
