"""Orders' tests may use the checkout threads; none may outlive its test's database."""

import pytest

from orders.domain import announcements, checkout


@pytest.fixture(autouse=True)
def _threads_end():
    yield
    checkout.combiner.stop()
    announcements.settle_down()
