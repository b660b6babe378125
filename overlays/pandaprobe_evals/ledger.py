"""Which chunk of a large submit became which run: a SQLite file that outlives whoever writes it.

A ledger is filled once, with every session id in order and none twice, and then worked off by one process or several. What
makes it safe to kill any of them at any moment:

- Before a chunk's create is sent, the ledger says that it may have been (`begin`), on disk. After the answer it says which
  run the chunk became (`made`). A chunk between the two is in doubt: whoever takes it over first looks for its run.
- A chunk is one process's at a time. That process holds a lock beside the ledger, which the operating system lifts when it
  dies; only then is its chunk another's. No lease can run out under a process that is merely slow.
- Nothing is sent before the input was read to its end. Until then the ledger says where it is to be read from.

The ids of each chunk are JSON in a row of their own, so that only one chunk at a time is in memory.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from .errors import InvalidArgument

FORMAT = 1
PATIENCE = 30.0
"""Seconds that a process waits for others to finish their look at the ledger."""
LONGEST_NAME = 200
"""Characters of a plan's name: room is left for the run's number and the service's `Retry: `."""
CACHE_KIB = 16_384
"""Memory for finding duplicates; what does not fit is on disk."""

_SCHEMA = (
    "create table plan (format integer, job text, content text, filled integer, sessions integer, duplicates integer)",
    """create table chunks (
      number integer primary key,
      sessions integer not null,
      ids text not null,  -- a JSON array
      begun real,         -- not before this, by the service's clock, was its create sent. Null: it was not
      settled_at real,    -- when a create that was sent cannot be under way any more. Null: not known
      owner text,         -- the process that has it. Null: nobody
      run_id text)        -- the run that it became""",
    "create index open_chunks on chunks (number) where run_id is null",
)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What all runs of one submit have in common."""

    base_url: str
    project: str
    """As `Credentials.project_scope`: where the runs are to be made, and nowhere else."""
    metrics: tuple[str, ...]
    chunk: int
    """Sessions in a run, at most."""
    name: str | None = None
    model: str | None = None
    signal_weights: Mapping[str, float] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)
    """Where the ids can be read again from, should the reading be broken off; empty: from nowhere."""
    after: Mapping[str, Any] = field(default_factory=dict)
    """What is to be done once all runs are made, for who resumes."""


class Chunk(NamedTuple):
    """A chunk that was claimed, to be sent or, where `begun` is set, to be looked for first."""

    number: int
    create: Mapping[str, Any]
    """The arguments of `create_batch`."""
    begun: float | None
    settled_at: float | None

    @property
    def session_ids(self) -> list[str]:
        """The sessions."""
        ids: list[str] = self.create["session_ids"]
        return ids


class Line(NamedTuple):
    """A chunk as it stands, without its ids."""

    number: int
    sessions: int
    run_id: str | None
    in_doubt: bool


class Ledger:
    """A ledger that is open: `Ledger.create` makes one, `Ledger.open` goes on with one. Use it in a `with` block.

    Attributes:
        path: The file.
        plan: What all its runs have in common.
        job: Eight hex digits that no other ledger has; in the name of each of its runs where there are several.
    """

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path, self._db = path, db
        self._presence = _Presence(path)
        row = db.execute("select job, content from plan").fetchone()
        self.job = str(row[0])
        content: Any = json.loads(row[1])
        content["metrics"] = tuple(content["metrics"])
        self.plan = Plan(**content)

    @classmethod
    def create(cls, path: Path, plan: Plan) -> Self:
        """Begin a ledger.

        Raises:
            InvalidArgument: The file is there already, or cannot be made.
        """
        with _explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                raise InvalidArgument(f"{path} is there already; resume it, or name another ledger")
            # Made under another name, so that whatever has the right one is a whole ledger.
            draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
            draft.touch(mode=0o600)  # ids may be nobody else's business
            with contextlib.closing(_connect(draft)) as db, _transaction(db):
                for statement in _SCHEMA:
                    db.execute(statement)
                content = json.dumps(asdict(plan))  # ASCII: a file's name may be no text
                db.execute("insert into plan values (?, ?, ?, 0, 0, 0)", (FORMAT, secrets.token_hex(4), content))
            draft.rename(path)
            return cls(path, _connect(path))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Go on with a ledger.

        Raises:
            InvalidArgument: The file is not there, or is no ledger.
        """
        with _explained(path):
            if not path.is_file():
                raise InvalidArgument(f"{path}: there is no such file")
            db = sqlite3.connect(path, timeout=PATIENCE)
            try:
                found = db.execute("select format from plan").fetchone()
            except sqlite3.DatabaseError:
                found = None
            finally:
                db.close()
            if found is None or found[0] != FORMAT:
                raise InvalidArgument(
                    f"{path} is no ledger" if found is None else f"{path} is of another version's format ({found[0]})"
                )
            return cls(path, _connect(path))

    # --- filling ---

    @property
    def filled(self) -> bool:
        """Whether the input was read to its end; before that, nothing was sent."""
        return bool(self._db.execute("select filled from plan").fetchone()[0])

    def fill(self, ids: Iterable[str], *, most: int | None = None, too_many: str = "") -> None:
        """Take in every id, in order and none twice, all or nothing.

        Args:
            ids: The session ids, checked.
            most: Sessions, at most.
            too_many: What to say where there are more.

        Raises:
            InvalidArgument: There are none, or more than `most`.
        """
        sessions = duplicates = number = 0
        chunk: list[str] = []
        with _distinct() as is_new, _transaction(self._db):
            self._db.execute("delete from chunks")

            def put() -> None:
                text = json.dumps(chunk, ensure_ascii=False, separators=(",", ":"))
                row = (number, len(chunk), text)
                self._db.execute("insert into chunks (number, sessions, ids) values (?, ?, ?)", row)

            for id_ in ids:
                if not is_new(id_):
                    duplicates += 1
                    continue
                sessions += 1
                if most is not None and sessions > most:
                    raise InvalidArgument(f"{too_many or f'more than {most:,} sessions'}; nothing was sent")
                chunk.append(id_)
                if len(chunk) == self.plan.chunk:
                    number += 1
                    put()
                    chunk.clear()
            if chunk:
                number += 1
                put()
            if not number:
                raise InvalidArgument("no session ids; nothing was sent")
            self._db.execute("update plan set filled = 1, sessions = ?, duplicates = ?", (sessions, duplicates))

    @property
    def sessions(self) -> int:
        """Sessions in all chunks together."""
        return int(self._db.execute("select sessions from plan").fetchone()[0])

    @property
    def duplicates(self) -> int:
        """Ids that had come before, and were left out."""
        return int(self._db.execute("select duplicates from plan").fetchone()[0])

    @property
    def units(self) -> int:
        """What the service bills for all runs together."""
        return self.sessions * len(self.plan.metrics)

    # --- working off ---

    def __len__(self) -> int:
        """How many chunks there are."""
        return int(self._db.execute("select count(*) from chunks").fetchone()[0])

    def open_chunks(self) -> int:
        """How many have no run yet."""
        return int(self._db.execute("select count(*) from chunks where run_id is null").fetchone()[0])

    def lines(self) -> list[Line]:
        """Every chunk as it stands, in order."""
        rows = self._db.execute("select number, sessions, run_id, begun from chunks order by number")
        return [
            Line(number, sessions, run_id, begun is not None and not run_id) for number, sessions, run_id, begun in rows
        ]

    def run_ids(self) -> list[str]:
        """The runs that were made so far, in the order of their chunks."""
        return [line.run_id for line in self.lines() if line.run_id]

    def session_ids(self) -> Iterator[str]:
        """Every id, in order; one chunk at a time is in memory."""
        for (text,) in self._db.execute("select ids from chunks order by number"):
            yield from json.loads(text)

    def claim(self) -> Chunk | None:
        """Make a chunk this process's own: one in doubt that nobody has any more, else the first that was not sent.

        Those in doubt come first, while what they may have made is still near the top of the service's list. None where
        there is nothing left to take: the rest is done, or is another living process's.
        """
        with _transaction(self._db):
            rows = self._db.execute(
                "select number, owner, begun, settled_at from chunks where run_id is null and (owner is not null or begun "
                "is not null) order by number"
            ).fetchall()
            free = (row for row in rows if row[1] is None or (row[1] != self._presence.name and self._is_gone(row[1])))
            row = (
                next(free, None)
                or self._db.execute(
                    "select number, owner, begun, settled_at from chunks where run_id is null and owner is null limit 1"
                ).fetchone()
            )
            if row is None:
                return None
            number, owner, begun, settled_at = row
            if owner is not None:  # it died without a word: what it sent last may be under way for a while from now
                settled_at = None
                self._db.execute("update chunks set settled_at = null where number = ?", (number,))
            self._presence.show()
            self._db.execute("update chunks set owner = ? where number = ?", (self._presence.name, number))
        return self._chunk(number, begun, settled_at)

    def unmade(self) -> Iterator[Chunk]:
        """Every chunk that has no run yet, in order, without claiming it: for who hands chunks to an engine of its own."""
        for line in self.lines():
            if not line.run_id:
                yield self._chunk(line.number, None, None)

    def _chunk(self, number: int, begun: float | None, settled_at: float | None) -> Chunk:
        (text,) = self._db.execute("select ids from chunks where number = ?", (number,)).fetchone()
        create = {
            "session_ids": json.loads(text),
            "metrics": list(self.plan.metrics),
            "name": self.run_name(number),
            "model": self.plan.model,
            "signal_weights": self.plan.signal_weights or None,
        }
        return Chunk(number, create, begun, settled_at)

    def run_name(self, number: int) -> str | None:
        """What the run of a chunk is called: as asked, and where there are several, which of them it is, of which ledger."""
        count = len(self)
        return self.plan.name if count == 1 else f"{self.plan.name or ''} {number}/{count} [{self.job}]".lstrip()

    def begin(self, number: int, begun: float) -> None:
        """Say that the chunk's create is about to be sent; on disk when this returns.

        Args:
            number: The chunk's number.
            begun: The earliest that the service's clock can show now, seconds since 1970.
        """
        with _transaction(self._db):
            self._db.execute("update chunks set begun = ?, settled_at = null where number = ?", (begun, number))

    def made(self, number: int, run_id: str) -> None:
        """Say which run a chunk became."""
        with _transaction(self._db):
            self._db.execute("update chunks set run_id = ?, owner = null where number = ?", (run_id, number))

    def not_made(self, number: int) -> None:
        """Say that what was sent for a chunk is known to have made no run: it may be sent as if for the first time."""
        with _transaction(self._db):
            self._db.execute("update chunks set begun = null, owner = null where number = ?", (number,))

    def leave(self, number: int, settled_at: float | None = None) -> None:
        """Give up a chunk in doubt, for who resumes.

        Args:
            number: The chunk's number.
            settled_at: When what was sent for it cannot be under way any more, seconds since 1970; None: not known.
        """
        with _transaction(self._db):
            self._db.execute("update chunks set settled_at = ?, owner = null where number = ?", (settled_at, number))

    def _is_gone(self, owner: str) -> bool:
        return _Presence(self.path, owner).is_gone()

    def close(self) -> None:
        """Close the file; chunks that this process still has become others' to take over."""
        self._db.close()
        self._presence.end()

    def remove(self) -> None:
        """Close the file and delete it."""
        self.close()
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Presence:
    """That a process lives, as others can see it: it holds a lock, which the operating system lifts when it dies.

    The lock is SQLite's own, on an empty file beside the ledger, so that it works wherever the ledger itself does.
    """

    def __init__(self, ledger: Path, name: str | None = None) -> None:
        self.name = name or f"{os.getpid()}-{secrets.token_hex(4)}"
        self._path = ledger.with_name(f"{ledger.name}.{self.name}.alive")
        self._db: sqlite3.Connection | None = None

    def show(self) -> None:
        """Hold the lock from now on."""
        if self._db is None:
            db = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
            db.execute("begin exclusive")
            self._db = db

    def is_gone(self) -> bool:
        """Whether the one of this name is dead; what it left is removed."""
        if not self._path.exists():
            return True
        db = sqlite3.connect(self._path, timeout=0, isolation_level=None)
        try:
            db.execute("begin exclusive")
        except sqlite3.OperationalError:
            return False
        finally:
            db.close()
        self._path.unlink(missing_ok=True)
        return True

    def end(self) -> None:
        """Let the lock go."""
        if self._db is not None:
            self._path.unlink(missing_ok=True)
            self._db.close()
            self._db = None


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    db.execute("pragma synchronous = full")  # what is said before a create is sent survives a power cut
    db.execute(f"pragma cache_size = -{CACHE_KIB // 4}")
    return db


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection) -> Generator[None]:
    db.execute("begin immediate")
    try:
        yield
    except BaseException:
        db.execute("rollback")
        raise
    db.execute("commit")


@contextlib.contextmanager
def _distinct() -> Generator[Any]:
    """Tells whether an id comes for the first time, exactly, in a bounded memory: a B-tree in a file without a name."""
    db = sqlite3.connect("", isolation_level=None)
    try:
        db.execute(f"pragma cache_size = -{CACHE_KIB}")
        for setting in ("journal_mode = off", "synchronous = off", "locking_mode = exclusive"):
            db.execute(f"pragma {setting}")
        db.execute("create table seen (id text primary key) without rowid")
        db.execute("begin")
        cursor = db.cursor()

        def is_new(id_: str) -> bool:
            cursor.execute("insert or ignore into seen values (?)", (id_,))
            return cursor.rowcount == 1

        yield is_new
    finally:
        db.close()


@contextlib.contextmanager
def _explained(path: Path) -> Generator[None]:
    try:
        yield
    except (sqlite3.OperationalError, OSError) as error:
        said = f"{path}: {error}"
    else:
        return
    raise InvalidArgument(f"{said}; name another ledger")
