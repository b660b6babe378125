"""Which ids have come before: exactly, and in a bounded memory."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Generator

from pandaprobe_evals.errors import PandaProbeError

CACHE_KIB = 16_384
"""Memory for finding duplicates; what does not fit is on disk."""


@contextlib.contextmanager
def distinct() -> Generator[Callable[[str], bool]]:
    """Tells whether an id comes for the first time: a B-tree in a temporary file without a name.

    Raises:
        PandaProbeError: There is no room for the file.
    """
    db = sqlite3.connect("", isolation_level=None)
    try:
        db.execute(f"pragma cache_size = -{CACHE_KIB}")
        for setting in ("journal_mode = off", "synchronous = off", "locking_mode = exclusive"):
            db.execute(f"pragma {setting}")
        db.execute("create table seen (id text primary key) without rowid")
        db.execute("begin")
        cursor = db.cursor()

        def is_new(id_: str) -> bool:
            try:
                cursor.execute("insert or ignore into seen values (?)", (id_,))
            except sqlite3.Error as error:
                said = str(error)
            else:
                return cursor.rowcount == 1
            # As SQLite looks for it: `gettempdir` passes over a folder that is full.
            folder = os.environ.get("SQLITE_TMPDIR") or os.environ.get("TMPDIR") or tempfile.gettempdir()
            raise PandaProbeError(
                f"{folder}: no temporary file for finding duplicates ({said}); make room there, or set TMPDIR to a folder "
                "that has some. Nothing was sent"
            )

        yield is_new
    finally:
        db.close()
