"""A media role in a process of its own, the hooks Django would answer, and encoders that publish.

Shared by the tests and by tests/bench/media.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import imageio_ffmpeg

from streams.media import tokens
from streams.media.engines import create_engine
from streams.media.protocol import MediaEngine

ROOT = Path(__file__).resolve().parents[3]
KEY = tokens.derive_key("only for tests of the media engine")
IMPATIENT = {
    "MEDIA_HLS_SEGMENT_SECONDS": "1",
    "MEDIA_HLS_BLOCK_SECONDS": "2",
    "MEDIA_IDLE_SECONDS": "1.5",
}
SECRET = "hook-secret-of-the-tests"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what: Callable, seconds: float = 45.0, every: float = 0.05):
    """The first true answer; fails loudly when none comes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        time.sleep(every)
    raise AssertionError(f"{what} did not come true within {seconds} s")


class Hooks:
    """Answers the two hooks as Django does, and remembers every question."""

    def __init__(self) -> None:
        self.questions: list[dict] = []
        self.states: list[dict] = []
        self.is_restarting = False
        hooks = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                status = hooks.answer(self.path, body)
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks/media/auth/{SECRET}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    def answer(self, path: str, body: dict) -> int:
        if self.is_restarting:
            return 503
        if path == f"/hooks/media/state/{SECRET}":
            self.states.append(body)
            return 204
        if path != f"/hooks/media/auth/{SECRET}":
            return 404
        self.questions.append(body)
        token = body["token"] or _token_in(body["query"])
        action = "read" if body["action"] == "playback" else body["action"]
        try:
            tokens.check_token(token, key=KEY, path=body["path"], action=action)
        except tokens.InvalidToken:
            return 401
        return 204

    def states_of(self, path: str) -> list[bool]:
        return [state["online"] for state in self.states if state["path"] == path]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _token_in(query: str) -> str:
    return httpx.QueryParams(query).get("token", "")


class Role:
    """`python -m streams.media.role` as the supervisor starts it."""

    def __init__(self, hooks: Hooks, **env: str) -> None:
        self.hooks = hooks
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._env = {
            "MEDIA_AUTH_URL": hooks.url,
            "MEDIA_HOOK_SECRET": SECRET,
            "MEDIA_PORT": str(self.port),
            "MEDIA_HOST": "127.0.0.1",
            "MEDIA_UDP_PORTS": "41000-41099",
            **IMPATIENT,
            **env,
        }
        self.process: subprocess.Popen | None = None
        self.log = b""
        self.start()

    @property
    def hls(self) -> str:
        return self.base

    @property
    def api(self) -> str:
        return self.base

    def engine(self) -> MediaEngine:
        """As the shop asks it."""
        return create_engine("embedded", self.base, secret=SECRET)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "streams.media.role"],
            cwd=ROOT,
            env=os.environ | self._env,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        threading.Thread(target=self._read_log, args=(self.process,), daemon=True).start()
        try:
            wait_for(self._is_up, 60)
        except BaseException:
            self.stop(kill=True)  # a role that is too slow must not outlive the test
            raise

    def stop(self, *, kill: bool = False) -> None:
        if self.process is None:
            return
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait(30)

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def get(self, path: str, **options) -> httpx.Response:
        return httpx.get(self.base + path, timeout=30, **options)

    def path_info(self, path: str) -> dict | None:
        response = self.get(f"/v3/paths/get/{path}")
        return response.json() if response.status_code == 200 else None

    def is_online(self, path: str) -> bool:
        info = self.path_info(path)
        return bool(info and info["online"])

    def _is_up(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"the media role ended:\n{self.log.decode()}")
        with contextlib.suppress(httpx.HTTPError):
            return self.get("/livez").status_code == 200
        return False

    def _read_log(self, process: subprocess.Popen) -> None:
        with process.stderr:
            for line in process.stderr:
                self.log += line


def mint(path: str, action: str = "read", seconds: int = 600) -> str:
    return tokens.mint_token(key=KEY, path=path, action=action, sub="7", seconds=seconds)


def make_clip(
    target: Path,
    *,
    seconds: int = 6,
    size: str = "640x360",
    sound: bool = True,
    kilobits: int = 800,
) -> Path:
    """H.264 without B-frames, a key frame each second, and Opus: what WHIP may carry."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y"]
    command += ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate=30"]
    if sound:
        command += ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
    command += ["-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-bf", "0"]
    command += ["-profile:v", "baseline", "-g", "30", "-keyint_min", "30", "-sc_threshold", "0"]
    rate = f"{kilobits}k"
    command += ["-b:v", rate, "-maxrate", rate, "-bufsize", rate, "-pix_fmt", "yuv420p"]
    if sound:
        command += ["-c:a", "libopus", "-ac", "2", "-b:a", "64k"]
    subprocess.run([*command, str(target)], check=True, timeout=60)
    return target


@contextlib.contextmanager
def publishing(role: Role, path: str, clip: Path, token: str | None = None) -> Iterator:
    """ffmpeg's own WHIP muxer, looping the clip without encoding anything."""
    process = subprocess.Popen(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error"),
            *("-re", "-stream_loop", "-1", "-i", str(clip), "-c", "copy", "-f", "whip"),
            *("-authorization", token or mint(path, "publish"), f"{role.base}/{path}/whip"),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)
        process.stderr.close()
