"""Stripe's own library, set up the one way we use it, and its errors in our words."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import stripe
from stripe import StripeClient

from orders.payments.errors import PaymentDeclined, PaymentRefused, ProviderUnavailable

API_VERSION = "2026-10-28.endive"
"""Pinned, so that neither the account's default nor an upgrade of the library changes shapes."""
ANSWER_WITHIN_SECONDS = 15.0
RETRIES = 2

Result = TypeVar("Result")


def make_client(*, secret_key: str, api_base: str = "", retries: int = RETRIES) -> StripeClient:
    """`api_base` is the double's address; empty: Stripe itself."""
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


def asking(question: Callable[[], Result]) -> Result:
    """The library's exceptions as ours; no key, header or card detail gets into a message."""
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
