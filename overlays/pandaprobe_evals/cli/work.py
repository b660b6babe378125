"""What `submit` and `resume` have in common: a ledger is worked off, its runs are waited for, and judged where asked."""

import gc
import re
import shlex
import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import typer

from . import exits
from .common import Cli
from .live import Creating, View, Waiting
from .output import RUN_ID, Column

if TYPE_CHECKING:
    from pandaprobe_evals import CreatedRun, Outcome, PandaProbe
    from pandaprobe_evals.ledger import Chunk, Ledger
    from pandaprobe_evals.verdict import Verdict

IN_MEMORY = 200_000
"""Session ids of runs that are waited for at once: each look at a run brings all its ids along."""
SCORES_IN_MEMORY = 10_000
"""The same where their scores are read, which weigh so much more."""

COLUMNS = [
    Column("run", itemgetter("run_id"), width=RUN_ID),
    Column("sessions", lambda record: f"{record['sessions']:,}", right=True),
    Column("ended", lambda record: record.get("verdict", "")),
    Column("failed pairs", lambda record: record.get("failed_pairs", ""), right=True),
    Column("says", lambda record: record.get("error_message") or ""),
]


def outcome_record(outcome: "Outcome") -> dict[str, Any]:
    """An outcome as JSON values."""
    from pandaprobe_evals import session_count

    run = outcome.run
    record: dict[str, Any] = {
        "event": "outcome",
        "run_id": outcome.run_id,
        "name": run.name if run else None,
        "verdict": outcome.verdict,
        "status": run.status if run else None,
        "sessions": session_count(run) if run else 0,
        "evaluated": run.evaluated_count if run else 0,
        "failed_pairs": outcome.failed_pairs,
        "error_message": run.error_message if run else None,
    }
    if outcome.scores is not None:
        missing, hollow = outcome.sessions_without_score, outcome.scores_without_evidence
        record["sessions_without_score"] = None if missing is None else len(missing)
        record["scores_without_evidence"] = None if hollow is None else len(hollow)
    return record


def wait_for(
    panda: "PandaProbe",
    run_ids: Sequence[str],
    view: View,
    *,
    at_once: int,
    deadline: float | None = None,
    scores: bool = False,
) -> "Iterator[Outcome]":
    """The outcome of each run, in order; a batch of runs at a time is in memory.

    Raises:
        WaitTimeout: The deadline came first.
    """
    import time

    until = None if deadline is None else time.monotonic() + deadline
    rest = iter(run_ids)
    before = 0
    while batch := list(islice(rest, at_once)):
        figures = Waiting(len(run_ids), before)
        view.phase("sessions evaluated", 0, figures.__str__)

        def look(seen: Any, figures: Waiting = figures) -> None:
            figures.take(seen)
            view.at(seen.sessions_done, seen.sessions_total)
            _tidy()

        left = None if until is None else max(0.0, until - time.monotonic())
        yield from panda.session_runs.wait(batch, timeout=left, scores=scores, on_progress=look)
        before += len(batch)


def work(cli: Cli, ledger: "Ledger", panda: "PandaProbe", *, deadline: float | None) -> None:
    """Make every run of a ledger, then do what its plan says is to be done after.

    Raises:
        typer.Exit: With the verdict's code where it is not passed.
    """
    keep = ledger.plan.after["keep"] or len(ledger) > 1  # of one run there is nothing that it does not say itself
    with _resumable(cli, ledger), View(cli.out) as view:
        records = _send(cli, ledger, panda, view)
        after = ledger.plan.after
        passed = True
        if after.get("wait"):
            passed = _await(cli, ledger, panda, view, records, after, deadline)
    if not cli.out.machine:
        cli.out.records(records, COLUMNS)
    cli.out.record(
        event="summary",
        runs=len(records),
        sessions=ledger.sessions,
        duplicates=ledger.duplicates,
        units=ledger.units,
        ledger=str(ledger.path) if keep else None,
    )
    if ledger.duplicates:
        cli.out.say(f"{_count(ledger.duplicates, 'duplicate')} left out.")
    counts = {"run": len(records), "session": ledger.sessions, "unit": ledger.units}
    cli.out.say(f"{', '.join(_count(count, noun) for noun, count in counts.items())}.")
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

    def told(number: int, sessions: int, run_id: str, **more: Any) -> None:
        record = {"chunk": number, "run_id": run_id, "sessions": sessions, "units": sessions * metrics, **more}
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
        _tidy()
        told(chunk.number, len(chunk.session_ids), str(run.id), reconciled=run.reconciled)

    work_off(ledger, panda, on_run=made)
    for line in ledger.lines():
        if line.number not in records and line.run_id:
            told(line.number, line.sessions, line.run_id, elsewhere=True)
    return [records[number] for number in sorted(records)]


def _await(
    cli: Cli,
    ledger: "Ledger",
    panda: "PandaProbe",
    view: View,
    records: list[dict[str, Any]],
    after: Mapping[str, Any],
    deadline: float | None,
) -> bool:
    """Wait for the runs, and judge them where there are minimums; whether all is well."""
    minimums = after.get("minimums") or {}
    at_once = max(1, (SCORES_IN_MEMORY if minimums else IN_MEMORY) // ledger.plan.chunk)
    found = wait_for(
        panda,
        [record["run_id"] for record in records],
        view,
        at_once=at_once,
        deadline=deadline,
        scores=bool(minimums),
    )

    def told() -> "Iterator[Outcome]":
        for record, outcome in zip(records, found, strict=True):
            seen = outcome_record(outcome)
            record.update({key: seen[key] for key in ("verdict", "failed_pairs", "error_message")})
            cli.out.record(**seen)
            _lighten(outcome)
            yield outcome

    if not minimums:
        return sum(outcome.verdict != "succeeded" for outcome in told()) == 0
    from pandaprobe_evals.verdict import judge

    verdict = in_flags(judge(told(), minimums))
    cli.out.record(event="verdict", **asdict(verdict))
    if not cli.out.machine:
        cli.out.say(str(verdict))
    return verdict.passed


def in_flags(verdict: "Verdict") -> "Verdict":
    """The same, with what its reasons advise said as flags, not as arguments of `judge`."""
    reasons = (re.sub(r"; allow_(\w+) leaves", _flag, reason) for reason in verdict.reasons)
    return replace(verdict, reasons=tuple(reasons))


def _flag(found: re.Match[str]) -> str:
    return f"; gate --allow-{found[1].replace('_', '-')} leaves"


def _tidy() -> None:
    """Free the last answer now: httpx keeps each in a cycle, and a large run's, with all its ids, weighs megabytes."""
    gc.collect()


def _lighten(outcome: "Outcome") -> None:
    """Let go of what no verdict looks at: of a large submit, the scores of all runs are in memory until it is reached."""
    from pandaprobe_evals_api.models import SessionScoreMetadata

    from pandaprobe_evals.outcomes import life

    nothing = SessionScoreMetadata()
    told = {reason: reason for reason in life().no_evidence}
    for score in outcome.scores or ():
        score.id = score.project_id
        score.name, score.status = sys.intern(score.name), sys.intern(score.status)
        score.data_type, score.source = sys.intern(score.data_type), sys.intern(score.source)
        score.reason = told.get(score.reason or "")
        score.updated_at, score.metadata = score.created_at, nothing


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
        words = ["pandaprobe-evals", "resume", str(ledger.path)]
        words += ["--endpoint", cli.endpoint] if cli.endpoint else []
        words += ["--config", str(cli.config)] if cli.config else []
        cli.out.say(f"{count - left} of {_count(count, 'run')} made. Go on with: {shlex.join(words)}")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
