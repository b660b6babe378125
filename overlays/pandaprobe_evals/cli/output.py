"""What a command prints: tables for people, JSON lines for programs, messages for both, each to where it belongs."""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any

from pandaprobe_evals.errors import printable

if TYPE_CHECKING:
    from rich.console import Console

Record = Mapping[str, Any]

_LINES = 25
"""Nothing depends on it, but Rich takes a width only beside it."""
_UNKNOWN = 80
"""Columns of a terminal that does not say how many it has."""


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and what of a record it shows."""

    title: str
    value: Callable[[Record], object]
    right: bool = False


def plain(value: object) -> str:
    """Text that cannot move the cursor, change a colour or break a line, whatever was in it."""
    return printable("" if value is None else str(value))


def utc(moment: str) -> str:
    """A time of the service's, to the second, in UTC: its heading says so."""
    from pandaprobe_evals import checks

    return checks.timestamp(moment, "time").astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _columns(stream: IO[str]) -> int:
    """The columns of the terminal; Rich takes every one that calls itself dumb for 80 wide."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(stream.fileno()).columns or _UNKNOWN
    except (OSError, ValueError):  # no terminal
        return _UNKNOWN


class Output:
    """Results go to stdout: JSON lines and nothing else with `as_json` or where no terminal reads; else tables.

    Messages and the live view go to stderr, the view only on a terminal that is not given JSON lines as well.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self._warned: set[str] = set()
        terminal = sys.stdout.isatty()
        self.machine = as_json or not terminal
        """Whether stdout gets JSON lines."""
        self.live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not (as_json and terminal)
        """Whether a live view may be shown."""

    @cached_property
    def results(self) -> "Console":
        """Rich's console on stdout; for tables only."""
        from rich.console import Console

        return Console(highlight=False, width=_columns(sys.stdout), height=_LINES)

    @cached_property
    def messages(self) -> "Console":
        """Rich's console on stderr; for the live view."""
        from rich.console import Console

        return Console(stderr=True, highlight=False, width=_columns(sys.stderr), height=_LINES)

    def record(self, **values: Any) -> None:
        """One JSON line, at once; nothing on a terminal."""
        if self.machine:
            try:
                sys.stdout.write(json.dumps(values, default=str) + "\n")
                sys.stdout.flush()
            except OSError as error:
                error.filename = "stdout"  # a full disk says which
                raise

    def records(self, records: Iterable[Record], columns: Sequence[Column], *, empty: str = "Nothing.") -> int:
        """Each record as a JSON line as it comes, or all of them as a table; how many there were.

        Args:
            records: What is to be shown, as JSON values.
            columns: What a table shows of it.
            empty: Said on a terminal where there are none.
        """
        if self.machine:
            count = 0
            for record in records:
                self.record(**record)
                count += 1
            return count
        rows = [[plain(column.value(record)) for column in columns] for record in records]
        if rows:
            self._show(rows, columns)
        else:
            self.say(empty)
        return len(rows)

    def _show(self, rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> None:
        """A table where it fits, else a block for each row: nothing is ever cut off, and no word broken.

        A column that has nothing to say of any row is left out.
        """
        from rich import box
        from rich.table import Table
        from rich.text import Text

        from . import layout

        told = [index for index, cells in enumerate(zip(*rows, strict=True)) if not index or any(map(str.strip, cells))]
        columns, rows = [columns[index] for index in told], [[row[index] for index in told] for row in rows]
        titles = [column.title for column in columns]
        widths = layout.widths([titles, *rows], self.results.width)
        if widths is None:
            head = f"{titles[0]}  " if columns[0].right else ""  # a figure does not say of itself what it is
            for first, *rest in rows:
                for title, value in layout.block(titles, [f"{head}{first}", *rest], self.results.width):
                    line = Text.assemble((title, "dim"), value) if title else Text(value, "bold")
                    self.results.print(line, soft_wrap=True)
                self.results.print()
            return
        frame = box.ASCII2 if self.results.options.ascii_only else box.SIMPLE_HEAD
        table = Table(box=frame, pad_edge=False, show_edge=False)
        for column, width in zip(columns, widths, strict=True):
            table.add_column(column.title, justify="right" if column.right else "left", width=width)
        for row in rows:
            table.add_row(*map(Text, row))
        self.results.print()
        self.results.print(table)
        self.results.print()

    def text(self, line: str) -> None:
        """A line of a result, for people; nothing where programs read."""
        if not self.machine:
            sys.stdout.write(plain(line) + "\n")

    def say(self, message: str) -> None:
        """A message, to stderr: what is done, what comes next."""
        lines = "\n".join(plain(line) for line in message.splitlines())
        with contextlib.suppress(BrokenPipeError):
            sys.stderr.write(f"{lines}\n")
            sys.stderr.flush()

    def warn_once(self, message: str) -> None:
        """A warning, to stderr; the same one is not said again."""
        if message not in self._warned:
            self._warned.add(message)
            self.say(f"Warning: {message}")

    def error(self, message: str, *, code: str = "error", exit_code: int = 1, request_id: str | None = None) -> None:
        """What went wrong, to stderr; as a JSON line where JSON was asked for."""
        if self.as_json:
            told = {"code": code, "message": message, "exit_code": exit_code, "request_id": request_id}
            self.say(json.dumps({"error": told}))
        else:
            self.say(f"Error: {message}")

    @staticmethod
    def hang_up() -> None:
        """Nobody reads stdout any more: let what is left to be written to it go nowhere."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
