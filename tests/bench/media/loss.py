"""A UDP relay between a host's browser and the engine that loses some packets on the way up."""

import random
import re
import selectors
import socket
import threading

import httpx

_CANDIDATE = re.compile(r"^a=candidate:.*\r?\n", re.MULTILINE)
_UDP_HOST = re.compile(
    r"^a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host", re.MULTILINE
)


class Relay(threading.Thread):
    """Forwards between whoever speaks to it and one UDP address; drops a share of the uplink."""

    def __init__(self, target: tuple[str, int], loss: float) -> None:
        super().__init__(daemon=True)
        self.loss = loss
        self.passed = self.dropped = 0
        self._target = target
        self._down = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._down.bind(("0.0.0.0", 0))
        self._up = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._up.bind(("0.0.0.0", 0))
        for each in (self._down, self._up):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.port = self._down.getsockname()[1]
        self._peer: tuple[str, int] | None = None
        self._is_open = True
        self._chance = random.Random(5)

    def run(self) -> None:
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._down, selectors.EVENT_READ)
            waiting.register(self._up, selectors.EVENT_READ)
            while self._is_open:
                for key, _ in waiting.select(0.5):
                    self._forward(key.fileobj)
        self._down.close()
        self._up.close()

    def close(self) -> None:
        self._is_open = False

    def _forward(self, source) -> None:
        data, address = source.recvfrom(2048)
        if source is self._up:
            if self._peer:
                self._down.sendto(data, self._peer)
            return
        self._peer = address
        if self._chance.random() < self.loss:
            self.dropped += 1
            return
        self.passed += 1
        self._up.sendto(data, self._target)


class LossyWhip:
    """Takes a browser's WHIP request and puts the relay into the answer's only candidate."""

    def __init__(self, base: str, loss: float) -> None:
        self.loss = loss
        self.relay: Relay | None = None
        self._base = base

    def exchange(self, path: str, offer: str, authorization: str) -> tuple[int, str, str]:
        """Status, answer and Location."""
        answer = httpx.post(
            f"{self._base}/{path}/whip",
            content=_CANDIDATE.sub("", offer),  # the engine must not find a way around the relay
            headers={"Content-Type": "application/sdp", "Authorization": authorization},
            timeout=10,
        )
        if answer.status_code != 201:
            return answer.status_code, answer.text, ""
        host, port = _UDP_HOST.search(answer.text).groups()
        self.relay = Relay((host, int(port)), self.loss)
        self.relay.start()
        line = f"a=candidate:relay 1 udp 2130706431 {host} {self.relay.port} typ host\r\n"
        text = _CANDIDATE.sub("", answer.text)
        text = re.sub(r"(m=.*\r\n(?:.*\r\n)*?a=mid:.*\r\n)", rf"\1{line}", text, count=1)
        return 201, text, self._base + answer.headers["location"]
