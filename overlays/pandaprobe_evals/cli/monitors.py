"""`pandaprobe-evals monitors`: what the service evaluates by itself, and whether it still does."""

from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pandaprobe_evals.errors import counted

from . import columns, completion, exits, values
from .common import Cli, command
from .output import Column, utc
from .plain import Limit, plain
from .resources import Yes, confirm, deleted, needed, option
from .results import runs_of

if TYPE_CHECKING:
    from pandaprobe_evals_api.models import Monitor

    from pandaprobe_evals import PandaProbe

MONITOR = needed("MONITOR_ID")

list_monitors = plain(
    "monitors.list",
    columns.MONITORS,
    """List the project's monitors, newest first.

    Example: pandaprobe-evals monitors list --status ACTIVE
    """,
    empty="No monitors.",
    status=option(
        "--status",
        metavar="STATE",
        help="Only those that are ACTIVE, or PAUSED.",
        values=completion.named("MonitorStatus"),
    ),
    limit=Limit,
)
show_monitor = plain(
    "monitors.get",
    columns.MONITORS,
    """Show a monitor; JSON has its filters and metrics, too.

    Example: pandaprobe-evals monitors show 3f2b8a54-0a51-4a4e-9d6f-0a8b7c6d5e4f
    """,
    monitor_id=MONITOR,
)
pause_monitor = plain(
    "monitors.pause",
    columns.MONITORS,
    """Stop a monitor's schedule. One that is paused already stays so.

    Example: pandaprobe-evals monitors pause 3f2b8a54-0a51-4a4e-9d6f-0a8b7c6d5e4f
    """,
    monitor_id=MONITOR,
)
resume_monitor = plain(
    "monitors.resume",
    columns.MONITORS,
    """Let a monitor's schedule go on, from now: what was missed is not made up for.

    Example: pandaprobe-evals monitors resume 3f2b8a54-0a51-4a4e-9d6f-0a8b7c6d5e4f
    """,
    monitor_id=MONITOR,
)

trigger_monitor = plain(
    "monitors.trigger",
    columns.RUNS["target"],
    """Run a monitor now, paused or not: exactly one run, which is billed, and its schedule begins anew.

    Example: pandaprobe-evals monitors trigger 3f2b8a54-0a51-4a4e-9d6f-0a8b7c6d5e4f
    """,
    monitor_id=MONITOR,
)
monitor_runs = plain(
    "monitors.runs",
    columns.RUNS["target"],
    """List the runs of a monitor, newest first; `runs wait` says how one did.

    Example: pandaprobe-evals monitors runs 3f2b8a54-0a51-4a4e-9d6f-0a8b7c6d5e4f --limit 5
    """,
    empty="No runs.",
    monitor_id=MONITOR,
    limit=Limit,
)


@command
def delete_monitors(
    cli: Cli,
    monitors: Annotated[list[str], typer.Argument(metavar="MONITOR_ID...", show_default=False)],
    yes: Yes = False,
) -> None:
    """Delete monitors; their runs stay, and one that is under way goes on.

    Example: pandaprobe-evals monitors delete 3f2b8a54-0a51-4a4e-9d6f-0a8b7c6d5e4f --yes
    """
    confirm(yes, counted(len(monitors), "monitor"))
    with cli.client() as panda:
        for id_ in monitors:
            panda.monitors.delete(id_)
            deleted(cli, "monitor_id", id_)


@command
def check_monitors(
    cli: Cli,
    monitors: Annotated[
        list[str] | None,
        typer.Argument(metavar="[MONITOR_ID]...", help="The monitors; by default all of the project."),
    ] = None,
    silent_after: Annotated[
        float | None,
        typer.Option(
            metavar="TIME",
            parser=values.some_seconds,
            help="Count a monitor as silent after this long without a run, such as 25h; by default, by its cadence.",
        ),
    ] = None,
) -> None:
    """Say by the exit code whether monitors do their work: 0 when they do, 7 when one is silent, fails or measures nothing.

    The service never says that a monitor has stopped: one whose filters match nothing, or cannot be read, or whose quota is
    used up looks like one that waits. A monitor is silent when its time came and no run did. Where it runs only if something
    has changed, and where its cadence is a cron expression, that says nothing: give --silent-after for these.

    pandaprobe-evals monitors check

    pandaprobe-evals monitors check 3f2b8a54-0a51-4a4e-9d6f-0a8b7c6d5e4f --silent-after 2d
    """
    with cli.client() as panda:
        chosen = [panda.monitors.get(id_) for id_ in monitors] if monitors else panda.monitors.list()
        now = datetime.fromtimestamp(panda.clock.time(), UTC)
        records = [_checked(panda, monitor, now, silent_after) for monitor in chosen]
    cli.out.records(records, CHECKED, empty="No monitors.")
    if not all(record["ok"] for record in records):
        raise typer.Exit(exits.VERDICT)


CHECKED = [
    Column("monitor", itemgetter("monitor_id")),
    Column("name", itemgetter("name")),
    Column("state", itemgetter("state")),
    Column("last run (UTC)", lambda record: utc(record["last_run_at"]) if record["last_run_at"] else ""),
    Column("says", itemgetter("says")),
]


def _checked(panda: "PandaProbe", monitor: "Monitor", now: datetime, silent_after: float | None) -> dict[str, Any]:
    """Whether a monitor does its work, as JSON values."""
    state, says = silence(monitor, now, silent_after)
    run_id = monitor.last_run_id
    if state == "ok" and run_id:
        outcome = _ended(runs_of(panda, monitor.target_type.lower()), str(run_id))
        if outcome is None:
            state, says = "running", "its last run goes on"
        elif not outcome.ok:
            state = "measures nothing" if outcome.result == "nothing_measured" else "failing"
            says = str(outcome)
    return {
        "event": "monitor",
        "monitor_id": str(monitor.id),
        "name": monitor.name,
        "state": state,
        "ok": state in FINE,
        "last_run_at": monitor.last_run_at.isoformat() if monitor.last_run_at else None,
        "last_run_id": str(run_id) if run_id else None,
        "says": says,
    }


def _ended(resource: Any, run_id: str) -> Any:
    """How a run ended; None where it has not."""
    from pandaprobe_evals import WaitTimeout

    try:
        return resource.wait(run_id, timeout=LOOK)
    except WaitTimeout:
        return None


FINE = frozenset({"ok", "running", "waiting", "paused"})
LOOK = 30.0
"""Seconds that a last run is looked at: one that failed may be taken up again by the service."""
TICK = timedelta(minutes=10)
"""The service looks for due monitors every five minutes; twice that is late."""
_CADENCES = {"every_6h": timedelta(hours=6), "daily": timedelta(days=1), "weekly": timedelta(weeks=1)}


def silence(monitor: "Monitor", now: datetime, silent_after: float | None = None) -> tuple[str, str]:
    """Whether a monitor runs at all: `paused`, `waiting` (for its first time), `silent` or `ok`, and why. Pure."""
    if monitor.status == "PAUSED":
        return "paused", ""
    last, following = monitor.last_run_at, monitor.next_run_at
    if following and now - following > TICK:
        return "silent", f"its time was {following:%Y-%m-%d %H:%M} UTC, and the service has not looked at it since"
    if silent_after is not None:
        since = last or monitor.created_at
        if (now - since).total_seconds() > silent_after:
            return "silent", f"no run since {since:%Y-%m-%d %H:%M} UTC"
    every = _CADENCES.get(monitor.cadence)
    due = following - every if following and every else None
    if due is None or monitor.only_if_changed or silent_after is not None:
        return ("ok" if last else "waiting"), "" if last else "no run yet"
    if due - monitor.created_at < TICK and not last:
        return "waiting", f"first run at {following:%Y-%m-%d %H:%M} UTC"
    if last is None or due - last > TICK:
        return "silent", (
            f"no run at {due:%Y-%m-%d %H:%M} UTC, when it was due, or was changed: nothing matches its filters, they "
            "cannot be read, or the quota is used up"
        )
    return "ok", ""
