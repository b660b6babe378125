# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""What a create returns: the answer's model, and how it came to be."""

from __future__ import annotations

from attrs import define, field

from ..models import EvalRun, Monitor, TraceScore
from .protocol import Attempt


@define
class CreatedMonitor(Monitor):
    """What a create made: everything that `Monitor` has, and two things more."""

    reconciled: bool = field(default=False, init=False, eq=False)
    """True where the create's answer was lost, and what it made was found again."""
    attempts: tuple[Attempt, ...] = field(default=(), init=False, eq=False, repr=False)
    """Every request that was made for it, in order."""


@define
class CreatedRun(EvalRun):
    """What a create made: everything that `EvalRun` has, and two things more."""

    reconciled: bool = field(default=False, init=False, eq=False)
    """True where the create's answer was lost, and what it made was found again."""
    attempts: tuple[Attempt, ...] = field(default=(), init=False, eq=False, repr=False)
    """Every request that was made for it, in order."""


@define
class CreatedTraceScore(TraceScore):
    """What a create made: everything that `TraceScore` has, and two things more."""

    reconciled: bool = field(default=False, init=False, eq=False)
    """True where the create's answer was lost, and what it made was found again."""
    attempts: tuple[Attempt, ...] = field(default=(), init=False, eq=False, repr=False)
    """Every request that was made for it, in order."""
