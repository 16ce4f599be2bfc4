"""What outlives a restart: one SQLite file with objects, answers given, deliveries and timers.

Objects are JSON documents. One process owns the file (an exclusive lock says so); a request is
one transaction, so an error answer leaves nothing behind.
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from livecommerce.embedded.stripe_double.shapes import ALWAYS_NULL, WITHOUT
from livecommerce.embedded.stripe_double.wire import Object, new_id

SCHEMA = """
CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS object_by_kind ON object (kind, seq);
CREATE INDEX IF NOT EXISTS object_by_intent
    ON object (kind, json_extract(body, '$.payment_intent'), seq);
CREATE INDEX IF NOT EXISTS object_by_secret
    ON object (json_extract(body, '$.client_secret'))
    WHERE kind = 'payment_intent';
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    request_id TEXT NOT NULL,
    created REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY,
    event TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending',
    outcome TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS delivery_of_event ON delivery (event);
CREATE TABLE IF NOT EXISTS timer (
    id INTEGER PRIMARY KEY,
    due REAL NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS timer_due ON timer (due);
"""


class StoreInUse(Exception):
    """Another double has this folder."""


class Store:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(folder / "stripe.sqlite3", isolation_level=None, timeout=1)
        try:
            self.db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self.db.execute("PRAGMA journal_mode = WAL")
            self.db.execute("PRAGMA synchronous = NORMAL")
            self.db.executescript(SCHEMA)
        except sqlite3.OperationalError as error:
            self.db.close()
            raise StoreInUse(f"{folder} is in use by another Stripe double ({error})") from error

    def close(self) -> None:
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException as error:
            self.db.execute("COMMIT" if getattr(error, "keeps_changes", False) else "ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def add(self, kind: str, prefix: str, **fields: Any) -> Object:
        """A new object with Stripe's common fields, kept at once."""
        made: Object = {
            "id": new_id(prefix),
            "object": kind,
            "created": int(time.time()),
            "livemode": False,
            "metadata": {},
            **dict.fromkeys(ALWAYS_NULL.get(kind, ())),
            **fields,
        }
        for name in WITHOUT.get(kind, ()):
            del made[name]
        self.db.execute(
            "INSERT INTO object (id, kind, body) VALUES (?, ?, ?)",
            (made["id"], kind, json.dumps(made)),
        )
        return made

    def save(self, changed: Object) -> None:
        self.db.execute(
            "UPDATE object SET body = ? WHERE id = ?", (json.dumps(changed), changed["id"])
        )

    def delete(self, object_id: str) -> None:
        self.db.execute("DELETE FROM object WHERE id = ?", (object_id,))

    def find(self, object_id: str, kind: str | None = None) -> Object | None:
        row = self.db.execute("SELECT kind, body FROM object WHERE id = ?", (object_id,)).fetchone()
        if row is None or (kind is not None and row[0] != kind):
            return None
        found: Object = json.loads(row[1])
        return found

    def find_intent_by_secret(self, client_secret: str) -> Object | None:
        row = self.db.execute(
            "SELECT body FROM object WHERE kind = 'payment_intent'"
            " AND json_extract(body, '$.client_secret') = ?",
            (client_secret,),
        ).fetchone()
        found: Object | None = json.loads(row[0]) if row else None
        return found

    def position(self, object_id: str) -> int | None:
        row = self.db.execute("SELECT seq FROM object WHERE id = ?", (object_id,)).fetchone()
        return int(row[0]) if row else None

    def select(
        self,
        kind: str,
        *,
        where: str = "1",
        values: tuple[Any, ...] = (),
        newest_first: bool = True,
        limit: int = -1,
    ) -> list[Object]:
        """Objects of a kind; `where` is SQL of ours over `seq` and `body`, `values` are bound."""
        direction = "DESC" if newest_first else "ASC"
        rows = self.db.execute(
            # `where` and `direction` never hold a client's words.
            f"SELECT body FROM object WHERE kind = ? AND ({where})"  # nosec B608
            f" ORDER BY seq {direction} LIMIT ?",
            (kind, *values, limit),
        )
        return [json.loads(row[0]) for row in rows]

    def balance_fen(self, currency: str) -> int:
        row = self.db.execute(
            "SELECT COALESCE(SUM(json_extract(body, '$.net')), 0) FROM object"
            " WHERE kind = 'balance_transaction' AND json_extract(body, '$.currency') = ?",
            (currency,),
        ).fetchone()
        return int(row[0])

    def set_timer(self, action: str, object_id: str, *, seconds: float) -> None:
        self.db.execute(
            "INSERT INTO timer (due, action, object) VALUES (?, ?, ?)",
            (time.time() + seconds, action, object_id),
        )

    def take_due_timers(self) -> list[tuple[str, str]]:
        """Actions that are due, taken away: act on them in the same transaction."""
        rows = self.db.execute(
            "DELETE FROM timer WHERE due <= ? RETURNING action, object", (time.time(),)
        ).fetchall()
        return [(row[0], row[1]) for row in rows]

    def next_due(self) -> float | None:
        """When the next timer or delivery is due (epoch seconds)."""
        row = self.db.execute(
            "SELECT MIN(due) FROM (SELECT due FROM timer UNION ALL"
            " SELECT due FROM delivery WHERE state = 'pending')"
        ).fetchone()
        return None if row[0] is None else float(row[0])
