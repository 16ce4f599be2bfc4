"""One supervisor on one data folder."""

import fcntl
import os
from pathlib import Path
from typing import IO


class AlreadyRunning(RuntimeError):
    """Another process holds the data folder; the message says which."""


class DataLock:
    """Held by the open file: the system lets go of it when we die, however we die."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "supervisor.lock"
        self._file: IO[str] | None = None
        self.was_left_behind = False
        """The run before us was killed: its children may still be on their way out."""

    def take(self, address: str) -> None:
        """Raises AlreadyRunning with the other's pid and address."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = open(self._path, "a+")  # noqa: SIM115 - it stays open as long as we run
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            other = file.read().strip() or "another process"
            file.close()
            raise AlreadyRunning(
                f"this data folder is in use by {other} ({self._path.parent}). Stop it first, "
                "or start a second shop beside it: make run PORT=8100 DATA_DIR=/some/other/folder"
            ) from None
        file.seek(0)
        self.was_left_behind = bool(file.read())
        file.truncate(0)
        file.write(f"process {os.getpid()} at {address}\n")
        file.flush()
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None
