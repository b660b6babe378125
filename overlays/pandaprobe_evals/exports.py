"""Rows of scores as a file: Parquet, Arrow, CSV or JSON lines, by its suffix; some thousands of rows at a time in memory."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from . import arrow, files
from .errors import InvalidArgument
from .extras import needed_for
from .results import COLUMNS, Row, line, shown

_GROUP: Final = 100_000
"""Rows of a row group of Parquet: what a writer holds, encoded, until it is full."""


def writer(path: Path) -> Callable[[Iterable[Row]], int]:
    """What writes rows to a file; found out now, before long work, whether it will be able to.

    Returns:
        A function that writes rows, whole or not at all, to a file which only this user may read, in place of what is
        there, and returns how many there were. It raises OSError where it cannot.

    Raises:
        InvalidArgument: The suffix is none of `FORMATS`.
        ModuleNotFoundError: The extra `[export]` is needed, and not installed; says so.
        OSError: The file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise InvalidArgument(f"{path}: ends in {path.suffix or 'no suffix'!r}, not in one of {', '.join(FORMATS)}")
    if FORMATS[suffix] in (_parquet, _arrow):
        with needed_for(f"{path}: to write it", "export"):
            import_module("arro3.core")
            import_module("arro3.io")
    files.check_writable(path)

    def write(rows: Iterable[Row]) -> int:
        written = 0

        def counted() -> Iterator[Row]:
            nonlocal written
            for row in rows:
                written += 1
                yield row

        with files.draft(path) as place:
            FORMATS[suffix](counted(), place)
        return written

    return write


def _jsonl(rows: Iterable[Row], place: Path) -> None:
    with place.open("w", encoding="utf-8", newline="") as file:
        file.writelines(f"{line(shown(row))}\n" for row in rows)


def _csv(rows: Iterable[Row], place: Path) -> None:
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Row._fields)
        writer.writerows(map(_cells, rows))


def _cells(row: Row) -> list[Any]:
    found = shown(row)
    created = found["created_at"]
    found["created_at"] = created and created.isoformat()
    cells = (found.get(name) for name in Row._fields)
    return [arrow.utf8(cell) if isinstance(cell, str) else cell for cell in cells]


def _parquet(rows: Iterable[Row], place: Path) -> None:
    from arro3.io import write_parquet

    _streamed(rows, lambda data: write_parquet(data, place, compression="zstd(3)", max_row_group_size=_GROUP))


def _arrow(rows: Iterable[Row], place: Path) -> None:
    from arro3.io import write_ipc

    _streamed(rows, lambda data: write_ipc(data, place))


def _streamed(rows: Iterable[Row], write_all: Callable[[Any], None]) -> None:
    """Have rows written as Arrow data; what goes wrong with one is raised as it is, not as arro3 words it."""
    failed: list[BaseException] = []

    def watched() -> Iterator[Row]:
        try:
            yield from rows
        except BaseException as error:
            failed.append(error)
            raise

    try:
        write_all(arrow.stream(watched(), COLUMNS))
    except BaseException:
        if failed:
            raise failed[0] from None
        raise


FORMATS: Final[dict[str, Callable[[Iterable[Row], Path], None]]] = {
    ".parquet": _parquet,
    ".arrow": _arrow,
    ".csv": _csv,
    ".jsonl": _jsonl,
}
"""What writes a file, by its suffix."""
