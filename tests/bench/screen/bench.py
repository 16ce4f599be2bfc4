"""Whether a festival's wall stands for eight hours: `python -m tests.bench.screen [--quick]`.

The real page in a real Chromium over the demo's data; its socket is answered here with the events
of eight hours, as fast as the page draws them, the line broken every quarter of an hour. What it
holds (heap after forced collection, nodes, listeners, elements) is written down every half hour.
Exit status 1 if it holds more at the end than after the first half hour, beyond a small allowance.
"""

import argparse
import json
import os
import sys
import time
from statistics import median
from typing import Any

from tests.bench.pages.bench import PORT, _data, _serving  # the same site over the same data

HALF_HOUR = 1800
MORE_KB, MORE_NODES = 256, 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two hours")
    halves = 4 if parser.parse_args().quick else 16
    with _data():
        from livecommerce.embedded.roles import PAGES

        with _serving(PAGES.argv(os.environ), PORT):
            told = _soak(halves)
    print(json.dumps(told))
    sys.exit(told["heap_kb_more"] > MORE_KB or told["nodes_more"] > MORE_NODES)


def _soak(halves: int) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    from products.domain.queries import current_festival
    from scripts.chromium import find_chromium
    from tests.bench.screen.wall import open_wall

    festival = current_festival()
    assert festival is not None, "the demo has no festival"
    began, held = time.monotonic(), []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--enable-precise-memory-info"]
        )
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        wall = open_wall(page, f"http://localhost:{PORT}/screen/{festival.slug}/?video=0")
        for half in range(halves):
            wall.live(HALF_HOUR)
            held.append(wall.held())
            print(f"{(half + 1) / 2:g} h: {held[-1]}", file=sys.stderr)
        browser.close()
    first, last = held[0], held[-1]
    return {
        "hours": halves / 2,
        "events": wall.day.seq,
        "connections": len(wall.sockets),
        "heap_kb": [round(one["heap"] / 1024) for one in held],
        "heap_kb_median": round(median(one["heap"] for one in held) / 1024),
        "heap_kb_more": round((last["heap"] - first["heap"]) / 1024),
        "nodes_more": last["nodes"] - first["nodes"],
        "listeners_more": last["listeners"] - first["listeners"],
        "elements_more": last["elements"] - first["elements"],
        "seconds": round(time.monotonic() - began),
    }


if __name__ == "__main__":
    main()
