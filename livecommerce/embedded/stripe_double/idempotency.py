"""Idempotency keys: the answer to the first request is the answer to all of the same key."""

import hashlib
import time
from dataclasses import dataclass

from livecommerce.embedded.stripe_double.problems import Problem, invalid
from livecommerce.embedded.stripe_double.store import Store

LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    request_id: str


def fingerprint(method: str, path: str, body: bytes) -> str:
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest()


def earlier_answer(store: Store, key: str, print_: str) -> Answer | None:
    """What this key was answered before; raises when it then stood for something else."""
    if len(key) > LONGEST_KEY:
        raise invalid("Idempotency keys can be up to 255 characters long.")
    row = store.db.execute(
        "SELECT fingerprint, status, body, request_id FROM answer WHERE key = ?", (key,)
    ).fetchone()
    if row is None:
        return None
    if row[0] != print_:
        raise Problem(
            400,
            "idempotency_error",
            "Keys for idempotent requests can only be used with the same parameters they were"
            f" first used with. Try using a key other than '{key}' if you meant to execute a"
            " different request.",
        )
    return Answer(status=row[1], body=row[2], request_id=row[3])


def keep(store: Store, key: str, print_: str, answer: Answer) -> None:
    store.db.execute(
        "INSERT INTO answer (key, fingerprint, status, body, request_id, created)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (key, print_, answer.status, answer.body, answer.request_id, time.time()),
    )
