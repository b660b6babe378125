"""From the outcomes of runs to one verdict: are the sessions good enough, and was each of them measured? Pure.

Judged are pairs: every session of every run, with every metric that has a minimum. A pair counts by its newest score over
all runs, so that a run and its retry are judged together as one. A pair is

    measured          it has a value: a number from 0 to 1, with evidence behind it
    missing           no run has scored it
    failed            its evaluation failed
    without evidence  a perfect score that nothing was measured for
    unusable          its score is none: no number, out of range, or not there yet

Only what was measured counts in a mean or a quantile. The verdict is passed when every run has ended, every metric reaches
its minimum, and every pair was measured; `allow_missing`, `allow_failed` and `allow_no_evidence` leave such pairs out. Where
nothing was measured, nothing is passed, whatever is allowed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext
from typing import Literal, get_args

from pandaprobe_evals_api.models import SessionScore
from pandaprobe_evals_api.types import Unset

from . import checks
from .errors import InvalidArgument, clip
from .outcomes import Outcome, session_count, without_evidence

Kind = Literal["measured", "missing", "failed", "without evidence", "unusable"]
"""What became of a pair of session and metric."""
Pair = tuple[str, str]
"""A session's id and a metric's name."""

_SHOWN = 3  # session ids in a reason
_ALLOWED_BY: dict[Kind, str] = {
    "missing": "allow_missing",
    "failed": "allow_failed",
    "without evidence": "allow_no_evidence",
}
_SAID: dict[Kind, str] = {
    "missing": "without a score",
    "failed": "with a failed score",
    "without evidence": "with a score that nothing was measured for",
    "unusable": "with a score that is no number from 0 to 1",
}
_ENDED = {"succeeded", "completed_with_failures"}
_ENDS = {
    "failed": "failed",
    "stalled": "has not ended, and makes no progress",
    "deleted": "was deleted, or never was",
    "unknown_status": "is in a state that this client does not know",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricVerdict:
    """How one metric did over all sessions."""

    name: str
    minimum: float
    passed: bool
    """Whether its mean, or its quantile where one was asked for, is at least the minimum."""
    count: int
    """Sessions that were measured; only these count in the figures below."""
    mean: float | None
    """None where nothing was measured, as for `quantile_value`."""
    quantile_value: float | None
    """None where no quantile was asked for."""
    missing: int
    """Sessions without a score by this metric."""
    failed: int
    without_evidence: int
    unusable: int

    def __str__(self) -> str:
        figures = {"mean": self.mean, "quantile": self.quantile_value}
        said = ", ".join(f"{name} {value:.4g}" for name, value in figures.items() if value is not None)
        return (
            f"{self.name}: {said or 'nothing measured'} over {_count(self.count, 'session')}, minimum {self.minimum:g}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether runs passed, and why not."""

    passed: bool
    reasons: tuple[str, ...]
    """Each cause of a failure, in words for people; empty where the verdict is passed."""
    metrics: tuple[MetricVerdict, ...]
    """One for each minimum, in the order given."""
    quantile: float | None
    """The quantile that was held against the minimums; None: the mean."""
    runs: int
    """Runs that were judged, each once."""
    sessions: int
    """Sessions of these runs, each once."""

    def __str__(self) -> str:
        lines = [*map(str, self.metrics), *(f"- {reason}" for reason in self.reasons)]
        return "\n".join(["passed" if self.passed else "not passed", *lines])


def value_of(score: SessionScore) -> Decimal | None:
    """The score as a number from 0 to 1, exact; None where it is none."""
    try:
        value = Decimal(score.value or "")
        in_range = 0 <= value <= 1
    except InvalidOperation:  # no number, or a comparison with NaN
        return None
    return value if in_range else None


def kind_of(score: SessionScore) -> Kind:
    """What a score says of its pair."""
    if score.status == "FAILED":
        return "failed"
    if without_evidence(score):
        return "without evidence"
    return "measured" if score.status == "SUCCESS" and value_of(score) is not None else "unusable"


class Tally:
    """The runs, sessions and scores behind some outcomes, each once.

    Attributes:
        outcomes: By run; of several outcomes of one run the last.
        sessions: Every session that is known by its id, in the runs' order.
        newest: The newest score of each pair of session and metric. Of two from the same moment, the one that is worse.
        unnamed: How many sessions are not known by their ids: those of runs by filters that have no score.
        lost_failures: Failed pairs that runs count and that no score of theirs names.
    """

    def __init__(self, outcomes: Outcome | Iterable[Outcome]) -> None:
        given = [outcomes] if isinstance(outcomes, Outcome) else outcomes
        self.outcomes: dict[str, Outcome] = {outcome.run_id: outcome for outcome in given}
        self.sessions: dict[str, None] = {}
        self.newest: dict[Pair, SessionScore] = {}
        self.unnamed = self.lost_failures = 0
        for outcome in self.outcomes.values():
            self._add(outcome)

    def _add(self, outcome: Outcome) -> None:
        scores = outcome.scores or ()
        ids = outcome.run.filters.session_ids if outcome.run else ()
        named = dict.fromkeys(() if isinstance(ids, Unset) else ids)
        for score in scores:
            named[score.session_id] = None
            pair = (score.session_id, score.name)
            known = self.newest.get(pair)
            if known is None or _later(score, known):
                self.newest[pair] = score
        self.sessions.update(named)
        self.unnamed += max(0, session_count(outcome.run) - len(named)) if outcome.run else 0
        self.lost_failures += max(0, outcome.failed_pairs - sum(score.status == "FAILED" for score in scores))

    def kind(self, pair: Pair) -> Kind:
        """What became of a pair."""
        score = self.newest.get(pair)
        return kind_of(score) if score else "missing"


def _later(score: SessionScore, than: SessionScore) -> bool:
    if score.created_at != than.created_at:
        return score.created_at > than.created_at
    new, old = (value_of(each) if kind_of(each) == "measured" else None for each in (score, than))
    return old is not None and (new is None or new < old)


def quantile_of(ordered: list[Decimal], quantile: float) -> Decimal:
    """The quantile of values that are in ascending order: the smallest of them that this part of all does not exceed.

    It is one of the values, never one between two: at least `minimum` exactly when fewer than this part of them lie below.
    Quantile 0 is the smallest, 0.5 the (lower) median, 1 the largest.
    """
    rank = math.ceil(Decimal(str(quantile)) * len(ordered))  # exact: 0.1 x 30 is 3, not 3.0000000000000004
    return ordered[max(rank, 1) - 1]


def judge(
    outcomes: Outcome | Iterable[Outcome],
    minimums: Mapping[str, float],
    *,
    quantile: float | None = None,
    unfinished: Iterable[str] = (),
    allow_missing: bool = False,
    allow_failed: bool = False,
    allow_no_evidence: bool = False,
) -> Verdict:
    """Hold the scores of runs against minimums; see the module for what is judged.

    Args:
        outcomes: What `session_runs.wait` returned, one or many, with scores. A run that comes twice counts once.
        minimums: By metric, each from 0 to 1.
        quantile: Hold this quantile of the scores against the minimums, 0 to 1, in place of their mean: with 0.1 fewer
            than one in ten scores may lie below the minimum, with 0 none.
        unfinished: Ids of runs that had not ended when the wait was over, as `WaitTimeout.run_ids`; these never pass.
        allow_missing: Leave out sessions without a score.
        allow_failed: Leave out failed pairs. A run that failed as a whole is not passed all the same.
        allow_no_evidence: Leave out scores that nothing was measured for.

    Raises:
        InvalidArgument: There is no minimum, or a minimum or the quantile is no number from 0 to 1.
    """
    if not isinstance(minimums, Mapping) or not minimums:
        raise InvalidArgument('minimums: needs at least one, such as {"agent_reliability": 0.8}')
    limits = {
        checks.text(name, "minimums"): checks.fraction(value, f"minimums[{clip(repr(name), 60)}]")
        for name, value in minimums.items()
    }
    part = None if quantile is None else checks.fraction(quantile, "quantile")
    tally = Tally(outcomes)
    allowed = {"missing": allow_missing, "failed": allow_failed, "without evidence": allow_no_evidence}
    waited_for = tuple(dict.fromkeys(unfinished))
    reasons = [] if tally.outcomes or waited_for else ["no run was given"]
    reasons += [f"run {id_} has not ended" for id_ in waited_for]
    reasons += [reason for outcome in tally.outcomes.values() if (reason := _broken(outcome))]
    metrics: list[MetricVerdict] = []
    for name, minimum in limits.items():
        pairs = _sorted_out(tally, name)
        metrics.append(_metric(name, minimum, part, pairs, tally))
        reasons += _short(metrics[-1], part)
        reasons += [
            _unmeasured(name, kind, ids)
            for kind, ids in pairs.items()
            if ids and kind in _SAID and not allowed.get(kind)
        ]
    if tally.unnamed and not allow_missing:
        reasons.append(
            f"{_count(tally.unnamed, 'session')} of runs by filters without any score: the service does not name them; "
            "allow_missing leaves them out"
        )
    if tally.lost_failures and not allow_failed:
        reasons.append(
            f"{_count(tally.lost_failures, 'failed pair')} of session and metric that no score names; "
            "allow_failed leaves them out"
        )
    return Verdict(
        passed=not reasons,
        reasons=tuple(reasons),
        metrics=tuple(metrics),
        quantile=part,
        runs=len(tally.outcomes.keys() | waited_for),
        sessions=len(tally.sessions) + tally.unnamed,
    )


def _broken(outcome: Outcome) -> str:
    """Why a run as a whole cannot be passed; empty where it ended."""
    why = "" if outcome.verdict in _ENDED else _ENDS.get(outcome.verdict, f"ended as {outcome.verdict}")
    if not why and outcome.scores is None:
        why = "ended, and its scores were not read: wait for it with scores=True"
    message = outcome.run.error_message if outcome.run else None
    return f"run {outcome.run_id} {why}{f' ({clip(message, 200)!r})' if message else ''}" if why else ""


def _sorted_out(tally: Tally, metric: str) -> dict[Kind, list[str]]:
    """Sessions by what became of their pair with a metric."""
    found: dict[Kind, list[str]] = {kind: [] for kind in get_args(Kind)}
    for session in tally.sessions:
        found[tally.kind((session, metric))].append(session)
    return found


def _metric(
    name: str, minimum: float, quantile: float | None, pairs: Mapping[Kind, list[str]], tally: Tally
) -> MetricVerdict:
    values = sorted(value for id_ in pairs["measured"] if (value := value_of(tally.newest[id_, name])) is not None)
    least = Decimal(str(minimum))
    held, mean, at_quantile = False, None, None
    if values:
        with localcontext(prec=60):  # sums of millions of short decimals stay exact
            total = sum(values, Decimal(0))
            mean, held = float(total / len(values)), total >= least * len(values)
        if quantile is not None:
            at = quantile_of(values, quantile)
            at_quantile, held = float(at), at >= least
    return MetricVerdict(
        name=name,
        minimum=minimum,
        passed=held,
        count=len(values),
        mean=mean,
        quantile_value=at_quantile,
        missing=len(pairs["missing"]) + tally.unnamed,
        failed=len(pairs["failed"]),
        without_evidence=len(pairs["without evidence"]),
        unusable=len(pairs["unusable"]),
    )


def _short(metric: MetricVerdict, quantile: float | None) -> list[str]:
    """Why a metric is below its minimum; empty where it is not."""
    if metric.passed:
        return []
    if not metric.count:
        return [f"{metric.name}: nothing was measured"]
    named, value = ("mean", metric.mean) if quantile is None else (f"{quantile:g}-quantile", metric.quantile_value)
    short = f"{value:.4g}"
    said = short if float(short) < metric.minimum else repr(value)  # never "0.8 is below 0.8"
    return [f"{metric.name}: {named} {said} of {_count(metric.count, 'session')} is below {metric.minimum:g}"]


def _unmeasured(metric: str, kind: Kind, ids: list[str]) -> str:
    """Which sessions a metric did not measure, and what would leave them out."""
    named = ", ".join(clip(repr(id_), 60) for id_ in ids[:_SHOWN])
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    option = f"; {_ALLOWED_BY[kind]} leaves them out" if kind in _ALLOWED_BY else ""
    return f"{metric}: {_count(len(ids), 'session')} {_SAID[kind]}: {named}{more}{option}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
