"""All scores as data of the page, which its script sorts, filters and shows by fifties."""

from __future__ import annotations

import json
from typing import Any

from pandaprobe_evals.comparison import Comparison
from pandaprobe_evals.evidence import KINDS
from pandaprobe_evals.html.markup import Markup, element, joined, visible
from pandaprobe_evals.html.parts import clipped
from pandaprobe_evals.pairs import Pairs
from pandaprobe_evals.results import EVIDENCE

MOST = 20_000
"""Scores: of more, the lowest ones."""
_REASON = 300
"""Characters of a reason."""
_VALUELESS = ("failed", "missing", "unusable")
"""Kinds of pairs that come last."""


def section(pairs: Pairs, comparison: Comparison | None) -> Markup:
    """Where the script shows them, and the data; without the script it is not seen."""
    texts: dict[str, int] = {}

    def text(of: str, longest: int) -> int:
        return texts.setdefault(visible(clipped(of, longest)), len(texts))

    rows: list[list[Any]] = []
    for row in pairs.ascending(KINDS, MOST):
        shown = [visible(clipped(row.target)), text(row.metric, 160), row.value, text(EVIDENCE[row.rank], 160)]
        rows.append([*shown, text(row.reason or "", _REASON)])
        if comparison:
            rows[-1].append(comparison.base.value_of(row.metric, row.target, trace=pairs.target == "trace"))
    data = {
        "target": pairs.target.capitalize(),
        "compared": comparison is not None,
        "rows": rows,
        "texts": list(texts),
    }
    return joined(
        element("div", {"id": "shown"}),
        _left_out(pairs, len(rows)),
        element("script", {"type": "application/json", "id": "data"}, _data(data)),
    )


def _left_out(pairs: Pairs, shown: int) -> Markup | None:
    """What the table does not have; None where it has all."""
    counts = pairs.counts()
    number = sum(count for (_, kind), count in counts.items() if kind in KINDS)
    if number <= shown:
        return None
    valueless = sum(count for (_, kind), count in counts.items() if kind in _VALUELESS)
    said = f"The lowest {shown:,} are here. And {number - shown:,} more scores, which are higher"
    said += " or have no value." if valueless else "."
    return element("p", {"class": "note"}, said)


def _data(value: object) -> Markup:
    """JSON that no parser of HTML takes for an end of the script."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))
