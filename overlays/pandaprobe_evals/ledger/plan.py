"""What a ledger is of: the plan of a submit, and its chunks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

LONGEST_NAME = 200
"""Characters of a plan's name: room is left for the run's number and the service's `Retry: `."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What all runs of one submit have in common."""

    base_url: str
    project: str
    """As `Credentials.project_scope`: where the runs are to be made, and nowhere else."""
    metrics: tuple[str, ...]
    chunk: int
    """Sessions in a run, at most."""
    name: str | None = None
    target: str = "session"
    """What is evaluated, a `session` or a `trace`; the ids are its, wherever they are called a session's."""
    model: str | None = None
    signal_weights: Mapping[str, float] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)
    """Where the ids can be read again from, should the reading be broken off; empty: from nowhere."""
    after: Mapping[str, Any] = field(default_factory=dict)
    """What is to be done once all runs are made, so that `resume` can do it."""


class Chunk(NamedTuple):
    """A chunk that was claimed, to be sent or, where `begun` is set, to be looked for first."""

    number: int
    create: Mapping[str, Any]
    """The arguments of `create_batch`."""
    begun: float | None
    settled_at: float | None

    @property
    def session_ids(self) -> list[str]:
        """The sessions, or the traces."""
        ids: list[str] = self.create["session_ids" if "session_ids" in self.create else "trace_ids"]
        return ids


class Line(NamedTuple):
    """A chunk as it stands, without its ids."""

    number: int
    sessions: int
    run_id: str | None
    in_doubt: bool
