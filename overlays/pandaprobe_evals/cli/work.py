"""What `submit` and `resume` have in common: a ledger is worked off, its runs are waited for, and judged where asked."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pandaprobe_evals.errors import counted

from . import exits
from .common import Cli
from .live import Creating, View
from .results import IN_MEMORY, RUNS, Results, as_flag_of_gate, over, tidy, verdict_record, wait_for, watched

if TYPE_CHECKING:
    from pandaprobe_evals import CreatedRun, PandaProbe
    from pandaprobe_evals.ledger import Chunk, Ledger


def work(cli: Cli, ledger: "Ledger", panda: "PandaProbe", *, deadline: float | None, stall_after: float | None) -> None:
    """Make every run of a ledger, then do what its plan says is to be done after.

    Raises:
        typer.Exit: With the verdict's code where it is not passed.
    """
    keep = ledger.plan.after["keep"] or len(ledger) > 1  # of one run there is nothing that it does not say itself
    after = ledger.plan.after
    with _resumable(cli, ledger), View(cli.out) as view:
        results = Results.kept_in(Path(after["save"]) if after.get("save") else None)
        records = _send(cli, ledger, panda, view)
        if after.get("wait"):
            at_once = max(1, IN_MEMORY // ledger.plan.chunk)
            ids = [record["run_id"] for record in records]
            found = wait_for(
                panda,
                ids,
                view,
                target=ledger.plan.target,
                at_once=at_once,
                deadline=deadline,
                stall_after=stall_after,
                scores=False,
            )
            records = [
                record | {key: seen[key] for key in ("result", "ok", "failed_pairs", "error_message")}
                for record, seen in zip(records, watched(cli, panda, found, results), strict=True)
            ]
        results.save(cli)
    if not cli.out.machine:
        cli.out.records(records, RUNS[ledger.plan.target])
    passed = _judge(cli, results, after.get("minimums") or {}) if after.get("wait") else True
    cli.out.record(
        event="summary",
        runs=len(records),
        target=ledger.plan.target,
        targets=ledger.sessions,
        duplicates=ledger.duplicates,
        units=ledger.units,
        ledger=str(ledger.path) if keep else None,
        **(results.figures() if after.get("wait") else {}),
    )
    if ledger.duplicates:
        cli.out.say(f"{counted(ledger.duplicates, 'duplicate')} left out.")
    counts = {"run": len(records), ledger.plan.target: ledger.sessions, "unit": ledger.units}
    cli.out.say(f"{', '.join(counted(count, noun) for noun, count in counts.items())}.")
    kept = str(ledger.path) if keep else None
    if after.get("wait"):
        results.say(cli, after.get("minimums"), kept, after.get("evaluation"))
    else:
        kind = ["--target", "trace"] if ledger.plan.target == "trace" else []
        watch = over(cli, "watch", [record["run_id"] for record in records], kept, *kind)
        cli.out.say(f"Next:\n  {watch}")
    if not keep:
        ledger.remove()
    if not passed:
        raise typer.Exit(exits.VERDICT)


def _send(cli: Cli, ledger: "Ledger", panda: "PandaProbe", view: View) -> list[dict[str, Any]]:
    """Make the runs; one record for each chunk, in order."""
    from pandaprobe_evals.submission import work_off

    lines = ledger.lines()
    metrics, count = len(ledger.plan.metrics), len(lines)
    records: dict[int, dict[str, Any]] = {}

    def told(number: int, targets: int, run_id: str, **more: Any) -> None:
        record = {"chunk": number, "run_id": run_id, "target": ledger.plan.target, "targets": targets}
        record |= {"units": targets * metrics, **more}
        records[number] = record
        cli.out.record(event="run", chunks=count, **record)

    for line in lines:
        if line.run_id:
            told(line.number, line.sessions, line.run_id, earlier=True)
    figures = Creating(panda, count, done=len(records), units=sum(record["units"] for record in records.values()))
    view.phase("creating runs", count, figures.__str__, done=len(records))

    def made(chunk: "Chunk", run: "CreatedRun") -> None:
        figures.made, figures.done = figures.made + 1, figures.done + 1
        figures.units += len(chunk.session_ids) * metrics
        view.at(figures.done)
        tidy()
        told(chunk.number, len(chunk.session_ids), str(run.id), reconciled=run.reconciled)

    work_off(ledger, panda, on_run=made)
    for line in ledger.lines():
        if line.number not in records and line.run_id:
            told(line.number, line.sessions, line.run_id, elsewhere=True)
    return [records[number] for number in sorted(records)]


def _judge(cli: Cli, results: Results, minimums: Mapping[str, float]) -> bool:
    """Whether all is well: the verdict, where there are minimums to judge by."""
    from pandaprobe_evals.verdict import judge_summary

    if not minimums:
        return results.ok
    verdict = judge_summary(results.summary, minimums)
    record = verdict_record(verdict, as_flag_of_gate)
    cli.out.record(**record)
    if not cli.out.machine:
        cli.out.say("\n".join([*map(str, verdict.metrics), *(f"- {reason}" for reason in record["reasons"])]))
        cli.out.say("Passed." if verdict.passed else "Not passed.")
    return verdict.passed


@contextmanager
def _resumable(cli: Cli, ledger: "Ledger") -> Generator[None]:
    """Say how to go on, should the block not come to its end."""
    from pandaprobe_evals.ledger import LedgerUnusable

    try:
        yield
    except BaseException:
        with suppress(LedgerUnusable):  # which is what the message is about then
            _say_how_to_go_on(cli, ledger)
        raise


def _say_how_to_go_on(cli: Cli, ledger: "Ledger") -> None:
    if ledger.path and ledger.filled:
        count, left = len(ledger), ledger.open_chunks()
        again = cli.again("resume", str(ledger.path))
        cli.out.say(f"{count - left} of {counted(count, 'run')} made. Go on with: {again}")
