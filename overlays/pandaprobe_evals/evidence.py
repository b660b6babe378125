"""What a score rests on: which signals of which traces were measured for it. Pure; the rules are data of `openapi.yaml`.

A score that was given with SUCCESS may rest on all that the service measures, on a part, or on nothing: with the judge
model down it is 1.0 all the same. Its metadata says which (`x-evidence`), or its reason does (`x-no-evidence`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, NamedTuple, Protocol, get_args
from uuid import UUID

from . import contract

Kind = Literal[
    "measured",
    "remembered",
    "partial evidence",
    "unknown evidence",
    "annotated",
    "without evidence",
    "unusable",
    "failed",
    "missing",
]
"""What became of a pair of session and metric, from good to bad.

measured          it has a value, and every signal of every trace of the session was measured for it
remembered        the same, and not one of the signals by this run: earlier runs had measured them (see `provenance`)
partial evidence  it has a value, and some signals or traces were not measured
unknown evidence  it has a value, and its metadata does not say what it rests on
annotated         it has a value, and a person or another program gave one of its signals (see `provenance`)
without evidence  it has a value, and nothing was measured for it
unusable          its value is none: no number, out of range, or not there yet
failed            its evaluation failed
missing           no run has scored it
"""
KINDS: tuple[Kind, ...] = get_args(Kind)
_NUMBERS = (int, float)
"""What numbers of JSON are; True and False are none."""


class Score(Protocol):
    """What the score of any kind of runs says."""

    @property
    def id(self) -> UUID:
        """Its own."""
        ...

    @property
    def name(self) -> str:
        """The metric."""
        ...

    @property
    def value(self) -> str | None:
        """As the service writes it."""
        ...

    @property
    def status(self) -> str:
        """One of `ScoreStatus`, or what the contract does not know."""
        ...

    @property
    def reason(self) -> str | None:
        """In words, the judge's or the service's."""
        ...

    @property
    def metadata(self) -> Any:
        """What it rests on, as a model."""
        ...

    @property
    def created_at(self) -> datetime:
        """Aware."""
        ...


class Rules(NamedTuple):
    """What the contract says of evidence."""

    traces: str
    """The key of metadata that has each trace's signals; the next two are keys of numbers of traces."""
    evaluated: str
    total: str
    signals: frozenset[str]
    """What is measured of a trace."""
    telling: frozenset[str]
    """Of these, what is never there without a measurement."""
    flagged: str
    """The key of metadata that lists the traces that are at risk, where a metric says so."""
    scores: Mapping[str, str]
    """By signal, the name of the trace score that it is 1 less the value of."""


@cache
def reasons(score: str) -> frozenset[str]:
    """The reasons of a kind of scores, by its model's name, that say that nothing was measured."""
    return frozenset(contract.schema(score)["properties"]["reason"].get("x-no-evidence", ()))


@cache
def rules(score: str) -> Rules | None:
    """The contract's rules for a kind of scores, by its model's name; None where metadata does not say what they rest on."""
    found = contract.schema(score)["properties"]["metadata"].get("x-evidence")
    if found is None:
        return None
    signals = frozenset(found["signals"])
    return Rules(
        traces=found["traces"],
        evaluated=found["evaluated"],
        total=found["total"],
        signals=signals,
        telling=signals - set(found["not_alone"]),
        flagged=found["flagged"],
        scores=found["scores"],
    )


def value_of(score: Score) -> Decimal | None:
    """The score as a number from 0 to 1, exact; None where it is none."""
    try:
        value = Decimal(score.value or "")
        in_range = 0 <= value <= 1
    except InvalidOperation:  # no number, or a comparison with NaN
        return None
    return value if in_range else None


def kind_of(score: Score) -> Kind:
    """What a score says of its pair."""
    if score.status == "FAILED":
        return "failed"
    if score.status != "SUCCESS":
        return "unusable"
    evidence = _evidence(score)
    return "unusable" if evidence != "without evidence" and value_of(score) is None else evidence


def _evidence(score: Score) -> Kind:
    name = type(score).__name__
    if score.reason in reasons(name):
        return "without evidence"
    said = rules(name)
    if said is None:  # a metric of one trace was measured, or its reason says that it was not
        return "measured"
    metadata = score.metadata.to_dict()
    traces = metadata.get(said.traces)
    evaluated, total = _number(metadata.get(said.evaluated)), _number(metadata.get(said.total))
    measured = [signals_in(trace, said) for trace in traces.values()] if isinstance(traces, dict) else None
    if 0 in (evaluated, total) or (measured is not None and not any(said.telling & each for each in measured)):
        return "without evidence"
    if evaluated is not None and total is not None and evaluated < total:
        return "partial evidence"
    if measured is not None and (len(measured) < (total or 0) or any(each != said.signals for each in measured)):
        return "partial evidence"
    return "measured" if measured is not None and len(measured) == evaluated == total else "unknown evidence"


def signals_in(trace: Any, said: Rules) -> frozenset[str]:
    """The signals that were measured of a trace."""
    if not isinstance(trace, dict):
        return frozenset()
    return frozenset([name for name in said.signals if type(trace.get(name)) in _NUMBERS and 0 <= trace[name] <= 1])


def _number(value: Any) -> int | None:
    """A number of traces; None where it is none."""
    return int(value) if type(value) in _NUMBERS and value >= 0 and value == value // 1 else None
