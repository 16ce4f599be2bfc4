"""`make bench-nginx`: 1,000 long-polling LL-HLS clients behind deploy/nginx.conf.

The engine in a process of its own, one 720p host at 2 Mbit/s (ffmpeg's WHIP), nginx with the
configuration that is deployed, and the crowd of tests/bench/media in two processes: each client
holds a request for the next list, then fetches the part. Everything on this machine, the crowd
included. Ends with one line of JSON; `--direct` asks the engine itself, for comparison.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tests.streams.media.harness import ROOT, Hooks, Role, free_port, make_clip, mint, publishing
from tests.streams.media.harness import wait_for as wait_until

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
CROWDS = 2


class Nginx:
    """Our own configuration, with its upstreams pointed at the engine of the bench."""

    def __init__(self, folder: Path, role: Role) -> None:
        if NGINX is None:
            raise SystemExit("bench-nginx: there is no nginx here (apt-get install nginx-light)")
        self.port = free_port()
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        text = text.replace("listen 8080;", f"listen 127.0.0.1:{self.port};")
        text = re.sub(r"server (pages|realtime|media|replays):\d+;", self._at(role), text)
        text = text.replace("/tmp/nginx", f"{folder}/nginx")
        user = "user root;\n" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(f"daemon off;\n{user}{text}")
        command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
        subprocess.run([*command, "-t"], check=True, capture_output=True)
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        self.base = f"http://127.0.0.1:{self.port}/media"

    @staticmethod
    def _at(role: Role) -> str:
        return f"server 127.0.0.1:{role.port};"

    def cpu_seconds(self) -> float:
        """Of its workers, which do the work."""
        return sum(_cpu_of(pid) for pid in _children_of(self.process.pid))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def _children_of(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                if int(fields[1]) == parent:
                    found.append(int(folder.name))
    return found


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _crowd(url: str, count: int, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bench.media.crowd", url, str(count), str(seconds)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def measure(role: Role, nginx: Nginx | None, *, clients: int, seconds: float) -> dict[str, object]:
    base = nginx.base if nginx else role.base
    token = mint("crowd", seconds=3600)
    first = f"{base}/crowd/stream.m3u8?token={token}"
    wait_until(lambda: "#EXT-X-PART" in httpx.get(first, timeout=20).text, 30)
    crowds = [_crowd(first, clients // CROWDS, seconds) for _ in range(CROWDS)]
    time.sleep(seconds * 0.3)  # everybody is there
    engine, front, started = role.cpu_seconds(), nginx and nginx.cpu_seconds(), time.monotonic()
    time.sleep(seconds * 0.5)
    passed = time.monotonic() - started
    figures: dict[str, object] = {
        "clients": clients,
        "through": "nginx" if nginx else "engine",
        "engine_cpu_percent": round(100 * (role.cpu_seconds() - engine) / passed, 1),
    }
    if nginx and front is not None:
        figures["nginx_cpu_percent"] = round(100 * (nginx.cpu_seconds() - front) / passed, 1)
    told = [json.loads(crowd.communicate(timeout=seconds + 60)[0]) for crowd in crowds]
    figures |= {
        "parts_per_viewer_s": round(sum(t["parts_per_viewer_s"] for t in told) / CROWDS, 2),
        "megabits_s": round(sum(t["megabits_s"] for t in told)),
        "behind_p50_s": round(max(t["behind_p50_s"] for t in told), 2),
        "behind_p99_s": round(max(t["behind_p99_s"] for t in told), 2),
        "failed": sum(t["failed"] for t in told),
    }
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--kilobits", type=int, default=2000)
    parser.add_argument("--direct", action="store_true", help="without nginx in between")
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-nginx-")))
        folder.chmod(0o755)
        hooks = Hooks()
        stack.callback(hooks.close)
        clip = make_clip(folder / "clip.mkv", size="1280x720", kilobits=asked.kilobits)
        product = {"MEDIA_HLS_SEGMENT_SECONDS": "2", "MEDIA_HLS_BLOCK_SECONDS": "6"}
        role = Role(hooks, MEDIA_UDP_PORTS="41300-41339", **product)
        stack.callback(role.stop)
        nginx = None if asked.direct else Nginx(folder, role)
        if nginx:
            stack.callback(nginx.stop)
        with publishing(role, "crowd", clip):
            wait_until(lambda: role.is_online("crowd"), 30)
            figures = measure(role, nginx, clients=asked.clients, seconds=asked.seconds)
    figures["load"] = round(os.getloadavg()[0], 1)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
