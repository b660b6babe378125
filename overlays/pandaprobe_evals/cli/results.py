"""How runs did: waited for, summed up from their scores, and said as tables, as JSON lines and as what to type next."""

import gc
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pandaprobe_evals import files

from .columns import PerTarget
from .common import PASTED, Cli
from .live import View, Waiting
from .output import Column, Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandaprobe_evals import Outcome, PandaProbe
    from pandaprobe_evals.pairs import Pairs, Summary, Taken
    from pandaprobe_evals.runs import RunKind
    from pandaprobe_evals.verdict import Verdict

IN_MEMORY = 200_000
"""Session ids of runs that are waited for at once: each look at a run brings all its ids along."""
SCORES = 5_000
"""Of runs whose scores are read at once: some tens of MiB."""
COMPLETE = ("succeeded", "completed_with_failures")
"""Results that a second look does not change."""
MINIMUM = 0.8
"""For the gate that is proposed where no minimum was given."""


def _ended(record: Record) -> str:
    result = str(record.get("result", ""))
    return "not measured in full" if result == "succeeded" and not record["ok"] else result.replace("_", " ")


def _figure(name: str, none: str = "-") -> Column:
    def shown(record: Record) -> str:
        value = record[name]
        return none if value is None else f"{value:.4g}"

    return Column(name.removesuffix("_value"), shown, right=True)


def _number(title: str, *names: str) -> Column:
    return Column(title, lambda record: f"{sum(record[name] for name in names):,}", right=True)


def _rare(title: str, *names: str) -> Column:
    """A number that is mostly 0, and not worth a column then."""

    def shown(record: Record) -> str:
        number = sum(record[name] for name in names)
        return f"{number:,}" if number else ""

    return Column(title, shown, right=True)


RUNS = PerTarget(
    lambda target: [
        Column("run", itemgetter("run_id")),
        Column(f"{target}s", lambda record: f"{record['targets']:,}", right=True),
        Column("ended", _ended),
        Column("failed pairs", lambda record: record.get("failed_pairs", ""), right=True),
        Column("says", lambda record: record.get("error_message") or ""),
    ]
)
METRICS = [
    Column("metric", itemgetter("name")),
    _number("measured", "count"),
    _figure("mean"),
    _figure("lowest"),
    _number("missing", "missing"),
    _number("failed", "failed"),
    _number("not measured", "without_evidence", "unusable", "annotated"),
    _rare("in part", "partial_evidence", "unknown_evidence"),
    _rare("remembered", "remembered"),
]
JUDGED = [
    Column("metric", itemgetter("name")),
    _figure("mean"),
    _figure("quantile_value", none=""),
    _figure("minimum"),
    Column("reached", lambda record: "yes" if record["passed"] else "no"),
    _number("measured", "count"),
    _number("not measured", "missing", "failed", "without_evidence", "unusable", "annotated"),
    _rare("in part", "partial_evidence", "unknown_evidence"),
    _rare("remembered", "remembered"),
]


def as_flag(option: str) -> str:
    """An argument of `judge` as `gate` and `report` call it."""
    return f"--{option.replace('_', '-')}"


def as_flag_of_gate(option: str) -> str:
    """The same, for commands that do not have it."""
    return f"gate {as_flag(option)}"


def outcome_record(taken: "Taken") -> dict[str, Any]:
    """An outcome as JSON values."""
    from pandaprobe_evals import target_count

    outcome = taken.outcome
    run, missing = outcome.run, outcome.without_score
    return {
        "event": "outcome",
        "run_id": outcome.run_id,
        "name": run.name if run else None,
        "result": outcome.result,
        "ok": taken.ok,
        "status": run.status if run else None,
        "target": outcome.target,
        "targets": target_count(run) if run else 0,
        "evaluated": run.evaluated_count if run else 0,
        "failed_pairs": outcome.failed_pairs,
        "targets_without_score": None if missing is None else len(missing),
        "error_message": run.error_message if run else None,
        "remembered": taken.summary.remembered and asdict(taken.summary.remembered),
        "metrics": _metrics(taken.summary),
    }


def _metrics(summary: "Summary") -> list[dict[str, Any]]:
    """The figures of each metric as JSON values."""
    figures = [asdict(metric) for metric in _whole(summary).metrics]
    for each in figures:
        for name in ("minimum", "passed", "quantile_value"):
            del each[name]
        named = summary.figures[each["name"]].named
        each["named"] = {kind.replace(" ", "_"): ids for kind, ids in named.items()}
    return figures


def _whole(summary: "Summary") -> "Verdict":
    """What a gate says that asks for nothing but that everything was measured."""
    from pandaprobe_evals.verdict import judge_summary

    return judge_summary(summary, dict.fromkeys(summary.figures, 0.0))


def verdict_record(verdict: "Verdict", option: "Callable[[str], str]") -> dict[str, Any]:
    """A verdict as JSON values, with options as a command calls them."""
    return {"event": "verdict", **asdict(verdict), "reasons": [reason.said(option) for reason in verdict.reasons]}


def wait_for(
    panda: "PandaProbe",
    run_ids: Sequence[str],
    view: View,
    *,
    target: str = "session",
    at_once: int,
    deadline: float | None = None,
    stall_after: float | None = None,
    scores: bool = True,
    provenance: bool = False,
) -> "Iterator[Outcome[Any]]":
    """The outcome of each run, in order; a batch of runs at a time is in memory.

    Raises:
        WaitTimeout: The deadline came first.
    """
    until = None if deadline is None else time.monotonic() + deadline
    rest = iter(run_ids)
    before = 0
    while batch := list(islice(rest, at_once)):
        figures = Waiting(len(run_ids), target, before)
        view.phase(f"{target}s evaluated", 0, figures.__str__)

        def look(seen: Any, figures: Waiting = figures) -> None:
            figures.take(seen)
            view.at(seen.targets_done, seen.targets_total)
            tidy()

        left = None if until is None else max(0.0, until - time.monotonic())
        yield from runs_of(panda, target).wait(
            batch, timeout=left, stall_after=stall_after, scores=scores, provenance=provenance, on_progress=look
        )
        before += len(batch)


def runs_of(panda: "PandaProbe", target: str) -> Any:
    """The client's runs over sessions, or over traces."""
    return getattr(panda, f"{target}_runs")


def by_pages(kind: "RunKind") -> dict[str, Any]:
    """How many scores are read by pages: the largest, several at a time."""
    assert kind.all_scores
    return {"page_size": kind.all_scores.largest_page, "pages_at_once": 8}


class Reader:
    """Reads the scores of runs that were waited for without, and where their signals come from."""

    def __init__(self, panda: "PandaProbe") -> None:
        from pandaprobe_evals.signal_reads import SignalReads

        self._panda = panda
        self._signals = SignalReads()

    def read(self, outcome: Any) -> Any:
        """An outcome with its scores, where its run has any."""
        from pandaprobe_evals.outcomes import SCORED
        from pandaprobe_evals.runs import kind_of_run
        from pandaprobe_evals.waiting import outcome_of

        if outcome.run is None or outcome.result not in SCORED:
            return outcome
        scores = getattr(self._panda, kind_of_run(outcome.run).tag).scores(outcome.run)
        (known,) = self._known([outcome_of(outcome.run_id, outcome.run, outcome.result, tuple(scores))])
        return known

    def each(self, outcomes: "list[Outcome[Any]]") -> "Iterator[Outcome[Any]]":
        """Outcomes with their scores; the list is emptied.

        The scores of some runs at a time are in memory: of as many as have `SCORES` together, or of one.
        """
        from pandaprobe_evals.runs import kind_of_run

        outcomes.reverse()
        while outcomes:
            batch = [outcomes.pop()]
            pairs, kind = _pairs(batch[0]), kind_of_run(batch[0].run) if batch[0].run else None
            while outcomes and pairs and (more := _pairs(outcomes[-1])) and pairs + more <= SCORES:
                batch.append(outcomes.pop())
                pairs += more
            if kind and len(batch) > 1:
                yield from self._known(getattr(self._panda, kind.tag).wait([each.run for each in batch]))
            else:
                yield from (self.read(each) for each in batch)
            tidy()

    def _known(self, outcomes: "Sequence[Outcome[Any]]") -> "list[Outcome[Any]]":
        driver: Any = self._panda._sender
        found: list[Outcome[Any]] = driver.run(self._signals.of(outcomes), {})
        return found


def _pairs(outcome: "Outcome[Any]") -> int:
    """How many pairs a run has; 0 where a second look may take long, or find something else."""
    from pandaprobe_evals import target_count

    run = outcome.run
    return target_count(run) * len(run.metric_names) if run and outcome.result in COMPLETE else 0


def tidy() -> None:
    """Free the last answer now: httpx keeps each in a cycle, and a large run's, with all its ids, weighs megabytes."""
    gc.collect()


def _summary() -> "Summary":
    from pandaprobe_evals.pairs import Summary

    return Summary()


@dataclass
class Results:
    """What is known of runs after the wait: sums, and their rows where something reads these."""

    summary: "Summary" = field(default_factory=_summary)
    ok: bool = True
    run_ids: list[str] = field(default_factory=list)
    """Runs that are there."""
    with_failures: list[str] = field(default_factory=list)
    """Runs that can be retried."""
    file: Path | None = None
    """Where the scores are saved."""
    pairs: "Pairs | None" = None
    """Their rows."""

    @classmethod
    def kept_in(cls, file: Path | None, pairs: "Pairs | None" = None) -> "Results":
        """Those whose scores `save` writes, where a file is named; found out now whether it can.

        `pairs` are filled with the rows of all runs.

        Raises:
            OSError: It cannot be written.
        """
        from pandaprobe_evals.pairs import Pairs

        if file is None:
            return cls(pairs=pairs)
        files.check_writable(file)
        return cls(file=file, pairs=Pairs() if pairs is None else pairs)

    def take(self, outcome: "Outcome[Any]") -> "tuple[dict[str, Any], Taken]":
        """Take in how a run did; its record, and what it brought."""
        from pandaprobe_evals.pairs import taken

        found = taken(outcome)
        if self.pairs is not None:
            self.pairs.put(found)
        self.summary.merge(found.summary)
        self.ok = self.ok and found.ok
        if outcome.run is not None:
            self.run_ids.append(outcome.run_id)
        if outcome.failed_pairs:
            self.with_failures.append(outcome.run_id)
        return outcome_record(found), found

    def figures(self) -> dict[str, Any]:
        """Over all runs, as JSON values."""
        return {"ok": self.ok, "metrics": _metrics(self.summary)}

    def save(self, cli: Cli) -> None:
        """Write the scores where they are to be kept."""
        if self.file is not None and self.pairs is not None:
            self.pairs.results.save(self.file)
            cli.out.say(f"Saved: {self.file}")

    def say(
        self,
        cli: Cli,
        minimums: "dict[str, float] | None" = None,
        ledger: str | None = None,
        evaluation: str | None = None,
    ) -> None:
        """The figures of each metric, what was not measured of which sessions, and what to type next.

        `evaluation` is a file with minimums that were not held against the scores.
        """
        if not cli.out.machine and self.summary.figures:
            cli.out.records(_metrics(self.summary), METRICS)
        if said := str(self.summary.remembered or ""):
            cli.out.say(f"{said[0].upper()}{said[1:]}.")
        if not minimums:  # where there are, the verdict says so
            for reason in _whole(self.summary).reasons:
                cli.out.say(f"- {reason.said(as_flag_of_gate)}")
        if evaluation:
            cli.out.say(f"The minimums in {evaluation} were not looked at: `gate` holds them against the scores.")
        if steps := [f"  {line}" for line in self._next(cli, minimums, ledger, evaluation)]:
            cli.out.say("\n".join(["Next:", *steps]))

    def _next(
        self, cli: Cli, minimums: "dict[str, float] | None", ledger: str | None, evaluation: str | None
    ) -> Iterator[str]:
        least = minimums or dict.fromkeys(self.summary.figures, MINIMUM)
        asked = [word for name, value in least.items() for word in ("--min", f"{name}={value:g}")]
        kind = ["--target", "trace"] if self.summary.target == "trace" else []
        if evaluation:
            asked = ["--evaluation", evaluation]
        for run_id in self.with_failures[:3]:
            yield cli.again("runs", "retry", run_id, *kind)
        steps = {"report": ["-o", "report.html"], **({"gate": asked} if asked else {})}  # a gate needs something to ask
        for words, more in steps.items() if self.run_ids else ():
            yield over(cli, words, self.run_ids, ledger, *kind, *more)


def over(cli: Cli, command: str, run_ids: Sequence[str], ledger: str | None, *more: str) -> str:
    """A command over these runs as it can be pasted; where they are too many for that, by their ledger."""
    if len(run_ids) <= PASTED or ledger is None:
        return cli.again(command, *run_ids, *more)
    return f"{cli.again('resume', ledger, '--json')} | {cli.again(command, '-', *more)}"


def watched(
    cli: Cli, panda: "PandaProbe", found: "Iterator[Outcome[Any]]", results: Results
) -> Iterator[dict[str, Any]]:
    """The record of each run, as soon as it has ended and its scores are read."""
    reader = Reader(panda)
    for outcome in found:
        record = results.take(reader.read(outcome))[0]
        cli.out.record(**record)
        tidy()
        yield record
