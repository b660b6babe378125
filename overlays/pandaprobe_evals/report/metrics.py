"""How each metric did: a card with its figures and the distribution of its scores."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import NamedTuple

from pandaprobe_evals.html.figures import BINS, counts, distribution
from pandaprobe_evals.html.markup import Child, Markup, element
from pandaprobe_evals.html.parts import figures, nothing, table
from pandaprobe_evals.verdict import MetricVerdict, quantile_of


class Metric(NamedTuple):
    """What is known of one metric."""

    name: str
    values: Counter[Decimal]
    """Those that count, with how often each comes."""
    judged: MetricVerdict | None
    """None: it has no minimum."""


def section(metrics: list[Metric], *, target: str, quantile: float) -> Markup:
    """A card of each."""
    if not metrics:
        return nothing("No metric was scored.")
    cards = (_card(metric, f"m{number}", target, quantile) for number, metric in enumerate(metrics))
    return element("div", {"class": "cards"}, *cards)


def _card(metric: Metric, key: str, target: str, quantile: float) -> Markup:
    state, values, count = metric.judged, metric.values, metric.values.total()
    chip = None
    if state and state.passed:
        chip = element("span", {"class": "chip good"}, f"reaches {state.minimum:g}")
    elif state:
        chip = element("span", {"class": "chip bad"}, f"below {state.minimum:g}" if state.count else "not measured")
    heading = element("h3", {}, element("bdi", {}, metric.name), chip)
    if not values:
        return element("article", {"class": "card"}, heading, nothing("Nothing was measured."))
    mean = float(sum((value * times for value, times in values.items()), Decimal(0)) / count)
    known: dict[str, Child] = {"Mean": f"{mean:.3f}", "Median": f"{quantile_of(values, 0.5):.3f}"}
    known[f"{quantile:g}-quantile"] = f"{quantile_of(values, quantile):.3f}"
    known |= {"Lowest": f"{min(values):.3f}", "Scores": f"{count:,}"}
    rows = [
        [f"{number / BINS:g} to {(number + 1) / BINS:g}", f"{times:,}"]
        for number, times in enumerate(counts(values))
        if times
    ]
    minimum = state.minimum if state else None
    return element(
        "article",
        {"class": "card"},
        heading,
        element("figure", {}, distribution(metric.name, values, mean=mean, minimum=minimum, key=key)),
        figures(known),
        element(
            "details",
            {},
            element("summary", {}, "The distribution in numbers"),
            table(f"Distribution of {metric.name}", ["Score", f"{target.capitalize()}s"], rows, narrow="short"),
        ),
    )
