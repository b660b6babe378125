"""Commands that are one operation of the service each: what it is called with, and which columns a table shows of it.

A command is a method of the client, the options that fill its arguments, under their own names, and columns:

    PROVIDERS = plain("providers.list", [Column("provider", itemgetter("key"))], '''List the judges' providers.''')

`{target}` in a method is what `--target` says. A function behind an option makes its value what the method takes.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer
from typer.models import ArgumentInfo

from . import completion
from .common import Cli, command, typed
from .names import refuse_misspelt_metric, warn_of_unknown_signals
from .output import Column
from .values import Misuse

if TYPE_CHECKING:
    from pandaprobe_evals import PandaProbe

Columns = Sequence[Column] | Mapping[str, Sequence[Column]]
"""Of a table; where they differ by `--target`, by that."""
_PAGE = 50


def target(text: str) -> str:
    """What is evaluated, such as `session`.

    Raises:
        typer.BadParameter: Something else.
    """
    found = text.strip().lower().removesuffix("s")
    if found not in (known := targets()):
        raise typer.BadParameter(f"{text!r} is not one of {', '.join(known)}")
    return found


def targets() -> list[str]:
    """What runs evaluate, by their kinds."""
    from pandaprobe_evals.runs import run_kinds

    return [kind.name for kind in run_kinds().values()]


def _begun(incomplete: str) -> list[str]:
    return completion.among(*targets())(incomplete)


Target = Annotated[
    str,
    typer.Option(
        "--target",
        metavar="session|trace",
        parser=target,
        autocompletion=_begun,
        help="What is evaluated: sessions or traces.",
    ),
]
Limit = Annotated[int | None, typer.Option(metavar="N", min=1, help="The first N, newest first; all by default.")]
_DEFAULTS = {"target": "session", "target_type": "session"}
Given = dict[str, Any]
"""Arguments of a method, by name; none is None."""


def plain(
    method: str,
    columns: Columns,
    doc: str,
    *,
    empty: str = "None.",
    meant: "Callable[[PandaProbe, Sequence[str], Given], Given] | None" = None,
    **options: Any,
) -> Callable[..., None]:
    """Make a command of a method of the client.

    Args:
        method: Its name, such as `sessions.list`.
        columns: What a table shows of each record.
        doc: The command's help, with an example.
        empty: Said on a terminal where nothing was found.
        meant: Of the ids and the arguments that were given, the arguments that are meant; it may refuse them.
        options: Each argument of the method, as an option or an argument of the command. `target` fills `{target}` in
            `method`; `limit` ends a list; `ids`, a switch, prints that field of each record, one a line.
    """

    def run(cli: Cli, /, **given: Any) -> None:
        kind, limit = given.pop("target", "session"), given.get("limit")
        bare = given.pop("ids", False)
        ids = [given.pop(name) for name in arguments]
        if "limit" in given:
            given["page_size"] = None if limit is None else min(limit, _PAGE)
        said = {
            name: made[name](value) if name in made else value
            for name, value in given.items()
            if value is not None and name != "limit"
        }
        check_window(said)
        with cli.client() as panda:
            call = attrgetter(method.format(target=kind))(panda)
            for name in said.keys() - inspect.signature(call).parameters.keys():
                raise Misuse(f"{typed(name, options[name])} does not go with --target {kind}")
            warn_of_unknown_signals(cli.out, said.get("signal_weights") or ())
            found = call(*ids, **(meant(panda, ids, said) if meant else said))
            many = [found] if hasattr(found, "to_dict") else found
            records = (each.to_dict() for each in islice(many, limit))
            if bare:
                count = _write_ids(str(record[options["ids"].__metadata__[1]]) for record in records)
            else:
                count = cli.out.records(
                    records, columns[kind] if isinstance(columns, Mapping) else columns, empty=empty
                )
                for name in {"name", "metric_name"} & said.keys() if not count else ():
                    refuse_misspelt_metric(panda, said[name], kind)
            for tag in said.get("tags", ()) if not count else ():
                if "," in tag:
                    cli.out.say(f"Nothing has the tag {tag!r}, which is one tag: give each of several its own --tag.")

    made = {name: option.__metadata__[1] for name, option in options.items() if callable(option.__metadata__[-1])}
    arguments = [name for name, option in options.items() if isinstance(option.__metadata__[0], ArgumentInfo)]
    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    run.__doc__ = doc
    run.__name__ = method
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # what `command` makes options of
        [
            inspect.Parameter("cli", positional, annotation=Cli),
            *(
                inspect.Parameter(
                    name,
                    positional if name in arguments else inspect.Parameter.KEYWORD_ONLY,
                    annotation=option,
                    default=_default(name, option, arguments),
                )
                for name, option in options.items()
            ),
        ]
    )
    return command(run)


def _default(name: str, option: Any, arguments: Sequence[str]) -> Any:
    if option.__origin__ is bool:
        return False
    if name in arguments or (name not in _DEFAULTS and type(None) not in get_args(option.__origin__)):
        return inspect.Parameter.empty
    return _DEFAULTS.get(name)


def check_window(given: Mapping[str, Any]) -> None:
    """Refuse a time window that holds nothing.

    Raises:
        typer.BadParameter: It ends before it begins.
    """
    for start, end in (("started_after", "started_before"), ("date_from", "date_to")):
        since, until = given.get(start), given.get(end)
        if since and until and since >= until:
            said = f"{until.isoformat()} is not after --since, {since.isoformat()}: nothing can be found"
            raise typer.BadParameter(said, param_hint="--until")


def _write_ids(ids: Iterable[str]) -> int:
    """Each id on a line of its own; how many there were.

    Raises:
        InvalidArgument: One is not the same when it is read from a line; JSON lines hold it.
    """
    import sys

    from pandaprobe_evals import InvalidArgument

    count = 0
    for id_ in ids:
        if len(id_.splitlines()) != 1 or id_.strip() != id_:
            raise InvalidArgument(
                f"--ids: {id_!r} does not fit on a line as it is; leave --ids out: JSON lines hold every id"
            )
        sys.stdout.write(f"{id_}\n")
        count += 1
    return count
