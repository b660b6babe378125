"""What `gate` and `report` have in common: the options, the runs they wait for, and what they make of them."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from itertools import count
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import completion, values
from .common import Cli, Deadline, StallAfter
from .compare import CannotTell, MaxDrop, Sides, held_against
from .evaluation import Evaluation, EvaluationFile, NoEvaluation, evaluation
from .names import refuse_unknown_metrics
from .plain import Target

if TYPE_CHECKING:
    from pandaprobe_evals import Comparison, Outcome, Results, Verdict
    from pandaprobe_evals.pairs import Pairs

Minimum = Annotated[
    list[str],
    typer.Option(
        "--min",
        metavar="METRIC=X",
        help="The minimum that a metric must reach; repeat for more.",
        autocompletion=completion.minimums,
    ),
]
Quantile = Annotated[
    float | None,
    typer.Option(metavar="Q", min=0, max=1, help="Hold this quantile of the scores against --min, not their mean."),
]
AllowMissing = Annotated[bool, typer.Option("--allow-missing", help="Leave out sessions that got no score.")]
AllowFailed = Annotated[bool, typer.Option("--allow-failed", help="Leave out pairs that failed.")]
AllowNoEvidence = Annotated[
    bool, typer.Option("--allow-no-evidence", help="Leave out scores that nothing was measured for.")
]
AllowPartialEvidence = Annotated[
    bool,
    typer.Option("--allow-partial-evidence", help="Count scores for which some signals or traces were not measured."),
]
AllowUnknownEvidence = Annotated[
    bool,
    typer.Option("--allow-unknown-evidence", help="Count scores that do not say what they rest on."),
]
AllowAnnotated = Annotated[
    bool,
    typer.Option("--allow-annotated", help="Count scores with a signal that a person or another program gave."),
]
RefuseRemembered = Annotated[
    bool,
    typer.Option("--refuse-remembered", help="Do not pass scores that were taken whole from earlier runs' signals."),
]
Baseline = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|RUN",
        help="Not passed where a metric is worse than in this results file or run, or in several RUN,RUN; needs no --min.",
    ),
]
BaseName = Annotated[
    str | None, typer.Option(metavar="NAME", help="The baseline is the last run of this name, other than these.")
]


@dataclass(frozen=True, kw_only=True)
class Asks:
    """The options, as they were typed."""

    minimum: list[str]
    quantile: float | None
    allow: Mapping[str, bool]
    """Options of `judge`."""
    baseline: str | None
    base_name: str | None
    max_drop: float
    cannot_tell: str
    evaluation: Evaluation
    how: Mapping[str, Any]
    """`target`, `deadline` and `stall_after` of the runs that are waited for."""


def _asks(
    minimum: Minimum = [],  # noqa: B006  (typer's way to say none)
    quantile: Quantile = None,
    allow_missing: AllowMissing = False,
    allow_failed: AllowFailed = False,
    allow_no_evidence: AllowNoEvidence = False,
    allow_partial_evidence: AllowPartialEvidence = False,
    allow_unknown_evidence: AllowUnknownEvidence = False,
    allow_annotated: AllowAnnotated = False,
    refuse_remembered: RefuseRemembered = False,
    target: Target = "session",
    deadline: Deadline = None,
    stall_after: StallAfter = None,
    baseline: Baseline = None,
    base_name: BaseName = None,
    max_drop: MaxDrop = 0.0,
    cannot_tell: CannotTell = "pass",
    evaluation_file: EvaluationFile = None,
    no_evaluation: NoEvaluation = False,
) -> Asks:
    return Asks(
        minimum=minimum,
        quantile=quantile,
        allow={
            "allow_missing": allow_missing,
            "allow_failed": allow_failed,
            "allow_no_evidence": allow_no_evidence,
            "allow_partial_evidence": allow_partial_evidence,
            "allow_unknown_evidence": allow_unknown_evidence,
            "allow_annotated": allow_annotated,
            "refuse_remembered": refuse_remembered,
        },
        baseline=baseline,
        base_name=base_name,
        max_drop=max_drop,
        cannot_tell=cannot_tell,
        evaluation=evaluation(evaluation_file, none=no_evaluation),
        how={"target": target, "deadline": deadline, "stall_after": stall_after},
    )


def judging(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `Asks`, where its parameter `asks` stands."""
    own = inspect.signature(function, eval_str=True).parameters.values()
    options = inspect.signature(_asks, eval_str=True).parameters

    @wraps(function)
    def run(cli: Cli, **given: Any) -> None:
        function(cli, asks=_asks(**{name: given.pop(name) for name in options}), **given)

    del run.__wrapped__
    every = [each for parameter in own for each in (options.values() if parameter.name == "asks" else [parameter])]
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # what `command` adds its own to
        [every[0], *(parameter.replace(kind=parameter.KEYWORD_ONLY) for parameter in every[1:])]
    )
    return run


@dataclass(frozen=True)
class Asked:
    """What is asked of the scores of runs."""

    minimums: Mapping[str, float]
    minimums_by: str
    """Where they were said: a flag, or a key of the evaluation file."""
    quantile: float | None
    base: "Results | None"
    max_drop: float
    cannot_tell: str
    allow: Mapping[str, bool]

    @classmethod
    def of(cls, cli: Cli, asks: Asks, runs: Sequence[str]) -> "Asked":
        """The same, refused before anything is waited for where it makes no sense.

        Raises:
            InvalidArgument: The baseline is none, or has nothing in it.
            ModuleNotFoundError: The extra that compares is not installed.
        """
        from pandaprobe_evals import checks

        said = asks.evaluation
        said.used(cli, *(["minimums"] * (not asks.minimum) + ["quantile"] * (asks.quantile is None)))
        quantile = said.quantile if asks.quantile is None else asks.quantile
        minimums = values.minimums(asks.minimum, "--min") or said.minimums
        minimums_by = "--min" if asks.minimum or not minimums else f"{said.file}: minimums"
        part = None if quantile is None else checks.fraction(quantile, "--quantile")
        if asks.baseline and asks.base_name:
            raise values.Misuse("give either --base-name or --baseline")
        base = _base(cli, asks, runs)
        if asks.max_drop and base is None:
            raise values.Misuse("--max-drop goes with --baseline")
        if base is not None and not minimums:  # all that it has must be measured, too
            minimums = dict.fromkeys(base.metrics(), 0.0)
        return cls(minimums, minimums_by, part, base, asks.max_drop, asks.cannot_tell, asks.allow)

    def judged(self, pairs: "Pairs", unfinished: Sequence[str]) -> "tuple[Verdict | None, Comparison | None]":
        """The verdict, where anything is asked, and the comparison with the baseline, where there is one."""
        from pandaprobe_evals.verdict import judge

        if not self.minimums:
            return None, None
        verdict = judge(pairs, self.minimums, quantile=self.quantile, unfinished=unfinished, **self.allow)
        if self.base is None:
            return verdict, None
        from pandaprobe_evals.comparison import compare

        comparison = compare(self.base, pairs.results, metrics=[*self.minimums], max_drop=self.max_drop)
        return held_against(verdict, comparison, self.cannot_tell), comparison


def _base(cli: Cli, asks: Asks, runs: Sequence[str]) -> "Results | None":
    """What the runs are held against."""
    from pandaprobe_evals import InvalidArgument
    from pandaprobe_evals.significance import check_installed

    said, baseline, base_name = asks.evaluation, asks.baseline, asks.base_name
    if not baseline and not base_name and said.baseline is not None:
        said.used(cli, "baseline")
        baseline = said.baseline_from_here()
    if not baseline and not base_name:
        return None
    check_installed()
    with Sides(cli, **asks.how) as sides:
        base = sides.named(base_name, runs) if base_name else sides.side(baseline or "")
    if not base:
        given = f"--base-name {base_name}" if base_name else f"--baseline {baseline}"
        raise InvalidArgument(f"{given}: there is no result in it")
    return base


def ended(
    cli: Cli, ids: Sequence[str], asks: Asks, asked: Asked, take: "Callable[[Outcome[Any]], object]"
) -> list[str]:
    """Wait for runs, then read the scores of those that have ended, of some at a time, and hand each to `take`.

    Returns:
        The ids of the runs that have not ended before the deadline.

    Raises:
        InvalidArgument: There is a minimum for a metric that the service does not have.
        NotFound: The project has no such run.
    """
    from pandaprobe_evals import WaitTimeout

    from .live import View
    from .results import Reader, runs_of, wait_for

    unfinished: list[str] = []
    ids = list(dict.fromkeys(ids))
    target = asks.how["target"]
    with cli.client() as panda:
        if asked.minimums:
            refuse_unknown_metrics(panda, asked.minimums, asked.minimums_by, target)
        with View(cli.out) as view:
            try:
                outcomes = list(wait_for(panda, ids, view, at_once=len(ids), scores=False, **asks.how))
            except WaitTimeout as late:
                outcomes, unfinished = list(late.outcomes), list(late.run_ids)
            for outcome in outcomes:
                if outcome.run is None:
                    runs_of(panda, target).get(outcome.run_id)  # says in the service's own words that there is none
            view.phase("runs read", len(outcomes), str)
            numbers = count(1)
            for outcome in Reader(panda).each(outcomes):
                take(outcome)
                del outcome  # of two runs one after the other the scores are not in memory at once
                view.at(next(numbers))
    return unfinished
