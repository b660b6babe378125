"""The kinds of runs, which are data of openapi.yaml (`x-runs` of a tag): what each evaluates, and what reads it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from pandaprobe_evals_api import models

from . import contract
from .contract import Operation
from .errors import InvalidArgument


class Signals(NamedTuple):
    """Reads and deletes the signals that runs measure, which are kept as scores of traces."""

    pages: Operation
    """Lists them."""
    delete: Operation
    traces: Operation
    """Lists the traces of what is evaluated."""


class RunKind(NamedTuple):
    """Runs of one resource."""

    tag: str
    """The resource."""
    target_type: str
    """What a run of this kind says of itself."""
    targets: str
    """The filter of a run that names what it evaluates, such as `session_ids`."""
    target: str
    """The field of a score that says of what it is, such as `session_id`."""
    get: Operation
    pages: Operation
    """Lists them, newest first."""
    scores: Operation
    """The scores of one run."""
    all_scores: Operation | None
    """Those of all runs, by pages; None where there is no such list."""

    signals: Signals | None
    """Where what its scores rest on is kept; None where a score is a measurement by itself."""

    @property
    def score(self) -> str:
        """The model that its scores are, by name."""
        schema = self.scores.responses[self.scores.success]["content"]["application/json"]["schema"]
        return str(schema["items"]["$ref"]).rpartition("/")[2]

    @property
    def name(self) -> str:
        """What is evaluated, such as `session`."""
        return self.target.removesuffix("_id")

    @property
    def noun(self) -> str:
        """Its plural."""
        return f"{self.name}s"

    def targets_of(self, run: models.EvalRun) -> list[str] | None:
        """What a run evaluates; None where it was made by filters, which do not name it."""
        from pandaprobe_evals_api.types import Unset

        found = getattr(run.filters, self.targets)
        return None if isinstance(found, Unset) else [str(each) for each in found]

    def target_of(self, score: Any) -> str:
        """The id of what a score is of."""
        return str(getattr(score, self.target))

    def check(self, run: object, name: str = "run_id") -> None:
        """Refuse a run of another kind: the service takes its id, and then acts on the wrong one.

        Raises:
            InvalidArgument: It is one.
        """
        if (
            isinstance(run, models.EvalRun)
            and run.target_type != self.target_type
            and (other := _by_type(run.target_type))
        ):
            raise InvalidArgument(
                f"{name}: {run.id} is a run over {other.noun}; use {other.tag} for it, not {self.tag}"
            )


@cache
def run_kinds() -> Mapping[str, RunKind]:
    """Every kind, by its resource."""
    operations = contract.operations()
    found = {}
    for tag in contract.document()["tags"]:
        if said := tag.get("x-runs"):
            found[tag["name"]] = RunKind(
                tag=tag["name"],
                target_type=said["target_type"],
                targets=said["targets"],
                target=said["target"],
                get=operations[said["get"]],
                pages=operations[said["list"]],
                scores=operations[said["scores"]],
                all_scores=operations[said["all_scores"]] if "all_scores" in said else None,
                signals=_signals(said["signals"]) if "signals" in said else None,
            )
    return found


def _signals(said: Mapping[str, str]) -> Signals:
    pages, delete, traces = (contract.operations()[said[what]] for what in ("list", "delete", "traces"))
    return Signals(pages, delete, traces)


def _by_type(target_type: str) -> RunKind | None:
    return next((kind for kind in run_kinds().values() if kind.target_type == target_type), None)


def kind_of_run(run: models.EvalRun) -> RunKind:
    """A run's kind; the first where the run names none that is known."""
    return _by_type(run.target_type) or next(iter(run_kinds().values()))
