"""What waits return: how a run ended, and how many did, as a notebook shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pandaprobe_evals_api.models import EvalRun

from pandaprobe_evals.outcomes import End, RunOutcome, S, target_count
from pandaprobe_evals.provenance import kind_by
from pandaprobe_evals.results import Results
from pandaprobe_evals.runs import RunKind, kind_of_run, run_kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(RunOutcome[S]):
    """How a run ended, or why there is no more waiting for it. `S` is what its scores are, such as `SessionScore`."""

    def _repr_html_(self) -> str:
        return _shown([self])


class Outcomes(list[Outcome[S]]):
    """The outcomes of many runs: a list that a notebook shows as one report."""

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows of all of them, as those of one are made."""
        return [row for outcome in self for row in outcome.to_dicts()]

    def save(self, path: str | Path) -> None:
        """Write a results file, which `Results.load` reads and `compare` compares; what is there is replaced.

        Raises:
            OSError: It cannot be written.
        """
        Results(self.to_dicts()).save(path)

    def _repr_html_(self) -> str:
        return _shown(self)


def _shown(outcomes: Iterable[Outcome[Any]]) -> str:
    from pandaprobe_evals.report import for_notebook  # here: only a notebook needs it

    return for_notebook(outcomes)._repr_html_()


def outcome_of(
    run_id: str, run: EvalRun | None, result: End, scores: tuple[Any, ...] | None, kind: RunKind | None = None
) -> Outcome[Any]:
    """The outcome of a run that is not waited for any more; `kind` is that of a run which was never seen."""
    of = kind_of_run(run) if run else kind or next(iter(run_kinds().values()))
    if run is None or scores is None:
        failed = run.failed_count if run else 0
        return Outcome(run_id=run_id, run=run, target=of.name, result=result, failed_pairs=failed)
    if result == "succeeded" and all(kind_by(score, None) == "without evidence" for score in scores):
        result = "nothing_measured"
    scored = {of.target_of(score) for score in scores}
    ids = of.targets_of(run)
    missing: tuple[str, ...] | None = None if len(scored) < target_count(run) else ()
    return Outcome(
        run_id=run_id,
        run=run,
        target=of.name,
        result=result,
        failed_pairs=run.failed_count,
        without_score=missing if ids is None else tuple(id_ for id_ in ids if id_ not in scored),
        scores=scores,
    )
