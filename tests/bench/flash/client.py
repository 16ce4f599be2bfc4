"""Buyers who press at once: raw keep-alive HTTP from one epoll loop, so that little of the CPU
under test is ours.

`run(requests, …)` sends each prepared request once, over `connections` sockets, for at most
`seconds`. A request is the bytes of one buyer's POST with a key of its own.
"""

import select
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_MARK = b'action="/orders/'


@dataclass
class Outcome:
    """Latencies in seconds; `acked` are the numbers of orders that were confirmed to a buyer."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    acked: list[str] = field(default_factory=list)
    broken: int = 0

    @property
    def orders_per_s(self) -> float:
        return len(self.acked) / self.seconds

    def percentile_ms(self, percent: float) -> float:
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]


class _Buyer:
    """One connection and what has come of its answer."""

    __slots__ = ("began", "got", "socket", "wanted")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.got = bytearray()
        self.wanted = -1
        self.began = 0.0

    def press(self, request: bytes) -> None:
        self.got = bytearray()
        self.wanted = -1
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """True when the whole answer is here. Raises ConnectionError when there is none."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError
        self.got += piece
        if self.wanted < 0:
            end = self.got.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = bytes(self.got[:end]).lower()
            at = head.index(b"content-length: ") + 16
            self.wanted = end + 4 + int(head[at:].split(b"\r\n", 1)[0])
        return len(self.got) >= self.wanted


def run(requests: Iterator[bytes], *, port: int, connections: int, seconds: float) -> Outcome:
    outcome = Outcome()
    poll = select.epoll()
    buyers: dict[int, _Buyer] = {}
    begin = time.perf_counter()
    for request in _first(requests, connections):
        buyer = _Buyer(port)
        buyers[buyer.socket.fileno()] = buyer
        poll.register(buyer.socket.fileno(), select.EPOLLIN)
        buyer.press(request)
    while buyers:
        for number, _ in poll.poll(5.0):
            buyer = buyers[number]
            try:
                if not buyer.receive():
                    continue
                _note(outcome, buyer)
                following = next(requests, None)
                if following is not None and time.perf_counter() - begin < seconds:
                    buyer.press(following)
                    continue
            except (ConnectionError, OSError):
                outcome.broken += 1
            poll.unregister(number)
            buyers.pop(number).socket.close()
    outcome.seconds = time.perf_counter() - begin
    return outcome


def _first(requests: Iterator[bytes], count: int) -> Iterator[bytes]:
    for _, request in zip(range(count), requests, strict=False):
        yield request


def _note(outcome: Outcome, buyer: _Buyer) -> None:
    outcome.latencies.append(time.perf_counter() - buyer.began)
    answer = bytes(buyer.got)
    outcome.statuses[int(answer[9:12])] += 1
    at = answer.find(_MARK)
    if at >= 0:
        outcome.acked.append(answer[at + len(_MARK) :].split(b"/", 1)[0].decode())
