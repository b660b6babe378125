"""What a gate tells GitHub Actions: the summary of its job and annotations, within the limits of GitHub."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pandaprobe_evals import Comparison, Verdict

LARGEST: Final = 1024 * 1024
"""Bytes in the summary of a step."""
MOST: Final = 10
"""Annotations of a kind in a step."""
_ROOM: Final = 200
_MOVED: Final = 5
"""Sessions that got worse, of each metric."""


def tell(verdict: "Verdict", reasons: list[str], comparison: "Comparison | None" = None) -> list[str]:
    """Add to the job's summary where GITHUB_STEP_SUMMARY names it; the annotations to print where GITHUB_ACTIONS is set."""
    if file := os.environ.get("GITHUB_STEP_SUMMARY"):
        with contextlib.suppress(OSError), Path(file).open("ab") as stream:
            stream.write(summary(verdict, reasons, comparison, LARGEST - stream.tell()))
    return annotations(reasons) if os.environ.get("GITHUB_ACTIONS") == "true" else []


def summary(
    verdict: "Verdict", reasons: list[str], comparison: "Comparison | None" = None, room: int = LARGEST
) -> bytes:
    """Markdown in UTF-8 of at most `room` bytes, with tables as GitHub has them; says how many lines were left out."""
    lines = [f"### PandaProbe: {'passed' if verdict.passed else 'not passed'}", "", *_metrics(verdict)]
    lines += [f"- **not passed**: {_inline(reason)}" for reason in reasons]
    lines += _compared(comparison) if comparison else []
    kept, size = b"", max(0, room - _ROOM)
    for number, line in enumerate(lines):
        more = f"{line}\n".encode(errors="replace")
        if len(kept) + len(more) > size:
            said = f"\n{len(lines) - number} lines are left out: a summary holds 1 MiB.\n".encode()
            return kept + said if len(kept) + len(said) <= room else kept
        kept += more
    return kept


def _metrics(verdict: "Verdict") -> Iterator[str]:
    heads = ["metric", "mean", "lowest", "minimum", "reached", "measured", "not measured", "remembered"]
    if verdict.quantile is not None:
        heads.insert(2, f"{verdict.quantile:g}-quantile")
    rows: list[list[str]] = []
    for each in verdict.metrics:
        not_measured = each.missing + each.failed + each.without_evidence + each.unusable + each.annotated
        in_part = each.partial_evidence + each.unknown_evidence
        reached = "yes" if each.passed else "**no**"
        counts = [f"{count:,}" for count in (each.count, not_measured + in_part, each.remembered)]
        row = [each.name, _figure(each.mean), _figure(each.lowest), f"{each.minimum:g}", reached, *counts]
        if verdict.quantile is not None:
            row.insert(2, _figure(each.quantile_value))
        rows.append([_inline(row[0]), *row[1:]])
    yield from _table(heads, rows)


def _compared(comparison: "Comparison") -> Iterator[str]:
    yield from ("", f"#### Against the baseline: {comparison.word}", "")
    rows = [
        [
            _inline(each.name),
            each.word if each.word == "not worse" else f"**{each.word}**",
            _figure(each.base.mean),
            _figure(each.candidate.mean),
            _figure(each.difference, "+"),
            " to ".join(_figure(end, "+") for end in each.interval) if each.interval else "-",
            f"{each.count:,}",
            *((f"{each.wins:,}", f"{each.losses:,}") if each.paired else ("-", "-")),
        ]
        for each in comparison.metrics
    ]
    yield from _table(["metric", "is", "base", "candidate", "difference", "95%", "n", "won", "lost"], rows)
    worse = [
        [_inline(metric.name), _inline(each.id), _figure(each.difference, "+"), _inline(each.candidate_reason or "-")]
        for metric in comparison.metrics
        for each in metric.moved[:_MOVED]
        if each.difference < 0
    ]
    if worse:
        yield from ("", "What got worse most:", "")
        yield from _table(["metric", comparison.target, "change", "said of the candidate"], worse)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        for cells in (heads, ["---"] * len(heads), *rows):
            yield f"| {' | '.join(cells)} |"
        yield ""


def _figure(value: float | None, sign: str = "") -> str:
    return "-" if value is None else f"{value:{sign}.4g}"


def annotations(reasons: list[str]) -> list[str]:
    """An error for each reason, ten at most; the last says how many were left out."""
    shown = reasons if len(reasons) <= MOST else reasons[: MOST - 1]
    left = [f"{len(reasons) - len(shown)} more reasons are left out: GitHub shows {MOST}"] * (shown is not reasons)
    return [f"::error title=pandaprobe-evals gate::{_escaped(reason)}" for reason in [*shown, *left]]


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _inline(text: str) -> str:
    """Text in which Markdown and HTML mean nothing."""
    plain = "".join(f"\\{each}" if each in "\\`*_[]|~#!" else each for each in " ".join(text.split()))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
