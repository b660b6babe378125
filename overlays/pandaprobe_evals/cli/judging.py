"""What `gate` and `report` have in common: the options, the runs they wait for, and what they make of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import completion, values
from .common import Cli
from .compare import Sides, held_against
from .evaluation import Evaluation
from .names import refuse_unknown_metrics

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
    def of(
        cls,
        cli: Cli,
        said: Evaluation,
        runs: Sequence[str],
        *,
        minimum: list[str],
        quantile: float | None,
        baseline: str | None,
        base_name: str | None,
        max_drop: float,
        cannot_tell: str,
        allow: Mapping[str, bool],
        how: Mapping[str, Any],
    ) -> "Asked":
        """The same, refused before anything is waited for where it makes no sense.

        Args:
            cli: For the client.
            said: The evaluation file.
            runs: Those that are judged.
            minimum: As `--min` was typed, and so each of these by its own option.
            quantile: `--quantile`.
            baseline: `--baseline`.
            base_name: `--base-name`.
            max_drop: `--max-drop`.
            cannot_tell: `--cannot-tell`.
            allow: Options of `judge`.
            how: `target`, `deadline` and `stall_after`.

        Raises:
            InvalidArgument: The baseline is none, or has nothing in it.
            ModuleNotFoundError: The extra that compares is not installed.
        """
        from pandaprobe_evals import checks

        said.used(cli, *(["minimums"] * (not minimum) + ["quantile"] * (quantile is None)))
        quantile = said.quantile if quantile is None else quantile
        minimums = values.minimums(minimum, "--min") or said.minimums
        minimums_by = "--min" if minimum or not minimums else f"{said.file}: minimums"
        part = None if quantile is None else checks.fraction(quantile, "--quantile")
        if baseline and base_name:
            raise values.Misuse("give either --base-name or --baseline")
        base = _base(cli, said, runs, baseline, base_name, how)
        if max_drop and base is None:
            raise values.Misuse("--max-drop goes with --baseline")
        if base is not None and not minimums:  # all that it has must be measured, too
            minimums = dict.fromkeys(sorted(base._scratch.metrics()), 0.0)
        return cls(minimums, minimums_by, part, base, max_drop, cannot_tell, allow)

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


def _base(
    cli: Cli,
    said: Evaluation,
    runs: Sequence[str],
    baseline: str | None,
    base_name: str | None,
    how: Mapping[str, Any],
) -> "Results | None":
    """What the runs are held against."""
    from pandaprobe_evals import InvalidArgument
    from pandaprobe_evals.comparison import check_installed

    if not baseline and not base_name and said.baseline is not None:
        said.used(cli, "baseline")
        baseline = said.baseline_from_here()
    if not baseline and not base_name:
        return None
    check_installed()
    with Sides(cli, **how) as sides:
        base = sides.named(base_name, runs) if base_name else sides.side(baseline or "")
    if not base:
        given = f"--base-name {base_name}" if base_name else f"--baseline {baseline}"
        raise InvalidArgument(f"{given}: there is no result in it")
    return base


def ended(
    cli: Cli,
    ids: Sequence[str],
    asked: Asked,
    each: "Callable[[Outcome[Any]], object]",
    *,
    target: str,
    deadline: float | None,
    stall_after: float | None,
) -> "tuple[Pairs, list[str]]":
    """Wait for runs, then read the scores of those that have ended, of some at a time, and hand each to `each`.

    Returns:
        What became of their pairs, and the ids of the runs that have not ended before the deadline.

    Raises:
        InvalidArgument: There is a minimum for a metric that the service does not have.
        NotFound: The project has no such run.
    """
    from pandaprobe_evals import WaitTimeout
    from pandaprobe_evals.pairs import Pairs

    from .live import View
    from .results import runs_of, wait_for, with_scores

    unfinished: list[str] = []
    pairs = Pairs()
    ids = list(dict.fromkeys(ids))
    with cli.client() as panda:
        if asked.minimums:
            refuse_unknown_metrics(panda, asked.minimums, asked.minimums_by, target)
        with View(cli.out) as view:
            how: dict[str, Any] = {"target": target, "deadline": deadline, "stall_after": stall_after}
            try:
                outcomes = list(wait_for(panda, ids, view, at_once=len(ids), scores=False, **how))
            except WaitTimeout as late:
                outcomes, unfinished = list(late.outcomes), list(late.run_ids)
            for outcome in outcomes:
                if outcome.run is None:
                    runs_of(panda, target).get(outcome.run_id)  # says in the service's own words that there is none
            view.phase("runs read", len(outcomes), str)
            for number, outcome in enumerate(with_scores(panda, outcomes), 1):
                pairs.add(outcome)
                each(outcome)
                view.at(number)
    return pairs, unfinished
