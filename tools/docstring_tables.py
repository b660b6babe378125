"""Tables in docstrings, drawn for readers of the source, as Markdown for the site: an extension of griffe."""

import re
from collections.abc import Iterator
from typing import Any

from griffe import Extension, Object

RULE = re.compile(r"=+(  +=+)+")


class Tables(Extension):
    """Rewrites the tables of each docstring."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Griffe has read an object."""
        if obj.docstring:
            obj.docstring.value = with_markdown_tables(obj.docstring.value)


def with_markdown_tables(text: str) -> str:
    """The text with each table between rules of `=` signs as a Markdown table."""
    lines = text.splitlines()
    rules = [number for number, line in enumerate(lines) if RULE.fullmatch(line.rstrip())]
    out, done = [], 0
    for top, middle, bottom in zip(rules[0::3], rules[1::3], rules[2::3], strict=False):
        columns = [match.span() for match in re.finditer("=+", lines[top])]
        out += lines[done:top]
        out += ["", *table(lines[top + 1 : middle], lines[middle + 1 : bottom], columns)]
        done = bottom + 1
    return "\n".join(out + lines[done:])


def table(head: list[str], body: list[str], columns: list[tuple[int, int]]) -> Iterator[str]:
    """A table's lines; a line without a first cell goes on with the row above."""

    def cells(line: str) -> list[str]:
        ends = [start for start, _ in columns[1:]] + [len(line) + 1]
        return [line[start:end].strip() for (start, _), end in zip(columns, ends, strict=True)]

    rows: list[list[str]] = []
    for line in body:
        new = cells(line)
        if new[0] or not rows:
            rows.append(new)
        else:
            rows[-1] = [" ".join(filter(None, pair)) for pair in zip(rows[-1], new, strict=True)]
    for row in (cells(" ".join(head)), ["---"] * len(columns), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
