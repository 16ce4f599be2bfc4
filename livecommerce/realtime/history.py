"""What a room's clients may have missed, kept in memory so that a thousand reconnects cost
Redis nothing. Either a client gets every commerce event after its position, or it is told to
fetch a snapshot: never a hole."""

import heapq
from collections import deque
from operator import attrgetter

from livecommerce.realtime.rooms import CHAT_LENGTH, LOG_LENGTH, Message


class History:
    def __init__(self) -> None:
        self._commerce: deque[Message] = deque(maxlen=LOG_LENGTH)
        self._chat: deque[Message] = deque(maxlen=CHAT_LENGTH)
        self._latest_commerce = 0

    def begin(self, latest_commerce: int) -> None:
        """Start anew: events up to `latest_commerce` are not known, those after it will be."""
        self._commerce.clear()
        self._chat.clear()
        self._latest_commerce = latest_commerce

    def add(self, message: Message) -> None:
        if message.lane == "c":
            self._commerce.append(message)
            self._latest_commerce = message.seq
        elif message.lane == "h":
            self._chat.append(message)

    def differs(self, message: Message) -> bool:
        """True if another commerce event is known by this one's number."""
        known = (one for one in reversed(self._commerce) if one.seq == message.seq)
        return next(known, message) != message

    def between(self, after: int, until: int) -> list[Message] | None:
        """The events with after < seq <= until in order; None if a commerce event among them is
        no longer known."""
        commerce = [message for message in self._commerce if message.seq > after]
        oldest_needed = commerce[0].previous if commerce else self._latest_commerce
        if oldest_needed > after:
            return None
        chat = (message for message in self._chat if message.seq > after)
        merged = heapq.merge(commerce, chat, key=attrgetter("seq"))
        return [message for message in merged if message.seq <= until]
