"""All scores as data of the page, which its script sorts, filters and shows by fifties."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pandaprobe_evals.comparison import Comparison
from pandaprobe_evals.evidence import value_of
from pandaprobe_evals.html.markup import Markup, element, joined, visible
from pandaprobe_evals.html.parts import clipped
from pandaprobe_evals.results import COUNTED, EVIDENCE
from pandaprobe_evals.verdict import Pair

from .tally import Tally

MOST = 20_000
"""Scores: of more, the lowest ones."""
_REASON = 300
"""Characters of a reason."""


def section(tally: Tally, missing: list[Pair], comparison: Comparison | None) -> Markup:
    """Where the script shows them, and the data; without the script it is not seen."""
    base = _base(comparison)
    texts: dict[str, int] = {}
    rows: list[list[Any]] = []
    for pair, score in tally.newest.items():
        value = value_of(score)
        row = [pair[0], pair[1], None if value is None else float(value), tally.kind_of(score), score.reason or ""]
        rows.append(row + ([base.get(pair)] if comparison else []))
    rows += [[*pair, None, "missing", "", *([base.get(pair)] if comparison else [])] for pair in missing]
    rows.sort(key=lambda row: (row[2] is None, row[2] or 0.0, row[0], row[1]))
    left = max(0, len(rows) - MOST)

    def text(of: str, longest: int) -> int:
        return texts.setdefault(visible(clipped(of, longest)), len(texts))

    data = {
        "target": tally.target.capitalize(),
        "compared": comparison is not None,
        "rows": [
            [visible(clipped(row[0])), text(row[1], 160), row[2], text(row[3], 160), text(row[4], _REASON), *row[5:]]
            for row in rows[:MOST]
        ],
        "texts": list(texts),
    }
    return joined(
        element("div", {"id": "shown"}),
        element("p", {"class": "note"}, f"And {left:,} more scores, which are higher.") if left else None,
        element("script", {"type": "application/json", "id": "data"}, _data(data)),
    )


def _base(comparison: Comparison | None) -> Mapping[Pair, float]:
    """The base's scores that count."""
    if comparison is None:
        return {}
    rows = comparison.base._scratch
    return {
        (row.target, name): row.value
        for name in rows.metrics()
        for row in rows.newest(name)
        if row.value is not None and EVIDENCE[row.rank] in COUNTED
    }


def _data(value: object) -> Markup:
    """JSON that no parser of HTML takes for an end of the script."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))
