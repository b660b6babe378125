"""One SQLite database behind one lock, and what the real service's database refuses."""

import json
import re
import sqlite3
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any

__all__ = ["Breakdown", "Database", "int4", "int8", "storable", "storable_json"]

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # a NUL as JSON writes it, not a backslash and "u0000"


class Breakdown(Exception):
    """What makes the real service answer 500: its database refuses what it was given."""


def storable(*texts: str | None, limit: int | None = None) -> None:
    """Break where PostgreSQL would: a NUL character, a lone surrogate, a text over its column."""
    for text in texts:
        if text is None:
            continue
        if "\0" in text or (limit is not None and len(text) > limit):
            raise Breakdown("the database refuses this text")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Breakdown("the database refuses a lone surrogate") from None


def storable_json(value: Any) -> str:
    """Write JSON as the database keeps it, or break where it cannot: a NUL, a lone surrogate, a number without an end."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        raise Breakdown("the database refuses a number that is not finite") from None
    storable(text)
    if _NUL.search(text):
        raise Breakdown("the database refuses a NUL character")
    return text


def int4(number: int | None) -> None:
    """Break where PostgreSQL would: a number over 32 bits."""
    _fits(number, 31)


def int8(number: int | None) -> None:
    """Break where PostgreSQL would: a number over 64 bits."""
    _fits(number, 63)


def _fits(number: int | None, bits: int) -> None:
    if number is not None and not -(2**bits) <= number < 2**bits:
        raise Breakdown("the database refuses this number")


class Database:
    """Safe to share between threads; a path of `:memory:` keeps nothing."""

    def __init__(self, path: str, schema: str) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        if path != ":memory:":
            self._db.execute("pragma journal_mode = wal")
            self._db.execute("pragma synchronous = normal")
        self._db.executescript(schema)

    def __del__(self) -> None:
        if hasattr(self, "_db"):
            self._db.close()

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("begin immediate")
            try:
                yield self._db
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    def _all(self, sql: str, values: Iterable[Any] = ()) -> list[Any]:
        with self._lock:
            return self._db.execute(sql, tuple(values)).fetchall()
