"""What was not measured: of each kind of such pairs a list, and how many the list leaves out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pandaprobe_evals.evidence import Kind
from pandaprobe_evals.html.markup import Child, Markup, element, joined
from pandaprobe_evals.html.parts import LISTED, details, id_of, nothing, prose, rest, table
from pandaprobe_evals.pairs import Pairs, Summary
from pandaprobe_evals.scratch import Said


def _titles(target: str) -> dict[Kind, tuple[str, str]]:
    absent = "no traces" if target == "session" else "the service does not have them"
    return {
        "failed": ("Failed pairs", f"The evaluation of a {target} by a metric failed."),
        "missing": (
            f"{target.capitalize()}s without a score",
            f"They count as evaluated, and were not: {absent}, as a rule.",
        ),
        "without evidence": ("Scores without evidence", "Nothing was measured for them, however good they are."),
        "partial evidence": ("Scores with partial evidence", "Some signals or traces were not measured for them."),
        "unknown evidence": (
            "Scores with unknown evidence",
            "They do not say what they rest on, or it was changed since.",
        ),
        "annotated": ("Scores with annotated signals", "A person or another program gave one of their signals."),
        "remembered": ("Remembered scores", "They were not measured anew: all their signals are earlier runs'."),
        "unusable": ("Unusable scores", "They are not numbers from 0 to 1."),
    }


def section(
    pairs: Pairs, summary: Summary, unmeasured: Mapping[Kind, int], below: Callable[[Said, int], Markup | None]
) -> Markup:
    """All of it.

    Args:
        pairs: Of the runs.
        summary: Of the same.
        unmeasured: How many pairs there are of each kind.
        below: What is shown below the reason of a row with such a number in its list.
    """
    more: dict[Kind, tuple[int, str]] = {
        "failed": (summary.lost_failures, "failed pairs that no score names."),
        "missing": (summary.unnamed, f"{pairs.target}s of runs by filters, which the service does not name."),
    }
    parts: list[Markup] = []
    for kind, (title, note) in _titles(pairs.target).items():
        found, (lost, said) = unmeasured.get(kind, 0), more.get(kind, (0, ""))
        if not found and not lost:
            continue
        rows: list[list[Child]] = [
            [id_of(row.target), id_of(row.metric), joined(prose(row.reason or "-"), below(row, number))]
            for number, row in enumerate(pairs.of_kind(kind, LISTED))
        ]
        columns = [pairs.target.capitalize(), "Metric", *(["Reason"] if kind != "missing" else [])]
        parts.append(
            details(
                title,
                found + lost,
                element("p", {"class": "note"}, note),
                table(title, columns, [row[: len(columns)] for row in rows]) if rows else None,
                rest(found, LISTED, "of these"),
                element("p", {"class": "note"}, f"And {lost:,} {said}") if lost else None,
                open=found <= 10,
            )
        )
    return (
        joined(*parts) if parts else nothing(f"Every {pairs.target} was measured by every metric that was asked for.")
    )
