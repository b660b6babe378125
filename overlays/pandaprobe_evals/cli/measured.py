"""What `submit` does about sessions of which a run would measure nothing: it says so before they are paid for."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from . import exits
from .common import Cli
from .values import NEEDS_YES, Misuse

if TYPE_CHECKING:
    from pandaprobe_evals import PandaProbe
    from pandaprobe_evals.ledger import Ledger
    from pandaprobe_evals.measured import Measured

Decision = Literal["reuse", "skip", "fresh", "ask"]
IfMeasured = Annotated[
    Decision | None,
    typer.Option(
        help="Look first which sessions would only be remembered, and bill nothing unseen: reuse submits them all the same, "
        "skip leaves them out, fresh deletes what runs measured of all, after a copy, so that it is measured anew.",
    ),
]
EstimateOnly = Annotated[
    bool, typer.Option("--estimate-only", help="Look which sessions a run would only remember, and stop there.")
]
Yes = Annotated[
    bool, typer.Option("--yes", help="Do not ask before fresh deletes anything; needed without a terminal.")
]


def check(decision: Decision | None, *, yes: bool, estimate_only: bool, dry_run: bool, prepare: bool) -> None:
    """Refuse what does not go together, before anything is read.

    Raises:
        Misuse: It does not.
    """
    if dry_run and (decision or estimate_only):
        raise Misuse("--dry-run asks the service nothing; --estimate-only looks, and creates no run")
    if prepare and decision in ("fresh", "ask"):
        raise Misuse(f"--if-measured {decision} decides just before the runs are made: not with --prepare")
    if estimate_only or sys.stdin.isatty():
        return
    if decision == "fresh" and not yes:
        raise Misuse(NEEDS_YES)
    if decision == "ask":
        raise Misuse("--if-measured ask needs a terminal: say reuse, skip or fresh")


def read(ids: Iterable[str]) -> list[str]:
    """All ids, duplicates too.

    Raises:
        InvalidArgument: They are of more sessions than are looked at.
    """
    from pandaprobe_evals import InvalidArgument
    from pandaprobe_evals.measured import MOST

    found, distinct = list[str](), set[str]()
    for id_ in ids:
        found.append(id_)
        distinct.add(id_)
        if len(distinct) > MOST:
            raise InvalidArgument(
                f"--if-measured looks at {MOST:,} sessions at a time, and there are more; nothing was sent: submit parts"
            )
    return found


def look(
    cli: Cli, panda: "PandaProbe", ids: Iterable[str], metrics: tuple[str, ...], decision: Decision | None
) -> "Measured":
    """What is there of the sessions, said."""
    found = panda.session_runs.measured(ids, every=decision in ("fresh", "ask"))
    units, idle = len(found.sessions) * len(metrics), found.units_for_nothing(metrics)
    cli.out.record(
        event="measured",
        sessions=len(found.sessions),
        remembered=len(found.remembered),
        partly=len(found.ids("partly")),
        new=len(found.ids("new")),
        without_traces=len(found.ids("no traces")),
        units=units,
        units_for_nothing=idle,
        by_others=found.by_others,
        named=list(found.remembered[:3]),
    )
    said = f"{found}: {idle:,} of {units:,} units would be billed for nothing."
    cli.out.say(f"Sessions: {said}" if found.sessions else said)
    return found


def decide(found: "Measured", decision: Decision | None, *, yes: bool) -> Decision:
    """What is to be done, asked where that was wanted.

    Raises:
        typer.Exit: Nothing is to be done.
    """
    if decision == "ask":
        decision = "reuse"
        if found.remembered or found.by_runs:
            words = "Submit all (reuse), leave these out (skip), or measure all anew (fresh)?"
            asked = typer.prompt(words, default="skip", err=True)
            if asked not in ("reuse", "skip", "fresh"):
                raise typer.Exit(exits.GENERAL)
            decision = asked
    if decision == "fresh" and found.by_runs and not yes:
        stays = f" ({found.by_others:,} that no run made stay)" if found.by_others else ""
        if not typer.confirm(f"Delete {len(found.by_runs):,} signals that runs measured{stays}?", err=True):
            raise typer.Exit(exits.GENERAL)
    return decision or "reuse"


def forget(cli: Cli, ledger: "Ledger", panda: "PandaProbe", found: "Measured | None" = None) -> None:
    """Delete what runs measured of a ledger's sessions, where its plan says so: once, before any of its runs is made."""
    from pandaprobe_evals import InvalidArgument

    if not ledger.plan.after.get("fresh"):
        return
    if ledger.path is None:
        raise InvalidArgument(
            "fresh needs a file for the copy of what it deletes; name a --ledger. Nothing was deleted"
        )
    copy = ledger.path.with_name(f"{ledger.path.name}.deleted.jsonl")
    with ledger.once("fresh") as to_do:
        if not to_do:
            return
        found = found or panda.session_runs.measured(ledger.session_ids(), every=True)
        if not found.by_runs and not copy.exists():
            return
        cli.out.say(f"Copy of what is deleted: {copy}")
        deleted = panda.session_runs.forget(found, copy=copy)
        stay = found.by_others
        cli.out.record(event="forgotten", signals=deleted, stay=stay, copy=str(copy))
        cli.out.say(f"{deleted:,} signals deleted{f'; {stay:,} that no run made stay' if stay else ''}.")


def kept(ids: list[str], found: "Measured", decision: Decision) -> list[str]:
    """The ids that are submitted."""
    left_out = set(found.remembered) if decision == "skip" else set[str]()
    return [id_ for id_ in ids if id_ not in left_out]
