"""The traces of a session, and the signals of each: what a score rests on, below the score. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from pandaprobe_evals_api.models import TraceScore

from pandaprobe_evals.errors import counted
from pandaprobe_evals.evidence import Score, rules, value_of
from pandaprobe_evals.html.markup import Markup, element, joined
from pandaprobe_evals.html.parts import id_of, moment, prose, rest
from pandaprobe_evals.provenance import Signal, is_id, risks_of

from .gathered import Whole

if TYPE_CHECKING:
    from pandaprobe_evals_api.models import SessionScore

TRACES = 5
"""Traces of a session that are shown: those that are flagged first, then those without a signal, then the lowest."""


class _Trace(NamedTuple):
    """A trace, and its signals by the names of its scores; None: it was not measured."""

    flagged: bool
    id: str
    signals: dict[str, float | None]


def _traces(score: Score) -> list[_Trace]:
    """The traces that a session's score names, the worst first; none of a trace's score."""
    said = rules(type(score).__name__)
    if said is None:
        return []
    listed: Any = score.metadata.to_dict().get(said.flagged)
    flagged = set(map(str, listed)) if isinstance(listed, list) else set[str]()
    found: dict[str, dict[str, float | None]] = {}
    for (trace_id, name), risk in risks_of(cast("SessionScore", score)).items():
        found.setdefault(trace_id, {})[name] = None if risk is None else 1 - risk
    every = [_Trace(trace_id in flagged, trace_id, signals) for trace_id, signals in found.items()]
    return sorted(every, key=lambda each: (not each.flagged, None not in each.signals.values(), _lowest(each)))


def _total(score: Score) -> int:
    """How many traces the session has, by what the score says; 0 where it does not say."""
    said = rules(type(score).__name__)
    found = score.metadata.to_dict().get(said.total) if said else None
    return found if isinstance(found, int) else 0


def _lowest(trace: _Trace) -> float:
    return min((value for value in trace.signals.values() if value is not None), default=0.0)


def shown(scores: Iterable[Score]) -> list[str]:
    """The traces that a report shows of these scores, each once: the worst of each score first, then the next worst."""
    found = [_traces(score)[:TRACES] for score in scores]
    by_rank = (traces[rank].id for rank in range(TRACES) for traces in found if rank < len(traces))
    return [id_ for id_ in dict.fromkeys(by_rank) if is_id(id_)]


class Signals:
    """What was said of signals, as far as it is known.

    Args:
        scores: Scores of traces that were read, for the reasons that they give.
    """

    def __init__(self, scores: Iterable[TraceScore] = ()) -> None:
        self._said: dict[tuple[str, str], list[TraceScore]] = {}
        for score in scores:
            self._said.setdefault((str(score.trace_id), score.name), []).append(score)

    def below(self, whole: Whole) -> Markup | None:
        """The traces of a score, to be opened; None where it names none."""
        score, known = whole
        traces = _traces(score)
        if not traces:
            return None
        flagged = sum(trace.flagged for trace in traces)
        origins = {(signal.trace_id, signal.name): signal for signal in known.signals} if known else {}
        of = _total(score)
        title = f"{len(traces):,} of {of:,} traces" if of > len(traces) else counted(len(traces), "trace")
        title += f", {flagged:,} flagged" if flagged else ""
        return element(
            "details",
            {"class": "traces"},
            element("summary", {}, title),
            *(self._trace(trace, origins) for trace in traces[:TRACES]),
            rest(len(traces), TRACES, "traces, which look better"),
        )

    def _trace(self, trace: _Trace, origins: Mapping[tuple[str, str], Signal]) -> Markup:
        chip = element("span", {"class": "chip bad"}, "flagged") if trace.flagged else None
        return joined(
            element("p", {"class": "trace"}, id_of(trace.id), " ", chip),
            element(
                "ul",
                {"class": "signals"},
                *(
                    self._signal((trace.id, name), value, origins.get((trace.id, name)))
                    for name, value in trace.signals.items()
                ),
            ),
        )

    def _signal(self, place: tuple[str, str], value: float | None, origin: Signal | None) -> Markup:
        figure = element("b", {}, "not measured" if value is None else f"{value:.3f}")
        reason = self._reason(place, value)
        return element(
            "li",
            {"class": "bad" if value is None else None},
            element("bdi", {}, place[1]),
            " ",
            figure,
            _from(origin) if origin else None,
            element("p", {}, prose(reason)) if reason else None,
        )

    def _reason(self, place: tuple[str, str], value: float | None) -> str | None:
        """Of the newest score of the trace that says the same."""
        for score in sorted(self._said.get(place, ()), key=lambda each: each.created_at, reverse=True):
            known = value_of(score)
            if (value is None and score.status == "FAILED") or (
                value is not None and known is not None and abs(float(known) - value) < 0.0002
            ):
                return score.reason
        return None


def _from(signal: Signal) -> Markup:
    run = f" by run {signal.run_id[:8]}" if signal.run_id and signal.origin == "remembered" else ""
    words: list[Any] = [" ", signal.origin, run]
    if signal.created_at and signal.origin != "measured":
        words += [", ", moment(signal.created_at)]
    return element("span", {"class": "note"}, *words)
