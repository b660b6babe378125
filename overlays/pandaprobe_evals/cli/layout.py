"""How records fit on a terminal: as a table where no word of it must be broken, else as a block each. Pure."""

import textwrap
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

GAP = 3
"""Characters between two columns."""
_LEAST = 16
"""Characters of a value beside its title in a block; where there is less room, it goes below."""


def widths(rows: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """The width of each column, so that the table has at most `room`; None where a word would have to be broken for it.

    Args:
        rows: The cells, the headings among them.
        room: The terminal's columns.
    """
    columns = list(zip(*rows, strict=True))
    least = [max(cell_len(word) for cell in column for word in [*cell.split(), ""]) for column in columns]
    found = [max(map(cell_len, column)) for column in columns]
    left = room - GAP * (len(columns) - 1)
    if sum(least) > left:
        return None
    while (over := sum(found) - left) > 0:
        spare, widest = max(
            (wide - narrow, index) for index, (wide, narrow) in enumerate(zip(found, least, strict=True))
        )
        found[widest] -= min(over, max(1, spare // 2))
    return found


def block(titles: Sequence[str], cells: Sequence[str], room: int) -> Iterator[tuple[str, str]]:
    """A record as lines, each of a title and its part of the value: first what it is about, then each value that it has.

    A word that has no room is left whole: the terminal breaks it where it must, and it can still be copied.
    """
    yield "", cells[0]
    indent = max(map(len, titles[1:]), default=0) + 4
    for title, cell in zip(titles[1:], cells[1:], strict=True):
        if not cell.strip():
            continue
        beside = room - indent
        if beside < _LEAST or max(cell_len(word) for word in cell.split()) > beside:
            yield f"  {title}", ""
            yield from (("    ", line) for line in _wrapped(cell, room - 4))
            continue
        first, *rest = _wrapped(cell, beside)
        yield f"  {title}".ljust(indent), first
        yield from ((" " * indent, line) for line in rest)


def _wrapped(text: str, room: int) -> list[str]:
    return textwrap.wrap(text, max(room, 1), break_long_words=False, break_on_hyphens=False)
