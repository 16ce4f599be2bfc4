"""Many threads, each with its own connection, all closed before the database is dropped."""

import threading

import pytest
from django.db import connection

from orders.domain import announcements, checkout


@pytest.fixture
def at_once():
    """Run `work(i)` for i in range(n) in threads that begin together; results or exceptions."""

    def run(n, work):
        results = [None] * n
        gate = threading.Barrier(n)

        def one(i):
            gate.wait()
            try:
                results[i] = work(i)
            except Exception as error:
                results[i] = error
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=(i,)) for i in range(n)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    return run


@pytest.fixture(autouse=True)
def _threads_end():
    yield
    checkout.combiner.stop()
    announcements.settle_down()
