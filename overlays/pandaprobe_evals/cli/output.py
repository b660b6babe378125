"""What a command prints: tables for people, JSON lines for programs, messages for both, each to where it belongs."""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and what of a record it shows."""

    title: str
    value: Callable[[Record], object]
    right: bool = False
    width: int = 0
    """Characters that it is never cut to less than: ids stay whole, to be copied."""


RUN_ID = 36
"""The width of a run's id."""


def plain(value: object) -> str:
    """Text that cannot move the cursor, change a colour or break a line, whoever wrote it."""
    text = "" if value is None else str(value)
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


class Output:
    """Results go to stdout: JSON lines and nothing else with `as_json` or where no terminal reads; else tables.

    Messages and the live view go to stderr, the view only on a terminal that is not given JSON lines as well.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        terminal = sys.stdout.isatty()
        self.machine = as_json or not terminal
        """Whether stdout gets JSON lines."""
        self.live = sys.stderr.isatty() and not (as_json and terminal)
        """Whether a live view may be shown."""

    @cached_property
    def results(self) -> "Console":
        """Rich's console on stdout; for tables only."""
        from rich.console import Console

        return Console(highlight=False, soft_wrap=False)

    @cached_property
    def messages(self) -> "Console":
        """Rich's console on stderr; for the live view."""
        from rich.console import Console

        return Console(stderr=True, highlight=False)

    def record(self, **values: Any) -> None:
        """One JSON line, at once; nothing on a terminal."""
        if self.machine:
            sys.stdout.write(json.dumps(values, default=str) + "\n")
            sys.stdout.flush()

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
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for column in columns:
            table.add_column(
                column.title,
                justify="right" if column.right else "left",
                overflow="fold",
                min_width=column.width or None,
            )
        for record in records:
            table.add_row(*(Text(plain(column.value(record))) for column in columns))
        if table.row_count:
            self.results.print(table)
        else:
            self.say(empty)
        return table.row_count

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

    def error(self, message: str) -> None:
        """What went wrong, to stderr."""
        self.say(f"Error: {message}")

    @staticmethod
    def hang_up() -> None:
        """Nobody reads stdout any more: let what is left to be written to it go nowhere."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
