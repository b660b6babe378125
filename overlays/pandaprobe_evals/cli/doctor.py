"""`pandaprobe-evals doctor`: whether everything is in place to evaluate, and what to do where it is not."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal

import typer

from pandaprobe_evals.errors import counted

from . import exits
from .common import Cli, command
from .output import Column

if TYPE_CHECKING:
    from pandaprobe_evals import PandaProbe

SKEW = 30.0
"""Seconds that this machine's clock may differ from the service's without a warning."""

State = Literal["ok", "warning", "failed"]


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    check: str
    state: State
    found: str
    advice: str = ""
    code: int = field(default=exits.OK, repr=False)
    """The exit code that it asks for."""

    def record(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "event": "check",
            "check": self.check,
            "state": self.state,
            "found": self.found,
            "advice": self.advice or None,
        }


@command
def doctor(cli: Cli) -> None:
    """Check settings, endpoint, credentials, clock and contract, and say what to do about what is wrong.

    Nothing is evaluated or billed; but with an API key, looking creates the project where the organization has none of that
    name.

    Example: pandaprobe-evals doctor
    """
    findings: list[Finding] = []

    def seen() -> Iterator[dict[str, Any]]:
        for finding in _examine(cli):
            findings.append(finding)
            yield finding.record()

    cli.out.records(
        seen(),
        [
            Column("check", itemgetter("check")),
            Column("state", itemgetter("state")),
            Column("found", itemgetter("found")),
            Column("what to do", lambda record: record["advice"] or ""),
        ],
    )
    worst = next((finding.code for finding in findings if finding.state == "failed"), exits.OK)
    if worst:
        raise typer.Exit(worst)


def _examine(cli: Cli) -> Iterator[Finding]:
    from pandaprobe_evals import BackoffPolicy, PandaProbeError

    yield from _file(cli)
    try:
        client = cli.client(deadline=30.0, backoff=BackoffPolicy(max_attempts=2))
    except PandaProbeError as error:
        yield Finding(
            "settings", "failed", error.message, "`pandaprobe-evals config show` lists them all", exits.VALIDATION
        )
        return
    with client as panda:
        yield Finding("settings", "ok", f"{panda!r}")
        yield from _service(panda)


def _file(cli: Cli) -> Iterator[Finding]:
    path = cli.config_file
    if not path.exists():
        return
    loose = os.name == "posix" and path.stat().st_mode & 0o077
    if loose:
        yield Finding("file", "warning", f"others on this machine may read {path}", f"chmod 600 {path}")
    else:
        yield Finding("file", "ok", str(path))


def _service(panda: "PandaProbe") -> Iterator[Finding]:
    from pandaprobe_evals import (
        AuthenticationError,
        ConnectionFailed,
        ContractViolation,
        InvalidRequest,
        PandaProbeError,
        PermissionDenied,
    )

    try:
        metrics = panda.session_metrics.list()
        runs = next(panda.session_runs.list(page_size=1).pages(), None)
    except ConnectionFailed as error:
        advice = "is the address right (--endpoint), is a proxy or a firewall in between?"
        yield Finding("endpoint", "failed", f"{panda.base_url}: {error.message}", advice, exits.code_for(error))
        return
    except ContractViolation as error:
        if not error.readable:
            advice = "is the address right (--endpoint)? Does a proxy or a login page answer in the service's place?"
            yield Finding("endpoint", "failed", f"{panda.base_url}: {error.message}", advice, exits.code_for(error))
            return
        yield Finding("endpoint", "ok", panda.base_url)
        yield Finding("contract", "failed", error.message, _UPDATE, exits.code_for(error))
        return
    except (AuthenticationError, PermissionDenied, InvalidRequest) as error:
        yield Finding("endpoint", "ok", panda.base_url)
        advice = "take a key from the organization's settings; PANDAPROBE_API_KEY wins over the file"
        yield Finding("credentials", "failed", error.message, advice, exits.code_for(error))
        yield from _clock(panda)
        return
    except PandaProbeError as error:
        advice = "is this PandaProbe (--endpoint)? Else try again later"
        yield Finding("endpoint", "failed", f"{panda.base_url}: {error.message}", advice, exits.code_for(error))
        return
    yield Finding("endpoint", "ok", panda.base_url)
    yield Finding("credentials", "ok", f"accepted; metrics: {', '.join(metric.name for metric in metrics)}")
    yield from _authentication(panda)
    yield _project(panda, runs.total if runs else 0)
    yield from _clock(panda)
    yield _contract(panda)


def _authentication(panda: "PandaProbe") -> Iterator[Finding]:
    """Whether the service asks for credentials at all; nothing is said where it does."""
    import httpx

    from pandaprobe_evals import contract
    from pandaprobe_evals.connections import DefaultTransport

    listed = contract.operations()["list_session_eval_runs"]
    assert listed.paging
    with httpx.Client(transport=DefaultTransport(panda.base_url), timeout=10.0) as http:
        try:
            answer = http.get(f"{panda.base_url.rstrip('/')}{listed.path}", params={listed.paging["size"]: 1})
        except httpx.HTTPError:
            return
    if answer.status_code == 200 or (answer.status_code == 422 and b"Project scope" in answer.content):
        yield Finding(
            "authentication",
            "warning",
            f"switched off: without credentials it answers {answer.status_code}, where 401 is promised",
            "AUTH_ENABLED=true in the service's environment; without it, everybody who reaches it may read and create",
        )


def _project(panda: "PandaProbe", runs: int) -> Finding:
    scope = panda.project
    if runs:
        return Finding("project", "ok", f"{scope}: {counted(runs, 'run')}")
    return Finding(
        "project", "warning", f"{scope} has no runs yet", "is it spelled right? An unknown name makes a new project"
    )


def _clock(panda: "PandaProbe") -> Iterator[Finding]:
    """How far apart the clocks are, as the answers' times tell."""
    wall = time.time()
    low, high = (seconds - wall for seconds in panda.service_time())
    if high - low > 2 * SKEW:  # no answer carried a time
        return
    apart = low if low > 0 else high if high < 0 else 0.0
    if abs(apart) > SKEW:
        which = "behind" if apart > 0 else "ahead"
        advice = "set the clock (NTP); tokens may seem expired, times of runs look wrong"
        yield Finding("clock", "warning", f"this machine is {abs(apart):.0f} s {which} the service", advice)
    else:
        yield Finding("clock", "ok", f"within {max(abs(low), abs(high)):.1f} s of the service's")


_UPDATE = "`pandaprobe-evals contract` says more; update pandaprobe-evals if the service is newer"


def _contract(panda: "PandaProbe") -> Finding:
    from pandaprobe_evals import contract

    if panda.drift:
        new = ", ".join(f"{name} ({count}x)" for name, count in panda.drift.most_common(5))
        return Finding(
            "contract", "warning", f"the service sends what contract {contract.version()} does not know: {new}", _UPDATE
        )
    return Finding("contract", "ok", f"answers keep to {contract.version()}")
