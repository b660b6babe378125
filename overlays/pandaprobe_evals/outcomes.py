"""How a run ended: what its state, its counts and its scores say. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

from pandaprobe_evals_api.models import EvalRun
from pandaprobe_evals_api.types import Unset

from .errors import counted
from .evidence import Kind, Score, value_of
from .provenance import Provenance, Remembered, kind_by, remembered
from .runs import kind_of_run

End = Literal[
    "succeeded", "nothing_measured", "completed_with_failures", "failed", "stalled", "deleted", "unknown_status"
]

SCORED: frozenset[End] = frozenset({"succeeded", "completed_with_failures", "failed"})


def target_count(run: EvalRun) -> int:
    """How many sessions or traces a run evaluates, under whichever name the deployment says it."""
    total = run.total_traces if isinstance(run.total_targets, Unset) else run.total_targets
    return 0 if isinstance(total, Unset) else total


S = TypeVar("S", bound=Score)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome(Generic[S]):
    """How a run ended, or why there is no more waiting for it."""

    run_id: str
    run: EvalRun | None = field(repr=False)
    """As last seen; None for a run that the service does not have and that was never seen."""
    target: str
    """What the run evaluates, such as `session` or `trace`."""
    result: End
    """`succeeded` goes by the service's count, and by what the scores say where they were read: of a run that completed
    without a failure, and whose scores rest on nothing, it is `nothing_measured`."""
    failed_pairs: int = 0
    """Pairs of session or trace, and metric, that failed."""
    without_score: tuple[str, ...] | None = field(default=None, repr=False)
    """Sessions or traces of the run that have no score at all. None: not known, since the scores were not read, or the
    run was made by filters, which do not name what it evaluates, and has fewer scored than that."""
    scores: tuple[S, ...] | None = field(default=None, repr=False)
    """None: not read. Those of runs that did not end (stalled, deleted, unknown status) are not."""
    provenance: Mapping[str, Provenance] | None = field(default=None, repr=False)
    """By the id of a session's score, where its signals come from. None: not read (`provenance=True` of `wait`)."""

    def kind_of(self, score: Score) -> Kind:
        """What one of its scores rests on."""
        return kind_by(score, (self.provenance or {}).get(str(score.id)))

    @property
    def remembered(self) -> Remembered | None:
        """How many scores this run took from earlier runs, and from which. None: `provenance` was not read."""
        return None if self.provenance is None else remembered(self.provenance.values())

    @property
    def ok(self) -> bool:
        """Everything was measured in full by every metric, by this run or by earlier ones. What is unknown is not ok;
        without scores see `result`.
        """
        if self.run is None:
            return False
        of = kind_of_run(self.run)
        return whole(self, {(of.target_of(score), score.name): self.kind_of(score) for score in self.scores or ()})

    @property
    def scores_without_evidence(self) -> tuple[S, ...] | None:
        """Scores that nothing was measured for, however good they look. None: the scores were not read."""
        return self._scores("without evidence")

    @property
    def scores_with_partial_evidence(self) -> tuple[S, ...] | None:
        """Scores for which some signals or traces were not measured. None: the scores were not read."""
        return self._scores("partial evidence")

    @property
    def scores_with_unknown_evidence(self) -> tuple[S, ...] | None:
        """Scores that do not say what they rest on. None: the scores were not read."""
        return self._scores("unknown evidence")

    @property
    def scores_with_annotated_signals(self) -> tuple[S, ...] | None:
        """Scores of which a person or another program gave a signal. None: the scores were not read."""
        return self._scores("annotated")

    def _scores(self, kind: Kind) -> tuple[S, ...] | None:
        return None if self.scores is None else tuple(score for score in self.scores if self.kind_of(score) == kind)

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row for each pair of session or trace, and metric, of plain values: for a data frame, a CSV file, JSON.

        Returns:
            `run_id`, `session_id` or `trace_id`, `metric`; `value`, a float from 0 to 1, or None where there is none;
            `value_text`, the same as the service wrote it; `kind`, what the score rests on (see `evidence.Kind`): `measured`
            leaves out what only looks like a score; `status`, `reason`; `created_at`, an aware datetime; `origin`, where its
            signals come from (see `Provenance`), `from_runs`, the ids of the earlier runs among that, with commas, and
            `oldest_signal`, an aware datetime: None where `provenance` was not read. Pairs without a score have
            a row of kind `missing` where the run names its targets, or `not read` where the scores were not read.
        """
        return [] if self.run is None else [*rows_of(self.run_id, self.run, self.scores, self.provenance or {})]

    def __str__(self) -> str:
        if self.run is None:
            return f"run {self.run_id}: {self.result} (the service has no such run)"
        done = f"{self.run.evaluated_count} of {target_count(self.run)} {kind_of_run(self.run).noun} evaluated"
        missing, kinds = self.without_score, Counter(map(self.kind_of, self.scores or ()))
        notes = [
            self.run.status if self.result in {"stalled", "unknown_status"} else "",
            f"{counted(self.failed_pairs, 'pair')} failed" if self.failed_pairs else "",
            f"{len(missing)} without a score" if missing else "",
            *(f"{counted(kinds[kind], 'score')} {said}" for kind, said in _DOUBTFUL.items() if kinds[kind]),
            str(self.remembered or ""),
            "scores not read" if self.scores is None else "some without a score" if missing is None else "",
            self.run.error_message or "",
        ]
        return f"run {self.run_id}: {', '.join([self.result.replace('_', ' '), done, *filter(None, notes)])}"


def whole(outcome: RunOutcome[Any], kinds: Mapping[tuple[str, str], Kind]) -> bool:
    """Whether everything was measured in full, by what became of each pair of target and metric that has a score."""
    run = outcome.run
    if outcome.result != "succeeded" or run is None or outcome.scores is None or outcome.without_score != ():
        return False
    ids, metrics = kind_of_run(run).targets_of(run), set(run.metric_names)
    pairs = len({target for target, _ in kinds} if ids is None else set(ids)) * len(metrics)
    measured = set(kinds.values()) <= {"measured", "remembered"}
    return measured and sum(metric in metrics for _, metric in kinds) >= pairs


def rows_of(
    run_id: str,
    run: EvalRun,
    scores: Iterable[Score] | None,
    known: Mapping[str, Provenance] = MappingProxyType({}),
) -> Iterator[dict[str, Any]]:
    """The rows of a run, as `RunOutcome.to_dicts` returns them, each when it is asked for.

    Args:
        run_id: Its id.
        run: As last seen.
        scores: None: not read.
        known: Where the signals of scores come from, by their ids.
    """
    of = kind_of_run(run)
    left = dict.fromkeys((id_, metric) for id_ in of.targets_of(run) or () for metric in run.metric_names)
    for score in scores or ():
        target, provenance = of.target_of(score), known.get(str(score.id))
        left.pop((target, score.name), None)
        yield _row(run_id, {of.target: target}, score.name, kind_by(score, provenance), score, provenance)
    kind = "not read" if scores is None else "missing"
    for id_, metric in left:
        yield _row(run_id, {of.target: id_}, metric, kind)


def _row(
    run_id: str,
    target: dict[str, str],
    metric: str,
    kind: str,
    score: Score | None = None,
    provenance: Provenance | None = None,
) -> dict[str, Any]:
    value = None if score is None else value_of(score)
    return {
        "run_id": run_id,
        **target,
        "metric": metric,
        "value": None if value is None else float(value),
        "value_text": score.value if score else None,
        "kind": kind,
        "status": score.status if score else None,
        "reason": score.reason if score else None,
        "created_at": score.created_at if score else None,
        "origin": provenance.origin if provenance and provenance.signals else None,
        "from_runs": ",".join(provenance.from_runs) if provenance else None,
        "oldest_signal": provenance.oldest if provenance else None,
    }


_DOUBTFUL: dict[Kind, str] = {
    "without evidence": "without evidence",
    "partial evidence": "with partial evidence",
    "unknown evidence": "with unknown evidence",
    "annotated": "with signals that no run measured",
}
