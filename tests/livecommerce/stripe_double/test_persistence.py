"""What was paid yesterday is paid today: the state outlives a restart, and errors leave nothing."""

import os
import subprocess
import sys

import httpx
import pytest
import stripe
from stripe import StripeClient

from livecommerce.embedded.stripe_double.store import Store, StoreInUse
from tests.stripe_server import SECRET_KEY, StripeServer, free_port, wait_until

RETURN = {"return_url": "http://localhost:8000/x"}


@pytest.fixture
def double(tmp_path):
    server = StripeServer(tmp_path)
    yield server
    server.stop()


def test_objects_keys_and_money_are_there_after_a_restart(double):
    intents = double.client().v1.payment_intents
    order = {"amount": 1000, "currency": "cny", "metadata": {"order": "LC1"}}
    intent = intents.create(order, {"idempotency_key": "LC1"})
    waiting = intents.create({"amount": 7, "currency": "cny"})
    intents.confirm(intent.id, {"payment_method": "pm_card_visa", **RETURN})
    balance = double.client().v1.balance.retrieve().available[0].amount

    double.stop()
    double.start()

    intents = double.client().v1.payment_intents
    assert intents.retrieve(intent.id).status == "succeeded"
    assert intents.create(order, {"idempotency_key": "LC1"}).id == intent.id
    assert [found.id for found in intents.list().data] == [waiting.id, intent.id]
    assert double.client().v1.balance.retrieve().available[0].amount == balance > 0


def test_refund_under_way_is_finished_after_a_restart(double):
    intents = double.client().v1.payment_intents
    intent = intents.create({"amount": 1000, "currency": "cny"})
    intents.confirm(intent.id, {"payment_method": "pm_card_pendingRefund", **RETURN})
    refund = double.client().v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == "pending"

    double.stop()
    double.start()

    refunds = double.client().v1.refunds
    wait_until(lambda: refunds.retrieve(refund.id).status == "succeeded")


def test_refused_request_leaves_nothing_behind(double):
    intents = double.client().v1.payment_intents
    with pytest.raises(stripe.InvalidRequestError):
        intents.create({"amount": 1000, "currency": "cny", "apples": 3})

    assert intents.list().data == []
    assert double.client().v1.events.list().data == []


def test_refused_request_may_be_put_right_under_the_same_key(double):
    intents = double.client().v1.payment_intents
    with pytest.raises(stripe.InvalidRequestError):
        intents.create({"amount": 0, "currency": "cny"}, {"idempotency_key": "k"})

    made = intents.create({"amount": 1, "currency": "cny"}, {"idempotency_key": "k"})

    assert made.amount == 1


def test_decline_is_repeated_for_the_same_key(double):
    intents = double.client().v1.payment_intents
    intent = intents.create({"amount": 1000, "currency": "cny"})
    params = {"payment_method": "pm_card_visa_chargeDeclined", **RETURN}
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            intents.confirm(intent.id, params, {"idempotency_key": "try-1"})

    failures = double.client().v1.events.list({"type": "payment_intent.payment_failed"}).data
    assert len(failures) == 1


def test_lost_answer_is_given_again_without_doing_it_again(double):
    double.chaos(lose_answers=1)
    with pytest.raises(stripe.APIError):
        double.client().v1.payment_intents.create(
            {"amount": 1000, "currency": "cny"}, {"idempotency_key": "once"}
        )
    double.chaos()

    again = double.client().v1.payment_intents.create(
        {"amount": 1000, "currency": "cny"}, {"idempotency_key": "once"}
    )

    assert [found.id for found in double.client().v1.payment_intents.list().data] == [again.id]


def test_nothing_that_was_answered_is_lost_when_the_process_is_killed(tmp_path):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "livecommerce.embedded.stripe_double"]
    command += ["--port", str(port), "--data", str(tmp_path)]

    def start():
        process = subprocess.Popen(command, env={**os.environ, "STRIPE_SECRET_KEY": SECRET_KEY})
        wait_until(lambda: is_alive(url), seconds=60)
        return process

    first = start()
    client = StripeClient(SECRET_KEY, base_addresses={"api": url})
    ids = [client.v1.payment_intents.create({"amount": 1, "currency": "cny"}).id for _ in range(20)]
    first.kill()
    first.wait()
    second = start()
    found = [intent.id for intent in client.v1.payment_intents.list({"limit": 50}).data]
    second.terminate()

    assert found == ids[::-1]
    assert second.wait(timeout=20) in (0, -15)


def is_alive(url):
    try:
        return httpx.get(f"{url}/livez").is_success
    except httpx.HTTPError:
        return False


def test_second_double_on_the_same_folder_is_refused(double):
    # A process of its own: SQLite's locks are between processes.
    code = (
        "import sys; from pathlib import Path;"
        "from livecommerce.embedded.stripe_double.store import Store;"
        "Store(Path(sys.argv[1]))"
    )
    second = subprocess.run(
        [sys.executable, "-c", code, str(double.config.folder)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert second.returncode == 1
    assert "in use by another Stripe double" in second.stderr


def test_folder_that_was_left_can_be_taken_again(tmp_path):
    Store(tmp_path).close()
    first = Store(tmp_path)
    with pytest.raises(StoreInUse):
        Store(tmp_path)

    first.close()
    Store(tmp_path).close()
