"""Rows of scores in a temporary database of its own: in memory while they are few, beyond that in a nameless file.

Of each pair of session (or trace) and metric it knows the newest row: of two from one moment the worse.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

_TABLES: Final = """
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE target (id INTEGER PRIMARY KEY, trace INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE (trace, name));
CREATE TABLE score (
    id INTEGER PRIMARY KEY, metric INTEGER NOT NULL, target INTEGER NOT NULL, value REAL, exact TEXT, rank INTEGER NOT NULL,
    origin INTEGER, status INTEGER, reason TEXT, created INTEGER NOT NULL, run INTEGER NOT NULL
);
CREATE TABLE newest (
    metric INTEGER, target INTEGER, created INTEGER, rank INTEGER, low REAL, score INTEGER, PRIMARY KEY (metric, target)
) WITHOUT ROWID;
"""
_ADD: Final = "INSERT INTO score VALUES (?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT), ?, ?)"
_NEWER: Final = """
INSERT INTO newest VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (metric, target) DO UPDATE
SET created = excluded.created, rank = excluded.rank, low = excluded.low, score = excluded.score
WHERE (excluded.created, excluded.rank, excluded.low) > (created, rank, low)
"""
_SORTED: Final = """
SELECT metric, trace, name, value, rank, origin, status, reason, created, run FROM score
JOIN target ON target.id = score.target JOIN word m ON m.id = metric JOIN word r ON r.id = run
ORDER BY m.text, trace DESC, name, created, r.text
"""
_SAID: Final = """
SELECT m.text, name, value, newest.rank, reason, r.text FROM newest
JOIN score ON score.id = newest.score JOIN target ON target.id = newest.target
JOIN word m ON m.id = newest.metric JOIN word r ON r.id = run
"""
_CACHE: Final = 8_000  # KiB; what is more goes to the file
_AT_ONCE: Final = 1_000


class Kept(NamedTuple):
    """A row as it is kept."""

    metric: str
    target: str
    trace: bool
    value: float | None
    exact: str | None
    """The value in all its digits, where a float does not have them."""
    rank: int
    """The worse, the higher."""
    origin: str | None
    status: str | None
    reason: str | None
    created: int
    run: str

    @property
    def newness(self) -> tuple[int, int, float]:
        """Of two rows of a pair the one that has more of it counts: the newer, and of two from one moment the worse."""
        return self.created, self.rank, -(self.value or 0.0)


class Newest(NamedTuple):
    """The newest row of a pair."""

    target: str
    value: float | None
    rank: int
    row: int


class Said(NamedTuple):
    """The newest row of a pair, with what it says."""

    metric: str
    target: str
    value: float | None
    rank: int
    reason: str | None
    run: str


class Scratch:
    """The rows. To be used by one thread at a time."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        weakref.finalize(self, self._database.close)  # left open, Python 3.13 warns of it
        self._database.text_factory = _text
        self._database.execute(f"PRAGMA cache_size = -{_CACHE}")
        self._database.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_TABLES}")
        self._words: list[str | None] = [None]
        self._numbers: dict[str | None, int | None] = {None: None}
        self.count = 0

    def add(self, rows: Iterable[Kept]) -> None:
        """Take in rows."""
        rest = iter(rows)
        while part := list(islice(rest, _AT_ONCE)):
            self._database.execute("BEGIN")
            self._add(part)
            self._database.execute("COMMIT")

    def _add(self, rows: list[Kept]) -> None:
        targets = {(row.trace, row.target): 0 for row in rows}
        self.name(targets)
        for trace, name in targets:
            found = self._database.execute(
                "SELECT id FROM target WHERE trace = ? AND name = CAST(? AS TEXT)", (trace, _bytes(name))
            )
            targets[trace, name] = found.fetchone()[0]
        scores: list[tuple[Any, ...]] = []
        newest: list[tuple[Any, ...]] = []
        for number, row in enumerate(rows, self.count + 1):
            metric, target = self._number(row.metric), targets[row.trace, row.target]
            words = self._number(row.origin), self._number(row.status)
            reason = None if row.reason is None else _bytes(row.reason)
            run = self._number(row.run)
            scores.append((number, metric, target, row.value, row.exact, row.rank, *words, reason, row.created, run))
            newest.append((metric, target, *row.newness, number))
        self._database.executemany(_ADD, scores)
        self._database.executemany(_NEWER, newest)
        self.count += len(rows)

    def name(self, targets: Iterable[tuple[bool, str]]) -> None:
        """Take in targets by whether they are traces, and their ids; their order is that in which they first came."""
        self._database.executemany(
            "INSERT OR IGNORE INTO target (trace, name) VALUES (?, CAST(? AS TEXT))",
            ((trace, _bytes(name)) for trace, name in targets),
        )

    def _number(self, text: str | None) -> int | None:
        if text not in self._numbers:
            self._numbers[text] = len(self._words)
            self._words.append(text)
            self._database.execute(
                "INSERT INTO word VALUES (?, CAST(? AS TEXT))", (len(self._words) - 1, _bytes(text or ""))
            )
        return self._numbers[text]

    def rows(self) -> Iterator[Kept]:
        """Every row, by metric, target, time and run."""
        words = self._words
        for metric, trace, name, value, rank, origin, status, reason, created, run in self._database.execute(_SORTED):
            said = words[origin or 0], words[status or 0]
            yield Kept(
                words[metric] or "", name, bool(trace), value, None, rank, *said, reason, created, words[run] or ""
            )

    def metrics(self) -> set[str]:
        """Those that there are rows of."""
        found = self._database.execute("SELECT DISTINCT metric FROM newest")
        return {self._words[number] or "" for (number,) in found}

    def runs(self) -> set[str]:
        """Those that there are rows of."""
        return {self._words[number] or "" for (number,) in self._database.execute("SELECT DISTINCT run FROM score")}

    def kinds_of_targets(self) -> set[bool]:
        """Whether there are rows of traces, and others."""
        found = self._database.execute("SELECT DISTINCT trace FROM target WHERE id IN (SELECT target FROM score)")
        return {bool(trace) for (trace,) in found}

    def targets(self) -> int:
        """How many there are."""
        return int(self._database.execute("SELECT count(*) FROM target").fetchone()[0])

    def newest(self, metric: str) -> Iterator[Newest]:
        """The newest row of each pair of a metric, by target."""
        found = self._database.execute(
            "SELECT name, value, newest.rank, score FROM newest JOIN score ON score.id = newest.score "
            "JOIN target ON target.id = newest.target WHERE newest.metric = ? ORDER BY name",
            (self._numbers.get(metric),),
        )
        yield from map(Newest._make, found)  # not handed on: the database is open for as long as this object lives

    def newest_of(self, metric: str, trace: bool, target: str) -> Said | None:
        """The newest row of a pair."""
        found = self._database.execute(
            f"{_SAID} WHERE trace = ? AND name = CAST(? AS TEXT) AND newest.metric = ?",
            (trace, _bytes(target), self._numbers.get(metric)),
        ).fetchone()
        return None if found is None else Said._make(found)

    def ascending(self, ranks: Collection[int], most: int) -> Iterator[Said]:
        """The newest rows of some ranks, the lowest value first, those without one last: so many at most."""
        places = ", ".join("?" * len(ranks))
        order = "value IS NULL, value, name, m.text"
        found = self._database.execute(
            f"{_SAID} WHERE newest.rank IN ({places}) ORDER BY {order} LIMIT ?", (*ranks, most)
        )
        yield from map(Said._make, found)

    def said(self, rank: int, most: int) -> Iterator[Said]:
        """The newest rows of a rank, by target in the order of `name`: so many at most."""
        order = "newest.target, newest.metric"
        found = self._database.execute(f"{_SAID} WHERE newest.rank = ? ORDER BY {order} LIMIT ?", (rank, most))
        yield from map(Said._make, found)

    def counts(self) -> Iterator[tuple[str, int, int]]:
        """How many newest rows of each rank each metric has."""
        found = self._database.execute("SELECT metric, rank, count(*) FROM newest GROUP BY 1, 2")
        yield from ((self._words[metric] or "", rank, count) for metric, rank, count in found)

    def reason(self, row: int) -> str | None:
        """What a row says."""
        found: str | None = self._database.execute("SELECT reason FROM score WHERE id = ?", (row,)).fetchone()[0]
        return found

    def values(self, metric: str) -> Iterator[tuple[int, float | None, str | None, int]]:
        """The ranks and values of a metric's newest rows, each with how often it comes."""
        yield from self._database.execute(
            "SELECT score.rank, value, exact, count(*) FROM newest JOIN score ON score.id = newest.score "
            "WHERE newest.metric = ? GROUP BY 1, 2, 3",
            (self._numbers.get(metric),),
        )

    def first(self, metric: str, rank: int, most: int) -> list[str]:
        """The first targets with a newest row of a rank."""
        found = self._database.execute(
            "SELECT name FROM newest JOIN target ON target.id = newest.target "
            "WHERE newest.metric = ? AND newest.rank = ? ORDER BY newest.target LIMIT ?",
            (self._numbers.get(metric), rank, most),
        )
        return [name for (name,) in found]

    def first_without(self, metric: str, rank: int, most: int) -> list[str]:
        """The first targets without a row that is better than a rank."""
        found = self._database.execute(
            "SELECT name FROM target WHERE NOT EXISTS (SELECT 1 FROM newest WHERE newest.metric = ? "
            "AND newest.target = target.id AND newest.rank < ?) ORDER BY id LIMIT ?",
            (self._numbers.get(metric), rank, most),
        )
        return [name for (name,) in found]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(text: bytes) -> str:
    return text.decode("utf-8", "surrogatepass")
