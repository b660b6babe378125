"""`pandaprobe-evals contract check` and `contract drift`: a deployment, or a specification, held against our contract."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pandaprobe_evals import files

from . import exits, values
from .common import Cli, command
from .output import Column, plain

if TYPE_CHECKING:
    from pandaprobe_conformance import Drift, Report

OK, WRONG, COULD_NOT_RUN = 0, 1, 2
"""Exit codes of these two commands: as for a test suite, whatever kept it from running."""
_REPORTS = (".xml", ".html", ".htm")


@command
def check(
    cli: Cli,
    allow_writes: Annotated[bool, typer.Option("--allow-writes", help="Create runs, which are billed, too.")] = False,
    exhaust_rate_limit: Annotated[
        bool, typer.Option("--exhaust-rate-limit", help="Use up a minute's creates, to see how the next is refused.")
    ] = False,
    wait: Annotated[
        float,
        typer.Option(metavar="TIME", parser=values.some_seconds, help="How soon a created run must end."),
    ] = 120.0,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first violation.")] = False,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="Also write JUnit XML (.xml) or a page (.html)."),
    ] = None,
) -> None:
    """Check whether a deployment keeps the contract.

    Reads, and asks for everything that must be refused; creates runs only with --allow-writes, and deletes them.
    Give it a project of its own, best one with a few runs in it.

    Exit code: 0 where it does, 1 for violations, 2 where the check could not run.

    Example: pandaprobe-evals contract check --base-url http://localhost:8000
    """
    import pandaprobe_conformance as conformance

    from pandaprobe_evals import PandaProbeError

    if report is not None and report.suffix.lower() not in _REPORTS:
        raise typer.BadParameter(f"{report}: a report is written as .xml or .html", param_hint="--report")
    if report is not None:
        try:
            files.check_writable(report)
        except OSError as error:
            raise typer.BadParameter(f"{report} cannot be written: {error.strerror}", param_hint="--report") from None
    try:
        found = cli.settings()
        cli.out.say(conformance.announcement(writes=allow_writes))
        done = conformance.check(
            found.auth,
            found.base_url,
            writes=allow_writes,
            exhaust=exhaust_rate_limit,
            patience=wait,
            timeout=found.timeout or conformance.TIMEOUT,
            allow_http=cli.allow_http,
            fail_fast=fail_fast,
            tell=cli.out.say,
        )
    except PandaProbeError as error:
        cli.out.error(str(error), code=exits.name_of(error), exit_code=COULD_NOT_RUN, request_id=error.request_id)
        raise typer.Exit(COULD_NOT_RUN) from None
    _show(cli, done)
    if report is not None:
        write = conformance.junit if report.suffix.lower() == ".xml" else conformance.page
        try:
            files.write(report, write(done))
        except OSError as error:
            cli.out.error(f"{report} could not be written: {error.strerror}", code="os_error", exit_code=COULD_NOT_RUN)
            raise typer.Exit(COULD_NOT_RUN) from None
        cli.out.say(f"Report: {report}")
    raise typer.Exit(done.exit_code)


def _show(cli: Cli, done: "Report") -> None:
    """The table of agreements and violations, and what else there is to say."""
    if cli.out.machine:
        cli.out.records(({"event": "promise", **found.record()} for found in done.findings), ())
        cli.out.record(event="contract", **done.figures())
    else:
        cli.out.records(
            done.tally(),
            [
                Column("operation", lambda row: row["operation"]),
                Column("status", lambda row: row["status"] or "none", right=True),
                Column("what it says", lambda row: row["expected"]),
                Column("agreements", lambda row: row["agreements"] or "-", right=True),
                Column("violations", lambda row: row["violations"] or "-", right=True),
            ],
            empty="Nothing was asked.",
        )
        if done.violations:
            cli.out.records([found.record() for found in done.violations], _VIOLATION)
    for found in done.violations:
        cli.out.say(f"VIOLATION {found.operation}: {plain(found.promise)}\n  {plain(found.curl)}")
    for note in done.notes:
        cli.out.say(f"Note: {plain(note)}.")
    if not done.stopped:
        cli.out.say(done.coverage())
    if done.left:
        left = f"these runs could not be deleted: {', '.join(done.left)}"
        cli.out.error(left, code="runs_left", exit_code=done.exit_code or WRONG)
    cli.out.say(done.summary())


_VIOLATION = [
    Column("violated", lambda row: row["promise"]),
    Column("operation", lambda row: row["operation"]),
    Column("status", lambda row: row["status"] or "none", right=True),
    Column("expected", lambda row: row["expected"]),
    Column("came", lambda row: row["came"]),
]


@command
def drift(
    cli: Cli,
    against: Annotated[str, typer.Option(metavar="FILE_OR_URL", help="The specification: JSON or YAML.")],
) -> None:
    """Compare our contract with a vendor's specification.

    Reads a file, an address, or the /openapi.json of a service; sends no credentials. Differences that are known, and
    why, are in docs/deviations.md.

    Exit code: 0 where every difference is justified and every justification needed, 1 where not, 2 where it cannot be
    read.

    Example: pandaprobe-evals contract drift --against http://localhost:8000/openapi.json
    """
    import pandaprobe_conformance as conformance

    try:
        found = conformance.drift(conformance.read(against, timeout=cli.timeout or conformance.TIMEOUT))
    except conformance.NotComparable as error:
        cli.out.error(str(error), code="not_comparable", exit_code=COULD_NOT_RUN)
        raise typer.Exit(COULD_NOT_RUN) from None
    cli.out.records(
        ({"event": "difference", **one} for one in _differences(found)), _DIFFERENCE, empty="No difference."
    )
    cli.out.say(found.summary())
    raise typer.Exit(OK if found.ok else WRONG)


def _differences(found: "Drift") -> list[Mapping[str, Any]]:
    return [
        *(
            {"kind": "unexplained", "at": one.pointer, "vendor": one.vendor, "ours": one.ours, "why": None}
            for one in found.unexplained
        ),
        *({"kind": "stale", "at": at, "vendor": said, "ours": None, "why": why.truth} for at, said, why in found.stale),
        *(
            {"kind": "justified", "at": one.pointer, "vendor": one.vendor, "ours": one.ours, "why": why.truth}
            for one, why in found.justified
        ),
    ]


_WORDS = {
    "unexplained": "UNEXPLAINED: correct openapi.yaml, or add it to deviations.yaml",
    "stale": "NO LONGER SO: take it out of deviations.yaml",
}
_DIFFERENCE = [
    Column("at", lambda row: row["at"]),
    Column("vendor", lambda row: row["vendor"]),
    Column("ours", lambda row: row["ours"]),
    Column("why", lambda row: _WORDS.get(row["kind"], row["why"])),
]
