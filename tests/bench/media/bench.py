"""`make bench-media`: what a host and a viewer cost, and how far behind they are.

The product's own engine in a process of its own, the product's own player and WHIP code in
Chromium. Everything runs on this machine, browsers included: see docs/media.md for how to read
the figures. Ends with one line of JSON.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.chromium import find_chromium
from tests.bench.media.loss import LossyWhip
from tests.streams.media.browser import ARGS, PageServer
from tests.streams.media.harness import ROOT, Hooks, Role, make_clip, mint, publishing, wait_for

HERE = Path(__file__).parent


class Bench:
    def __init__(self, role: Role, pages: PageServer, *, quick: bool) -> None:
        self.role = role
        self.pages = pages
        self.quick = quick
        self.figures: dict[str, float | None] = {}
        self.notes: dict[str, str] = {}

    def note(self, key: str, words: str) -> None:
        self.notes[key] = words

    def say(self, words: str) -> None:
        print(words, file=sys.stderr, flush=True)

    # ---- pages

    def host(self, browser: Browser, path: str, url: str = "") -> Page:
        page = browser.new_page()
        page.goto(self.pages.base)
        url = url or f"{self.role.base}/{path}/whip"
        page.evaluate("([url, token]) => host(url, token)", [url, mint(path, "publish")])
        wait_for(lambda: self.role.is_online(path), 20)
        return page

    def viewer(self, browser: Browser, path: str, kind: str = "src") -> Page:
        page = browser.new_page()
        page.goto(self.pages.base)
        token = mint(path, seconds=3600)
        file = "index.m3u8" if kind == "src" else "whep"
        url = f"{self.role.base}/{path}/{file}?token={token}"
        page.evaluate("([kind, url]) => watch(kind, url)", [kind, url])
        return page

    def cpu_percent(self, seconds: float) -> float:
        before, started = self.role.cpu_seconds(), time.monotonic()
        time.sleep(seconds)
        spent = self.role.cpu_seconds() - before
        return 100 * spent / (time.monotonic() - started)

    # ---- what is measured

    def host_cost(self, clip: Path) -> float:
        """Four encoders with 720p30 at 2 Mbit/s, recorded, nobody watching."""
        hosts = 2 if self.quick else 4
        with contextlib.ExitStack() as stack:
            for index in range(hosts):
                stack.enter_context(publishing(self.role, f"cost{index}", clip))
            wait_for(lambda: all(self.role.is_online(f"cost{i}") for i in range(hosts)), 20)
            time.sleep(3)
            cost = self.cpu_percent(6 if self.quick else 15) / hosts
        self.figures["cpu_percent_per_host"] = round(cost, 1)
        self.say(f"{hosts} hosts: {cost:.1f} % of a core each")
        return cost

    def crowd(self, clip: Path, host_cost: float) -> None:
        count = 60 if self.quick else 200
        seconds = 8 if self.quick else 15
        with publishing(self.role, "crowd", clip):
            wait_for(lambda: self.role.is_online("crowd"), 20)
            time.sleep(5)
            url = f"{self.role.base}/crowd/index.m3u8?token={mint('crowd', seconds=3600)}"
            command = [sys.executable, "-m", "tests.bench.media.crowd", url]
            command += [str(count), str(seconds + 3)]
            with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
                time.sleep(2)
                busy = self.cpu_percent(seconds - 1)
                answer = json.loads(process.communicate()[0])
        share = max(0.1, busy - host_cost)
        if answer["failed"] or answer["parts_per_viewer_s"] < 1.7:
            self.note("viewers_per_core", f"the crowd fell behind: {answer}")
        self.figures["viewers_per_core"] = round(100 * count / share)
        self.say(f"{count} HLS viewers: {share:.1f} % of a core, {answer}")

    def glass_to_glass(self, host: Browser, screen: Browser) -> None:
        page = self.host(host, "glass")
        hls = self.viewer(screen, "glass")
        whep = self.viewer(screen, "glass", "whep")
        time.sleep(8 if self.quick else 12)
        since = time.time() * 1000
        cpu = self.cpu_percent(10 if self.quick else 25)
        for key, viewer in (("llhls_p50_s", hls), ("whep_p50_s", whep)):
            seen = viewer.evaluate("(since) => report(since)", since)
            delays = seen["delays"]
            if len(delays) < 20:
                self.figures[key] = None
                self.note(key, f"only {len(delays)} pictures could be read")
                continue
            self.figures[key] = round(median(delays) / 1000, 2)
            self.say(f"{key}: {self.figures[key]} of {len(delays)}, {seen['width']} wide")
        sent = page.evaluate("hostStats()")
        self.figures["cpu_percent_browser_host_and_two_viewers"] = round(cpu, 1)
        self.say(f"host sends {sent}; engine {cpu:.1f} %")
        for each in (page, hls, whep):
            each.close()

    def viewers_back(self, playwright, screen: Browser) -> None:
        """The host's browser is killed, comes back, and the viewer's page is left alone."""
        path = "back"
        first = launch(playwright)
        self.host(first, path)
        viewer = self.viewer(screen, path)
        wait_for(lambda: len(viewer.evaluate("report(0)")["delays"]) > 10, 30)
        first.close()
        wait_for(lambda: not self.role.is_online(path), 15)
        time.sleep(2)
        second = launch(playwright)
        self.host(second, path)
        published = self.role.hooks.states[-1]["at"]
        fresh = wait_for(lambda: self._fresh_picture(viewer, published), 30)
        self.figures["viewers_back_s"] = round((fresh - published) / 1000, 1)
        self.say(f"viewers back after {self.figures['viewers_back_s']} s")
        second.close()
        viewer.close()

    def _fresh_picture(self, viewer: Page, published: float) -> float | None:
        """When a picture drawn after the return was seen."""
        newest = viewer.evaluate("report(0)")["newest"]
        return newest[0] if newest and newest[0] - newest[1] >= published else None

    def loss(self, host: Browser, screen: Browser) -> None:
        for percent in (0, 5) if self.quick else (0, 1, 5):
            path = f"loss{percent}"
            lossy = LossyWhip(self.role.base, percent / 100)
            self.pages.whip = lossy
            page = self.host(host, path, f"{self.pages.base}/{path}/whip")
            viewer = self.viewer(screen, path)
            time.sleep(10)
            before = viewer.evaluate("report(0)")["stalls"]
            time.sleep(12 if self.quick else 30)
            seen = viewer.evaluate("report(0)")
            key = f"stalls_at_{percent}_percent_loss"
            self.figures[key] = seen["stalls"] - before
            relay = lossy.relay
            self.say(
                f"{key}: {self.figures[key]}, {relay.dropped} of "
                f"{relay.dropped + relay.passed} packets lost, {seen['frames']} pictures"
            )
            if relay.passed < 500 or not seen["frames"]:
                self.figures[key] = None
                self.note(key, "the relay carried no picture")
            page.close()
            viewer.close()
            relay.close()


def launch(playwright) -> Browser:
    args = [*ARGS, "--disable-background-timer-throttling", "--disable-renderer-backgrounding"]
    args += ["--disable-backgrounding-occluded-windows"]
    return playwright.chromium.launch(executable_path=find_chromium(), args=args)


def attempt(bench: Bench, keys: list[str], measure, *args) -> object:
    """A part that fails costs its own figures and no others."""
    try:
        return measure(*args)
    except Exception as error:
        for key in keys:
            bench.figures.setdefault(key, None)
            bench.note(key, f"{type(error).__name__}: {error}"[:200])
        bench.say(f"{keys}: {error}")
        return None


def run(*, quick: bool) -> dict:
    hooks = Hooks()
    pages = PageServer(HERE)
    with tempfile.TemporaryDirectory() as folder:
        plain = {"MEDIA_HLS_SEGMENT_SECONDS": "", "MEDIA_HLS_BLOCK_SECONDS": ""}
        role = Role(hooks, RECORDINGS_DIR=f"{folder}/kept", MEDIA_IDLE_SECONDS="", **plain)
        bench = Bench(role, pages, quick=quick)
        try:
            clip = make_clip(Path(folder) / "clip.mkv", seconds=10, size="1280x720", kilobits=2000)
            cost = attempt(bench, ["cpu_percent_per_host"], bench.host_cost, clip)
            attempt(bench, ["viewers_per_core"], bench.crowd, clip, cost or 0.0)
            with sync_playwright() as playwright:
                host, screen = launch(playwright), launch(playwright)
                glass = ["llhls_p50_s", "whep_p50_s"]
                attempt(bench, glass, bench.glass_to_glass, host, screen)
                attempt(bench, ["viewers_back_s"], bench.viewers_back, playwright, screen)
                attempt(bench, ["stalls_at_5_percent_loss"], bench.loss, host, screen)
                host.close()
                screen.close()
        finally:
            role.stop()
            pages.close()
            hooks.close()
    load = os.getloadavg()[0]
    if load > (os.cpu_count() or 1):
        bench.note("load", f"the machine was busy: load {load:.1f} on {os.cpu_count()} cores")
    return bench.figures | {"quick": quick, "notes": bench.notes}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter, for a first look")
    print(json.dumps(run(quick=parser.parse_args().quick)))


if __name__ == "__main__":
    main()
