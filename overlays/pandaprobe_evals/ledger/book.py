"""A ledger: filled once, then worked off, chunk by chunk."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pandaprobe_evals import files
from pandaprobe_evals.errors import InvalidArgument

from . import soundness
from .database import Database, LedgerUnusable
from .duplicates import distinct
from .origin import Origin
from .plan import Chunk, Line, Plan
from .presence import Presence, alone, is_gone
from .soundness import PLAN, STATE, seal

DAY = 86_400.0
"""Seconds by which this machine's clock may be off the service's, at most, where it matters."""


class Ledger:
    """A ledger that is open: `Ledger.create` makes one, `Ledger.open` goes on with one. Use it in a `with` block.

    Attributes:
        path: The file, as it was named; None where it is in memory only.
        plan: What all its runs have in common.
        job: Eight hex digits that no other ledger has; in the name of each of its runs where there are several.
    """

    def __init__(self, db: Database, path: Path | None, origin: Origin | None) -> None:
        self.path, self._db, self._origin = path, db, origin
        self._presence = Presence(Path(origin.path)) if origin else None
        row = db.one("select job, content from plan")
        assert row is not None  # as `check_format` saw
        self.job = str(row[0])
        content: Any = json.loads(row[1])
        content["metrics"] = tuple(content["metrics"])
        self.plan = Plan(**content)

    @classmethod
    def create(cls, path: Path, plan: Plan) -> Self:
        """Begin a ledger; of several who begin one of the same name, one does.

        Raises:
            InvalidArgument: The file is there already, or cannot be made.
            LedgerUnusable: The disk is full, say.
        """
        draft = placeholder = None
        try:
            files.make_folder(path.parent)
            if path.is_symlink() or path.exists():
                raise FileExistsError
            # Made under another name, so that whatever has the right one is a whole ledger.
            file = path.parent.resolve() / path.name
            if _journal(file).exists() and not file.exists():  # of another: it would be taken for this one's
                raise InvalidArgument(
                    f"{path}-journal is there, of a ledger that was moved or deleted: delete it, or name another ledger"
                )
            draft = file.with_name(f".{path.name[:200]}.{secrets.token_hex(4)}.new")
            files.make_file(draft)
            about = draft.stat()
            origin = Origin.at(file, about)
            with closing(Database(draft, path)) as db:
                _begin(db, plan, origin)
            files.make_file(file)  # fails where another was quicker: from here on the name is ours
            placeholder = file
            draft.replace(file)
            placeholder = None
            return cls(Database(file, path), path, origin)
        except FileExistsError:
            said = f"{path} already exists; resume it, or name another ledger"
        except OSError as error:
            said = f"{path}: {error.strerror or error}; name another ledger"
        finally:
            for left in (draft, placeholder):
                if left:
                    with suppress(OSError):
                        left.unlink(missing_ok=True)
        raise InvalidArgument(said)

    @classmethod
    def in_memory(cls, plan: Plan) -> Self:
        """One that nobody can go on with: for a submit of a single run, where no file can be made."""
        db = Database(None, Path("(in memory)"))
        _begin(db, plan, None)
        return cls(db, None, None)

    @classmethod
    def open(cls, path: Path, *, moved: float | None = None) -> Self:
        """Go on with a ledger, after a look at all of it.

        Args:
            path: The file, by any of its names.
            moved: It was copied or moved here from another disk or machine, and whatever worked on the original has ended;
                what that sent may still be under way for so many seconds. What has no run is looked for at the service then,
                before it is sent. None: it was not.

        Raises:
            InvalidArgument: The file is not there, is not a ledger, was damaged or edited, or is a copy.
            LedgerUnusable: It cannot be read or written.
        """
        try:
            soundness.check_kind(path)
            here = Origin.of(path)
            with soundness.refused(path), closing(Database(Path(here.path), path)) as db:
                soundness.check_format(db)
                recorded = _recorded(db)
            file = Path(here.path)
            if recorded.is_there() and recorded.is_file_of(here):  # by another name
                here, file = recorded, Path(recorded.path)
            elif here.is_file_of(recorded) and file.stat().st_nlink > 1:
                raise InvalidArgument(
                    f"{path} has several names (hard links), and the one that it was made by, {recorded.path}, is gone: "
                    "delete all names but one"
                )
            if here.path != recorded.path and _journal(Path(recorded.path)).exists() and not recorded.is_there():
                raise InvalidArgument(
                    f"{path} was moved without {recorded.path}-journal, which a killed process left: move that along, "
                    f"as {path}-journal"
                )
            files.tighten(file)
        except OSError as error:
            raise InvalidArgument(f"{path}: {error.strerror or error}") from None
        db = Database(file, path)
        try:
            with soundness.refused(path):
                soundness.check_whole(db)
            if not here.is_file_of(recorded):
                _take_over(db, recorded, here, moved)
            elif here.path != recorded.path or here.device != recorded.device:  # the name, or the disk's number, is new
                with db.transaction():
                    _record(db, here)
            return cls(db, path, here)
        except BaseException:
            db.close()
            raise

    # --- filling ---

    @property
    def filled(self) -> bool:
        """Whether the input was read to its end; before that, nothing was sent."""
        return bool(self._figure("filled"))

    @property
    def is_being_filled(self) -> bool:
        """Whether another process reads the input now."""
        return not self.filled and self._db.is_being_written()

    def fill(self, ids: Iterable[str], *, most: int | None = None, too_many: str = "") -> None:
        """Take in every id, in order and none twice, all or nothing. What is filled already stays as it is.

        Args:
            ids: The session ids, checked.
            most: Sessions, at most.
            too_many: What to say where there are more.

        Raises:
            InvalidArgument: There are none, or more than `most`.
        """
        sessions = duplicates = number = 0
        chunk: list[str] = []
        with distinct() as is_new, self._db.transaction():
            if self.filled:  # by another process, which may have begun to send
                return

            def put() -> None:
                text = json.dumps(chunk, ensure_ascii=False, separators=(",", ":"))
                row = (number, len(chunk), soundness.digest(text), None, None, None, None)
                self._db.do(
                    f"insert into chunks ({STATE}, ids, seal) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*row, text, seal(self.job, *row)),
                )

            for id_ in ids:
                if not is_new(id_):
                    duplicates += 1
                    continue
                sessions += 1
                if most is not None and sessions > most:
                    raise InvalidArgument(f"{too_many or f'more than {most:,} {self.plan.target}s'}; nothing was sent")
                chunk.append(id_)
                if len(chunk) == self.plan.chunk:
                    number += 1
                    put()
                    chunk.clear()
            if chunk:
                number += 1
                put()
            if not number:
                raise InvalidArgument(f"no {self.plan.target} ids; nothing was sent")
            self._db.do(
                "update plan set filled = 1, chunks = ?, sessions = ?, duplicates = ?", (number, sessions, duplicates)
            )
            _seal_plan(self._db)

    @property
    def sessions(self) -> int:
        """Sessions in all chunks together."""
        return self._figure("sessions")

    @property
    def duplicates(self) -> int:
        """Ids that had come before, and were left out."""
        return self._figure("duplicates")

    @property
    def units(self) -> int:
        """What the service bills for all runs together."""
        return self.sessions * len(self.plan.metrics)

    def _figure(self, name: str) -> int:
        row = self._db.one(f"select {name} from plan")
        assert row is not None
        return int(row[0])

    # --- working off ---

    def __len__(self) -> int:
        """How many chunks there are."""
        return self._figure("chunks")

    def open_chunks(self) -> int:
        """How many have no run yet."""
        return int(self._db.rows("select count(*) from chunks where run_id is null")[0][0])

    def lines(self) -> list[Line]:
        """Every chunk as it stands, in order."""
        rows = self._db.rows("select number, sessions, run_id, begun from chunks order by number")
        return [
            Line(number, sessions, run_id, begun is not None and not run_id) for number, sessions, run_id, begun in rows
        ]

    def run_ids(self) -> list[str]:
        """The runs that were made so far, in the order of their chunks."""
        return [line.run_id for line in self.lines() if line.run_id]

    def session_ids(self) -> Iterator[str]:
        """Every id, in order; one chunk at a time is in memory."""
        for (text,) in self._db.each("select ids from chunks order by number"):
            yield from json.loads(text)

    @contextmanager
    def once(self, name: str) -> Generator[bool]:
        """Alone among all processes, whether what the plan calls so is still to be done before any run is made.

        It is done once the block has ended; where it breaks off, it is to be done still.

        Raises:
            LedgerUnusable: The file cannot be read or written.
        """
        assert self.path
        with alone(self.path.with_name(f"{self.path.name}.{name}")):
            content: Any = json.loads(self._db.rows("select content from plan")[0][0])
            yield (open_ := bool(content["after"].get(name)))
            if open_:
                content["after"][name] = False
                with self._db.transaction():
                    self._check_place()
                    self._db.do("update plan set content = ?", (json.dumps(content),))
                    _seal_plan(self._db)

    def claim(self) -> Chunk | None:
        """Make a chunk this process's own: one in doubt that nobody has any more, else the first that was not sent.

        Those in doubt come first, while what they may have made is still near the top of the service's list. None where
        there is nothing left to take: the rest is done, or is another living process's.

        Raises:
            LedgerUnusable: The file is not where it was, or was taken over where somebody said that it had been moved.
        """
        with self._db.transaction():
            self._check_place()
            rows = self._db.rows(
                "select number, owner, begun, settled_at from chunks where run_id is null and (owner is not null or begun "
                "is not null) order by number"
            )
            free = (row for row in rows if row[1] is None or self._is_gone(row[1]))
            row = next(free, None) or self._db.one(
                "select number, owner, begun, settled_at from chunks where run_id is null and owner is null limit 1"
            )
            if row is None:
                return None
            number, owner, begun, settled_at = row
            if owner is not None:  # it died: what it sent last may be under way for a while from now
                settled_at = None
            ours = "this process"
            if self._presence:
                self._presence.show()
                ours = self._presence.name
            self._set(number, owner=ours, settled_at=settled_at)
        return self._chunk(number, begun, settled_at)

    def unmade(self) -> Iterator[Chunk]:
        """Every chunk that has no run yet, in order, without claiming it: for callers with a queue of their own."""
        for line in self.lines():
            if not line.run_id:
                yield self._chunk(line.number, None, None)

    def _chunk(self, number: int, begun: float | None, settled_at: float | None) -> Chunk:
        ((text,),) = self._db.rows("select ids from chunks where number = ?", (number,))
        create = {
            f"{self.plan.target}_ids": json.loads(text),
            "metrics": list(self.plan.metrics),
            "name": self.run_name(number),
            "model": self.plan.model,
        }
        if self.plan.signal_weights:
            create["signal_weights"] = self.plan.signal_weights
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
        with self._db.transaction():
            self._set(number, begun=begun, settled_at=None)

    def made(self, number: int, run_id: str) -> None:
        """Say which run a chunk became."""
        with self._db.transaction():
            self._set(number, run_id=run_id, owner=None)

    def not_made(self, number: int) -> None:
        """Say that what was sent for a chunk is known to have made no run: it may be sent as if for the first time."""
        with self._db.transaction():
            self._set(number, begun=None, owner=None)

    def leave(self, number: int, settled_at: float | None = None) -> None:
        """Give up a chunk in doubt, so that `resume` can take it.

        Args:
            number: The chunk's number.
            settled_at: When what was sent for it cannot be under way any more, seconds since 1970; None: not known.
        """
        with self._db.transaction():
            self._set(number, settled_at=settled_at, owner=None)

    def _set(self, number: int, **values: Any) -> None:
        _set_chunk(self._db, self.job, number, values)

    def _is_gone(self, owner: str) -> bool:
        if not (self._presence and self._origin) or owner == self._presence.name:
            return False
        return is_gone(owner, Path(self._origin.path))

    def _check_place(self) -> None:
        if self._origin is None:
            return
        if not self._origin.is_there():
            raise LedgerUnusable(f"{self.path} was moved or deleted while it was worked on; resume it where it is now")
        if _recorded(self._db) != self._origin:
            raise LedgerUnusable(f"{self.path} was taken over by a process elsewhere (`--moved`); go on there")

    def close(self) -> None:
        """Close the file; chunks that this process still has become others' to take over."""
        self._db.close()
        if self._presence:
            self._presence.end()

    def remove(self) -> None:
        """Close the file and delete it."""
        self.close()
        if self._origin:
            file = Path(self._origin.path)
            for left in (file, _journal(file)):  # which a full disk leaves
                left.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _journal(file: Path) -> Path:
    """What SQLite would take a half-written change back with."""
    return file.with_name(f"{file.name}-journal")


def _begin(db: Database, plan: Plan, origin: Origin | None) -> None:
    with db.transaction():
        for statement in soundness.SCHEMA:
            db.do(statement)
        content = json.dumps(asdict(plan))  # ASCII: a file's name may be no text
        row = (soundness.FORMAT, secrets.token_hex(4), content, origin and origin.to_json(), time.time(), 0, 0, 0, 0)
        db.do(f"insert into plan ({PLAN}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        _seal_plan(db)


def _seal_plan(db: Database) -> None:
    db.do("update plan set seal = ?", (seal(*db.rows(f"select {PLAN} from plan")[0]),))


def _set_chunk(db: Database, job: str, number: int, values: Mapping[str, Any]) -> None:
    db.do(
        f"update chunks set {', '.join(f'{name} = ?' for name in values)} where number = ?", (*values.values(), number)
    )
    ((*state,),) = db.rows(f"select {STATE} from chunks where number = ?", (number,))
    db.do("update chunks set seal = ? where number = ?", (seal(job, *state), number))


def _recorded(db: Database) -> Origin:
    """Which file a ledger says that it is.

    Raises:
        InvalidArgument: It says nothing that can be read.
    """
    try:
        return Origin.from_json(db.rows("select origin from plan")[0][0])
    except (ValueError, TypeError):
        raise soundness.damaged(db.shown, ["it does not say which file it is"]) from None


def _record(db: Database, origin: Origin) -> None:
    db.do("update plan set origin = ?", (origin.to_json(),))
    _seal_plan(db)


def _take_over(db: Database, recorded: Origin, here: Origin, moved: float | None) -> None:
    """Make a copy the ledger.

    Raises:
        InvalidArgument: Nobody said that the original is not worked on any more, or it is still there.
    """
    if recorded.is_there():
        raise InvalidArgument(
            f"{db.shown} is a copy of {recorded.path}, and both together would evaluate everything twice: go on "
            "with that one, or delete it first and say --moved"
        )
    if moved is None:
        raise InvalidArgument(
            f"{db.shown} was copied or moved here from {recorded.path}{'' if recorded.is_here() else ' elsewhere'}. If "
            "nothing works on the original any more, add --moved: each of its runs is looked for then, before it is made"
        )
    with db.transaction():
        _record(db, here)
        ((job, created),) = db.rows("select job, created from plan")
        settled_at = time.time() + moved
        for number, begun in db.rows("select number, begun from chunks where run_id is null"):
            since = created - DAY if begun is None else min(begun, created - DAY)
            _set_chunk(db, job, number, {"begun": since, "settled_at": settled_at, "owner": None})
