"""How a run looks at a moment: a pure function of its script, its start and the clock.

Nothing runs in the background. What happens to a session is written in its id:

=================  ==============================================================================
id begins with     what the worker does
=================  ==============================================================================
``ghost-``         finds no traces: counted as evaluated, no score at all
``fail-``          every metric fails, ``failed_count`` + 1 for each; a retry run succeeds
``fail-always-``   as above, and fails in retry runs too
``boolean-``       finds a BOOLEAN score called ``confidence``: the run is FAILED in each of the 3 attempts, with
                   nothing evaluated from this session on
``crash-once-``    the run is FAILED half-way, is RUNNING again from 0 after the retry delay, completes
``crash-``         FAILED half-way in each of the 3 attempts, then for good
``stall-``         the run reaches this session and stays RUNNING there for ever
``pending-``       the run never leaves PENDING
anything else      the score that was chosen for it, or one that depends on its id and the metric only; see ``judge.py``
=================  ==============================================================================
"""

import hashlib
import json
import math
import uuid
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .judge import Memory, judged

__all__ = ["ATTEMPTS", "Score", "Script", "Timing", "View", "look", "scores", "script_of"]

ATTEMPTS = 3
"""A run is tried once, and after an error up to two times more."""

CRASH_MESSAGE = "Session evaluation task failed: worker crashed (sandbox)."
_SLACK = 1e-6  # a float of Unix seconds is exact to a quarter of a microsecond

Status = Literal["PENDING", "RUNNING", "COMPLETED", "FAILED"]


@dataclass(frozen=True, slots=True)
class Timing:
    """How long each part of a run takes, in seconds."""

    pending: float
    per_session: float
    retry_delay: float


@dataclass(frozen=True, slots=True)
class Script:
    """What will happen in a run, read from its session ids once, when it is created."""

    total: int
    metrics: int
    failing: tuple[int, ...] = ()
    stalls_at: int | None = None
    crashes: int = 0
    pends: bool = False
    breaks_at: int | None = None
    """The session at which each attempt fails, on a score that is not a number."""
    breaks_on: str = "true"
    """What that score says."""

    def dump(self) -> str:
        """Write the script as JSON."""
        return json.dumps(
            [
                self.total,
                self.metrics,
                self.failing,
                self.stalls_at,
                self.crashes,
                self.pends,
                self.breaks_at,
                self.breaks_on,
            ]
        )

    @classmethod
    def load(cls, text: str) -> "Script":
        """Read what `dump` wrote."""
        total, metrics, failing, *rest = json.loads(text)
        return cls(total, metrics, tuple(failing), *rest)


@dataclass(frozen=True, slots=True)
class View:
    """A run at one moment; `final` says that nothing will change any more."""

    status: Status
    evaluated: int = 0
    failed: int = 0
    completed_at: float | None = None
    error_message: str | None = None
    attempt: int = 0
    began: float = 0.0
    final: bool = False


class Score(NamedTuple):
    """One session measured by one metric."""

    id: str
    session_id: str
    name: str
    value: str | None
    status: Literal["SUCCESS", "FAILED"]
    reason: str
    metadata: str
    created_at: float


def script_of(session_ids: Sequence[str], metrics: Sequence[str], *, retry: bool = False) -> Script:
    """Read what will happen from the ids."""
    failing: list[int] = []
    stalls_at: int | None = None
    breaks_at: int | None = None
    crashes = 0
    pends = False
    for index, session_id in enumerate(session_ids):
        if session_id.startswith("fail-"):
            if not retry or session_id.startswith("fail-always-"):
                failing.append(index)
        elif session_id.startswith("crash-once-"):
            crashes = max(crashes, 1)
        elif session_id.startswith("crash-"):
            crashes = ATTEMPTS
        elif session_id.startswith("stall-"):
            stalls_at = index if stalls_at is None else stalls_at
        elif session_id.startswith("pending-"):
            pends = True
        elif session_id.startswith("boolean-"):
            breaks_at = index if breaks_at is None else breaks_at
    crashes = crashes if breaks_at is None else ATTEMPTS
    return Script(len(session_ids), len(set(metrics)), tuple(failing), stalls_at, crashes, pends, breaks_at)


def look(script: Script, timing: Timing, start: float, now: float) -> View:
    """Say how a run that was handed to the worker at `start` looks at `now`."""
    began = start + timing.pending
    now += _SLACK
    if script.pends or now < began:
        return View("PENDING")
    whole = script.total * timing.per_session
    breaks = math.inf if script.breaks_at is None else script.breaks_at
    for attempt in range(ATTEMPTS):
        crashes = attempt < script.crashes
        lasts = whole / 2 if crashes else whole
        if script.breaks_at is not None:
            lasts = (script.breaks_at + 1) * timing.per_session
        spent = now - began
        stalls = (
            script.stalls_at is not None
            and script.stalls_at < breaks
            and script.stalls_at * timing.per_session < lasts + _SLACK
        )
        if stalls or spent < lasts:
            reach = script.total if timing.per_session <= 0 else int(spent / timing.per_session)
            if stalls and script.stalls_at is not None:
                reach = min(reach, script.stalls_at)
            reach = int(min(reach, breaks))
            return View("RUNNING", reach, _failed(script, reach), attempt=attempt, began=began)
        ended = began + lasts
        if not crashes:
            reach = script.total
            return View("COMPLETED", reach, _failed(script, reach), ended, None, attempt, began, True)
        reach, message = script.total // 2, CRASH_MESSAGE
        if script.breaks_at is not None:
            reach, message = script.breaks_at, f"could not convert string to float: {script.breaks_on!r}"
        last = attempt == ATTEMPTS - 1
        if last or now < ended + timing.retry_delay:
            return View("FAILED", reach, _failed(script, reach), ended, message, attempt, began, last)
        began = ended + timing.retry_delay
    raise AssertionError("the last attempt always returns")


def _failed(script: Script, reach: int) -> int:
    return bisect_left(script.failing, reach) * script.metrics


def scores(
    run_id: str,
    session_ids: Sequence[str],
    metrics: Sequence[str],
    *,
    first: int,
    view: View,
    per_session: float,
    retry: bool = False,
    weights: Mapping[str, float] | None = None,
    seen: Collection[str] = (),
    ingested: Mapping[str, Mapping[str, str]] | None = None,
    chosen: Mapping[tuple[str, str], float] | None = None,
    memory: Memory | None = None,
) -> Iterator[Score]:
    """Yield the scores of the sessions that the attempt in `view` has handled, from the index `first` on.

    `weights` are the run's, of signals; `seen` are the sessions that another run has scored; `ingested` are the traces of
    those that have some; `chosen` are scores by session and metric; `memory` has the signals that were measured before.
    """
    names = list(dict.fromkeys(metrics))
    for index in range(first, view.evaluated):
        session_id = session_ids[index]
        if session_id.startswith("ghost-"):
            continue
        created_at = view.began + (index + 1) * per_session
        for name in names:
            made_of = f"{run_id}\0{view.attempt}\0{session_id}\0{name}".encode()
            score_id = str(uuid.UUID(bytes=hashlib.blake2b(made_of, digest_size=16).digest(), version=4))
            if session_id.startswith("fail-always-") or (session_id.startswith("fail-") and not retry):
                reason = f"Session metric failed: the judge gave no usable answer for {name}."
                yield Score(score_id, session_id, name, None, "FAILED", reason, "{}", created_at)
                continue
            traces = (ingested or {}).get(session_id)
            aim = (chosen or {}).get((session_id, name))
            known = session_id in seen
            found = judged(
                session_id, name, weights or {}, seen=known, ingested=traces, aim=aim, memory=memory, at=created_at
            )
            yield Score(score_id, session_id, name, found.value, "SUCCESS", found.reason, found.metadata, created_at)
