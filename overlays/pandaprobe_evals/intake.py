"""Session ids out of text, CSV or JSON lines, one after the other; what is wrong is said with its line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import PurePath
from typing import BinaryIO, Final, Literal

from . import checks
from .errors import InvalidArgument, clip

Form = Literal["text", "csv", "jsonl"]

LONGEST: Final = 1_000_000
"""Characters in a line; a longer one is no line of ids, and is not read to its end."""

_SUFFIXES: Final[dict[str, Form]] = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_DELIMITERS: Final = ",;\t|"


def session_ids(stream: BinaryIO, name: str, column: str | None = None) -> Iterator[str]:
    """Every id of a stream, in order, duplicates and all; a few lines at a time are in memory.

    Args:
        stream: UTF-8, with or without a byte order mark; lines end in LF or CRLF.
        name: What the stream is called: its suffix tells the form where it has one, and complaints begin with it.
        column: The column of a CSV, or the key of JSON lines, that holds the ids. None: text, one id a line; white space
            around it and blank lines do not count.

    Raises:
        InvalidArgument: An id that cannot be sent, a line that cannot be read, a column that is not there.
    """
    lines = _lines(stream, name)
    first = next(lines, None)
    if first is None:
        return
    form = _form(name, column, first)
    if form == "csv":
        found = _csv(first, lines, name, column)
    elif form == "jsonl":
        found = _jsonl(first, lines, name, column)
    else:
        found = ((number, line.strip()) for number, line in _numbered(first, lines))
    for number, id_ in found:
        if id_:
            yield checks.text(id_, f"{name}, line {number}")


def _form(name: str, column: str | None, first: str) -> Form:
    form = _SUFFIXES.get(PurePath(name).suffix.lower())
    if column is None:
        if form or first.lstrip().startswith('{"'):
            kind = "CSV" if form == "csv" else "JSON lines"
            raise InvalidArgument(f"{name}: is {kind}; say with --column which {_WHICH[form or 'jsonl']} holds the ids")
        return "text"
    return form or ("jsonl" if first.lstrip().startswith("{") else "csv")


_WHICH: Final = {"csv": "column", "jsonl": "key", "text": "column"}


def _lines(stream: BinaryIO, name: str) -> Iterator[str]:
    """Lines with their ends, without the byte order mark."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    number = 0
    try:
        while line := text.readline(LONGEST + 1):
            number += 1
            if len(line) > LONGEST:
                raise InvalidArgument(
                    f"{name}, line {number}: is longer than {LONGEST:,} characters; is this a list of ids?"
                )
            yield line
    except UnicodeDecodeError as error:
        raise InvalidArgument(
            f"{name}: is no UTF-8 text (byte {error.object[error.start]:#04x} after line {number}); "
            "is it binary, or in another encoding?"
        ) from None
    finally:
        with suppress(ValueError):  # the stream is closed already, if nobody read to its end
            text.detach()


def _numbered(first: str, lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    yield 1, first
    yield from enumerate(lines, 2)


def _csv(first: str, lines: Iterator[str], name: str, column: str | None) -> Iterator[tuple[int, str]]:
    with _readable(name):
        headers = {delimiter: next(csv.reader([first], delimiter=delimiter, strict=True)) for delimiter in _DELIMITERS}
    titles = {delimiter: [title.strip() for title in header] for delimiter, header in headers.items()}
    delimiter = next((each for each in _DELIMITERS if column in titles[each]), None)
    if delimiter is None:
        header = max(titles.values(), key=len)
        raise InvalidArgument(
            f"{name}: has no column {column!r}; it has {', '.join(clip(repr(title), 60) for title in header[:20])}"
        )
    at = titles[delimiter].index(column or "")
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    with _readable(name):
        for row in rows:
            if not row or not any(cell.strip() for cell in row):
                continue
            number = rows.line_num + 1
            if len(row) <= at or not row[at].strip():
                raise InvalidArgument(f"{name}, line {number}: has nothing in column {column!r}")
            yield number, row[at].strip()


def _jsonl(first: str, lines: Iterator[str], name: str, column: str | None) -> Iterator[tuple[int, str]]:
    for number, line in _numbered(first, lines):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            raise InvalidArgument(f"{name}, line {number}: is no JSON: {clip(line.strip(), 60)}") from None
        id_ = value.get(column) if isinstance(value, dict) else None
        if isinstance(id_, int) and not isinstance(id_, bool):
            id_ = str(id_)
        if not isinstance(id_, str) or not id_.strip():
            raise InvalidArgument(f"{name}, line {number}: has no text in {column!r}: {clip(line.strip(), 60)}")
        yield number, id_.strip()


@contextmanager
def _readable(name: str) -> Generator[None]:
    try:
        yield
    except csv.Error as error:
        said = str(error)
    else:
        return
    raise InvalidArgument(f"{name}: is no CSV: {said}")
