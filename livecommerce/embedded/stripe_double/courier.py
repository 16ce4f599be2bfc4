"""The courier: delivers queued webhooks, signed, until they are taken or three days are over.

The queue is in the store, so a receiver that is down gets its events when it comes back, and so
does one that was down while the double itself was restarted. Order is not promised, as at Stripe.
"""

import asyncio
import hashlib
import hmac
import logging
import time
from contextlib import suppress
from dataclasses import dataclass

import httpx

from livecommerce.embedded.stripe_double import refunds, transfers
from livecommerce.embedded.stripe_double.double import Double
from livecommerce.embedded.stripe_double.wire import Object, encode

log = logging.getLogger("stripe_double")
AT_ONCE = 8
ANSWER_WITHIN_SECONDS = 10.0
LONGEST_NAP_SECONDS = 5.0
STARTING_SECONDS = 120.0
"""The shop may start beside the double: for so long it is no news that nobody listens there."""
KNOCK_SECONDS = 0.5
"""Until the next try then, at most."""
ACTIONS = {refunds.FINISH: refunds.finish, transfers.FINISH_PAYOUT: transfers.finish_payout}


@dataclass(frozen=True, slots=True)
class Delivery:
    id: int
    attempts: int
    event: Object
    endpoint: Object


def signature(body: bytes, secret: str, *, at: int) -> str:
    """Stripe's header: the time and an HMAC-SHA256 over time and body."""
    mac = hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


class Courier:
    def __init__(self, double: Double) -> None:
        self.double = double
        self._woken = asyncio.Event()
        self._under_way: set[int] = set()
        self._rounds: set[asyncio.Task[None]] = set()
        self._began = time.monotonic()
        self._heard_from: set[str] = set()
        """Addresses that answered, whatever it was, since we began."""

    async def run(self) -> None:
        """Until cancelled."""
        self.double.wake = self._woken.set
        async with httpx.AsyncClient(timeout=ANSWER_WITHIN_SECONDS, trust_env=False) as client:
            try:
                while True:
                    self._woken.clear()
                    try:
                        self._act_on_timers()
                        self._send_out(client)
                    except Exception:
                        # One bad row must not stop the mail of all the others.
                        log.exception("the courier stumbled")
                    # Not wait_for: in Python 3.11 it can swallow the cancellation that ends us.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(self._nap_seconds()):
                            await self._woken.wait()
            finally:
                for task in self._rounds:
                    task.cancel()

    def _send_out(self, client: httpx.AsyncClient) -> None:
        for delivery in self._due():
            self._under_way.add(delivery.id)
            task = asyncio.create_task(self._deliver(client, delivery))
            self._rounds.add(task)
            task.add_done_callback(self._rounds.discard)

    def _nap_seconds(self) -> float:
        due = self.double.store.next_due()
        if due is None or len(self._under_way) >= AT_ONCE:
            return LONGEST_NAP_SECONDS
        return min(LONGEST_NAP_SECONDS, max(0.05, due - time.time()))

    def _act_on_timers(self) -> None:
        with self.double.store.transaction():
            self.double.request = None
            for action, object_id in self.double.store.take_due_timers():
                ACTIONS[action](self.double, object_id)

    def _due(self) -> list[Delivery]:
        store = self.double.store
        found: list[Delivery] = []
        rows = store.db.execute(
            "SELECT id, attempts, event, endpoint FROM delivery"
            " WHERE state = 'pending' AND due <= ? ORDER BY due LIMIT ?",
            (time.time(), AT_ONCE * 2),
        ).fetchall()
        for row_id, attempts, event_id, endpoint_id in rows:
            if row_id in self._under_way:
                continue
            event = store.find(event_id, "event")
            endpoint = store.find(endpoint_id, "webhook_endpoint")
            if event is None or endpoint is None or endpoint["status"] != "enabled":
                self._close(row_id, "dropped", "nobody to tell")
            elif len(self._under_way) + len(found) < AT_ONCE:
                found.append(Delivery(row_id, attempts, event, endpoint))
        return found

    async def _deliver(self, client: httpx.AsyncClient, delivery: Delivery) -> None:
        body, now = encode(delivery.event), int(time.time())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(body, delivery.endpoint["_secret"], at=now),
            "User-Agent": "Stripe/1.0 (livecommerce double)",
        }
        url = delivery.endpoint["url"]
        try:
            answer = await client.post(url, content=body, headers=headers)
            self._heard_from.add(url)
            outcome = str(answer.status_code)
            is_taken = answer.is_success
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            outcome, is_taken = type(error).__name__, False
            if isinstance(error, httpx.ConnectError) and self._may_be_starting(url):
                self._knock_again(delivery)
                return
        finally:
            self._under_way.discard(delivery.id)
            self._woken.set()
        if is_taken:
            self._close(delivery.id, "delivered", outcome)
        else:
            self._put_back(delivery, outcome)

    def _may_be_starting(self, url: str) -> bool:
        return url not in self._heard_from and time.monotonic() - self._began < STARTING_SECONDS

    def _knock_again(self, delivery: Delivery) -> None:
        """No attempt, no warning: nobody was there to refuse it."""
        wait = min(KNOCK_SECONDS, self.double.config.retry_seconds[0])
        self.double.store.db.execute(
            "UPDATE delivery SET due = ? WHERE id = ?", (time.time() + wait, delivery.id)
        )

    def _close(self, row_id: int, state: str, outcome: str) -> None:
        self.double.store.db.execute(
            "UPDATE delivery SET state = ?, outcome = ?, attempts = attempts + 1 WHERE id = ?",
            (state, outcome, row_id),
        )

    def _put_back(self, delivery: Delivery, outcome: str) -> None:
        config = self.double.config
        if time.time() - delivery.event["created"] > config.give_up_seconds:
            self._close(delivery.id, "given up", outcome)
            return
        waits = config.retry_seconds
        wait = waits[min(delivery.attempts, len(waits) - 1)]
        log.warning(
            "webhook %s to %s: %s; again in %s s",
            delivery.event["type"],
            delivery.endpoint["url"],
            outcome,
            wait,
        )
        self.double.store.db.execute(
            "UPDATE delivery SET attempts = attempts + 1, outcome = ?, due = ? WHERE id = ?",
            (outcome, time.time() + wait, delivery.id),
        )
