"""Who may publish and read: MediaMTX's question, asked of Django and remembered for a moment."""

import asyncio
import base64
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

import httpx

logger = logging.getLogger(__name__)

_ALLOWED_FOR = 20.0  # seconds a yes is believed
_REFUSED_FOR = 3.0
_WHILE_SILENT = 600.0  # a yes lives on this long when Django cannot be asked
_MOST_VERDICTS = 50_000
_SHORT = "~"
_WORTH_SHORTENING = 40


@dataclass(frozen=True, slots=True)
class Request:
    """The parts of an HTTP request that MediaMTX sends to its authentication hook."""

    ip: str
    action: str
    path: str
    protocol: str
    query: str = ""
    bearer: str = ""
    user: str = ""
    password: str = ""
    user_agent: str = ""
    id: str | None = None

    @property
    def credential(self) -> str:
        """What the verdict depends on beside path and action."""
        if self.bearer or self.user:
            return f"{self.bearer}\n{self.user}\n{self.password}"
        return token_in(self.query)

    def as_json(self) -> dict[str, str | None]:
        return {
            "ip": self.ip,
            "user": self.user,
            "password": self.password,
            "token": self.bearer,
            "action": self.action,
            "path": self.path,
            "protocol": self.protocol,
            "id": self.id,
            "query": self.query,
            "userAgent": self.user_agent,
        }


def token_in(query: str) -> str:
    return parse_qs(query).get("token", [""])[0]


@dataclass(slots=True)
class _Verdict:
    is_allowed: bool
    at: float


_Key = tuple[str, str, str]


class Gate:
    """`allows` costs a dictionary look-up for a viewer who is already watching."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._verdicts: OrderedDict[_Key, _Verdict] = OrderedDict()
        self._full: OrderedDict[str, str] = OrderedDict()
        self._asking: dict[_Key, asyncio.Task[bool]] = {}
        self._client = httpx.AsyncClient(timeout=5.0, trust_env=False)

    def shorten(self, token: str) -> str:
        """A stand-in of 17 characters: a playlist repeats it in some thirty addresses, twice a
        second, for every viewer. The same token has the same one, so caches stay shared."""
        if len(token) < _WORTH_SHORTENING or token.startswith(_SHORT):
            return token
        digest = hashlib.sha256(token.encode()).digest()[:12]
        short = _SHORT + base64.urlsafe_b64encode(digest).decode()
        self._full[short] = token
        self._full.move_to_end(short)
        while len(self._full) > _MOST_VERDICTS:
            self._full.popitem(last=False)
        return short

    def lengthen(self, token: str) -> str:
        """What was shortened; anything else as it is."""
        return self._full.get(token, token)

    def remembers(self, path: str, action: str, credential: str) -> bool:
        """Whether a fresh yes is at hand, so that nobody needs to be asked."""
        verdict = self._verdicts.get((self.lengthen(credential), path, action))
        return (
            verdict is not None and verdict.is_allowed and self._clock() - verdict.at < _ALLOWED_FOR
        )

    async def allows(self, request: Request) -> bool:
        short = token_in(request.query)
        if short in self._full:
            query = request.query.replace(short, self._full[short])
            request = replace(request, query=query)
        key = (request.credential, request.path, request.action)
        verdict = self._verdicts.get(key)
        if verdict:
            age = self._clock() - verdict.at
            if age < (_ALLOWED_FOR if verdict.is_allowed else _REFUSED_FOR):
                return verdict.is_allowed
        task = self._asking.get(key)
        if task is None:  # many requests of one viewer at once are one question
            task = self._asking[key] = asyncio.ensure_future(self._ask(key, request))
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return await asyncio.shield(task)

    def grant(self, path: str, action: str, bearer: str) -> None:
        """A yes of our own, for a helper of somebody whom Django let in a moment ago."""
        self._remember((f"{bearer}\n\n", path, action), True)

    def forget(self, path: str) -> None:
        """After a kick Django is asked again at once."""
        for key in [key for key in self._verdicts if key[1] == path]:
            del self._verdicts[key]

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask(self, key: _Key, request: Request) -> bool:
        if not self._url:
            logger.error("MEDIA_AUTH_URL is not set: every publisher and viewer is refused")
            return False
        try:
            response = await self._client.post(self._url, json=request.as_json())
        except httpx.HTTPError as error:
            return self._while_silent(key, str(error) or type(error).__name__)
        if response.status_code >= 500:
            return self._while_silent(key, f"status {response.status_code}")
        self._remember(key, response.is_success)
        return response.is_success

    def _while_silent(self, key: _Key, reason: str) -> bool:
        """Pages restarting must not end a show: whoever was let in stays in."""
        logger.warning("the authentication hook cannot be asked: %s", reason)
        verdict = self._verdicts.get(key)
        return (
            verdict is not None
            and verdict.is_allowed
            and self._clock() - verdict.at < _WHILE_SILENT
        )

    def _remember(self, key: _Key, is_allowed: bool) -> None:
        self._verdicts[key] = _Verdict(is_allowed, self._clock())
        self._verdicts.move_to_end(key)
        while len(self._verdicts) > _MOST_VERDICTS:
            self._verdicts.popitem(last=False)
