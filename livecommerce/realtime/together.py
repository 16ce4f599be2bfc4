"""One look-up for all who ask at once: those who come while one is under way wait for the next.

A crowd that comes back asks the same few things a thousand times in a second. Asked one by one,
each question is a thread's turn and several queries; asked together, a batch costs little more
than one of them, and a single visitor waits for nobody.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Generic, TypeVar

from django.db import close_old_connections

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Together(Generic[Question, Answer]):
    """`look_up` gets questions and gives as many answers, in their order; it runs in a thread.

    A look-up that fails is done again for each question alone, so that
    nobody is turned away by a neighbour's.
    """

    def __init__(
        self,
        look_up: Callable[[Sequence[Question]], Sequence[Answer]],
        *,
        threads: Executor,
        most: int = 250,
    ) -> None:
        self._look_up = look_up
        self._threads = threads
        self._most = most
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._running: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def ask(self, question: Question) -> Answer:
        """Raises what the look-up raised for this question."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # a new one: nobody of the old one waits any more
            self._loop, self._running, self._waiting = loop, None, []
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((question, future))
        if self._running is None or self._running.done():
            self._running = loop.create_task(self._answer_all())
        return await future

    async def _answer_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            await self._answer(batch)

    async def _answer(self, batch: list[tuple[Question, asyncio.Future[Answer]]]) -> None:
        batch = [(question, future) for question, future in batch if not future.done()]
        questions = [question for question, _future in batch]
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.run_in_executor(self._threads, self._look, questions)
        except Exception as error:  # goes to whoever asked
            if len(batch) > 1:
                for one in batch:
                    await self._answer([one])
            elif batch and not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        for (_question, future), answer in zip(batch, answers, strict=True):
            if not future.done():  # who asked may have gone meanwhile
                future.set_result(answer)

    def _look(self, questions: Sequence[Question]) -> Sequence[Answer]:
        close_old_connections()
        try:
            return self._look_up(questions)
        finally:
            close_old_connections()
