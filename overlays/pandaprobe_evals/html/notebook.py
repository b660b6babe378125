"""What a notebook shows where a cell ends with a verdict, a comparison or results: plain tables, in the notebook's style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isnan

from .markup import Child, Markup, element

ROWS = 20
"""Rows of results."""


def headline(words: str) -> Markup:
    """What it comes to."""
    return element("p", {}, element("b", {}, words))


def table(heads: Sequence[str], rows: Iterable[Sequence[Child]]) -> Markup:
    """A table as notebooks style it."""
    return element(
        "table",
        {},
        element("tr", {}, *(element("th", {}, head) for head in heads)),
        *(element("tr", {}, *(element("td", {}, cell) for cell in row)) for row in rows),
    )


def bullets(lines: Iterable[str]) -> Markup | None:
    """A line each; None where there are none."""
    found = [element("li", {}, line) for line in lines]
    return element("ul", {}, *found) if found else None


def figure(value: float | None) -> str:
    """A number with four digits; a hyphen where there is none."""
    return "-" if value is None or isnan(value) else f"{value:.4g}"
