"""`pandaprobe-evals monitors create` and `edit`: runs by filters that the service stores, and makes again and again."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import columns, values
from .common import typed
from .moments import moment
from .names import refuse_unknown_metrics
from .plain import Given, plain, target
from .resources import needed, option

if TYPE_CHECKING:
    from pandaprobe_evals import PandaProbe


def _weights(pairs: list[str]) -> dict[str, float]:
    return values.numbers(pairs, "--weight")


def _when(flag: str, help_: str) -> Any:
    return Annotated[datetime | None, typer.Option(flag, metavar="WHEN", parser=moment, help=help_, show_default=False)]


FILTERS = {
    "tags": Annotated[
        list[str] | None, typer.Option("--tag", metavar="TAG", help="With this tag; repeat for any of several.")
    ],
    "user_id": option("--user", metavar="ID", help="Of exactly this user."),
    "date_from": _when("--since", "Started then or later. A time that stays as it is: 24h is 24 hours before now."),
    "date_to": _when("--until", "Started before then. As --since."),
    "has_error": Annotated[
        bool | None,
        typer.Option(
            "--has-error/--no-error", help="Sessions with a trace that failed, or without.", show_default=False
        ),
    ],
    "min_trace_count": Annotated[
        int | None, typer.Option("--min-traces", metavar="N", help="Sessions with at least this many traces.")
    ],
    "trace_status": option("--status", metavar="STATE", help="Traces that are PENDING, RUNNING, COMPLETED or ERROR."),
    "session_id": option("--session", metavar="ID", help="Traces of exactly this session."),
    "trace_name": option("--query", metavar="TEXT", help="Traces whose name contains this, ignoring case."),
}
SETTINGS = {
    "sampling_rate": Annotated[
        float | None,
        typer.Option(metavar="X", help="The part of what matches that each run evaluates, 0 to 1; at least one."),
    ],
    "model": option("--model", metavar="NAME", help="The model that judges."),
    "only_if_changed": Annotated[
        bool | None,
        typer.Option(
            "--only-if-changed/--every-time",
            help="Leave a run out where nothing new matches, as the service does unless told; or run every time.",
            show_default=False,
        ),
    ],
    "signal_weights": Annotated[
        list[str] | None,
        typer.Option("--weight", metavar="SIGNAL=W", help="The weight of a signal; repeat for more."),
        _weights,
    ],
}
CADENCE = typer.Option(
    "--cadence", metavar="WHEN", help="every_6h, daily, weekly, or 'cron:0 3 * * *', which is in UTC."
)
METRIC = typer.Option("--metric", metavar="NAME", help="A metric; repeat for more.")
NAME = typer.Option("--name", metavar="TEXT", help="What it is called.")
CREATED: dict[str, Any] = {
    "name": Annotated[str, NAME],
    "metrics": Annotated[list[str], METRIC],
    "cadence": Annotated[str, CADENCE],
    "target_type": Annotated[
        str,
        typer.Option("--target", metavar="session|trace", parser=target, help="What is evaluated: sessions or traces."),
        str.upper,
    ],
    **FILTERS,
    **SETTINGS,
}
EDITED: dict[str, Any] = {
    "name": Annotated[str | None, NAME],
    "metrics": Annotated[list[str] | None, METRIC],
    "cadence": Annotated[str | None, CADENCE],
    **FILTERS,
    **SETTINGS,
}


def _filters(schemas: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Each field of the filters, the argument for it, and its schema."""
    from pandaprobe_evals import contract

    for name, schema in contract.resolve(schemas["filters"].schema)["properties"].items():
        yield name, schema.get("x-name", name), schema


def _check_kind(given: Given, kind: str, whose: str) -> None:
    """Refuse what the service would ignore, and so evaluate more.

    Raises:
        typer.BadParameter: An option goes with the other kind of monitor.
    """
    from pandaprobe_evals.arguments import arguments_of

    known = arguments_of("create_monitor")
    schemas = {argument.name: argument.schema for argument in known.values()}
    schemas |= {called: schema for _, called, schema in _filters(known)}
    for name in given:
        if (wants := schemas[name].get("x-needs", {}).get("target_type", kind)) != kind:
            raise values.Misuse(
                f"{typed(name, CREATED[name])} goes with {wants.lower()}s, and {whose} is over {kind.lower()}s"
            )


def _created(panda: "PandaProbe", _: Sequence[str], given: Given) -> Given:
    _check_kind(given, given["target_type"], "this monitor")
    refuse_unknown_metrics(panda, given["metrics"], "--metric", given["target_type"].lower())
    return given


def _edited(panda: "PandaProbe", ids: Sequence[str], given: Given) -> Given:
    """Beside the filters that are given those that are there: the service forgets what does not come with them."""
    from pandaprobe_evals.arguments import arguments_of

    if not given:
        raise values.Misuse("give what is to be changed, such as --name; nothing was")
    if not given.keys() & {*FILTERS, "signal_weights", "metrics"}:
        return given
    monitor = panda.monitors.get(*ids)
    refuse_unknown_metrics(panda, given.get("metrics", ()), "--metric", monitor.target_type.lower())
    _check_kind(given, monitor.target_type, f"monitor {monitor.id}")
    if not given.keys() & FILTERS.keys():
        return given
    there = monitor.filters.to_dict()
    kept = {
        called: there[name]
        for name, called, _ in _filters(arguments_of("update_monitor"))
        if there.get(name) is not None
    }
    return {**kept, **given}


create_monitor = plain(
    "monitors.create",
    columns.MONITORS,
    """Create a monitor: the service evaluates what matches its filters by itself, for the first time after one cadence.

    Each run evaluates all that matches, however old, and is billed for it. Each call makes one monitor: of two with one
    name, both run. `monitors check` says whether they do.

    pandaprobe-evals monitors create --name nightly --metric agent_reliability --cadence 'cron:0 3 * * *' --tag prod

    pandaprobe-evals monitors create --name errors --target trace --metric coherence --cadence weekly --status ERROR
    """,
    meant=_created,
    **CREATED,
)
edit_monitor = plain(
    "monitors.update",
    columns.MONITORS,
    """Change a monitor; what is not given stays as it is. A new cadence counts from now.

    A filter, weights or a model can be changed, and not be taken away: create another monitor, and delete this one.

    pandaprobe-evals monitors edit 3f2b8a54-0a51-4a4e-9d6f-0a8b7c6d5e4f --cadence weekly --every-time

    pandaprobe-evals monitors edit 3f2b8a54-0a51-4a4e-9d6f-0a8b7c6d5e4f --tag prod --tag beta
    """,
    meant=_edited,
    monitor_id=needed("MONITOR_ID"),
    **EDITED,
)
