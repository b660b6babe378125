"""One machine's processes on one budget: the core in a SQLite file, which also survives restarts.

Every call loads the core, lets it act and writes it back within one ``BEGIN IMMEDIATE`` transaction, so gate, probe and
learned share are common to all processes, exactly as in memory. Times are on the boot-wide monotonic clock, hence a
file per boot. Who waits looks whether the processes before it still live: what one that is gone had under way counts as
lost then. Where that cannot be seen (another container, Windows) a ticket is a lease: it counts as lost ``lease`` seconds
after it was taken. Either way the request may have been sent, and its slot is free a window later.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import sys
import threading
import time
import weakref
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from pandaprobe_evals import files

from .core import LOST, Core, Outcome, Ticket, Wait
from .stores import PATIENCE, Reply, StoreError

_T = TypeVar("_T")
OLD, SWEEP = 86_400.0, 60.0  # seconds that a state is kept unused; between two looks for such
_files: weakref.WeakSet[_File] = weakref.WeakSet()


def boot_clock() -> float:
    """Seconds since boot, the same in every process and, where the system can tell, counting suspension."""
    return time.clock_gettime(_CLOCK) if _CLOCK is not None else time.monotonic()


_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", None)


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "boot"  # a state from the future then shows that the machine was restarted


def _holder() -> str:
    """This process, as others on this machine can look for it; empty where they cannot."""
    if os.name != "posix":  # elsewhere os.kill(pid, 0) is no question
        return ""
    try:
        space = Path("/proc/self/ns/pid").stat().st_ino  # a container counts its processes by itself
    except OSError:
        space = 0
    return f"{space}/{os.getpid()}"


def _is_gone(holder: str) -> bool:
    """Whether it is known that a process has ended."""
    space, _, pid = holder.partition("/")
    if not holder or space != _holder().partition("/")[0]:
        return False
    try:
        os.kill(int(pid), 0)
    except OSError as error:  # any other says that it is another user's
        return isinstance(error, ProcessLookupError)
    return False


def default_directory() -> Path:
    """The user's state directory, by the platform's habits.

    Raises:
        FileNotFoundError: The user has no home folder to have it in.
    """
    try:
        return _state() / "pandaprobe-evals" / "pacing"
    except RuntimeError:
        pass
    raise FileNotFoundError(errno.ENOENT, "this user has no home folder; set HOME, or XDG_STATE_HOME to a folder")


def _state() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")


@dataclass(frozen=True)
class SqliteStore:
    """The engine: ``path`` is a directory (created 0700), on a local disk."""

    path: Path | str | None = None
    lease: float = 60.0

    @property
    def key(self) -> str:
        """Equal keys mean the same state."""
        try:
            return f"sqlite:{self.directory.absolute()}"
        except FileNotFoundError:
            return "sqlite:"

    @property
    def directory(self) -> Path:
        """Where the files are.

        Raises:
            FileNotFoundError: None was given, and the user has no home folder.
        """
        return Path(self.path or default_directory())

    def open(self, credential: str, operation: str, requests: int, seconds: float) -> _File:
        """The state of one credential and operation; the file appears with the first request."""
        layout = ",".join(Core.FIELDS)
        parts = (credential, operation, f"{requests}/{seconds:g}", _boot(), layout)
        name = sha256("\0".join(parts).encode()).hexdigest()
        return _File(lambda: self.directory / f"{name[:32]}.sqlite", lambda: Core(requests, seconds, lease=self.lease))


def _sweep(directory: Path) -> None:
    """Delete the states of paths, credentials and boots that nobody has used for long: a new one takes the place of each."""
    if time.monotonic() - _swept.get(directory, -SWEEP) < SWEEP:
        return
    _swept[directory] = time.monotonic()
    for path in directory.glob("*.sqlite"):
        with contextlib.suppress(OSError):
            newest = max(one.stat().st_mtime for one in (path, path.with_name(f"{path.name}-wal")) if one.exists())
            if time.time() - newest > OLD:
                for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                    path.with_name(name).unlink(missing_ok=True)


_swept: dict[Path, float] = {}


class _File:
    """One state file. It is closed around a fork: SQLite must not be carried across."""

    def __init__(self, where: Callable[[], Path], make: Callable[[], Core]) -> None:
        self._where, self._make = where, make
        self._found: Path | None = None
        self._connection: sqlite3.Connection | None = None
        self._inode = -1
        self.lock = threading.Lock()
        _files.add(self)

    @property
    def _path(self) -> Path:
        if self._found is None:
            self._found = self._where()
        return self._found

    def forked(self) -> None:
        self.lock = threading.Lock()
        if self._connection is not None:  # it was in use during the fork: neither to be used nor to be closed here
            _abandoned.append(self._connection)
            self._connection = None

    def check(self) -> None:
        self._act(lambda _core, _now: None, 1.0)

    def try_acquire(self, share: float) -> Reply:
        def act(core: Core, now: float) -> Reply:
            got = core.try_acquire(now)
            if isinstance(got, Wait) and self._bury(core, now):
                got = core.try_acquire(now)
            if isinstance(got, Ticket):
                self._db.execute("INSERT OR REPLACE INTO holder VALUES (?, ?)", (got.serial, _holder()))
            return Reply(got, core.snapshot(now), core.name)

        reply = self._act(act, share)
        return reply._replace(got=reply.got.shifted(-boot_clock())) if isinstance(reply.got, Wait) else reply

    def complete(self, ticket: Ticket, outcome: Outcome, age: float, share: float) -> Reply:
        def act(core: Core, now: float) -> Reply:
            core.complete(ticket, now - age, outcome)
            if ticket.core == core.name:
                self._db.execute("DELETE FROM holder WHERE serial = ?", (ticket.serial,))
            return Reply(None, core.snapshot(now), core.name)

        return self._act(act, share)

    def _bury(self, core: Core, now: float) -> bool:
        """Count as lost what processes that are gone had under way; whether there was any."""
        found = False
        for serial, holder in self._db.execute("SELECT serial, who FROM holder").fetchall():
            out = serial in core.inflight
            if out and not _is_gone(holder):
                continue
            self._db.execute("DELETE FROM holder WHERE serial = ?", (serial,))
            if out:
                core.complete(Ticket(core.name, serial, now, core.epoch), now, LOST)
                found = True
        return found

    def _act(self, act: Callable[[Core, float], _T], share: float) -> _T:
        if not self.lock.acquire(timeout=PATIENCE):
            raise StoreError("the file is busy")
        try:
            db = self._open()
            db.execute("BEGIN IMMEDIATE")
            core, now = self._make(), boot_clock()
            if row := db.execute("SELECT name, core FROM state WHERE id = 1").fetchone():
                core.name = row[0]
                core.load(array("d", row[1]).tolist())
                if max((core.last, *core.inflight.values())) > now:  # of an earlier boot
                    core = self._make()
            core.share = share
            core.configure(core.requests, core.window)
            done = act(core, now)
            state = core.name, array("d", core.dump()).tobytes()
            db.execute("INSERT OR REPLACE INTO state (id, name, core) VALUES (1, ?, ?)", state)
            db.execute("COMMIT")
        except BaseException as error:
            self.close()  # rolls back
            if isinstance(error, sqlite3.OperationalError):
                error.args = (f"{self._path}: {error}",)  # which disk is full, say
            if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
                self._path.unlink(missing_ok=True)  # no database any more: the next look starts a new one
            raise
        else:
            return done
        finally:
            self.lock.release()

    @property
    def _db(self) -> sqlite3.Connection:
        assert self._connection is not None  # within a transaction
        return self._connection

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None:
            try:
                if self._path.stat().st_ino == self._inode:
                    return self._connection
            except FileNotFoundError:
                pass
            self.close()  # it was deleted: others would not see what we write
        files.make_folder(self._path.parent)
        with contextlib.suppress(FileNotFoundError):
            if self._path.parent == default_directory():  # another folder may be shared
                files.tighten(self._path.parent)
        if not self._path.exists():
            _sweep(self._path.parent)
        with contextlib.suppress(FileExistsError):
            files.make_file(self._path)
        files.tighten(self._path)
        db = sqlite3.connect(self._path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            # The state is worthless after a power cut, so nothing waits for the disk; WAL survives a killed process.
            db.execute("PRAGMA synchronous = OFF")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY, name TEXT, core BLOB)")
            db.execute("CREATE TABLE IF NOT EXISTS holder (serial INTEGER PRIMARY KEY, who TEXT)")
            self._inode = self._path.stat().st_ino
        except BaseException:
            db.close()
            raise
        self._connection = db
        return db

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


_held: list[threading.Lock] = []
_abandoned: list[sqlite3.Connection] = []


def _before_fork() -> None:
    for file in list(_files):
        if file.lock.acquire(timeout=1):
            _held.append(file.lock)
            file.close()


def _after_fork() -> None:
    while _held:
        _held.pop().release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)
