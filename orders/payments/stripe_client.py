"""Stripe's own library, set up the one way we use it, and its errors in our words."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import stripe
from stripe import StripeClient

from orders.payments.errors import PaymentDeclined, PaymentRefused, ProviderUnavailable

API_VERSION = "2026-10-28.endive"
"""Pinned, so that neither the account's default nor an upgrade of the library changes shapes."""
ANSWER_WITHIN_SECONDS = 15.0
RETRIES = 2
SLOW_SECONDS = 5.0
LEAVE_ALONE_SECONDS = 10.0
LONGEST_QUESTION_SECONDS = 60.0

Result = TypeVar("Result")


def make_client(*, secret_key: str, api_base: str = "", retries: int = RETRIES) -> StripeClient:
    """`api_base` is the double's address; empty: Stripe itself."""
    _patience.note_answer()  # what is known of another address says nothing of this one
    return StripeClient(
        secret_key,
        stripe_version=API_VERSION,
        base_addresses={"api": api_base.rstrip("/")} if api_base else {},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(
            timeout=ANSWER_WITHIN_SECONDS,
            # The double is on this machine: a proxy of the environment is not for it.
            proxy={"http": None, "https": None} if api_base else None,
        ),
    )


class _Patience:
    """Who does not answer keeps a thread for most of a minute, and a shop or a worker has few of
    them. So after one that waited in vain nobody else does: they are told at once, and one at a
    time looks whether Stripe is back. A refused connection costs nothing and does not count."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ask_again_at: float | None = None

    def require(self) -> None:
        with self._lock:
            if self._ask_again_at is None:
                return
            now = time.monotonic()
            if now < self._ask_again_at:
                raise ProviderUnavailable("left alone: it did not answer a moment ago")
            self._ask_again_at = now + LONGEST_QUESTION_SECONDS  # this one looks for all

    def note_answer(self) -> None:
        with self._lock:
            self._ask_again_at = None

    def note_silence(self, seconds: float) -> None:
        with self._lock:
            if seconds >= SLOW_SECONDS or self._ask_again_at is not None:
                self._ask_again_at = time.monotonic() + LEAVE_ALONE_SECONDS


_patience = _Patience()


def asking(question: Callable[[], Result]) -> Result:
    """The library's exceptions as ours; no key, header or card detail gets into a message."""
    _patience.require()
    begun = time.monotonic()
    try:
        answer = _ask(question)
    except ProviderUnavailable as error:
        if isinstance(error.__cause__, stripe.APIConnectionError):
            _patience.note_silence(time.monotonic() - begun)
        else:
            _patience.note_answer()
        raise
    except BaseException:
        _patience.note_answer()
        raise
    _patience.note_answer()
    return answer


def _ask(question: Callable[[], Result]) -> Result:
    try:
        return question()
    except stripe.CardError as error:
        detail = error.error
        raise PaymentDeclined(
            getattr(detail, "decline_code", None) or error.code or "declined"
        ) from error
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise ProviderUnavailable(str(error.user_message)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        # The key is wrong: for the buyer the same as no answer, for the log not.
        raise ProviderUnavailable(f"the key was refused: {error.user_message}") from error
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        reason = error.code or type(error).__name__
        raise PaymentRefused(reason, str(error.user_message)) from error
    except stripe.StripeError as error:
        raise ProviderUnavailable(f"{error.http_status}: {error.user_message}") from error


def all_pages(first: Any) -> Iterator[Any]:
    page = first
    while True:
        yield from page.data
        if not page.has_more:
            return
        page = asking(page.next_page)
