"""Medians, and tables of them."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass
class Section:
    """One letter of `make bench`: its rows, what they mean, and how the bars of the project's issue came out."""

    title: str
    notes: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    bars: list[Row] = field(default_factory=list)

    def bar(
        self, what: str, *, measured: float | None, at_most: float | None = None, at_least: float | None = None
    ) -> None:
        """Hold a figure against a bar."""
        met = measured is not None
        if measured is not None and at_most is not None:
            met = measured <= at_most
        if measured is not None and at_least is not None:
            met = met and measured >= at_least
        bound = f"<= {at_most:g}" if at_most is not None else f">= {at_least:g}"
        self.bars.append({"bar": what, "bound": bound, "measured": measured, "met": met})

    def show(self) -> str:
        """The section as text."""
        lines = ["", self.title, "-" * len(self.title), *self.notes, "", *table(self.rows)]
        if self.bars:
            lines += ["", *table([{**bar, "met": "yes" if bar["met"] else "MISSED"} for bar in self.bars])]
        return "\n".join(lines)


def table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Rows as aligned lines that are a Markdown table too."""
    if not rows:
        return ["(nothing measured)"]
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [names, *([_text(row.get(name)) for name in names] for row in rows)]
    widths = [max(len(line[index]) for line in cells) for index in range(len(names))]
    numeric = [all(isinstance(row.get(name), int | float | None) for row in rows) for name in names]
    lines = [
        "| " + " | ".join(_pad(*cell) for cell in zip(line, widths, numeric, strict=True)) + " |" for line in cells
    ]
    rule = "| " + " | ".join(
        "-" * (width - 1) + (":" if right else "-") for width, right in zip(widths, numeric, strict=True)
    )
    return [lines[0], f"{rule} |", *lines[1:]]


def _pad(text: str, width: int, right: bool) -> str:
    return text.rjust(width) if right else text.ljust(width)


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) < 1 else f"{value:.4g}"
    return str(value)


def median(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def middle_half(values: Sequence[float]) -> tuple[float, float]:
    """Between which the middle half lies."""
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = statistics.quantiles(values, n=4)
    return low, high
