"""The double itself: its settings, its store, and the request that is being answered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from livecommerce.embedded.stripe_double.chaos import Chaos
from livecommerce.embedded.stripe_double.problems import missing
from livecommerce.embedded.stripe_double.store import Store
from livecommerce.embedded.stripe_double.wire import Object, Params

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Config:
    """`public_url` is the shop's; `hosted_url` the double's own as browsers reach it.

    An empty `secret_key` takes any test key; an empty `hosted_url` is worked out from where the
    buyer comes from. Fees are per ten thousand of the amount, plus fixed fen.
    """

    folder: Path
    secret_key: str = ""
    webhook_secret: str = ""
    public_url: str = "http://localhost:8000"
    hook_url: str = ""
    hosted_url: str = ""
    card_fee_per_10k: int = 340
    wallet_fee_per_10k: int = 220
    fixed_fee_fen: int = 0
    refund_seconds: float = 1.0
    """How long a wallet takes to finish a refund."""
    retry_seconds: tuple[float, ...] = (1, 2, 4, 8, 15, 30)
    """Waits between attempts to deliver a webhook; the last is repeated."""
    give_up_seconds: float = 3 * 24 * 3600


@dataclass(slots=True)
class Double:
    config: Config
    store: Store
    chaos: Chaos = field(default_factory=Chaos)
    request: dict[str, str | None] | None = None
    """Id and idempotency key of the API request being answered, for the events it causes."""
    draws_codes: bool = True
    """Off while the past is remembered: nobody holds a telephone before those codes any more."""
    wake: Callable[[], None] = lambda: None
    """Tells the courier that something may be due."""

    @classmethod
    def at(cls, config: Config) -> "Double":
        return cls(config=config, store=Store(config.folder))

    def may_return_to(self, url: str) -> bool:
        """Whether our pages may send a buyer there: the shop, or this machine. Nothing else."""
        try:
            wanted, shop = urlsplit(url), urlsplit(self.config.public_url)
            if wanted.scheme not in ("http", "https") or not wanted.hostname:
                return False
            ports = (wanted.port, shop.port)
        except ValueError:
            return False
        same = (wanted.scheme, wanted.hostname, ports[0]) == (shop.scheme, shop.hostname, ports[1])
        is_plain = not (wanted.username or wanted.password) and "\\" not in url
        return is_plain and (same or wanted.hostname in LOOPBACK)

    def hosted_base(self, *, api_base: str, return_url: str | None) -> str:
        """The double's address for a browser: by the hostname the buyer knows the shop by."""
        if self.config.hosted_url:
            return self.config.hosted_url.rstrip("/")
        known = return_url if return_url and self.may_return_to(return_url) else None
        host = urlsplit(known or self.config.public_url).hostname or "localhost"
        api = urlsplit(api_base)
        name = f"[{host}]" if ":" in host else host
        return f"{api.scheme}://{name}:{api.port}" if api.port else f"{api.scheme}://{name}"


@dataclass(slots=True)
class Call:
    """One API request, as the functions that answer it see it."""

    double: Double
    params: Params
    ids: tuple[str, ...]
    api_base: str

    @property
    def store(self) -> Store:
        return self.double.store

    @property
    def id(self) -> str:
        return self.ids[0]

    def found(self, kind: str) -> Object:
        """The object the path names; raises what Stripe says when there is none."""
        found = self.store.find(self.id, kind)
        if found is None:
            raise missing(kind, self.id)
        return found
