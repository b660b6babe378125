"""Ids of sessions or traces out of text, CSV, JSON or Parquet, one after the other; what is wrong is said with its line.

Each stream is read as what it is, by its content, or refused with what to do. Nothing becomes an id by accident: an id costs
money, and it is never given back.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO, Final

from pandaprobe_evals import checks
from pandaprobe_evals.errors import InvalidArgument, clip

from . import json_values, parquet, tables
from .headings import HEADINGS, plain
from .recognition import decoded

__all__ = ["LONGEST", "Tally", "decoded", "ids_in", "looks_like_an_id"]

LONGEST: Final = 1_000_000
"""Characters in a line; a longer one is not a list of ids, and is not read to its end."""

_TABLES: Final = {".csv", ".tsv", ".tab", ".psv"}
_JSON: Final = {".json", ".jsonl", ".ndjson"}
_ODD: Final = re.compile(r"""[\s,;|"<>{}\[\]]|^['`].*['`]$|^[\W_]+$""")
_ABSENT: Final = {"null", "none", "nan", "undefined", r"\n"}
_WAYS: Final = "--column NAME reads a table by its heading, --as-text takes each line as it is"


@dataclass
class Tally:
    """What was left out of a stream."""

    blank: int = 0
    """Lines and rows with nothing in them."""


def ids_in(
    stream: BinaryIO,
    name: str,
    column: str | None = None,
    *,
    target: str = "session",
    as_text: bool = False,
    tally: Tally | None = None,
) -> Iterator[str]:
    """Every id of a stream, in order, duplicates and all; a few lines at a time are in memory.

    Args:
        stream: UTF-8, or UTF-16 or UTF-32 with a byte order mark; lines end in LF or CRLF. Text with one id a line, CSV
            (also with semicolons, tabs or bars), JSON lines, or any other JSON that has a list of ids or of objects. Or
            Parquet, where it can be sought in.
        name: What the stream is called: its suffix tells the form where the content does not, and complaints begin with it.
        column: The column of CSV or Parquet, or the key of JSON, that holds the ids. None: the one called session_id,
            or trace_id, by `target`.
        target: What has the ids, a `session` or a `trace`.
        as_text: Take each line as an id, whatever it looks like. White space around it and blank lines do not count.
        tally: Where to count what was left out.

    Raises:
        InvalidArgument: An id that cannot be sent, a line that cannot be read, a column that is not there, content that is
            none of these, and a line that does not look like an id.
        ModuleNotFoundError: It is Parquet, and the extra `[export]` is not installed; says so.
    """
    if parquet.is_parquet(stream):
        yield from (checks.text(id_, f"{name}, row {row}") for row, id_ in parquet.ids(stream, name, column, target))
        return
    text = decoded(stream, name)
    line = 0

    def read() -> str:
        nonlocal line
        line += 1
        return text.readline(LONGEST + 1)

    try:
        while (first := read()) and not first.strip().strip("\ufeff"):
            if tally and first.endswith("\n"):
                tally.blank += 1
        if not first:
            return
        for number, id_ in _found(first.lstrip("\ufeff"), text, read, name, line, column, target, as_text=as_text):
            if id_:
                yield checks.text(id_, f"{name}, line {number}")
            elif tally:
                tally.blank += 1
    except UnicodeDecodeError as error:
        raise InvalidArgument(
            f"{name}: is not {error.encoding.upper()} text (byte {error.object[error.start]:#04x} after line {line - 1}); "
            "is it binary, or in another encoding? `iconv -f WINDOWS-1252 -t UTF-8 FILE` makes UTF-8 of what Windows wrote"
        ) from None
    finally:
        with suppress(ValueError):  # the stream is closed already, if nobody read to its end
            text.detach()


def _found(
    first: str,
    text: io.TextIOWrapper,
    read: Callable[[], str],
    name: str,
    line: int,
    column: str | None,
    target: str,
    *,
    as_text: bool,
) -> Iterator[tuple[int, str]]:
    suffix, start = PurePath(name).suffix.lower(), first.lstrip()[:1]

    def lines() -> Iterator[str]:
        number = line
        yield _short(first, name, number)
        while more := read():
            number += 1
            yield _short(more, name, number)

    if as_text:
        return ((number, each.strip().strip("\ufeff")) for number, each in enumerate(lines(), line))
    if suffix not in _TABLES and (start in {"{", "["} or suffix in _JSON):
        return json_values.ids(first, text, name, line, column, target)
    if start == "<":
        raise InvalidArgument(f"{name}: is HTML or XML, not a list of ids; is it an error page? {_WAYS}")
    _short(first, name, line)
    header = tables.titles(first, name)
    if column is not None or suffix in _TABLES or tables.place(header, None, target):
        rest = lines()
        next(rest)
        return tables.ids(header, rest, name, line, column, target)
    if all(len(cells) == 1 for cells in header.values()) and start == '"':  # the one column of a CSV
        cells = ((number, ",".join(row)) for number, row in tables.rows(lines(), name, line - 1, ","))
        return _checked(cells, name, line, target)
    return _checked(enumerate(lines(), line), name, line, target)


def _checked(found: Iterator[tuple[int, str]], name: str, first: int, target: str) -> Iterator[tuple[int, str]]:
    for number, each in found:
        id_ = each.strip().strip("\ufeff")
        where = f"{name}, line {number}: {clip(repr(id_), 60)}"
        if number == first and plain(id_) in HEADINGS:
            raise InvalidArgument(f"{where} looks like the heading of a column; {_WAYS}")
        if id_ and "\0" not in id_ and not looks_like_an_id(id_):
            raise InvalidArgument(f"{where} does not look like one {target} id; {_WAYS}")
        yield number, id_


def looks_like_an_id(text: str) -> bool:
    """Whether a line is likely to be one id: one word, without what separates, quotes or brackets others."""
    return text.isprintable() and not _ODD.search(text) and text.lower() not in _ABSENT


def _short(line: str, name: str, number: int) -> str:
    if len(line) > LONGEST:
        raise InvalidArgument(f"{name}, line {number}: is longer than {LONGEST:,} characters; is this a list of ids?")
    return line
