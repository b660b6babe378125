"""The figures of a report, as SVG: a metric's distribution, a difference with its interval, a score.

Colours come by class.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from pandaprobe_evals.errors import counted

from .markup import Markup, element, joined

BINS = 20
"""Bars of a distribution, each of the same width, over 0 to 1."""

_WIDTH, _HEIGHT = 400, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 8, 26, 20
_SPAN = _WIDTH - _LEFT - _RIGHT
_FLOOR = _HEIGHT - _BOTTOM
_GAP = 1.5
_ROWS = (11, 24)
"""Where labels stand."""
_LABEL = 110
"""Room for the longest."""


def counts(values: Mapping[Decimal, int]) -> list[int]:
    """How many values fall into each bin, by how often each comes; 1 belongs to the last."""
    found = [0] * BINS
    for value, times in values.items():
        found[min(int(value * BINS), BINS - 1)] += times
    return found


def distribution(name: str, values: Mapping[Decimal, int], *, mean: float, minimum: float | None, key: str) -> Markup:
    """The distribution of scores from 0 to 1, with the mean, and the minimum where there is one.

    Args:
        name: The metric.
        values: At least one, with how often each comes.
        mean: Of the values.
        minimum: What is asked for; bars wholly below are drawn as such.
        key: Makes the ids of its parts unique on the page.
    """
    found = counts(values)
    most = max(found)
    bars = [_bar(index, count, most, minimum) for index, count in enumerate(found) if count]
    peak = found.index(most)
    said = (
        f"{counted(sum(found), 'score')} in {BINS} bars from 0 to 1. Mean {mean:.2f}. Most scores, {most:,}, lie between "
        f"{peak / BINS:g} and {(peak + 1) / BINS:g}."
    )
    if minimum is not None:
        below = sum(times for value, times in values.items() if value < Decimal(str(minimum)))
        said += f" {below:,} lie below the minimum of {minimum:g}."
    ticks = [
        element(
            "text",
            {"x": _x(tick), "y": _HEIGHT - 5, "class": "tick", "text-anchor": anchor},
            f"{tick:g}",
        )
        for tick, anchor in ((0, "start"), (0.25, "middle"), (0.5, "middle"), (0.75, "middle"), (1, "end"))
    ]
    return element(
        "svg",
        {
            "viewBox": f"0 0 {_WIDTH} {_HEIGHT}",
            "role": "img",
            "class": "distribution",
            "aria-labelledby": f"{key}-title",
            "aria-describedby": f"{key}-desc",
        },
        element("title", {"id": f"{key}-title"}, f"Distribution of {name}"),
        element("desc", {"id": f"{key}-desc"}, said),
        element("line", {"x1": _LEFT, "x2": _WIDTH - _RIGHT, "y1": _FLOOR, "y2": _FLOOR, "class": "axis"}),
        *bars,
        *ticks,
        *_marks(mean, minimum),
    )


def _x(value: float) -> float:
    return round(_LEFT + _SPAN * value, 1)


def _bar(index: int, count: int, most: int, minimum: float | None) -> Markup:
    height = max(round((_FLOOR - _TOP - 4) * count / most, 1), 1.5)  # one score among thousands can still be seen
    below = minimum is not None and (index + 1) / BINS <= minimum + 1e-9
    return element(
        "rect",
        {
            "x": round(_x(index / BINS) + _GAP / 2, 1),
            "y": round(_FLOOR - height, 1),
            "width": round(_SPAN / BINS - _GAP, 1),
            "height": height,
            "rx": 1.5,
            "class": "bar below" if below else "bar",
        },
    )


def _marks(mean: float, minimum: float | None) -> list[Markup]:
    """The lines of the mean and of the minimum, each with a label, none across the other's label.

    The lower one's label stands to its left and the higher one's to its right, where there is room. Else the label that
    reaches over the other's line stands in the row above that line's end.
    """
    known = [(mean, f"mean {mean:.2f}", "mean")]
    known += [] if minimum is None else [(minimum, f"minimum {minimum:g}", "minimum")]
    low, high = min(known), max(known)
    low_left, high_left = _x(low[0]) > _LABEL, _x(high[0]) > _WIDTH - _LABEL
    if low == high:
        return [_mark(*low, left=high_left, y=_ROWS[1])]
    rows = _ROWS[::-1] if low_left and high_left else _ROWS
    return [_mark(*low, left=low_left, y=rows[0]), _mark(*high, left=high_left, y=rows[1])]


def _mark(value: float, text: str, kind: str, *, left: bool, y: int) -> Markup:
    x = _x(value)
    return joined(
        element("line", {"x1": x, "x2": x, "y1": y - 8, "y2": _FLOOR, "class": f"mark {kind}"}),
        element(
            "text",
            {
                "x": x - 5 if left else x + 5,
                "y": y,
                "class": f"label {kind}",
                "text-anchor": "end" if left else "start",
            },
            text,
        ),
    )


def gauge(value: float | Decimal) -> Markup:
    """A score as a bar; for the eye only, since the number stands beside it."""
    return element(
        "svg",
        {"viewBox": "0 0 48 6", "class": "gauge", "aria-hidden": "true"},
        element("rect", {"width": 48, "height": 6, "rx": 3, "class": "track"}),
        element("rect", {"width": round(max(48 * float(value), 1.0), 1), "height": 6, "rx": 3, "class": "fill"}),
    )


def difference(name: str, of: float, interval: tuple[float, float] | None, max_drop: float, *, key: str) -> Markup:
    """A difference of two means with its interval, beside 0 and the drop that is allowed.

    Args:
        name: The metric.
        of: The candidate's mean less the base's.
        interval: 95% confidence; None where there is none.
        max_drop: How far the mean may drop.
        key: Makes the ids of its parts unique on the page.
    """
    low, high = interval or (of, of)
    far = max(abs(low), abs(high), max_drop, 0.01) * 1.15

    def x(value: float) -> float:
        return _x((value / far + 1) / 2)

    said = f"Difference {of:+.3f}" + (f", 95% interval {low:+.3f} to {high:+.3f}." if interval else ", no interval.")
    marks = [
        element("line", {"x1": _LEFT, "x2": _WIDTH - _RIGHT, "y1": 24, "y2": 24, "class": "axis"}),
        element("line", {"x1": x(0), "x2": x(0), "y1": 6, "y2": 42, "class": "mark"}),
        element("text", {"x": x(0), "y": 56, "class": "tick", "text-anchor": "middle"}, "0"),
    ]
    if max_drop:
        at = x(-max_drop)
        marks += [
            element("line", {"x1": at, "x2": at, "y1": 6, "y2": 42, "class": "mark minimum"}),
            element("text", {"x": at, "y": 56, "class": "tick", "text-anchor": "middle"}, f"{-max_drop:g}"),
        ]
        said += f" A drop of {max_drop:g} is allowed."
    return element(
        "svg",
        {
            "viewBox": f"0 0 {_WIDTH} 60",
            "role": "img",
            "class": "distribution",
            "aria-labelledby": f"{key}-title",
            "aria-describedby": f"{key}-desc",
        },
        element("title", {"id": f"{key}-title"}, f"Difference of {name}"),
        element("desc", {"id": f"{key}-desc"}, said),
        *marks,
        element("line", {"x1": x(low), "x2": x(high), "y1": 24, "y2": 24, "class": "interval"}),
        element("circle", {"cx": x(of), "cy": 24, "r": 5, "class": "bar"}),
    )
