"""From the outcomes of runs to one verdict: are the sessions good enough, and was each of them measured? Pure.

Judged are pairs: every session of every run, with every metric that has a minimum. A pair counts by its newest score over
all runs, so that a run and its retry are judged together as one. What became of a pair is its `Kind`; see `evidence`.

Only what was measured in full counts in a mean or a quantile. The verdict is passed when every run has ended, every metric
reaches its minimum, and every pair was measured. `allow_missing`, `allow_failed` and `allow_no_evidence` leave such pairs
out; `allow_partial_evidence`, `allow_unknown_evidence` and `allow_annotated` count such scores as they are. What earlier
runs measured counts too, unless `refuse_remembered`. Where nothing was measured, nothing is passed, whatever is allowed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from . import checks
from .errors import InvalidArgument, clip, counted
from .evidence import KINDS, Kind
from .outcomes import RunOutcome
from .pairs import SHOWN, Figures, Pairs, Summary

AnyOutcome = RunOutcome[Any]
"""Of a run over sessions, or over traces."""
_LEAVES, _COUNTS = "leaves them out", "counts them as they are"
_ALLOWS: dict[Kind, tuple[str, str]] = {
    "missing": ("allow_missing", _LEAVES),
    "failed": ("allow_failed", _LEAVES),
    "without evidence": ("allow_no_evidence", _LEAVES),
    "partial evidence": ("allow_partial_evidence", _COUNTS),
    "unknown evidence": ("allow_unknown_evidence", _COUNTS),
    "annotated": ("allow_annotated", _COUNTS),
}
_SAID: dict[Kind, str] = {
    "missing": "without a score",
    "failed": "with a failed score",
    "without evidence": "with a score that nothing was measured for",
    "partial evidence": "with a score for which some signals or traces were not measured",
    "unknown evidence": "with a score of which it cannot be known what it rests on",
    "annotated": "with a score that rests on what a person or another program gave, not on a measurement",
    "remembered": "with a score that was not measured anew: all its signals were taken from earlier runs",
    "unusable": "with a score that is not a number from 0 to 1",
}


def _as_argument(option: str) -> str:
    return f"{option}=True"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict is not passed, in words for people."""

    words: str
    option: str | None = None
    """The argument of `judge` that lets it pass, such as `allow_missing`; None where none does."""
    effect: str = ""
    """What that argument does with such sessions."""

    def said(self, option: Callable[[str], str] = _as_argument) -> str:
        """All of it, with the option as `option` makes it: an argument of `judge`, a flag of a command."""
        return f"{self.words}; {option(self.option)} {self.effect}" if self.option else self.words

    def __str__(self) -> str:
        return self.said()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricVerdict:
    """How one metric did over all sessions."""

    name: str
    minimum: float
    passed: bool
    """Whether its mean, or its quantile where one was asked for, is at least the minimum."""
    count: int
    """Sessions that count in the figures below: those measured, and those that an option counts as if they were."""
    mean: float | None
    """None where nothing was measured, as for `lowest` and `quantile_value`."""
    lowest: float | None
    quantile_value: float | None
    """None where no quantile was asked for."""
    missing: int
    """Sessions without a score by this metric."""
    failed: int
    without_evidence: int
    partial_evidence: int
    unknown_evidence: int
    unusable: int
    annotated: int = 0
    """Scores with a signal that a person or another program gave."""
    remembered: int = 0
    """Scores of which earlier runs had measured every signal; they count, unless they are refused."""
    target: str = "session"
    """What has the scores, a `session` or a `trace`."""

    def __str__(self) -> str:
        figures = {"mean": self.mean, "quantile": self.quantile_value}
        said = ", ".join(f"{name} {value:.4g}" for name, value in figures.items() if value is not None)
        sessions = counted(self.count, self.target) + (f", {self.remembered:,} remembered" if self.remembered else "")
        return f"{self.name}: {said or 'nothing measured'} over {sessions}, minimum {self.minimum:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether runs passed, and why not."""

    passed: bool
    reasons: tuple[Reason, ...]
    """Each cause of a failure; empty where the verdict is passed."""
    metrics: tuple[MetricVerdict, ...]
    """One for each minimum, in the order given."""
    quantile: float | None
    """The quantile that was held against the minimums; None: the mean."""
    counted: tuple[Kind, ...]
    """The kinds of scores that count: those measured, and those that an option counts as if they were."""
    runs: int
    """Runs that were judged, each once."""
    target: str
    """What they evaluate, a `session` or a `trace`."""
    targets: int
    """The sessions or traces of these runs, each once."""

    def _repr_html_(self) -> str:
        from .html.markup import joined  # here: only a notebook needs it
        from .html.notebook import bullets, figure, headline, table

        heads = ("metric", "mean", "lowest", "minimum", f"{self.target}s", "")
        rows = [
            (
                each.name,
                figure(each.mean),
                figure(each.lowest),
                f"{each.minimum:g}",
                each.count,
                "passed" if each.passed else "not passed",
            )
            for each in self.metrics
        ]
        word = "Passed" if self.passed else "Not passed"
        return joined(headline(word), table(heads, rows), bullets(map(str, self.reasons)))

    def __str__(self) -> str:
        lines = [*map(str, self.metrics), *(f"- {reason}" for reason in self.reasons)]
        return "\n".join(["passed" if self.passed else "not passed", *lines])


def quantile_of(values: Mapping[Decimal, int], quantile: float) -> Decimal:
    """The quantile of values, each with how many there are: the smallest that this part of all does not exceed.

    It is one of the values, never one between two: at least `minimum` exactly when fewer than this part of them lie below.
    Quantile 0 is the smallest, 0.5 the (lower) median, 1 the largest.
    """
    left = max(
        math.ceil(Decimal(str(quantile)) * sum(values.values())), 1
    )  # exact: 0.1 x 30 is 3, not 3.0000000000000004
    for value in sorted(values):
        left -= values[value]
        if left <= 0:
            return value
    raise ValueError("there are no values")


def _gaps(
    summary: Summary, metrics: Iterable[str], allowed: frozenset[Kind] = frozenset({"remembered"})
) -> list[Reason]:
    """What some metrics did not measure, and what would let it pass."""
    reasons = [
        _unmeasured(name, kind, figures, summary.target)
        for name in metrics
        for figures in [summary.figures[name]]
        for kind in reversed(KINDS)
        if kind in figures.named and kind not in allowed
    ]
    if summary.unnamed and "missing" not in allowed:
        said = (
            f"{counted(summary.unnamed, summary.target)} of runs by filters without any score; the service names none"
        )
        reasons.append(Reason(said, *_ALLOWS["missing"]))
    if summary.lost_failures and "failed" not in allowed:
        said = f"{counted(summary.lost_failures, 'failed pair')} of {summary.target} and metric that no score names"
        reasons.append(Reason(said, *_ALLOWS["failed"]))
    return reasons


def judge_summary(
    summary: Summary,
    minimums: Mapping[str, float],
    *,
    quantile: float | None = None,
    unfinished: Iterable[str] = (),
    allowed: frozenset[Kind] = frozenset({"remembered"}),
) -> Verdict:
    """As `judge`, of what was summed up; each minimum's metric has figures."""
    waited_for = tuple(dict.fromkeys(unfinished))
    reasons = [] if summary.runs or waited_for else [Reason("no run was given")]
    reasons += [Reason(f"run {id_} has not ended") for id_ in waited_for]
    reasons += map(Reason, summary.broken)
    counts: tuple[Kind, ...] = tuple(
        kind
        for kind in KINDS
        if kind == "measured" or (kind in allowed and (kind == "remembered" or _ALLOWS[kind][1] == _COUNTS))
    )
    metrics = [_metric(name, least, quantile, summary, counts) for name, least in minimums.items()]
    reasons += [Reason(_short(metric, quantile, summary.target)) for metric in metrics if not metric.passed]
    reasons += _gaps(summary, minimums, allowed)
    return Verdict(
        passed=not reasons,
        reasons=tuple(reasons),
        metrics=tuple(metrics),
        quantile=quantile,
        counted=counts,
        runs=summary.runs + len(waited_for),
        target=summary.target,
        targets=summary.targets,
    )


def judge(
    outcomes: AnyOutcome | Iterable[AnyOutcome] | Pairs,
    minimums: Mapping[str, float],
    *,
    quantile: float | None = None,
    unfinished: Iterable[str] = (),
    allow_missing: bool = False,
    allow_failed: bool = False,
    allow_no_evidence: bool = False,
    allow_partial_evidence: bool = False,
    allow_unknown_evidence: bool = False,
    allow_annotated: bool = False,
    refuse_remembered: bool = False,
) -> Verdict:
    """Hold the scores of runs against minimums; see the module for what is judged.

    Args:
        outcomes: What `session_runs.wait` returned, or `trace_runs.wait`, one or many, with scores. A run that comes twice
            counts once. Or their `Pairs`, taken in run by run.
        minimums: By metric, each from 0 to 1.
        quantile: Hold this quantile of the scores against the minimums, 0 to 1, in place of their mean: with 0.1 fewer
            than one in ten scores may lie below the minimum, with 0 none.
        unfinished: Ids of runs that had not ended when the wait was over, as `WaitTimeout.run_ids`; these never pass.
        allow_missing: Leave out sessions without a score.
        allow_failed: Leave out failed pairs. A run that failed as a whole is not passed all the same.
        allow_no_evidence: Leave out scores that nothing was measured for.
        allow_partial_evidence: Count scores for which some signals or traces were not measured.
        allow_unknown_evidence: Count scores that do not say what they rest on, as an older service's, and those whose
            signals were changed or deleted since.
        allow_annotated: Count scores of which a person or another program gave a signal, whatever else they rest on. This is
            told of outcomes that were waited for with `provenance=True`, as what was remembered is.
        refuse_remembered: Do not pass scores of which earlier runs had measured every signal.

    Raises:
        InvalidArgument: There is no minimum, or a minimum or the quantile is not a number from 0 to 1; or runs over sessions
            come with runs over traces.
    """
    limits = checked_minimums(minimums)
    part = None if quantile is None else checks.fraction(quantile, "quantile")
    allows: dict[Kind, bool] = {
        "missing": allow_missing,
        "failed": allow_failed,
        "without evidence": allow_no_evidence,
        "partial evidence": allow_partial_evidence,
        "unknown evidence": allow_unknown_evidence,
        "annotated": allow_annotated,
        "remembered": not refuse_remembered,
    }
    pairs = outcomes if isinstance(outcomes, Pairs) else Pairs(outcomes)
    allowed: frozenset[Kind] = frozenset(kind for kind, allow in allows.items() if allow)
    return judge_summary(pairs.summary(limits), limits, quantile=part, unfinished=unfinished, allowed=allowed)


def checked_minimums(minimums: Mapping[str, float]) -> dict[str, float]:
    """Minimums by metric.

    Raises:
        InvalidArgument: There is none, or one is not a number from 0 to 1.
    """
    if not isinstance(minimums, Mapping) or not minimums:
        raise InvalidArgument('minimums: needs at least one, such as {"agent_reliability": 0.8}')
    return {
        checks.text(name, "minimums"): checks.fraction(value, f"minimums[{clip(repr(name), 60)}]")
        for name, value in minimums.items()
    }


def _metric(
    name: str, minimum: float, quantile: float | None, summary: Summary, counted: Iterable[Kind]
) -> MetricVerdict:
    figures = summary.figures[name]
    values = figures.counted(counted)
    count, least = values.total(), Decimal(str(minimum))
    held, mean, at_quantile = False, None, None
    if count:
        with localcontext(prec=60):  # sums of millions of short decimals stay exact
            total = sum((value * times for value, times in values.items()), Decimal(0))
            mean, held = float(total / count), total >= least * count
        if quantile is not None:
            at = quantile_of(values, quantile)
            at_quantile, held = float(at), at >= least
    return MetricVerdict(
        name=name,
        minimum=minimum,
        passed=held,
        count=count,
        mean=mean,
        lowest=float(min(values)) if count else None,
        quantile_value=at_quantile,
        missing=figures.kinds["missing"] + summary.unnamed,
        failed=figures.kinds["failed"],
        without_evidence=figures.kinds["without evidence"],
        partial_evidence=figures.kinds["partial evidence"],
        unknown_evidence=figures.kinds["unknown evidence"],
        unusable=figures.kinds["unusable"],
        annotated=figures.kinds["annotated"],
        remembered=figures.kinds["remembered"],
        target=summary.target,
    )


def _short(metric: MetricVerdict, quantile: float | None, target: str) -> str:
    """Why a metric is below its minimum."""
    if not metric.count:
        return f"{metric.name}: nothing was measured"
    named, value = ("mean", metric.mean) if quantile is None else (f"{quantile:g}-quantile", metric.quantile_value)
    short = f"{value:.4g}"
    said = short if float(short) < metric.minimum else repr(value)  # never "0.8 is below 0.8"
    return f"{metric.name}: {named} {said} of {counted(metric.count, target)} is below {metric.minimum:g}"


def _unmeasured(metric: str, kind: Kind, figures: Figures, target: str) -> Reason:
    """Which sessions a metric did not measure, and what would let them pass."""
    number = figures.kinds[kind]
    named = ", ".join(clip(repr(id_), 60) for id_ in figures.named[kind])
    more = f" and {number - SHOWN} more" if number > SHOWN else ""
    said = f"{metric}: {counted(number, target)} {_SAID[kind]}: {named}{more}"
    return Reason(said, *_ALLOWS.get(kind, (None, "")))
