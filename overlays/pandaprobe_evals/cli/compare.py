"""`pandaprobe-evals compare`: is the candidate worse than the base? And the same for `gate --baseline`."""

from collections.abc import Container, Iterator
from dataclasses import asdict, replace
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from .common import Cli, Deadline, StallAfter, command
from .output import Column
from .plain import Target
from .values import Misuse

if TYPE_CHECKING:
    from pandaprobe_evals import Comparison, PandaProbe, Reason, Results, Verdict

    from .results import Reader

MaxDrop = Annotated[
    float,
    typer.Option(metavar="X", min=0, max=1, help="How far a metric's mean may drop, and still count as not worse."),
]
CannotTell = Annotated[
    Literal["pass", "fail"],
    typer.Option(help="The verdict where it cannot be told whether the drop exceeds --max-drop."),
]


def _signed(value: float | None) -> str:
    return "-" if value is None else f"{value:+.4g}"


def _interval(record: Any) -> str:
    return " to ".join(map(_signed, record["interval"])) if record["interval"] else "-"


def _mean(side: str) -> Column:
    def shown(record: Any) -> str:
        return "-" if record[side]["mean"] is None else f"{record[side]['mean']:.4g}"

    return Column(side, shown, right=True)


COMPARED = [
    Column("metric", itemgetter("name")),
    Column("is", itemgetter("word")),
    _mean("base"),
    _mean("candidate"),
    Column("difference", lambda record: _signed(record["difference"]), right=True),
    Column("95%", _interval, right=True),
    Column("n", lambda record: f"{record['count']:,}", right=True),
    Column("won", lambda record: f"{record['wins']:,}", right=True),
    Column("lost", lambda record: f"{record['losses']:,}", right=True),
]
MOVED = [
    Column("change", lambda record: f"{record['candidate'] - record['base']:+.4g}", right=True),
    Column("id", itemgetter("id")),
    Column("base", lambda record: f"{record['base']:.4g}", right=True),
    Column("candidate", lambda record: f"{record['candidate']:.4g}", right=True),
    Column("said of the base", lambda record: record["base_reason"] or ""),
    Column("said of the candidate", lambda record: record["candidate_reason"] or ""),
]


@command
def compare(
    cli: Cli,
    sides: Annotated[
        list[str],
        typer.Argument(
            metavar="BASE CANDIDATE",
            help="Each a run, several runs separated by commas, or a results file; only CANDIDATE beside --base-name.",
            show_default=False,
        ),
    ],
    base_name: Annotated[
        str | None, typer.Option(metavar="NAME", help="The base is the last run of this name.")
    ] = None,
    metric: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this metric; repeat for more.")] = None,
    max_drop: MaxDrop = 0.0,
    target: Target = "session",
    deadline: Deadline = None,
    stall_after: StallAfter = None,
) -> None:
    """Say of each metric whether the candidate is worse than the base, not worse, or that it cannot be told.

    Paired by session (or trace) where both sides have the same ids. What it says rests on a permutation test. It ends with 0
    whatever it says; `gate --baseline` makes it an exit code.

    pandaprobe-evals compare main.jsonl branch.jsonl --max-drop 0.05
    """
    if len(sides) != (1 if base_name else 2):
        raise Misuse("give CANDIDATE alone beside --base-name" if base_name else "give two: BASE and CANDIDATE")
    from pandaprobe_evals.comparison import compare as compared

    with Sides(cli, target=target, deadline=deadline, stall_after=stall_after) as found:
        candidate = found.side(sides[-1])
        base = found.named(base_name, candidate.runs()) if base_name else found.side(sides[0])
    say(cli, compared(base, candidate, metrics=metric or None, max_drop=max_drop))


def say(cli: Cli, comparison: "Comparison") -> None:
    """A comparison: as a JSON line, or as tables."""
    record: dict[str, Any] = {
        "event": "comparison",
        "word": comparison.word,
        "target": comparison.target,
        "max_drop": comparison.max_drop,
        "alpha": comparison.alpha,
        "metrics": [asdict(metric) for metric in comparison.metrics],
    }
    if cli.out.machine:
        cli.out.record(**record)
        return
    cli.out.records(record["metrics"], COMPARED)
    for metric in comparison.metrics:
        _say_metric(cli, metric)
    cli.out.text(f"{comparison.word.capitalize()}.")


def _say_metric(cli: Cli, metric: Any) -> None:
    if metric.moved:
        cli.out.text(f"{metric.name}: what moved most")
        cli.out.records([asdict(move) for move in metric.moved], MOVED)
    if metric.paired:
        cli.out.text(f"{metric.name}: paired by {metric.target}")
    for note in metric.notes():
        cli.out.text(f"{metric.name}: {note}")
    for name, side in (("base", metric.base), ("candidate", metric.candidate)):
        counts = {"only there": side.only_count if metric.paired else 0, "not measured": side.not_measured_count}
        if said := ", ".join(f"{count:,} {what}" for what, count in counts.items() if count):
            cli.out.text(f"{metric.name}: {name}: {said}")


class Sides:
    """Reads the sides of a comparison; a client is made once, and only where a side is a run."""

    def __init__(self, cli: Cli, *, target: str, deadline: float | None, stall_after: float | None) -> None:
        self._cli = cli
        self._target = target
        self._deadline, self._stall_after = deadline, stall_after
        self._panda: PandaProbe | None = None

    def __enter__(self) -> "Sides":
        return self

    def __exit__(self, *_: object) -> None:
        if self._panda is not None:
            self._panda.close()

    @property
    def panda(self) -> "PandaProbe":
        """The client."""
        if self._panda is None:
            self._panda = self._cli.client()
        return self._panda

    def side(self, text: str) -> "Results":
        """The results of runs, by their ids with commas between, or of a file.

        Raises:
            InvalidArgument: It is neither.
            NotFound: There is no such run.
            WaitTimeout: A run has not ended by the deadline.
        """
        from pandaprobe_evals import InvalidArgument, Results, checks

        ids = [word.strip() for word in text.split(",") if word.strip()]
        try:
            runs = [str(checks.run_id(each, "RUN_ID")) for each in ids]
        except InvalidArgument:
            if Path(text).exists():
                return Results.load(text)
            raise InvalidArgument(f"{text}: is neither the id of a run nor a results file that is there") from None
        return self._read(runs)

    @cached_property
    def _reader(self) -> "Reader":
        from .results import Reader

        return Reader(self.panda)

    @property
    def _runs(self) -> Any:
        from .results import runs_of

        return runs_of(self.panda, self._target)

    def named(self, name: str, candidate: "Container[str]") -> "Results":
        """The results of the last run of a name, other than the candidate's.

        Raises:
            InvalidArgument: There is none.
        """
        from pandaprobe_evals import InvalidArgument

        for run in self._runs.list():
            if run.name == name and str(run.id) not in candidate:
                return self._read([str(run.id)])
        raise InvalidArgument(f"--base-name: there is no other run over {self._target}s called {name!r}")

    def _read(self, runs: list[str]) -> "Results":
        from pandaprobe_evals.pairs import Pairs

        outcomes = self._runs.wait(
            list(dict.fromkeys(runs)), scores=False, timeout=self._deadline, stall_after=self._stall_after
        )
        for outcome in outcomes:
            if outcome.run is None:
                self._runs.get(outcome.run_id)  # says in the service's own words that there is none
        pairs = Pairs()
        for outcome in self._reader.each(outcomes):
            pairs.add(outcome)
            del outcome
        return pairs.results


def held_against(verdict: "Verdict", comparison: "Comparison", cannot_tell: str) -> "Verdict":
    """A verdict with what a comparison adds to it."""
    reasons = tuple(_reasons(comparison, cannot_tell))
    return replace(verdict, passed=verdict.passed and not reasons, reasons=(*verdict.reasons, *reasons))


def _reasons(comparison: "Comparison", cannot_tell: str) -> "Iterator[Reason]":
    from pandaprobe_evals.verdict import Reason

    for metric in comparison.metrics:
        if metric.word == "worse" or (metric.word == "cannot tell" and cannot_tell == "fail"):
            yield Reason(f"against the baseline, {metric} (drop allowed: {comparison.max_drop:g})")
