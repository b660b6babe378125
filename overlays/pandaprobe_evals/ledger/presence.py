"""That a process lives, as others can see it: it holds a lock, which the operating system lifts when it dies."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import sqlite3
import time
from collections.abc import Generator
from pathlib import Path

from pandaprobe_evals import files

from .database import LedgerUnusable

_LOOK = 0.2
"""Seconds between looks whether a lock is free."""


class Presence:
    """A lock beside a ledger.

    It is SQLite's own, on an empty file, so that it works wherever the ledger itself does. `name`, by which chunks are
    owned, holds its path: who moved the ledger meanwhile still finds it.
    """

    def __init__(self, ledger: Path) -> None:
        self._path = ledger.with_name(f"{ledger.name}.{os.getpid()}-{secrets.token_hex(4)}.alive")
        self.name = json.dumps(str(self._path))
        self._db: sqlite3.Connection | None = None

    def show(self) -> None:
        """Hold the lock from now on.

        Raises:
            LedgerUnusable: It cannot be made.
        """
        if self._db is not None:
            return
        try:
            files.make_file(self._path)
            self._db = _locked(self._path)
        except (sqlite3.Error, OSError) as error:
            said = f"{self._path}: no lock can be made beside the ledger ({error})"
        else:
            return
        raise LedgerUnusable(said)

    def end(self) -> None:
        """Let the lock go."""
        if self._db is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
            self._db.close()
            self._db = None


@contextlib.contextmanager
def alone(path: Path) -> Generator[None]:
    """Hold a lock that one process has at a time; waits while a living process has it.

    Raises:
        LedgerUnusable: It cannot be made.
    """
    while True:
        try:
            with contextlib.suppress(FileExistsError):
                files.make_file(path)
            db = _locked(path)
        except (sqlite3.Error, OSError) as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
                raise LedgerUnusable(f"{path}: no lock can be made beside the ledger ({error})") from None
            time.sleep(_LOOK)
        else:
            break
    try:
        yield
        path.unlink(missing_ok=True)  # the next to make it finds that all is done
    finally:
        db.close()


def is_gone(name: str, ledger: Path) -> bool:
    """Whether the process of this name is dead; what it left is removed."""
    lock = Path(json.loads(name))
    return all(_is_free(path) for path in dict.fromkeys((lock, ledger.parent / lock.name)))


def _is_free(path: Path) -> bool:
    if not path.exists():
        return True
    try:
        _locked(path).close()
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return False
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_NOTADB:
            raise LedgerUnusable(f"{path}: it cannot be seen whether its process lives ({error})") from None
    path.unlink(missing_ok=True)
    return True


def _locked(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        db.execute("begin exclusive")
    except BaseException:
        db.close()
        raise
    return db
