"""Before a run is paid for: of which sessions the signals are there already, and how to have them measured anew.

A session run takes a signal that is there, and is billed all the same. To measure anew, what runs measured has to be deleted
first. A copy of it is written before, whole and to the disk; after a crash in between, the copy says how to go on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pandaprobe_evals_api.models import TraceScore

from . import checks, files
from .arguments import checked
from .errors import InvalidArgument, NotFound
from .evidence import rules
from .flow import Call, Flow
from .provenance import Known
from .runs import RunKind
from .signal_reads import pages

MOST = 5_000
"""Sessions that are looked at, at most: each takes a request, and a new one two."""
_ALL = 10_000
"""Pages: of what has to be known whole."""

State = Literal["remembered", "partly", "new", "no traces"]
"""What a run over a session would do.

remembered  measure nothing: every signal of every trace is there
partly      measure what is missing
new         measure all
no traces   nothing: the service has no trace of the session (yet), bills it, and gives it no score
"""


@dataclass(frozen=True, slots=True)
class SessionSignals:
    """What is there of a session before a run."""

    session_id: str
    traces: int
    there: int
    """Signals that a run would take as they are, of `expected`."""
    expected: int
    by_runs: tuple[TraceScore, ...] = ()
    """All good scores by the name of a signal that runs made, newest first; only where they were asked for."""
    by_others: int = 0
    """Of the signals that are there, those that no known run made: of people, other programs, deleted runs."""

    @property
    def state(self) -> State:
        """What a run would do."""
        if not self.traces:
            return "no traces"
        return "new" if not self.there else "remembered" if self.there == self.expected else "partly"


@dataclass(frozen=True, slots=True)
class Measured:
    """What is there of some sessions before a run."""

    sessions: tuple[SessionSignals, ...]
    """In the order given, each once."""

    def ids(self, *states: State) -> tuple[str, ...]:
        """The sessions in some states."""
        return tuple(each.session_id for each in self.sessions if each.state in states)

    @property
    def remembered(self) -> tuple[str, ...]:
        """The sessions of which a run would measure nothing."""
        return self.ids("remembered")

    @property
    def by_runs(self) -> tuple[TraceScore, ...]:
        """What would have to be deleted to measure all anew; only where it was asked for."""
        return tuple(score for each in self.sessions for score in each.by_runs)

    @property
    def by_others(self) -> int:
        """Signals that are there and that no known run made; they stay."""
        return sum(each.by_others for each in self.sessions)

    def units_for_nothing(self, metrics: Sequence[str]) -> int:
        """Units that a run by these metrics would be billed for sessions of which it measures nothing."""
        return len(self.remembered) * len(metrics)

    def __str__(self) -> str:
        counts = {state: len(self.ids(state)) for state in ("remembered", "partly", "new", "no traces")}
        said = (
            f"{counts['remembered']:,} of {len(self.sessions):,} would only be remembered",
            f"{counts['partly']:,} in part" if counts["partly"] else "",
            f"{counts['no traces']:,} have no traces" if counts["no traces"] else "",
        )
        return ", ".join(filter(None, said))


def look(kind: RunKind, session_ids: Iterable[str], *, every: bool = False) -> Flow[Measured]:
    """Look what is there of sessions; with `every`, read all good scores of each trace, older ones too.

    Raises:
        InvalidArgument: There is no session, or there are more than `MOST`.
    """
    assert kind.signals
    ids = checks.texts(session_ids, kind.targets)
    if len(ids) > MOST:
        raise InvalidArgument(
            f"{kind.targets}: {len(ids):,} are too many to look at; look at no more than {MOST:,} at a time"
        )
    known, runs, found = Known(), set[str](), []
    for id_ in ids:
        traces = yield from pages(kind.signals.traces, {kind.target: id_}, _ALL)
        ids_of_traces = [str(each.trace_id) for each in traces]
        found.append((yield from _session(kind, id_, ids_of_traces, known, runs, every=every)))
    return Measured(tuple(found))


def _session(
    kind: RunKind, id_: str, traces: list[str], known: Known, runs: set[str], *, every: bool
) -> Flow[SessionSignals]:
    said = rules(kind.score)
    assert said
    assert kind.signals
    listed = kind.signals.pages
    names, there, others = frozenset(said.scores.values()), 0, 0
    by_runs: list[TraceScore] = []
    for trace_id in traces:
        if every or any((trace_id, name) not in known for name in names):
            scores = yield from pages(listed, {"trace_id": trace_id, "status": "SUCCESS"}, _ALL)
            known.add(scores)
            by_runs += [each for each in scores if each.name in names and _is_by_run(each)]
            for run_id in dict.fromkeys(str(each.eval_run_id) for each in scores if each.eval_run_id):
                if not every and run_id not in runs:  # which has mostly measured the next sessions too
                    runs.add(run_id)
                    known.add((yield from pages(listed, {"eval_run_id": run_id, "status": "SUCCESS"})))
        newest = [each for name in names if (each := known.newest((trace_id, name)))]
        there += len(newest)
        others += sum(not _is_by_run(each) for each in newest)
    return SessionSignals(id_, len(traces), there, len(traces) * len(names), tuple(by_runs), others)


def _is_by_run(score: TraceScore) -> bool:
    return score.source == "AUTOMATED" and bool(score.eval_run_id)


def forget(kind: RunKind, scores: Iterable[TraceScore], copy: Path) -> Flow[int]:
    """Delete scores, after a copy of them; those that a copy of that name holds already are deleted, too.

    Returns:
        How many were deleted; those that were gone already do not count.

    Raises:
        InvalidArgument: One is not a run's, or the file is there and is no such copy.
        OSError: The copy could not be written; nothing was deleted.
    """
    kept = {score.id: score for score in [*read_copy(copy), *scores]}
    if bad := next((score for score in kept.values() if not _is_by_run(score)), None):
        raise InvalidArgument(
            f"scores: {bad.id} was not made by a run ({bad.source}); it stays, and nothing was deleted"
        )
    if not kept:
        return 0
    files.write(copy, "".join(f"{json.dumps(score.to_dict())}\n" for score in kept.values()), durable=True)
    assert kind.signals
    operation, deleted = kind.signals.delete, 0
    for id_ in kept:
        try:
            yield Call(operation.function, checked(operation, {"id": id_}))
            deleted += 1
        except NotFound:  # by whoever was killed
            continue
    return deleted


def read_copy(copy: Path) -> list[TraceScore]:
    """The scores in a copy; none where there is no such file.

    Raises:
        InvalidArgument: It is not a copy.
    """
    if not copy.exists():
        return []
    try:
        return [TraceScore.from_dict(json.loads(line)) for line in copy.read_text(encoding="utf-8").splitlines()]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InvalidArgument(
            f"{copy} already exists, and is not a copy of deleted scores; name another file"
        ) from None
