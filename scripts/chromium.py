"""Find a Chromium for the browser tests, or install Debian's where that may be done.

`python scripts/chromium.py` prints its path. Tests call `find_chromium()`. The headless shell comes
first: the same engine without windows, a third less work for each page and a hundred packages less.
"""

import os
import shutil
import subprocess
import sys

SHELL, FULL = "chromium-headless-shell", "chromium"
NAMES = (SHELL, FULL, "chromium-browser", "google-chrome", "google-chrome-stable")

ADVICE = """\
No Chromium was found, and the browser tests need one. Install it:
  Debian           sudo apt-get install chromium-headless-shell
  Ubuntu           sudo apt-get install chromium
  Fedora           sudo dnf install chromium
  macOS            brew install --cask chromium
or name one you have:  CHROMIUM=/path/to/chromium make test"""


def find_chromium() -> str | None:
    """The path of a browser: $CHROMIUM first, then the usual names."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install_chromium() -> None:
    """With Debian's package manager, where we are root; says nothing when that cannot be."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    print("set-up: installing Debian's chromium for the browser tests", file=sys.stderr)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}

    def run(*arguments: str) -> bool:
        done = subprocess.run([apt, "-qq", *arguments], check=False, env=quiet, stdout=sys.stderr)
        return done.returncode == 0

    run("update")
    # Not every Debian has the shell.
    any(run("install", "-y", "--no-install-recommends", package) for package in (SHELL, FULL))


def main() -> int:
    if os.environ.get("CHROMIUM") and find_chromium() is None:
        print(f"CHROMIUM={os.environ['CHROMIUM']} is not a program", file=sys.stderr)
        return 1
    if find_chromium() is None:
        install_chromium()
    path = find_chromium()
    print(path or ADVICE, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
