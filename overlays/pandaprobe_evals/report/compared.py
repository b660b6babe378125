"""What a report says of a comparison: words first, then each metric with its figures, and the sessions that moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pandaprobe_evals.comparison import Comparison, MetricComparison, Moved, Word
from pandaprobe_evals.html.figures import difference
from pandaprobe_evals.html.markup import Child, Markup, element, joined
from pandaprobe_evals.html.parts import LISTED, details, figures, id_of, nothing, prose, rest, scored, table

STATES: dict[Word, str] = {"worse": "bad", "not worse": "good", "cannot tell": "open"}
"""How each word looks."""

Below = Callable[[str, str], Markup | None]
"""What is shown below the candidate's reason, by session and metric."""


def section(comparison: Comparison, below: Below) -> Markup:
    """All that there is to say of it."""
    said = [element("li", {}, prose(str(metric))) for metric in comparison.metrics]
    allowed = f"A mean may drop by {comparison.max_drop:g}." if comparison.max_drop else None
    banner = element(
        "div",
        {"class": f"banner {STATES[comparison.word]}"},
        element("p", {"class": "word"}, comparison.word.capitalize()),
        element("ul", {}, *said, element("li", {}, allowed) if allowed else None),
    )
    if not comparison.metrics:
        return joined(banner, nothing("No metric was compared."))
    cards = [_card(metric, comparison.max_drop, f"c{number}") for number, metric in enumerate(comparison.metrics)]
    return joined(
        banner,
        element("div", {"class": "cards compared"}, *cards),
        *(part for metric in comparison.metrics for part in _lists(metric, below)),
    )


def _card(metric: MetricComparison, max_drop: float, key: str) -> Markup:
    state = STATES[metric.word]
    heading = element(
        "h3", {}, element("bdi", {}, metric.name), element("span", {"class": f"chip {state}"}, metric.word)
    )
    if metric.difference is None:
        return element("article", {"class": "card"}, heading, nothing("Nothing was measured on both sides."))
    known: dict[str, Child] = {
        **dict(zip(("Base", "Candidate", "Difference", "95% interval"), metric.figures(), strict=True)),
        f"{metric.target.capitalize()}s, paired" if metric.paired else "Scores, unpaired": f"{metric.count:,}",
    }
    if metric.paired:
        known |= {"Better": f"{metric.wins:,}", "Worse": f"{metric.losses:,}", "Same": f"{metric.ties:,}"}
    notes = [element("p", {"class": "note"}, said) for said in metric.notes()]
    return element(
        "article",
        {"class": "card"},
        heading,
        element("figure", {}, difference(metric.name, metric.difference, metric.interval, max_drop, key=key)),
        figures(known),
        *notes,
    )


def _lists(metric: MetricComparison, below: Below) -> Iterator[Markup]:
    if metric.moved:
        yield details(
            f"{metric.name}: moved most", len(metric.moved), _moved_table(metric, below), open=metric.losses > 0
        )
    target = metric.target.capitalize()
    for name, side in (("base", metric.base), ("candidate", metric.candidate)):
        if side.only and metric.paired:
            named: list[list[Child]] = [[id_of(each)] for each in side.only]
            yield _list(f"{metric.name}: only in the {name}", [target], named, side.only_count)
        if side.not_measured:
            rows: list[list[Child]] = [[id_of(id_), kind] for id_, kind in side.not_measured]
            yield _list(
                f"{metric.name}: not measured in the {name}",
                [target, "What became of it"],
                rows,
                side.not_measured_count,
            )


def _list(title: str, columns: list[str], rows: list[list[Child]], count: int) -> Markup:
    shown = table(title, columns, rows[:LISTED], classes={columns[-1]: "what"} if len(columns) > 1 else {})
    return details(title, count, shown, rest(count, LISTED, "of these"), open=False)


def _moved_table(metric: MetricComparison, below: Below) -> Markup:
    """What moved most, with what is said on both sides."""
    columns = ["Change", metric.target.capitalize(), "Base", "Candidate", "Said of the base", "Said of the candidate"]
    classes = dict(zip(columns[2:], ("score", "score", "said", "said"), strict=True))
    rows = [_moved(each, below(each.id, metric.name)) for each in metric.moved]
    return table(f"{metric.name}: what moved most", columns, rows, classes=classes)


def _moved(each: Moved, more: Markup | None) -> list[Child]:
    word = "bad" if each.difference < 0 else "good"
    return [
        element("b", {"class": f"change {word}"}, f"{each.difference:+.3f}"),
        id_of(each.id),
        scored(each.base),
        scored(each.candidate),
        prose(each.base_reason or "No reason given."),
        joined(prose(each.candidate_reason or "No reason given."), more),
    ]
