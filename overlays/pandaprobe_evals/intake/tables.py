"""Ids out of a column of CSV, whatever separates its columns."""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Final

from pandaprobe_evals.errors import InvalidArgument, clip

from .headings import holds

DELIMITERS: Final = ",;\t|"
Rows = Iterator[tuple[int, list[str]]]


def titles(first: str, name: str) -> dict[str, list[str]]:
    """What the first line says, by each delimiter.

    Raises:
        InvalidArgument: Its quotes do not match.
    """
    with _readable(name):
        rows = {mark: next(csv.reader([first], delimiter=mark, strict=True)) for mark in DELIMITERS}
    return {mark: [cell.strip() for cell in row] for mark, row in rows.items()}


def place(header: dict[str, list[str]], column: str | None, target: str) -> tuple[str, int] | None:
    """The delimiter, and which column is meant; without a name, the one that is called session_id, or trace_id."""
    for mark, cells in header.items():
        if column is not None:
            found = [at for at, cell in enumerate(cells) if cell == column]
        else:
            found = [at for at, cell in enumerate(cells) if holds(cell, target)]
        if len(found) == 1:
            return mark, found[0]
    return None


def ids(
    header: dict[str, list[str]], lines: Iterator[str], name: str, line: int, column: str | None, target: str
) -> Iterator[tuple[int, str]]:
    """The id of each row, with its line; empty for a blank row.

    Raises:
        InvalidArgument: There is no such column, or a row without an id in it.
    """
    found = place(header, column, target)
    if found is None:
        cells = max(header.values(), key=len)
        has = ", ".join(clip(repr(cell), 60) for cell in cells[:20])
        if column is None:
            raise InvalidArgument(
                f"{name}: is CSV without a column {target}_id; say with --column which holds the ids: {has}. Where that "
                "is not a heading, cut the ids out (`cut -d, -f1`), or say --as-text for one a line"
            )
        twice = any(cells.count(column) > 1 for cells in header.values())
        raise InvalidArgument(f"{name}: has {'two columns' if twice else 'no column'} {column!r}; it has {has}")
    mark, at = found
    width = len(header[mark])
    for number, row in rows(lines, name, line, mark):
        if not any(cell.strip() for cell in row):
            yield number, ""
            continue
        while len(row) > width and not row[-1].strip():
            row.pop()
        if len(row) != width:
            raise InvalidArgument(
                f"{name}, line {number}: has {len(row)} cells where the heading has {width}; a cell with a "
                f"{_NAMES[mark]} in it needs quotes"
            )
        if not row[at].strip():
            raise InvalidArgument(f"{name}, line {number}: has nothing in column {header[mark][at]!r}")
        yield number, row[at].strip()


_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def rows(lines: Iterator[str], name: str, line: int, mark: str) -> Rows:
    """Rows of cells, each with the line on which it ends; `line` is that of the line before."""
    reader = csv.reader(lines, delimiter=mark, strict=True)
    with _readable(name):
        for row in reader:
            yield reader.line_num + line, row


@contextmanager
def _readable(name: str) -> Generator[None]:
    try:
        yield
    except csv.Error as error:
        said = str(error)
    else:
        return
    raise InvalidArgument(f"{name}: is not CSV: {said}")
