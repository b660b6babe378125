"""What a session's score rests on, with the metadata that the service gives: each trace's signals, and what is made of them.

The arithmetic is the service's, as far as its recorded answers show it: a trace's `step_risk` is its greatest risk,
`agent_reliability` is 1 less the greatest of these, and `agent_consistency` is 1 less the root mean square of what each
trace is uncertain of. The words for a low instability are the sandbox's own: none were recorded. What goes wrong is written
in the session's id:

====================  =============================================================================================
id begins with        what the judge does
====================  =============================================================================================
``judge-down-``       answers nothing: one trace has a signal, which nobody measured; the score is perfect all the same
``judge-down-once-``  the same, for as long as the session has no score; later evaluations measure it
``judge-no-json-``    answers what cannot be read: of its signals there is none, the others are there
``half-judged-``      answers for every other trace
``no-metadata-``      nothing: the service is an older one, which does not say what a score rests on
``unjudged-``         finds nothing to judge: ``"1.0"``, ``No evaluable traces.``
``one-trace-``        finds a session of one trace
``annotated-``        finds a score called ``confidence`` that a person gave to a trace, and takes it for its own
====================  =============================================================================================
"""

import json
import math
import uuid
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

__all__ = ["RISKS", "Judgement", "Memory", "Signals", "judged", "signal_of"]

_WEIGHTS = {"coherence": 1.0, "confidence": 1.0, "loop_detection": 1.0, "tool_correctness": 0.8}
RISKS = {
    "coherence": "coherence_risk",
    "confidence": "confidence_risk",
    "loop_detection": "loop_risk",
    "tool_correctness": "tool_risk",
}
_ELEVATED = 0.5
_THRESHOLD = 0.5
_NOTHING = "No evaluable traces."
Signals = dict[str, float]


class Memory(Protocol):
    """What is known of the signals of traces before they are measured, and where it is written down."""

    def known(self, trace_id: str, at: float) -> Signals:
        """The risks that need no measurement."""
        ...

    def measured(self, trace_id: str, risks: Mapping[str, float], at: float, *, first: bool) -> None:
        """Write down what was measured; `first` says that no trace of the session was before."""
        ...


class Judgement(NamedTuple):
    """What a session is worth by a metric."""

    value: str
    reason: str
    metadata: str = "{}"


def judged(
    session_id: str,
    metric: str,
    weights: Mapping[str, float],
    *,
    seen: bool = False,
    ingested: Mapping[str, str] | None = None,
    aim: float | None = None,
    memory: Memory | None = None,
    at: float = 0.0,
) -> Judgement:
    """Judge a session by a metric.

    Args:
        session_id: The session; its beginning says what goes wrong.
        metric: The metric.
        weights: Of signals, what a run was created with.
        seen: Whether the session has a score already.
        ingested: Its traces by their ids, each with what it says, by which it is judged; None where it is but named.
        aim: The score that it is to get; None for one that follows from what it is.
        memory: The signals of its ingested traces that were measured before.
        at: When it is judged.
    """
    judged_by = "\0".join(ingested.values()) if ingested else session_id
    digest = blake2b(f"{judged_by}\0{metric}".encode(), digest_size=16).digest()
    if session_id.startswith("unjudged-"):
        return Judgement("1.0", _NOTHING)
    part = int.from_bytes(digest[:4], "big") / 0xFFFFFFFF
    aim_given = aim is not None
    aim = round(1.0 - 0.9 * part * part, 4) if aim is None else aim
    count = 1 if session_id.startswith("one-trace-") else 3 if session_id.startswith("judge-") else 1 + digest[4] % 6
    count = max(count, 2) if session_id.startswith("half-judged-") else count
    ids = list(ingested) if ingested else [str(_trace(session_id, index)) for index in range(count)]
    count = len(ids)
    traces = {id_: _signals(digest, index, 1 - aim, metric) for index, id_ in enumerate(ids)}
    known = _known(session_id, traces, seen=seen)
    if memory and ingested and not aim_given:
        _remembered(known, ids, memory, at)
    weights = {**_WEIGHTS, **weights}
    make = _consistency if metric == "agent_consistency" else _reliability
    judgement = make(known, count, weights)
    return judgement._replace(metadata="{}") if session_id.startswith("no-metadata-") else judgement


def _remembered(known: dict[str, Signals], ids: list[str], memory: Memory, at: float) -> None:
    """Take the signals that were measured before in place of new ones, and remember the new ones."""
    for index, trace_id in enumerate(ids):
        before = memory.known(trace_id, at)
        measured = known.get(trace_id, {})
        new = {risk: value for risk, value in measured.items() if risk not in before}
        memory.measured(trace_id, new, at, first=not index)
        if before:
            known[trace_id] = {**measured, **before}


def signal_of(name: str, risk: float, *, first: bool) -> Judgement:
    """Judge a trace by a signal, in the service's words as far as they were recorded."""
    value = round(1 - risk, 4)
    told: dict[str, Any] = {"threshold": _THRESHOLD, "success": value >= _THRESHOLD}
    reason = f"The judge's {name} (sandbox)."
    if name == "coherence":
        told["coherence_gap"] = risk
        reason = f"Coherence gap: {risk:.4f}"
    elif name == "loop_detection":
        looked = f"Max hybrid repetition score: {risk:.4f}"
        reason = "No session context provided; looping cannot be assessed." if first else looked
    return Judgement(str(value), reason, json.dumps(told))


def _trace(session_id: str, index: int) -> uuid.UUID:
    return uuid.UUID(bytes=blake2b(f"{session_id}\0{index}".encode(), digest_size=16).digest(), version=4)


def _signals(digest: bytes, index: int, risk: float, metric: str) -> Signals:
    """What is measured of a trace, so that the score comes out at 1 less the risk."""
    if metric == "agent_consistency":
        return {"loop_risk": 0.0, "tool_risk": 0.0, "coherence_risk": 0.0, "confidence_risk": round(risk, 4)}
    less = risk if index == 0 else risk * digest[(5 + index) % len(digest)] / 255
    other = {name: round(less * digest[6 + at] / 255, 4) for at, name in enumerate(("tool_risk", "coherence_risk"))}
    loop = 0.0 if index == 0 else round(less * digest[8] / 255, 4)
    return {"loop_risk": loop, **other, "confidence_risk": round(less, 4)}


def _known(session_id: str, traces: Mapping[str, Signals], *, seen: bool) -> dict[str, Signals]:
    """The signals that the judge, being what it is, gave."""
    first = next(iter(traces))
    if session_id.startswith("judge-down-") and not (seen and session_id.startswith("judge-down-once-")):
        return {first: {"loop_risk": 0.0}}
    if session_id.startswith("judge-no-json-"):
        given = ("loop_risk", "coherence_risk")
        return {id_: {name: signals[name] for name in given} for id_, signals in traces.items()}
    if session_id.startswith("half-judged-"):
        return {id_: dict(signals) for index, (id_, signals) in enumerate(traces.items()) if index % 2 == 0}
    known = {id_: dict(signals) for id_, signals in traces.items()}
    if session_id.startswith("annotated-"):
        known[first]["confidence_risk"] = 0.99
    return known


def _reliability(traces: Mapping[str, Signals], count: int, weights: Mapping[str, float]) -> Judgement:
    steps = {id_: {**signals, "step_risk": max(signals.values())} for id_, signals in traces.items()}
    risk = round(max(signals["step_risk"] for signals in steps.values()), 4)
    flagged = [id_ for id_, signals in steps.items() if signals["step_risk"] > _ELEVATED]
    found = {
        "raw_risk": risk,
        "aggregation": {
            "method": "max_compose_top_k",
            "max_risk": risk,
            "ensemble_weight": 0.1,
            "mean_top_k_risk": risk,
            "top_k_percentile": 0.15,
        },
        "flagged_traces": flagged,
    }
    reason = f"Elevated risk in {len(flagged)} of {len(steps)} traces."
    reason = reason if flagged else f"No elevated risk across {len(steps)} traces."
    return Judgement(_text(1 - risk), reason, _metadata(found, steps, count, weights))


def _consistency(traces: Mapping[str, Signals], count: int, weights: Mapping[str, float]) -> Judgement:
    if not all("confidence_risk" in signals for signals in traces.values()):
        return Judgement("1.0", _NOTHING)
    steps: dict[str, Signals] = {}
    for id_, signals in traces.items():
        penalty = sum(weights[signal] * signals[risk] for signal, risk in RISKS.items() if signal != "confidence")
        uncertain = signals["confidence_risk"] * (1 + penalty)
        steps[id_] = {
            **signals,
            "situational_penalty": round(penalty, 4),
            "weighted_uncertainty": round(uncertain, 4),
        }
    rms = round(math.sqrt(math.fsum(s["weighted_uncertainty"] ** 2 for s in steps.values()) / len(steps)), 4)
    found = {"aggregation": {"method": "weighted_rms", "rms_value": rms}, "raw_instability": rms}
    high = rms >= _ELEVATED
    reason = f"{'High' if high else 'Low'} instability across {len(steps)} traces"
    reason += "; multiple signals compound." if high else "."
    return Judgement(_text(max(0.0, 1 - rms)), reason, _metadata(found, steps, count, weights))


def _metadata(found: Mapping[str, Any], steps: Mapping[str, Signals], count: int, weights: Mapping[str, float]) -> str:
    more: dict[str, Any] = {
        "signal_weights": dict(weights),
        "traces_evaluated": len(steps),
        "per_trace_signals": steps,
        "total_traces_in_session": count,
    }
    return json.dumps({**found, **more}, separators=(",", ":"))


def _text(value: float) -> str:
    return str(round(value, 4))
