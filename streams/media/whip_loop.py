"""Publishes a prepared clip by WHIP for ever: ffmpeg copies, nothing is encoded again."""

import logging
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg

logger = logging.getLogger(__name__)

_PAUSE = 2.0  # seconds before the next attempt
_LONGEST_PAUSE = 15.0
_PROVED = 20.0  # seconds on air after which the pause is short again


class WhipLoop:
    """`ask_token` is called before each connection, so tokens may be short-lived; `on_start`
    whenever the clip begins anew."""

    def __init__(
        self,
        clip: Path,
        url: str,
        ask_token: Callable[[], str],
        on_start: Callable[[], None] = lambda: None,
    ) -> None:
        self._clip = clip
        self._url = url
        self._ask_token = ask_token
        self._on_start = on_start
        self._stopped = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Until stop(); an engine that is away is tried again and again."""
        pause = _PAUSE
        while not self._stopped.is_set():
            lasted = self._publish_once()
            pause = _PAUSE if lasted > _PROVED else min(pause * 1.5, _LONGEST_PAUSE)
            if self._stopped.wait(pause):
                return

    def stop(self) -> None:
        self._stopped.set()
        if self._process:
            self._process.terminate()

    def _publish_once(self) -> float:
        """How many seconds it was on air."""
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error"]
        command += ["-re", "-stream_loop", "-1", "-i", str(self._clip), "-c", "copy"]
        command += ["-f", "whip", "-authorization", self._ask_token(), self._url]
        started = time.monotonic()
        self._on_start()
        said: deque[bytes] = deque(maxlen=1)
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as process:
            self._process = process
            if self._stopped.is_set():
                process.terminate()
            if process.stderr:
                said.extend(process.stderr)  # until it ends; a full pipe would stop ffmpeg
        if not self._stopped.is_set():
            reason = said[0].decode(errors="replace").strip() if said else "no reason given"
            logger.warning("the clip broke off: %s", reason)
        return time.monotonic() - started
