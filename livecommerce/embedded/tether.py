"""Children that do not outlive us, and the system user a server runs as when we are root."""

import ctypes
import os
import pwd
import signal
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
# Looked up before any fork: importing between fork and exec may deadlock.
_prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None


def dies_with_parent(sig: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends the child `sig` when its parent dies, kill -9 included.

    The signal follows the *thread* that forked, so start such children from the main thread.
    Outside Linux it does nothing, and what is left behind is met at the next start.
    """
    parent = os.getpid()

    def tie() -> None:
        if _prctl is not None:
            _prctl(_PR_SET_PDEATHSIG, int(sig), 0, 0, 0)
            if os.getppid() != parent:  # it died before we asked
                os._exit(1)

    return tie


@dataclass(frozen=True)
class Account:
    """Whom a server runs as; `name` is empty when it is simply us."""

    uid: int
    gid: int
    name: str = ""

    def popen_options(self) -> dict[str, object]:
        """What `subprocess.Popen` needs to start a process as this account."""
        if not self.name:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def may_reach(self, path: Path) -> bool:
        """Can this account walk through every folder above `path` (whether it exists or not)?"""
        return all(self._may_enter(parent) for parent in path.absolute().parents)

    def _may_enter(self, folder: Path) -> bool:
        try:
            info = folder.stat()
        except FileNotFoundError:
            return True  # we make it ourselves, with a mode that lets the account in
        if info.st_uid == self.uid:
            return bool(info.st_mode & stat.S_IXUSR)
        if info.st_gid == self.gid:
            return bool(info.st_mode & stat.S_IXGRP)
        return bool(info.st_mode & stat.S_IXOTH)


def server_account() -> Account:
    """PostgreSQL refuses to run as root: then it runs as `postgres`, or `nobody` without one."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name)
    raise RuntimeError("running as root needs a system user named postgres or nobody")


def is_alive(pid: int) -> bool:
    """A zombie, dead but not yet waited for by its parent, is not alive."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return not Path("/proc/self").exists()  # no /proc here (macOS), or it has just gone
    return state != "Z"
