"""What a notebook shows where a cell ends with a verdict, a comparison or results: plain tables, in the notebook's style."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from math import isnan
from statistics import fmean
from typing import TYPE_CHECKING

from .markup import Child, Markup, element, joined
from .parts import clipped, id_of, prose, rest

if TYPE_CHECKING:  # each shows itself by what is here
    from pandaprobe_evals.comparison import Comparison, MetricComparison, Side
    from pandaprobe_evals.results import Results
    from pandaprobe_evals.verdict import Verdict

ROWS = 20
"""Rows of results."""


def summary(verdict: Verdict) -> str:
    """A verdict."""
    heads = ("metric", "mean", "lowest", "minimum", f"{verdict.target}s", "")
    rows = [
        (
            metric.name,
            _figure(metric.mean),
            _figure(metric.lowest),
            f"{metric.minimum:g}",
            metric.count,
            "passed" if metric.passed else "not passed",
        )
        for metric in verdict.metrics
    ]
    return joined(
        element("p", {}, element("b", {}, "Passed" if verdict.passed else "Not passed")),
        _table(heads, rows),
        _list(map(str, verdict.reasons)),
    )


def comparison_tables(comparison: Comparison) -> str:
    """A comparison: the words, the figures of each metric, and what moved most with the reasons of both sides."""
    heads = ("metric", "is", "base", "candidate", "difference", "95%", "n", "won", "lost", "same")
    rows = [
        (
            each.name,
            element("b", {}, each.word),
            mean(each.base),
            mean(each.candidate),
            "-" if each.difference is None else f"{each.difference:+.3f}",
            interval(each),
            each.count,
            *((each.wins, each.losses, each.ties) if each.paired else ("-", "-", "-")),
        )
        for each in comparison.metrics
    ]
    heads_moved = ("change", comparison.target, "base", "candidate", "said of the base", "said of the candidate")
    return joined(
        element("p", {}, element("b", {}, comparison.word.capitalize())),
        _table(heads, rows),
        _list(f"{each.name}: {note}" for each in comparison.metrics for note in notes_on(each)),
        *(
            part
            for metric in comparison.metrics
            if metric.moved
            for part in (
                element("p", {}, f"{metric.name}: what moved most"),
                _table(
                    heads_moved,
                    [
                        (
                            f"{each.difference:+.3f}",
                            id_of(each.id),
                            f"{each.base:.3f}",
                            f"{each.candidate:.3f}",
                            prose(each.base_reason or "-"),
                            prose(each.candidate_reason or "-"),
                        )
                        for each in metric.moved
                    ],
                ),
            )
        ),
    )


def mean(side: Side) -> str:
    """The mean of a side."""
    return "-" if side.mean is None else f"{side.mean:.3f}"


def interval(metric: MetricComparison) -> str:
    """The interval of the difference."""
    return "-" if metric.interval is None else f"{metric.interval[0]:+.3f} to {metric.interval[1]:+.3f}"


def notes_on(metric: MetricComparison) -> Iterator[str]:
    """What else is to be known of a metric."""
    if not metric.paired:
        yield f"No {metric.target} is on both sides: they were taken for two samples."
    if metric.more is not None:
        yield f"About {metric.more:,} more {metric.target}s per side would tell, if the difference stays what it is."
    for name, side in (("base", metric.base), ("candidate", metric.candidate)):
        if side.remembered:
            yield f"Of the {name}, {side.remembered:,} of {side.count:,} scores were remembered, not measured anew."


def results_table(results: Results, counted: Mapping[str, tuple[Sequence[float], int]]) -> str:
    """Results: what each metric comes to, and the first rows.

    Args:
        results: All of them.
        counted: By metric, the values that count, newest scores only, and how many scores do not count.
    """
    metrics: list[tuple[Child, ...]] = []
    for name, (values, left) in counted.items():
        metrics.append((name, _figure(fmean(values)) if values else "-", len(values), left))
    first = [
        (
            row.metric,
            id_of(row.session_id or row.trace_id or ""),
            _figure(row.value),
            row.evidence,
            _clipped(row.reason),
        )
        for row in islice(results.rows(), ROWS)
    ]
    return joined(
        _table(("metric", "mean", "measured", "not measured"), metrics),
        _table(("metric", "session or trace", "value", "evidence", "reason"), first),
        rest(len(results), ROWS, "rows"),
    )


def _clipped(reason: str | None) -> Markup:
    return prose(clipped(reason or "-"))


def _table(heads: Sequence[str], rows: Iterable[Sequence[Child]]) -> Markup:
    return element(
        "table",
        {},
        element("tr", {}, *(element("th", {}, head) for head in heads)),
        *(element("tr", {}, *(element("td", {}, cell) for cell in row)) for row in rows),
    )


def _list(lines: Iterable[str]) -> Markup | None:
    found = [element("li", {}, line) for line in lines]
    return element("ul", {}, *found) if found else None


def _figure(value: float | None) -> str:
    return "-" if value is None or isnan(value) else f"{value:.4g}"
