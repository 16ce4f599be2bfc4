"""A wall in a real browser that lives through hours in minutes: its socket is answered here, with
one event for each second that goes by."""

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

CODES = tuple(f"45{number:02}00" for number in range(1, 15))
TOGETHER = 20
"""Events a frame: the page draws once for them, as it does when it catches up."""
DROP_EVERY = 900
"""Seconds between two losses of the connection."""


@dataclass
class Day:
    """What a festival's evening sends: the events, their number, and figures that grow."""

    state: dict[str, Any]
    epoch: str = "soak"
    chance: Random = field(default_factory=lambda: Random(33))
    seq: int = 0

    def event(self) -> dict[str, Any]:
        """One second of it; every fifth counts anew."""
        self.seq += 1
        lit = {code: self.chance.randint(1, 9) for code in self.chance.sample(CODES, 4)}
        figures = None
        if self.seq % 5 == 0:
            figures = json.loads(json.dumps(self.state["figures"]))
            figures["version"] += self.seq
            figures["orders"] += 7 * self.seq
            figures["settled_fen"] += 12_345 * self.seq
            figures["paid"] = {code: self.seq + number for number, code in enumerate(CODES)}
            self.chance.shuffle(figures["goods"])
            self.chance.shuffle(figures["shows"]["pictures"])
        return {
            "t": "festival",
            "lit": lit,
            "orders": [self._line(number) for number in range(self.chance.randint(0, 4))],
            "figures": figures,
        }

    def _line(self, number: int) -> dict[str, Any]:
        return {
            "id": self.seq * 10 + number,
            "name": self.chance.choice("李覃韦莫") + "*",
            "code": self.chance.choice(CODES),
            "product_zh": f"好物第 {self.seq} 号",
            "product_en": f"Good thing number {self.seq}",
            "quantity": self.chance.randint(1, 3),
            "at": self.state["now"] + self.seq * 1000,
        }

    def frame(self, events: list[dict[str, Any]]) -> str:
        return json.dumps({"v": 1, "s": self.seq, "ep": self.epoch, "e": events})

    def hello(self) -> str:
        return json.dumps({"v": 1, "hello": {"s": self.seq, "ep": self.epoch, "resync": False}})


class Wall:
    """One open wall. Give `open_wall` a Playwright page; `live(seconds)` lets time go by."""

    def __init__(self, page: Any, devtools: Any, day: Day) -> None:
        self.page, self.day, self._devtools = page, day, devtools
        self.sockets: list[Any] = []
        page.route_web_socket(lambda url: "/ws/screens/" in url, self._connected)

    def _connected(self, socket: Any) -> None:
        self.sockets.append(socket)
        socket.on_message(lambda _text: None)
        socket.send(self.day.hello())

    def live(self, seconds: int) -> None:
        """In frames of TOGETHER events; now and then the line breaks, and the page comes back."""
        for begun in range(0, seconds, TOGETHER):
            if begun and begun % DROP_EVERY < TOGETHER:
                self._drop()
            events = [self.day.event() for _ in range(min(TOGETHER, seconds - begun))]
            self.sockets[-1].send(self.day.frame(events))
            self.page.evaluate("new Promise(requestAnimationFrame)")

    def _drop(self) -> None:
        known = len(self.sockets)
        self.sockets[-1].close()
        self.wait_for_socket(known + 1)

    def wait_for_socket(self, number: int) -> None:
        """Until the page has opened so many; it comes back after some seconds by itself."""
        for _ in range(300):
            if len(self.sockets) >= number:
                return
            self.page.wait_for_timeout(50)
        raise RuntimeError(f"the wall opened {len(self.sockets)} sockets, and not {number}")

    def held(self) -> dict[str, int]:
        """What the page holds after everything that can be thrown away was."""
        for _ in range(3):
            self._devtools.send("HeapProfiler.collectGarbage")
            self.page.wait_for_timeout(50)
        told = self._devtools.send("Performance.getMetrics")["metrics"]
        by_name = {row["name"]: row["value"] for row in told}
        names = {"JSHeapUsedSize": "heap", "Nodes": "nodes", "JSEventListeners": "listeners"}
        elements = self.page.evaluate("document.querySelectorAll('*').length")
        return {mine: int(by_name[name]) for name, mine in names.items()} | {"elements": elements}


def open_wall(page: Any, url: str) -> Wall:
    """Opens the page and waits for its socket. Its snapshot is where the day begins."""
    answer = page.request.get(url.split("?")[0] + "snapshot")
    wall = Wall(page, page.context.new_cdp_session(page), Day(answer.json()))
    wall._devtools.send("Performance.enable")
    page.goto(url, wait_until="load")
    wall.wait_for_socket(1)
    return wall
