"""A ledger's SQLite file: what it says of itself when it cannot be used names the file and what to do."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pandaprobe_evals.errors import PandaProbeError

PATIENCE = 30.0
"""Seconds that a process waits for others to finish their look at the ledger."""
_CACHE_KIB = 4_096
_ADVICE = {
    sqlite3.SQLITE_FULL: "the disk is full; make room",
    sqlite3.SQLITE_IOERR: "the disk reports an error; is it full, or unplugged?",
    sqlite3.SQLITE_READONLY: "it cannot be written to; look at its permissions and at those of its folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; look at its permissions and at those of its folder",
    sqlite3.SQLITE_PERM: "it cannot be opened; look at its permissions and at those of its folder",
    sqlite3.SQLITE_BUSY: f"another process has been writing to it for {PATIENCE:g} s; is a submit still reading its input?",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_NOTADB: "it is not a ledger",
}


@dataclass(eq=False, repr=False, kw_only=True)
class LedgerUnusable(PandaProbeError):
    """A ledger's file could not be read or written. What it says is as it was: `resume` goes on once that is mended."""

    code: int = 0
    """SQLite's own, of the primary kind."""
    reason: str = ""
    """SQLite's own words."""


class Database:
    """A connection, for one process. `file` is where it really is, None in memory; `shown` is what it is called."""

    def __init__(self, file: Path | None, shown: Path) -> None:
        self.shown = shown
        with self.explained():
            # Never made here: an empty file in the place of a ledger helps nobody.
            name, uri = (":memory:", False) if file is None else (f"{file.as_uri()}?mode=rw", True)
            self._db = sqlite3.connect(name, uri=uri, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
            self._db.text_factory = _text
            try:
                self._db.execute("pragma synchronous = full")  # what is said before a create survives a power cut
                self._db.execute(f"pragma cache_size = -{_CACHE_KIB}")
            except BaseException:
                self._db.close()
                raise

    @contextlib.contextmanager
    def explained(self) -> Generator[None]:
        """Say what is wrong with the file, and what to do.

        Raises:
            LedgerUnusable: Something is.
        """
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            reason = str(error)
        else:
            return
        said = f"{self.shown}: {_ADVICE.get(code, 'the ledger cannot be used')} ({reason})"
        raise LedgerUnusable(said, code=code, reason=reason)

    def rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self.explained():
            return self._db.execute(sql, values).fetchall()

    def one(self, sql: str, values: tuple[Any, ...] = ()) -> tuple[Any, ...] | None:
        """The first row of a query."""
        with self.explained():
            row: tuple[Any, ...] | None = self._db.execute(sql, values).fetchone()
            return row

    def each(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, one at a time in memory."""
        with self.explained():
            yield from self._db.execute(sql)

    def do(self, sql: str, values: tuple[Any, ...] = ()) -> None:
        """A change, within a `transaction`."""
        with self.explained():
            self._db.execute(sql, values)

    @contextlib.contextmanager
    def transaction(self, kind: str = "immediate") -> Generator[None]:
        """All or nothing; on disk at its end."""
        self.do(f"begin {kind}")
        try:
            yield
            self.do("commit")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):  # a full disk has rolled back already
                self._db.execute("rollback")
            raise

    def is_being_written(self) -> bool:
        """Whether another process is within a transaction, as one is that reads the input."""
        self.do("pragma busy_timeout = 0")
        try:
            self._db.execute("begin immediate")
            self._db.execute("rollback")
        except sqlite3.OperationalError as error:
            return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
        else:
            return False
        finally:
            self.do(f"pragma busy_timeout = {PATIENCE * 1000:.0f}")

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _text(found: bytes) -> str:
    """Text as it is; where it was damaged, text that fails its checksum."""
    return found.decode("utf-8", "backslashreplace")
