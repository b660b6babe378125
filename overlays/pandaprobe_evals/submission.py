"""From session ids to runs, however many: one run for each chunk of a ledger, whoever dies in between.

`work_off` is for processes of one machine that share a ledger. Where chunks travel instead, to workers on many hosts,
`begins` and `find` are what each of them needs: see examples/celery_submit.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from pandaprobe_evals_api.resources.created import CreatedRun

from .arguments import checked
from .client import PandaProbe
from .contract import operations
from .creation import Before, Intent
from .errors import ContractViolation, InvalidArgument, OutcomeUnknown, PandaProbeError, ServerError
from .ledger import Chunk, Ledger

CREATES = {"session": "create_batch_session_eval_run", "trace": "create_batch_trace_eval_run"}
"""The operation that makes a run, by what it evaluates."""
LOOK = 0.2
"""Seconds between looks at a ledger whose last chunks are other processes'."""


def begins(panda: PandaProbe, target: str = "session") -> float:
    """The earliest that the service can stamp on a new run, seconds since 1970: write it down before a create is sent.

    Asks for the newest run where this process heard nothing of the service's runs for a minute.

    Raises:
        PandaProbeError: It could not be asked; nothing was sent.
    """
    driver: Any = panda._sender
    before: Before = driver.run(driver.calls.before(CREATES[target], {}), {})
    if not before.certain:
        raise ServerError("the newest runs cannot be read, so that a create could not be found again; nothing was sent")
    return max(0.0, panda.clock.monotonic() + before.low)


def find(
    panda: PandaProbe,
    create: Mapping[str, Any],
    *,
    begun: float,
    named: bool = True,
) -> CreatedRun | None:
    """Look for the run of a create that was sent, or was about to be, by a process that is no more.

    Args:
        panda: A client of the same service and project.
        create: The arguments that `create_batch` was given.
        begun: What `begins` was before it was sent.
        named: Whether the name is one that no other create has. Without such a name a run that somebody else made of the
            same arguments since cannot be told apart.

    Returns:
        The run; None where there is none and will be none.

    Raises:
        PandaProbeError: It could not be found out; the doubt stays.
    """
    backoff = panda.backoff
    operation = CREATES["session" if "session_ids" in create else "trace"]
    intent = Intent.of(
        operation,
        checked(operations()[operation], create),
        marked=named,
        not_before=begun - backoff.clock_slack,
        settle=backoff.settle,  # it may have died just now
    )
    return panda.session_runs.resolve(OutcomeUnknown("its sender is gone", create=intent.to_dict()))


def work_off(
    ledger: Ledger,
    panda: PandaProbe,
    *,
    on_run: Callable[[Chunk, CreatedRun], object] | None = None,
) -> None:
    """Make the run of every chunk; returns when each has one, by this process or another.

    Args:
        ledger: A ledger that is filled.
        panda: A client of the service and project that the ledger is for.
        on_run: Called for each chunk that became a run here.

    Raises:
        InvalidArgument: The ledger is for another service or project, or was not filled.
        PandaProbeError: A create failed for good. The ledger knows what was made, and what is in doubt.
    """
    check_place(ledger, panda)
    if not ledger.filled:
        raise InvalidArgument(f"{ledger.path}: its input was not read to the end; nothing was sent")
    while ledger.open_chunks():
        chunk = ledger.claim()
        if chunk is None:  # others are at work on the rest: should one die, its chunk is ours
            time.sleep(LOOK)
            continue
        run = None
        if chunk.begun is not None:
            try:
                run = find(
                    panda,
                    chunk.create,
                    begun=chunk.begun,
                    named=len(ledger) > 1,
                )
            except Exception:
                ledger.leave(chunk.number)
                raise
        if run is None:
            run = _create(ledger, panda, chunk)
        ledger.made(chunk.number, str(run.id))
        if on_run:
            on_run(chunk, run)


def _create(ledger: Ledger, panda: PandaProbe, chunk: Chunk) -> CreatedRun:
    ledger.begin(chunk.number, begins(panda, ledger.plan.target))
    runs: Any = panda.trace_runs if ledger.plan.target == "trace" else panda.session_runs
    try:
        made: CreatedRun = runs.create_batch(**chunk.create, marker=False)
    except ContractViolation as error:
        if error.run_id:
            ledger.made(chunk.number, error.run_id)
        else:
            ledger.leave(chunk.number)
        raise
    except OutcomeUnknown:
        ledger.leave(chunk.number)
        raise
    except PandaProbeError:
        ledger.not_made(chunk.number)
        raise
    return made


def place(panda: PandaProbe) -> tuple[str, str]:
    """Where a client makes its runs: the service's address, and the project by whatever its credentials call it."""
    return panda.base_url, panda.project


def check_place(ledger: Ledger, panda: PandaProbe) -> None:
    """Refuse a client of another service or project than the ledger is for.

    Raises:
        InvalidArgument: It is one.
    """
    here, there = place(panda), (ledger.plan.base_url, ledger.plan.project)
    if here != there:
        raise InvalidArgument(
            f"{ledger.path} is for project {there[1]!r} at {there[0]}, and the settings are for {here[1]!r} at {here[0]}; "
            "say the former"
        )
