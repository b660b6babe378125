"""A wait: what may be asked for, and the outcomes in the order asked for."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from pandaprobe_evals_api.models import EvalRun

from pandaprobe_evals.errors import InvalidArgument
from pandaprobe_evals.flow import Flow

from .poller import Poller
from .watched import Progress, Wait, WaitPolicy


def wait_flow(
    poller: Poller,
    run_ids: Iterable[str | UUID | EvalRun],
    *,
    timeout: float | None = None,
    stall_after: float | None = None,
    policy: WaitPolicy | None = None,
    on_progress: Callable[[Progress], object] | None = None,
    scores: bool = True,
    clock: Callable[[], float] = time.monotonic,
) -> Flow[list[Any]]:
    """Wait until every run has an outcome.

    Args:
        poller: What the waits of one client share.
        run_ids: The runs. Whole runs do as well, and tell how large they are before the first look.
        timeout: Seconds; None waits as long as it takes, 0 looks once.
        stall_after: Seconds without a change after which a run counts as stalled, or its status as unknown where the
            contract does not have it; None: the policy's.
        policy: The constants.
        on_progress: Called at most once a tick.
        scores: Whether the scores are read, once for each run that ended.
        clock: Seconds, monotonic.

    Returns:
        The outcomes in the order asked for, one for each id as often as it was given.

    Raises:
        WaitTimeout: The time was over first; it names the unfinished runs, and has the outcomes of the others.
        PandaProbeError: What the reads failed with: at once where it will not pass, else after `give_up_after`.
    """
    asked: list[str] = []
    seeds: dict[str, EvalRun] = {}
    for given in run_ids:
        try:
            asked.append(str(given.id if isinstance(given, EvalRun) else UUID(str(given))))
        except ValueError:
            raise InvalidArgument(f"run_ids: {given!r} is not a run id; ids are UUIDs") from None
        if isinstance(given, EvalRun):
            seeds[asked[-1]] = given
    if timeout is not None and not timeout >= 0:
        raise InvalidArgument(f"timeout: {timeout!r} is not a number of seconds, 0 or more, nor None")
    if stall_after is not None and not stall_after >= 0:
        raise InvalidArgument(f"stall_after: {stall_after!r} is not a number of seconds, 0 or more, nor None")
    policy = policy or WaitPolicy()
    stall_after = policy.stall_after if stall_after is None else stall_after
    now = clock()
    deadline = math.inf if timeout is None else now + timeout
    wait = Wait(tuple(dict.fromkeys(asked)), policy, stall_after, scores, now, deadline)
    yield from poller.follow(wait, seeds, on_progress, clock)
    return [wait.outcomes[id_] for id_ in asked]
