"""How a run looks at a moment: a pure function of its script, its start and the clock.

Nothing runs in the background. What happens to a session is written in its id:

=================  ==============================================================================
id begins with     what the worker does
=================  ==============================================================================
``ghost-``         finds no traces: counted as evaluated, no score at all
``fail-``          every metric fails, ``failed_count`` + 1 for each; a retry run succeeds
``fail-always-``   as above, and fails in retry runs too
``unjudged-``      value ``"1.0"``, reason ``No evaluable traces.``: perfect, but nothing was measured
``crash-once-``    the run is FAILED half-way, is RUNNING again from 0 after the retry delay, completes
``crash-``         FAILED half-way in each of the 3 attempts, then for good
``stall-``         the run reaches this session and stays RUNNING there for ever
``pending-``       the run never leaves PENDING
anything else      a score that depends on the session id and the metric only
=================  ==============================================================================
"""

import hashlib
import json
import uuid
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

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

    def dump(self) -> str:
        """Write the script as JSON."""
        return json.dumps([self.total, self.metrics, self.failing, self.stalls_at, self.crashes, self.pends])

    @classmethod
    def load(cls, text: str) -> "Script":
        """Read what `dump` wrote."""
        total, metrics, failing, stalls_at, crashes, pends = json.loads(text)
        return cls(total, metrics, tuple(failing), stalls_at, crashes, pends)


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
    return Script(len(session_ids), len(set(metrics)), tuple(failing), stalls_at, crashes, pends)


def look(script: Script, timing: Timing, start: float, now: float) -> View:
    """Say how a run that was handed to the worker at `start` looks at `now`."""
    began = start + timing.pending
    now += _SLACK
    if script.pends or now < began:
        return View("PENDING")
    whole = script.total * timing.per_session
    for attempt in range(ATTEMPTS):
        crashes = attempt < script.crashes
        lasts = whole / 2 if crashes else whole
        spent = now - began
        stalls = script.stalls_at is not None and script.stalls_at * timing.per_session < lasts + _SLACK
        if stalls or spent < lasts:
            reach = script.total if timing.per_session <= 0 else int(spent / timing.per_session)
            if stalls and script.stalls_at is not None:
                reach = min(reach, script.stalls_at)
            return View("RUNNING", reach, _failed(script, reach), attempt=attempt, began=began)
        ended = began + lasts
        if not crashes:
            reach = script.total
            return View("COMPLETED", reach, _failed(script, reach), ended, None, attempt, began, True)
        reach = script.total // 2
        last = attempt == ATTEMPTS - 1
        if last or now < ended + timing.retry_delay:
            return View("FAILED", reach, _failed(script, reach), ended, CRASH_MESSAGE, attempt, began, last)
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
) -> Iterator[Score]:
    """Yield the scores of the sessions that the attempt in `view` has handled, from the index `first` on."""
    names = list(dict.fromkeys(metrics))
    for index in range(first, view.evaluated):
        session_id = session_ids[index]
        if session_id.startswith("ghost-"):
            continue
        created_at = view.began + (index + 1) * per_session
        for name in names:
            yield _score(run_id, view.attempt, session_id, name, created_at, retry)


def _score(run_id: str, attempt: int, session_id: str, name: str, created_at: float, retry: bool) -> Score:
    digest = hashlib.blake2b(f"{session_id}\0{name}".encode(), digest_size=16).digest()
    made_of = f"{run_id}\0{attempt}\0{session_id}\0{name}".encode()
    score_id = str(uuid.UUID(bytes=hashlib.blake2b(made_of, digest_size=16).digest(), version=4))
    fails = session_id.startswith("fail-always-") or (session_id.startswith("fail-") and not retry)
    if fails:
        reason = f"Session metric failed: the judge gave no usable answer for {name}."
        return Score(score_id, session_id, name, None, "FAILED", reason, "{}", created_at)
    if session_id.startswith("unjudged-"):
        return Score(score_id, session_id, name, "1.0", "SUCCESS", "No evaluable traces.", "{}", created_at)
    part = int.from_bytes(digest[:4], "big") / 0xFFFFFFFF
    value = round(1.0 - 0.9 * part * part, 4)
    traces = 1 + digest[4] % 6
    elevated = 0 if value >= 0.7 else 1 + digest[5] % traces
    of = f"{traces} trace{'' if traces == 1 else 's'}"
    reason = f"Elevated risk in {elevated} of {of}." if elevated else f"No elevated risk across {of}."
    metadata = f'{{"trace_count":{traces},"elevated_traces":{elevated}}}'
    return Score(score_id, session_id, name, str(value), "SUCCESS", reason, metadata, created_at)
