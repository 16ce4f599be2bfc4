"""Many who ask at once are answered by one look-up, each for itself."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from livecommerce.realtime.together import Together

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def threads():
    with ThreadPoolExecutor(1) as pool:
        yield pool


def doubling(batches, begun=None, gate=None):
    def look_up(numbers):
        batches.append(list(numbers))
        if gate is not None:
            begun.set()
            gate.wait(5)
        if "bad" in numbers:
            raise ValueError("not a number")
        return [2 * number for number in numbers]

    return look_up


async def test_those_who_come_during_a_look_up_share_the_next(threads):
    batches, begun, gate = [], threading.Event(), threading.Event()
    together = Together(doubling(batches, begun, gate), threads=threads)
    first = asyncio.create_task(together.ask(1))
    await asyncio.to_thread(begun.wait, 5)
    rest = [asyncio.create_task(together.ask(number)) for number in (2, 3, 4)]
    await asyncio.sleep(0)
    gate.set()
    assert await asyncio.gather(first, *rest) == [2, 4, 6, 8]
    assert batches == [[1], [2, 3, 4]]


async def test_a_batch_has_an_end(threads):
    batches = []
    together = Together(doubling(batches), threads=threads, most=3)
    answers = await asyncio.gather(*(together.ask(number) for number in range(7)))
    assert answers == [0, 2, 4, 6, 8, 10, 12]
    assert [len(batch) for batch in batches] == [3, 3, 1]


async def test_one_bad_question_spoils_no_other(threads):
    batches = []
    together = Together(doubling(batches), threads=threads)
    answers = await asyncio.gather(
        *(together.ask(one) for one in (1, "bad", 3)), return_exceptions=True
    )
    assert (answers[0], answers[2]) == (2, 6)
    assert isinstance(answers[1], ValueError)
    assert await together.ask(4) == 8


async def test_who_went_away_meanwhile_shifts_nobody_elses_answer(threads):
    batches, begun, gate = [], threading.Event(), threading.Event()
    together = Together(doubling(batches, begun, gate), threads=threads)
    asking = [asyncio.create_task(together.ask(number)) for number in (1, 2, 3)]
    await asyncio.to_thread(begun.wait, 5)
    asking[1].cancel()
    gate.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert (answers[0], answers[2]) == (2, 6)
    assert isinstance(answers[1], asyncio.CancelledError)
