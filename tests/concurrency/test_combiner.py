"""The group commit itself, with commits we can see into."""

import os
import threading
import time
from contextlib import closing
from uuid import uuid4

import psycopg2
import pytest
from django.db import DataError, IntegrityError, connection

from livecommerce.errors import DomainError
from orders.domain.combiner import Combiner


@pytest.fixture
def make_combiner():
    made = []

    def make(commit, **options):
        options.setdefault("key_of", lambda wish: uuid4())
        made.append(Combiner(commit, **options))
        return made[-1]

    yield make
    for combiner in made:
        combiner.stop()


def test_those_who_wait_together_are_committed_together(make_combiner, at_once):
    batches = []
    first_is_in = threading.Event()

    def commit(wishes):
        batches.append(len(wishes))
        first_is_in.set()
        time.sleep(0.05)
        return [wish * 2 for wish in wishes]

    combiner = make_combiner(commit)

    assert at_once(50, combiner.submit) == [i * 2 for i in range(50)]
    assert sum(batches) == 50
    assert len(batches) < 10


def test_a_batch_is_never_longer_than_allowed(make_combiner, at_once):
    batches = []

    def commit(wishes):
        batches.append(len(wishes))
        time.sleep(0.01)
        return wishes

    combiner = make_combiner(commit, max_batch=4)
    at_once(40, combiner.submit)

    assert max(batches) == 4


def test_one_bad_wish_fails_alone(make_combiner, at_once):
    def commit(wishes):
        time.sleep(0.01)
        if 13 in wishes:
            raise DataError("thirteen")
        return wishes

    results = at_once(40, make_combiner(commit).submit)

    assert [i for i, result in enumerate(results) if isinstance(result, DataError)] == [13]
    assert [r for r in results if not isinstance(r, DataError)] == [i for i in range(40) if i != 13]


def test_the_same_key_never_meets_itself_in_a_batch(make_combiner, at_once):
    batches = []

    def commit(wishes):
        batches.append(list(wishes))
        time.sleep(0.01)
        return wishes

    combiner = make_combiner(commit, key_of=lambda wish: wish % 3)
    at_once(12, combiner.submit)

    assert all(len({wish % 3 for wish in batch}) == len(batch) for batch in batches)
    assert sum(map(len, batches)) == 12


def test_who_waits_too_long_is_told_so_and_is_not_served_later(make_combiner):
    served = []
    go_on = threading.Event()

    def commit(wishes):
        served.extend(wishes)
        go_on.wait(5)
        return wishes

    combiner = make_combiner(commit)
    slow = threading.Thread(target=combiner.submit, args=("first",))
    slow.start()
    while not served:
        time.sleep(0.01)

    with pytest.raises(DomainError) as caught:
        combiner.submit("second", timeout=0.05)
    go_on.set()
    slow.join()
    combiner.stop()

    assert caught.value.code == "busy"
    assert served == ["first"]


def test_a_full_queue_refuses_at_once(make_combiner):
    go_on = threading.Event()
    begun = threading.Event()

    def commit(wishes):
        begun.set()
        go_on.wait(5)
        return wishes

    combiner = make_combiner(commit, max_waiting=1)
    waiters = [threading.Thread(target=combiner.submit, args=(1,))]
    waiters[0].start()
    begun.wait(5)
    waiters.append(threading.Thread(target=combiner.submit, args=(2,)))
    waiters[1].start()
    while not combiner._waiting:
        time.sleep(0.01)

    with pytest.raises(DomainError) as caught:
        combiner.submit(3)
    go_on.set()
    for waiter in waiters:
        waiter.join()

    assert caught.value.status == 503


def test_a_stopped_combiner_starts_again_with_the_next_wish(make_combiner):
    combiner = make_combiner(list)
    assert combiner.submit(1) == 1
    combiner.stop()

    assert combiner.submit(2) == 2


def test_a_forked_child_has_a_combiner_of_its_own(make_combiner):
    combiner = make_combiner(lambda wishes: [os.getpid()] * len(wishes))
    combiner.submit(1)
    reader, writer = os.pipe()

    pid = os.fork()
    if pid == 0:
        os.write(writer, str(combiner.submit(1)).encode())
        os._exit(0)
    os.waitpid(pid, 0)

    assert int(os.read(reader, 20)) == pid


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_is_opened_anew(make_combiner):
    def commit(wishes):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return [cursor.fetchone()[0]] * len(wishes)

    combiner = make_combiner(commit)
    first = combiner.submit("a")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [first])

    assert combiner.submit("b") != first


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_is_not_had_in_time_is_told_and_nothing_hangs(make_combiner):
    settings = connection.get_connection_params()
    other = psycopg2.connect(**{k: v for k, v in settings.items() if k != "cursor_factory"})

    def commit(wishes):
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
            cursor.execute("DO $$ BEGIN LOCK TABLE products_stockpool; END $$")
        return wishes

    with closing(other), other.cursor() as cursor:
        cursor.execute("LOCK TABLE products_stockpool")
        with pytest.raises(DomainError) as caught:
            make_combiner(commit).submit(1)

    assert caught.value.code == "busy"


def test_a_machine_without_a_thread_to_spare_costs_one_wish_and_no_more(make_combiner, monkeypatch):
    def no_thread(_thread):
        raise RuntimeError("can't start new thread")

    combiner = make_combiner(list)
    with monkeypatch.context() as machine:
        machine.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(DomainError) as caught:
            combiner.submit("first")

    assert caught.value.code == "busy"
    assert combiner.submit("second") == "second"


def test_a_commit_that_answers_too_few_is_an_error_for_them_and_the_thread_lives(make_combiner):
    combiner = make_combiner(lambda wishes: [] if "bad" in wishes else list(wishes))

    with pytest.raises(ValueError, match="shorter"):
        combiner.submit("bad")

    assert combiner.submit("good") == "good"


@pytest.mark.django_db(transaction=True)
def test_whoever_waited_in_a_circle_is_served_once_the_other_is_through(make_combiner):
    """PostgreSQL ends one of two that wait for each other: nobody's buyers hear of it."""
    tries = []

    def commit(wishes):
        tries.append(1)
        if len(tries) == 1:
            _raise("40P01")
        return wishes

    assert make_combiner(commit).submit("wish") == "wish"
    assert len(tries) == 2


def test_a_key_that_another_process_used_just_now_is_looked_for_once_more(make_combiner):
    tries = []

    def commit(wishes):
        tries.append(1)
        if len(tries) == 1:
            raise IntegrityError("order_once_a_key")
        return wishes

    assert make_combiner(commit).submit("wish") == "wish"


def test_a_wish_that_breaks_a_rule_each_time_is_told_so(make_combiner):
    def commit(_wishes):
        raise IntegrityError("some_check")

    with pytest.raises(IntegrityError):
        make_combiner(commit).submit("wish")


def _raise(code):
    """An error of PostgreSQL's, as Django hands it on."""
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'so' USING ERRCODE = '{code}'; END $$")
