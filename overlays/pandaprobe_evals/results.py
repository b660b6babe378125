"""Scores as a table that can be kept: rows from runs or from a results file. Pure but for the files.

A results file is JSON lines in UTF-8, one for each pair of session (or trace) and metric of each run. Its schema is
`results.schema.json`; keys that are not in it are passed over, so that later versions can add to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from math import isnan, nan
from pathlib import Path
from statistics import fmean
from typing import Any, Final, NamedTuple

from . import arrow, checks, files
from .arrow import NEVER
from .errors import InvalidArgument, clip
from .evidence import KINDS
from .scratch import Kept, Scratch

EVIDENCE: Final = (*KINDS, "not read")
"""What `evidence` may be: what became of a pair, or that the scores of its run were not read."""
COUNTED: Final = ("measured", "remembered")
"""What is measured in full, by this run or by earlier ones."""
TARGETS: Final = ("session_id", "trace_id")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Row(NamedTuple):
    """One row as it is kept; its names are the keys of a file, in their order."""

    metric: str
    session_id: str | None
    trace_id: str | None
    value: float
    """NaN: there is none."""
    evidence: str
    origin: str | None
    """Where its signals come from, as a `Provenance` says it; None: not known."""
    status: str | None
    reason: str | None
    created_at: int
    """Microseconds since 1970 in UTC."""
    run_id: str


_NO_TEXT: Final[Mapping[str, arrow.Kind]] = {"value": "number", "created_at": "time"}
COLUMNS: Final[Mapping[str, arrow.Kind]] = {name: _NO_TEXT.get(name, "text") for name in Row._fields}
"""What each column of a row holds."""


class Results:
    """Scores of runs: a row for each pair of session (or trace) and metric of each run, by metric, id, time and run.

    Columns: `metric`; `session_id` or `trace_id`; `value`, a float from 0 (worst) to 1 (best), or None; `evidence`, what
    became of the pair (see `EVIDENCE`; only `COUNTED` are measured in full); `origin`, where its signals come from, or None
    where that is not known; `status` and `reason`, the service's own words, or None; `created_at`, an aware datetime, or
    None where there is no score; `run_id`. However many there are, they take some MiB of memory: many are in a nameless
    temporary file.
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]] = ()) -> None:
        """Take rows, such as those of `Outcomes.to_dicts()`; keys that are no column are passed over.

        Raises:
            InvalidArgument: A row lacks something, or holds something else; says which, from 1.
        """
        self._scratch = Scratch()
        self._take(row_of(row, f"row {number}") for number, row in enumerate(rows, 1))

    @classmethod
    def of(cls, given: Any) -> Results:
        """Results from what has them: results, outcomes of runs, one or many, rows, or the path of a results file.

        Of an iterator of outcomes one at a time is held.

        Raises:
            InvalidArgument: It has none, or the file cannot be read.
        """
        if isinstance(given, Results):
            return given
        if isinstance(given, str | Path):
            return cls.load(given)
        found = cls()
        found.take(given)
        return found

    def take(self, given: Any) -> None:
        """Add the rows of what `of` takes.

        Raises:
            InvalidArgument: As `of`.
        """
        self._take(_rows_in(given))

    @classmethod
    def load(cls, path: str | Path) -> Results:
        """Read a results file.

        Raises:
            InvalidArgument: It cannot be read, or a line is none of a results file; names the line.
        """
        found = cls()
        with _readable(path), Path(path).open(encoding="utf-8-sig") as file:
            lines = ((f"{path}, line {number}", text) for number, text in enumerate(file, 1) if text.strip())
            found._take(row_of(_line(text, where), where) for where, text in lines)
        return found

    def save(self, path: str | Path) -> None:
        """Write a results file, whole or not at all, which only this user may read.

        The same rows give the same bytes, whatever order they came in.

        Raises:
            OSError: It cannot be written.
        """
        with files.writing(Path(path)) as file:
            file.writelines(f"{line(row)}\n" for row in self)

    def _take(self, rows: Iterable[Row]) -> None:
        self._scratch.add(map(_kept, rows))

    def rows(self) -> Iterator[Row]:
        """Every row as it is kept."""
        return map(_row, self._scratch.rows())

    def metrics(self) -> list[str]:
        """The metrics that there are rows of, by name."""
        return sorted(self._scratch.metrics())

    def runs(self) -> list[str]:
        """The ids of the runs that there are rows of, in their order."""
        return sorted(self._scratch.runs())

    def value_of(self, metric: str, target: str, *, trace: bool = False) -> float | None:
        """The newest value of a session, or a trace, by a metric; None where it has none that counts."""
        found = self._scratch.newest_of(metric, trace, target)
        return found.value if found is not None and EVIDENCE[found.rank] in COUNTED else None

    def __len__(self) -> int:
        return self._scratch.count

    def __reduce__(self) -> tuple[Callable[[list[Row]], Results], tuple[list[Row]]]:
        return _of_rows, ([*self.rows()],)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return map(shown, self.rows())

    def to_dicts(self) -> list[dict[str, Any]]:
        """Every row, by its columns."""
        return list(self)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The Arrow PyCapsule stream, by which pandas, polars, DuckDB and pyarrow take results as they are.

        Every column of `Row`, nullable: `value` as float64, `created_at` as timestamp[us, UTC], all others as text.

        Raises:
            ModuleNotFoundError: The extra `[export]` is not installed; says so.
        """
        return arrow.stream(self.rows(), COLUMNS).__arrow_c_stream__(requested_schema)

    def _repr_html_(self) -> str:
        from .html.markup import joined  # here: only a notebook needs it
        from .html.notebook import ROWS, figure, table
        from .html.parts import clipped, id_of, prose, rest

        metrics = []
        for name in self.metrics():
            rows = [row.value if EVIDENCE[row.rank] in COUNTED else None for row in self._scratch.newest(name)]
            values = [value for value in rows if value is not None]
            metrics.append((name, figure(fmean(values) if values else None), len(values), len(rows) - len(values)))
        first = [
            (
                row.metric,
                id_of(row.session_id or row.trace_id or ""),
                figure(row.value),
                row.evidence,
                prose(clipped(row.reason or "-")),
            )
            for row in islice(self.rows(), ROWS)
        ]
        return joined(
            table(("metric", "mean", "measured", "not measured"), metrics),
            table(("metric", "session or trace", "value", "evidence", "reason"), first),
            rest(len(self), ROWS, "rows"),
        )

    def __repr__(self) -> str:
        return f"<Results: {len(self):,} rows>"


_RANK: Final = {evidence: rank for rank, evidence in enumerate(EVIDENCE)}


def _kept(row: Row) -> Kept:
    target, value = row.session_id or row.trace_id or "", None if isnan(row.value) else row.value
    said = row.origin, row.status, row.reason, row.created_at, row.run_id
    return Kept(row.metric, target, row.session_id is None, value, None, _RANK[row.evidence], *said)


def _row(kept: Kept) -> Row:
    session, trace = (None, kept.target) if kept.trace else (kept.target, None)
    value = nan if kept.value is None else kept.value
    said = kept.origin, kept.status, kept.reason, kept.created, kept.run
    return Row(kept.metric, session, trace, value, EVIDENCE[kept.rank], *said)


def _of_rows(rows: list[Row]) -> Results:
    found = Results()
    found._take(rows)
    return found


def _rows_in(given: Any) -> Iterator[Row]:
    """The rows of what has them, as `Results.of` takes it."""
    if isinstance(given, Results):
        yield from given.rows()
        return
    if isinstance(given, str | Path):
        yield from Results.load(given).rows()
        return
    to_dicts: Callable[[], Iterable[Mapping[str, Any]]] | None = getattr(given, "to_dicts", None)
    if to_dicts is not None:
        yield from (row_of(row, f"row {number}") for number, row in enumerate(to_dicts(), 1))
        return
    if not isinstance(given, Iterable) or isinstance(given, Mapping):
        raise InvalidArgument(f"results: must be outcomes, rows or a file's path, not {type(given).__name__}")
    for number, each in enumerate(given, 1):
        if isinstance(each, Mapping):
            yield row_of(each, f"row {number}")
        else:
            yield from _rows_in(each)


def shown(row: Row) -> dict[str, Any]:
    """A row for people and programs."""
    found = row._asdict()
    for name in TARGETS:
        if found[name] is None:
            del found[name]
    found["value"] = None if isnan(row.value) else row.value
    found["created_at"] = None if row.created_at == NEVER else _EPOCH + row.created_at * _MICROSECOND
    return found


def line(row: Mapping[str, Any]) -> str:
    """A row as the line of a results file, without its end."""
    created = row["created_at"]
    values = {**row, "created_at": created and created.astimezone(UTC).isoformat()}
    text = json.dumps(values, ensure_ascii=False)
    return text if text.isascii() or _is_text(text) else json.dumps(values)  # half a surrogate pair has no UTF-8


def _is_text(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _line(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InvalidArgument(f"{where}: is not JSON ({error}); is this a results file, as --save writes it?") from None


def row_of(given: Any, where: str) -> Row:
    """A row, checked.

    Raises:
        InvalidArgument: It lacks something, or holds something else.
    """
    if not isinstance(given, Mapping):
        raise InvalidArgument(f"{where}: must be a row, not {type(given).__name__}")
    targets = [name for name in TARGETS if given.get(name) is not None]
    if len(targets) != 1:
        raise InvalidArgument(
            f"{where}: needs either session_id or trace_id; is this a results file, as --save writes it?"
        )
    value, created = given.get("value"), given.get("created_at")
    evidence = given.get("evidence", given.get("kind"))
    if evidence not in EVIDENCE:
        raise InvalidArgument(f"{where}: evidence is {clip(repr(evidence), 60)}, not one of {', '.join(EVIDENCE)}")
    if value is None and evidence in COUNTED:
        raise InvalidArgument(f"{where}: is {evidence}, and has no value")
    return Row(
        metric=_text(given.get("metric"), f"{where}, metric"),
        session_id=None if targets == ["trace_id"] else _text(given["session_id"], f"{where}, session_id"),
        trace_id=None if targets == ["session_id"] else _text(given["trace_id"], f"{where}, trace_id"),
        value=nan if value is None else checks.fraction(value, f"{where}, value"),
        evidence=evidence,
        origin=_optional(given.get("origin"), f"{where}, origin"),
        status=_optional(given.get("status"), f"{where}, status"),
        reason=_optional(given.get("reason"), f"{where}, reason"),
        created_at=NEVER if created is None else _since_1970(created, f"{where}, created_at"),
        run_id=_text(given.get("run_id"), f"{where}, run_id"),
    )


def _since_1970(value: object, name: str) -> int:
    return microseconds(checks.timestamp(value, name))


def microseconds(moment: datetime) -> int:
    """Since 1970 in UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise InvalidArgument(f"{name}: must be a str, not {clip(repr(value), 60)}")
    return value


def _optional(value: object, name: str) -> str | None:
    return None if value is None else _text(value, name) if value != "" else ""


@contextmanager
def _readable(path: str | Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        said = f"cannot be read: {error.strerror or error}"
    except UnicodeDecodeError:
        said = "is not UTF-8 text; is this a results file, as --save writes it?"
    else:
        return
    raise InvalidArgument(f"{path}: {said}")
