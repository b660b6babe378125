"""Whether a ledger is whole: every row carries a checksum of what it says, so that nothing is left out in silence."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from pandaprobe_evals.errors import InvalidArgument

from .database import Database, LedgerUnusable

FORMAT = 2
SCHEMA = (
    """create table plan (
      format integer,
      job text,
      content text,        -- the plan, JSON
      origin text,         -- which file this is, JSON
      created real,        -- seconds since 1970
      filled integer,      -- 1: the input was read to its end
      chunks integer,
      sessions integer,
      duplicates integer,
      seal text)           -- a checksum of what is before it""",
    """create table chunks (
      number integer primary key,
      sessions integer not null,
      ids text not null,   -- a JSON array
      digest text not null, -- a checksum of it
      begun real,          -- not before this, by the service's clock, was its create sent. Null: it was not
      settled_at real,     -- when a create that was sent cannot be under way any more. Null: not known
      owner text,          -- the process that has it. Null: nobody
      run_id text,         -- the run that it became
      seal text)           -- a checksum of all but the ids""",
    "create index open_chunks on chunks (number) where run_id is null",
)
PLAN = "format, job, content, origin, created, filled, chunks, sessions, duplicates"
STATE = "number, sessions, digest, begun, settled_at, owner, run_id"
_SHOWN = 5
_NOT_OURS = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
"""No such table or column, no database, a broken one."""
_ADVICE = (
    "Nothing was sent. Go on with an undamaged copy of it (`resume COPY --moved`), or submit what is in no run yet with a "
    "new ledger; `runs list` shows which runs were made"
)


def seal(*values: object) -> str:
    """A checksum of a row's values, types and all."""
    return sha256(repr(values).encode("utf-8", "backslashreplace")).hexdigest()[:32]


def digest(ids: str) -> str:
    """A checksum of a chunk's ids, as they are written."""
    return sha256(ids.encode("utf-8", "backslashreplace")).hexdigest()


def check_kind(path: Path) -> None:
    """Refuse what cannot be a ledger by the look of it.

    Raises:
        InvalidArgument: It cannot.
    """
    if path.is_dir():
        raise InvalidArgument(f"{path} is a folder, not a ledger")
    if not path.exists():
        raise InvalidArgument(f"{path}: there is no such file")
    if not path.is_file():
        raise InvalidArgument(f"{path} is not an ordinary file, so not a ledger")
    if not path.stat().st_size:
        raise InvalidArgument(f"{path} is empty, so not a ledger. Nothing was sent: delete it, and submit again")


def check_format(db: Database) -> None:
    """Refuse what is not a ledger, or one of another version.

    Raises:
        InvalidArgument: It is.
        LedgerUnusable: It could not be read.
    """
    found = db.rows("select format from plan")
    if len(found) != 1:
        raise damaged(db.shown, [f"{len(found)} plans in it, instead of one"])
    if found[0][0] != FORMAT:
        raise InvalidArgument(f"{db.shown} is of another version's format ({found[0][0]!r}, not {FORMAT})")


@contextmanager
def refused(path: Path) -> Generator[None]:
    """Say of a file that SQLite does not understand that it is not a ledger, or damaged.

    Raises:
        InvalidArgument: It is.
        LedgerUnusable: It could not be read or written for another reason.
    """
    try:
        yield
    except LedgerUnusable as error:
        if error.code not in _NOT_OURS:
            raise
        why = error
    else:
        return
    if why.code == sqlite3.SQLITE_CORRUPT:
        raise damaged(path, [why.reason])
    raise InvalidArgument(f"{path} is not a ledger ({why.reason}). Nothing was sent")


def check_whole(db: Database) -> None:
    """Read all of a ledger, a row at a time, and refuse it unless every row is there, as it was written.

    Raises:
        InvalidArgument: One is not.
        LedgerUnusable: It could not be read.
    """
    with db.transaction("deferred"):  # as it stands at one moment, while others work
        complaints = list(_complaints(db))
    if complaints:
        raise damaged(db.shown, complaints)


def damaged(path: Path, complaints: list[str]) -> InvalidArgument:
    """What is wrong with a ledger, and what to do."""
    more = [f"and {len(complaints) - _SHOWN} more"] if len(complaints) > _SHOWN else []
    return InvalidArgument(f"{path} was damaged or edited: {'; '.join(complaints[:_SHOWN] + more)}. {_ADVICE}")


def _complaints(db: Database) -> Iterator[str]:
    for (found,) in db.rows(f"pragma quick_check({_SHOWN})"):
        if found != "ok":
            yield " ".join(str(found).split())
    *plan, sealed = db.rows(f"select {PLAN}, seal from plan")[0]
    if sealed != seal(*plan):
        yield "what it says of its submit (project, metrics, counts) is not what was written"
        return
    job, filled, chunks, sessions = plan[1], plan[5], plan[6], plan[7]
    found_sessions = 0
    found_chunks: set[int] = set()
    runs: dict[object, int] = {}
    for *state, sealed, ids in db.each(f"select {STATE}, seal, ids from chunks order by number"):
        number, count, told, run_id = state[0], state[1], state[2], state[6]
        found_chunks.add(number)
        if not isinstance(ids, str) or digest(ids) != told:
            yield f"the ids of chunk {number} are not those that were written"
        elif sealed != seal(job, *state):
            yield f"what chunk {number} says of its run is not what was written"
        else:
            found_sessions += count
        if run_id is not None and (other := runs.setdefault(run_id, number)) != number:
            yield f"chunks {other} and {number} have one run, {run_id}"
    if filled:
        missing = [number for number in range(1, chunks + 1) if number not in found_chunks]
        if missing:
            yield f"{len(missing)} of {chunks} chunks {'is' if len(missing) == 1 else 'are'} missing, {_few(missing)}"
        if extra := sorted(found_chunks - set(range(1, chunks + 1))):
            yield f"chunks that were never written: {_few(extra)}"
        if found_sessions != sessions:
            yield f"{found_sessions:,} of {sessions:,} sessions are as they were written"
    elif found_chunks:
        yield f"{len(found_chunks)} chunks of an input that was not read to its end"


def _few(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:_SHOWN])) + (", ..." if len(numbers) > _SHOWN else "")
