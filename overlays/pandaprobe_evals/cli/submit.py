"""`pandaprobe-evals submit` and `resume`: from session ids to runs, as many as it takes."""

import shlex
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pandaprobe_evals import files
from pandaprobe_evals.errors import counted

from . import completion, measured, values
from .common import Cli, Deadline, Save, StallAfter, command
from .evaluation import NAME, EvaluationFile, NoEvaluation, evaluation
from .names import refuse_unknown_metrics, warn_of_unknown_signals
from .output import Column
from .pacing import Pacing, RateLimit, Settle, Share, paced_client
from .plain import Target
from .sources import ids_of, source_of, stamped
from .window import Window, duration

if TYPE_CHECKING:
    from pandaprobe_evals.ledger import Ledger, Plan

CHUNK = 5_000
"""Sessions in a run, by default; docs/huge-inputs.md has the measurements behind it."""
LONGEST_CHUNK = 100_000
"""What the service was seen to take."""

_FIRST = 3
"""Ids that a dry run shows."""
_PLANNED = {
    target: [
        Column("runs", itemgetter("runs"), right=True),
        Column(f"{target}s", lambda record: f"{record['targets']:,}", right=True),
        Column("duplicates", lambda record: f"{record['duplicates']:,}", right=True),
        Column("blank lines", lambda record: f"{record['blank']:,}", right=True),
        Column("units", lambda record: f"{record['units']:,}", right=True),
        Column("rate limit takes", lambda record: duration(record["seconds"]), right=True),
    ]
    for target in ("session", "trace")
}


@command
def submit(
    cli: Cli,
    ids: Annotated[list[str] | None, typer.Argument(metavar="[IDS]...", help="Ids of sessions, or of traces.")] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A metric; repeat for more.", autocompletion=completion.metrics),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="FILE|-",
            help="Read ids from a file, from every file that a quoted '*.csv' matches, or from stdin: one per line, CSV, "
            "JSON or Parquet; repeat for more.",
        ),
    ] = None,
    target: Target = "session",
    column: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The column of the CSV or Parquet, or the key of the JSON.",
            show_default="session_id, or trace_id",
        ),
    ] = None,
    as_text: Annotated[
        bool, typer.Option("--as-text", help="Take each line, and each argument, as an id, whatever it looks like.")
    ] = False,
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="A label for the runs.")] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="The model that judges.")] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SIGNAL=W",
            help="The weight of a signal; repeat for more.",
            autocompletion=completion.weights,
        ),
    ] = None,
    chunk: Annotated[
        int, typer.Option(metavar="N", min=1, max=LONGEST_CHUNK, help="At most this many sessions or traces in a run.")
    ] = CHUNK,
    max_units: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Send nothing if more than N units would be billed.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the runs have ended.")] = False,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(
            metavar="METRIC=X",
            help="Wait, and end with 7 if the metric's mean is below X, or was not measured.",
            autocompletion=completion.minimums,
        ),
    ] = None,
    save: Save = None,
    deadline: Deadline = None,
    stall_after: StallAfter = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many runs and units it would be, and send nothing.")
    ] = False,
    prepare: Annotated[
        bool,
        typer.Option(
            "--prepare", help="Write the ledger and send nothing; `resume` sends, in any number of processes."
        ),
    ] = False,
    if_measured: measured.IfMeasured = None,
    estimate_only: measured.EstimateOnly = False,
    yes: measured.Yes = False,
    ledger: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to keep the ledger; by default in the user's state folder."),
    ] = None,
    pacing: Pacing = "sqlite",
    share: Share = 1.0,
    rate_limit: RateLimit = None,
    settle: Settle = None,
    evaluation_file: EvaluationFile = None,
    no_evaluation: NoEvaluation = False,
) -> None:
    """Evaluate sessions, or traces: create as many runs as their ids need.

    Ids come from arguments, from a file or from a pipe. Duplicates are left out, the order is kept. Which ids became which
    run is kept in a ledger, so that `resume` can go on after a crash or Ctrl-C without evaluating a session twice.

    pandaprobe-evals submit chat-1 chat-2 --metric agent_reliability --wait

    pandaprobe-evals submit --from sessions.csv --metric agent_reliability --dry-run

    pandaprobe-evals submit b7c9a0de-3f6c-4b43-9e0c-1a2b3c4d5e6f --target trace --metric coherence --dry-run

    cat ids.txt | pandaprobe-evals submit --metric agent_reliability --fail-under agent_reliability=0.8
    """
    from pandaprobe_evals.arguments import arguments_of, checked_value
    from pandaprobe_evals.submission import CREATES, place

    takes = arguments_of(CREATES["session"])

    def sent(argument: str, value: object) -> Any:
        return None if value is None else checked_value(value, takes[argument].schema, argument)

    said = evaluation(evaluation_file, none=no_evaluation)
    taken = {"name": name, "metrics": metric, "weights": weight}
    if not ids and not source:
        source, taken = said.sources(), {**taken, "source": None, "column": column}
        column = column or said.column
    said.used(cli, *(key for key in taken if not taken[key]))
    minimums = values.minimums(fail_under or [], "--fail-under")
    if not (metric or said.metrics):
        raise values.Misuse(f"give --metric NAME, or metrics in {NAME}")
    metrics = tuple(sent("metrics", metric or said.metrics))
    if unmeasured := minimums.keys() - set(metrics):
        raise values.Misuse(f"--fail-under {', '.join(sorted(unmeasured))}: not among --metric")
    if prepare and (dry_run or not ledger):
        raise values.Misuse("--prepare goes with --ledger, and without --dry-run")
    measured.check(if_measured, yes=yes, estimate_only=estimate_only, dry_run=dry_run, prepare=prepare)
    given: dict[str, Any] = {
        "metrics": metrics,
        "target": target,
        "chunk": chunk,
        "name": sent("name", said.name if name is None else name),
        "model": sent("model", model),
        "signal_weights": sent("signal_weights", values.numbers(weight or [], "--weight") or said.weights),
        "source": source_of(ids or [], source or [], column, max_units, as_text=as_text),
        "after": {
            "wait": wait or bool(minimums) or save is not None,
            "minimums": minimums,
            "evaluation": str(said.file) if said.minimums and not minimums else None,
            "keep": ledger is not None,
            "save": save and str(save.absolute()),
        },
    }
    if target == "trace" and given["signal_weights"]:
        raise values.Misuse("--weight is for sessions, which have signals: leave it out with --target trace")
    if target == "trace" and (if_measured or estimate_only):
        raise values.Misuse(
            "--if-measured and --estimate-only are for sessions: a run over traces always measures anew"
        )
    warn_of_unknown_signals(cli.out, given["signal_weights"])
    if dry_run:
        _dry_run(cli, given, share, rate_limit)
        return
    if ledger and ledger.exists():
        _refuse_what_is_there(ledger)
    with paced_client(cli, pacing, share, rate_limit, settle) as panda:
        refuse_unknown_metrics(panda, metrics, "--metric" if metric else f"{said.file}: metrics", target)
        found = None
        if if_measured or estimate_only:
            all_ids = measured.read(ids_of(given["source"]))
            found = measured.look(cli, panda, all_ids, metrics, if_measured)
            if estimate_only:
                return
            decision = measured.decide(found, if_measured, yes=yes)
            if not (all_ids := measured.kept(all_ids, found, decision)):
                cli.out.say("Nothing is left to submit; no run was made.")
                return
            given["source"] = {**given["source"], "ids": all_ids, "files": []}
            given["after"]["fresh"] = decision == "fresh"
        plan: Plan = _plan(given, *place(panda))
        with _new(ledger, plan) as book:
            if ledger or len(book) > 1 or plan.after.get("fresh"):
                cli.out.say(f"Ledger: {book.path}")
            if prepare:
                figures = (len(book), book.sessions, book.duplicates)
                cli.out.record(event="plan", **_planned(plan, *figures, _window(share, rate_limit, plan.target)))
                cli.out.say(f"{counted(len(book), 'run')} to be made; each `pandaprobe-evals resume` makes its part.")
                return
            from .work import work

            measured.forget(cli, book, panda, found)
            work(cli, book, panda, deadline=deadline, stall_after=stall_after)


@command
def resume(
    cli: Cli,
    ledger: Annotated[Path, typer.Argument(metavar="LEDGER", help="The ledger of the submit.", show_default=False)],
    moved: Annotated[
        bool,
        typer.Option(
            "--moved",
            help="The ledger was copied or moved here from another disk or machine, and nothing works on the original any "
            "more: look for each run before it is made.",
        ),
    ] = False,
    deadline: Deadline = None,
    stall_after: StallAfter = None,
    pacing: Pacing = "sqlite",
    share: Share = 1.0,
    rate_limit: RateLimit = None,
    settle: Settle = None,
) -> None:
    """Continue a submit that was interrupted, whenever and however: each id ends up in exactly one run.

    Any number of processes of this machine may work on one ledger at a time. A copy of a ledger is refused: both together
    would evaluate every session twice. A ledger on a network file system is for one machine at a time.

    Example: pandaprobe-evals resume nightly.ledger
    """
    from dataclasses import replace

    from pandaprobe_evals import BackoffPolicy, settings
    from pandaprobe_evals.ledger import Ledger

    from .work import work

    with Ledger.open(ledger, moved=(settle or BackoffPolicy().settle) if moved else None) as book:
        # Its project is the ledger's; whoever resumes must give its address: credentials go there.
        place = cli
        if not (cli.project_name or cli.project_id):
            by_name = "api_key" in settings.in_force(*cli.layers())
            project = book.plan.project
            place = replace(cli, project_name=project) if by_name else replace(cli, project_id=project)
        with paced_client(place, pacing, share, rate_limit, settle) as panda:
            if not book.filled:
                _refill(book)
            measured.forget(cli, book, panda)
            work(cli, book, panda, deadline=deadline, stall_after=stall_after)


def _plan(given: Mapping[str, Any], base_url: str, project: str) -> "Plan":
    from pandaprobe_evals import InvalidArgument
    from pandaprobe_evals.ledger import LONGEST_NAME, Plan

    if given["name"] is not None and len(given["name"]) > LONGEST_NAME:
        raise InvalidArgument(
            f"--name: {len(given['name'])} characters; {LONGEST_NAME} leave room for the run's number"
        )
    return Plan(base_url=base_url, project=project, **given)


@contextmanager
def _new(path: Path | None, plan: "Plan") -> "Generator[Ledger]":
    """A ledger with all ids in it; none, where these cannot be read to the end."""
    book, elsewhere = _begun(path, plan)
    with book:
        try:
            _fill(book, elsewhere)
        except BaseException:
            book.remove()  # nothing was sent
            raise
        yield book


def _begun(path: Path | None, plan: "Plan") -> "tuple[Ledger, str]":
    """A new ledger; in memory, and why, where nobody named one and the state folder takes none: one run needs no file."""
    from pandaprobe_evals import PandaProbeError
    from pandaprobe_evals.ledger import Ledger

    if path is not None:
        return Ledger.create(path, plan), ""
    try:
        path = _ledger_path()
        book = Ledger.create(path, plan)
    except (PandaProbeError, OSError) as error:  # the latter where there is no home
        return Ledger.in_memory(plan), (getattr(error, "strerror", "") or str(error)).removesuffix(
            "; name another ledger"
        )
    files.tighten(path.parent)
    return book, ""


def _refuse_what_is_there(path: Path) -> None:
    """Say what a ledger holds that a submit was told to begin.

    Raises:
        InvalidArgument: Always.
    """
    from pandaprobe_evals import InvalidArgument
    from pandaprobe_evals.ledger import Ledger

    with Ledger.open(path) as book:
        made, runs, count, target = book.run_ids(), len(book), book.sessions, book.plan.target
    holds = f"{len(made):,} of {counted(runs, 'run')} made" if runs else "no ids read"
    if len(made) == runs == 1:
        holds = f"run {made[0]}"
    raise InvalidArgument(
        f"--ledger {path} already exists, for {counted(count, target)}: {holds}. Nothing was sent. "
        f"`{shlex.join(['pandaprobe-evals', 'resume', str(path)])}` goes on with it; to evaluate again, name another ledger"
    )


def _fill(book: "Ledger", no_file: str = "") -> None:
    target, (most, too_many) = book.plan.target, _most(book.plan)
    if no_file and (most is None or most > book.plan.chunk):
        most = book.plan.chunk
        too_many = f"more than one run ({most:,} {target}s) needs a ledger, and {no_file}; say where with --ledger FILE"
    book.fill(ids_of(book.plan.source, target=target), most=most, too_many=too_many)


def _most(plan: "Plan") -> tuple[int | None, str]:
    """Sessions or traces, at most, and what to say where there are more."""
    units, metrics = plan.source["max_units"], len(plan.metrics)
    most = None if units is None else units // metrics
    return most, f"--max-units {units}: more than {most} {plan.target}s with {metrics} metrics each would be billed"


def _refill(book: "Ledger") -> None:
    """Read the input of a submit that was killed while it did so.

    Raises:
        InvalidArgument: It cannot be read again.
    """
    from pandaprobe_evals import InvalidArgument

    source = book.plan.source
    if book.is_being_filled:
        raise InvalidArgument(f"{book.path}: the submit is still reading its ids; resume when it has begun to send")
    for each in source["files"]:
        if each["file"] == "-" or stamped(each["file"]) != each:
            raise InvalidArgument(
                f"{book.path}: the submit ended before it had read all ids from "
                f"{'a pipe' if each['file'] == '-' else each['file'] + ', which has changed since'}. "
                "Nothing was sent: submit again, and delete this ledger"
            )
    _fill(book)


def _ledger_path() -> Path:
    """A new file in the user's state folder, by when it was made."""
    import secrets
    import time

    from pandaprobe_evals.pacing.sqlite import default_directory

    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}.ledger"
    return default_directory().parent / "ledgers" / name


def _window(share: float, limit: tuple[int, float] | None, target: str) -> Window:
    """The rate limit, nothing of it used."""
    from pandaprobe_evals import contract
    from pandaprobe_evals.submission import CREATES

    requests, seconds = limit or contract.operations()[CREATES[target]].rate_limit or (1, 0.0)
    ours = max(1, int(requests * share))
    return Window(ours, seconds, free=ours, reopens_in=seconds)


def _planned(plan: "Plan", runs: int, targets: int, duplicates: int, window: Window) -> dict[str, Any]:
    return {
        "runs": runs,
        "target": plan.target,
        "targets": targets,
        "duplicates": duplicates,
        "units": targets * len(plan.metrics),
        "seconds": window.needs(runs),
    }


def _dry_run(cli: Cli, given: Mapping[str, Any], share: float, limit: tuple[int, float] | None) -> None:
    from pandaprobe_evals import InvalidArgument
    from pandaprobe_evals.intake import Tally
    from pandaprobe_evals.ledger import distinct

    if not 0 < share <= 1:
        raise typer.BadParameter("needs a part of the limit, above 0 and at most 1", param_hint="--share")
    plan, tally, first = _plan(given, "", ""), Tally(), list[str]()
    most, too_many = _most(plan)
    count = duplicates = 0
    with distinct() as is_new:
        for id_ in ids_of(plan.source, tally, target=plan.target):
            if not is_new(id_):
                duplicates += 1
                continue
            count += 1
            if most is not None and count > most:
                raise InvalidArgument(f"{too_many}; nothing was sent")
            if len(first) < _FIRST:
                first.append(id_)
    runs = -(-count // plan.chunk)
    planned = _planned(plan, runs, count, duplicates, _window(share, limit, plan.target))
    cli.out.records([{"event": "plan", **planned, "blank": tally.blank, "first": first}], _PLANNED[plan.target])
    cli.out.text(f"First: {', '.join(first)}{', ...' if count > len(first) else ''}")
