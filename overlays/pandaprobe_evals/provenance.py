"""Where the signals behind a session's score come from: measured by its run, or taken from what was there. Pure.

Before a session run measures a signal of a trace, the service looks for the newest good score of that name on that trace,
from whatever run, person or program, and takes it instead. Each signal that a run measures it keeps as a score of the trace,
with the run's id. So a signal was measured by the run exactly where there is such a score; else it is the newest one from
before, if that still has the value that the session's score says. Where it does not, or is not there any more, nothing is
guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from uuid import UUID

from pandaprobe_evals_api.models import SessionScore, TraceScore

from .evidence import Kind, Score, kind_of, rules, signals_in, value_of

Origin = Literal["measured", "remembered", "annotated", "programmatic", "changed", "unknown"]
"""Where a signal comes from.

measured      this run measured it
remembered    an earlier run did, whose id is known
annotated     a person gave it, or changed what a run had measured
programmatic  another program gave it
changed       the newest score that is there has another value: what it came from was changed or deleted since
unknown       no such score is there any more, it does not say who made it, or it was not read
"""

_NAMED = 20
"""Earlier runs that are named."""
_DIGITS = Decimal("0.00011")
"""How far a signal and 1 less its score's value may differ: both are rounded to 4 places."""


class Signal(NamedTuple):
    """One signal of one trace, behind a session's score."""

    trace_id: str
    name: str
    """Of the trace score, such as `confidence`."""
    origin: Origin
    run_id: str | None = None
    """The run that measured it; None where no run did, or it is not known."""
    created_at: datetime | None = None
    """When the trace's score was made; aware, None where it is not known."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where all signals behind one session's score come from."""

    signals: tuple[Signal, ...]
    failed: tuple[tuple[str, str], ...]
    """Trace and name of each signal that is not there, of the traces that the score names."""

    @property
    def origin(self) -> Literal["measured", "partly remembered", "remembered", "annotated", "changed", "unknown"]:
        """Of the whole score: `annotated` where one signal is from a person or another program; else `changed` or `unknown`
        where one is; `remembered` where all are from earlier runs, `partly remembered` where some are.
        """
        origins = {signal.origin for signal in self.signals}
        if origins & {"annotated", "programmatic"}:
            return "annotated"
        if "changed" in origins:
            return "changed"
        if "unknown" in origins or not origins:
            return "unknown"
        if len(origins) > 1:
            return "partly remembered"
        return "remembered" if "remembered" in origins else "measured"

    @property
    def measured(self) -> int:
        """How many signals this run measured."""
        return sum(signal.origin == "measured" for signal in self.signals)

    @property
    def from_runs(self) -> tuple[str, ...]:
        """The earlier runs that it remembers signals of, the first to measure first."""
        found = [signal for signal in self.signals if signal.origin == "remembered" and signal.run_id]
        found.sort(key=lambda signal: signal.created_at.timestamp() if signal.created_at else 0)
        return tuple(dict.fromkeys(signal.run_id for signal in found if signal.run_id))

    @property
    def oldest(self) -> datetime | None:
        """When the oldest of its signals was measured or given."""
        return min((signal.created_at for signal in self.signals if signal.created_at), default=None)


Place = tuple[str, str]
"""A trace's id and the name of one of its scores."""


class Known:
    """Trace scores that were read, by trace and name; `all_of` is a run that measured all signals of its scores."""

    def __init__(self, scores: Iterable[TraceScore] = (), all_of: str | None = None) -> None:
        self._scores: defaultdict[Place, dict[UUID, TraceScore]] = defaultdict(dict)
        self._all_of, self._all_of_text = UUID(all_of) if all_of else None, all_of
        self.add(scores)

    def newest(self, place: Place) -> TraceScore | None:
        """The newest, which the next run would take."""
        return max(self._scores.get(place, {}).values(), key=lambda each: each.created_at, default=None)

    def __contains__(self, place: Place) -> bool:
        return place in self._scores

    def add(self, scores: Iterable[TraceScore]) -> None:
        """Take in more; one that is known already counts once."""
        for score in scores:
            if score.status == "SUCCESS":
                self._scores[str(score.trace_id), score.name][score.id] = score

    def signal(self, score: SessionScore, place: Place, risk: float) -> Signal:
        """Where a signal of a session's score comes from."""
        if self._all_of is not None and score.eval_run_id == self._all_of:
            return Signal(*place, "measured", self._all_of_text)
        found = self._scores[place].values() if place in self._scores else ()
        own = [each for each in found if each.eval_run_id and each.eval_run_id == score.eval_run_id]
        if own:
            return Signal(*place, "measured", str(score.eval_run_id), own[0].created_at)
        before = [each for each in found if each.created_at <= score.created_at]
        if not before:
            return Signal(*place, "unknown")
        newest = max(before, key=lambda each: each.created_at)
        value = value_of(newest)
        if value is None or abs(1 - value - Decimal(str(risk))) > _DIGITS:
            return Signal(*place, "changed")
        if newest.updated_at > score.created_at:  # by whom it was then is not known
            return Signal(*place, "unknown")
        origin: Origin = "unknown"
        if newest.source == "ANNOTATION":
            origin = "annotated"
        elif newest.source == "PROGRAMMATIC":
            origin = "programmatic"
        elif newest.eval_run_id:
            origin = "remembered"
        return Signal(*place, origin, str(newest.eval_run_id) if newest.eval_run_id else None, newest.created_at)


def is_id(text: str) -> bool:
    """Whether what metadata calls a trace can be one."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def risks_of(score: SessionScore) -> dict[Place, float | None]:
    """The signals of every trace that a score names, by the trace score that each comes from; None: it is not there."""
    said = rules(type(score).__name__)
    traces: Any = score.metadata.to_dict().get(said.traces) if said else None
    if said is None or not isinstance(traces, Mapping):
        return {}
    found: dict[Place, float | None] = {}
    for trace_id, trace in traces.items():
        measured = signals_in(trace, said)
        for risk, name in said.scores.items():
            found[trace_id, name] = trace[risk] if risk in measured else None
    return found


def provenance_of(score: SessionScore, known: Known) -> Provenance:
    """Where the signals of a session's score come from, by trace scores that were read."""
    risks = risks_of(score)
    return Provenance(
        tuple(known.signal(score, place, risk) for place, risk in risks.items() if risk is not None),
        tuple(place for place, risk in risks.items() if risk is None),
    )


def kind_by(score: Score, provenance: Provenance | None) -> Kind:
    """What a score says of its pair, and what is known of where its signals come from."""
    kind = kind_of(score)
    if provenance is None or kind not in ("measured", "partial evidence", "unknown evidence"):
        return kind
    origin = provenance.origin
    if origin == "annotated":
        return "annotated"
    if kind == "measured" and origin == "changed":
        return "unknown evidence"
    return "remembered" if kind == "measured" and origin == "remembered" else kind


@dataclass(frozen=True, slots=True)
class Remembered:
    """How many of some scores their runs only remembered."""

    scores: int
    """That have a value and whose signals were looked up."""
    remembered: int
    partly: int
    annotated: int
    unknown: int
    from_runs: tuple[str, ...]
    """The earlier runs, at most 20."""

    def __add__(self, other: Remembered) -> Remembered:
        """Both together."""
        return Remembered(
            self.scores + other.scores,
            self.remembered + other.remembered,
            self.partly + other.partly,
            self.annotated + other.annotated,
            self.unknown + other.unknown,
            tuple(dict.fromkeys([*self.from_runs, *other.from_runs]))[:_NAMED],
        )

    def __str__(self) -> str:
        if not self.remembered + self.partly + self.annotated:
            return ""
        named = ", ".join(self.from_runs[:3]) + (
            f" and {len(self.from_runs) - 3} more" if len(self.from_runs) > 3 else ""
        )
        said = [
            f"remembered {self.remembered:,} of {self.scores:,}",
            f"{self.partly:,} in part" if self.partly else "",
            f"from run{'s' * (len(self.from_runs) > 1)} {named}" if self.from_runs else "",
            f"{self.annotated:,} from a person or another program" if self.annotated else "",
            f"{self.unknown:,} not known" if self.unknown else "",
        ]
        return ", ".join(filter(None, said))


def remembered(provenances: Iterable[Provenance]) -> Remembered:
    """Sum up where scores come from."""
    found = [each for each in provenances if each.signals]
    origins = [each.origin for each in found]
    return Remembered(
        scores=len(found),
        remembered=origins.count("remembered"),
        partly=origins.count("partly remembered"),
        annotated=origins.count("annotated"),
        unknown=origins.count("unknown") + origins.count("changed"),
        from_runs=tuple(dict.fromkeys(run for each in found for run in each.from_runs))[:_NAMED],
    )
