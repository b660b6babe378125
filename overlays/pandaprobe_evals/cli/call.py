"""Any operation of the service by its name in Python: what has no command of its own, or not yet."""

import inspect
import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .common import Cli, command
from .completion import among
from .names import meant
from .output import Column, Record
from .resources import Yes, confirm

if TYPE_CHECKING:
    from pandaprobe_evals import InvalidArgument
    from pandaprobe_evals.contract import Operation


def operations() -> "Mapping[str, Operation]":
    """Every operation, as Python calls it: `session_scores.of`."""
    from pandaprobe_evals import contract

    return {f"{each.tag}.{each.name}": each for each in contract.operations().values()}


def _begun(incomplete: str) -> list[str]:
    return among(*operations())(incomplete)


def _named(ctx: typer.Context, incomplete: str) -> list[str]:
    from pandaprobe_evals_api import resources

    known = operations().get(str(ctx.params.get("method")))
    if known is None:
        return []
    resource = getattr(resources, known.tag.title().replace("_", ""))
    return among(*(f"{each.name}=" for each in _named_ones(getattr(resource, known.name))))(incomplete)


def _named_ones(method: Any) -> list[inspect.Parameter]:
    """The arguments of a method that are given by name."""
    return [each for each in inspect.signature(method).parameters.values() if each.kind is each.KEYWORD_ONLY]


@command
def call(
    cli: Cli,
    method: Annotated[str | None, typer.Argument(metavar="METHOD", show_default=False, autocompletion=_begun)] = None,
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="WORD...", show_default=False, autocompletion=_named)
    ] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Of a list, the first N; without it, all.")
    ] = None,
    yes: Yes = False,
) -> None:
    """Call any operation of the service by its name in Python; without one, list them.

    The ids of its path come first; every other argument is NAME=TEXT, or NAME:=JSON where it is not a text.

    pandaprobe-evals call

    pandaprobe-evals call session_scores.of chat-1

    pandaprobe-evals call traces.list session_id=chat-1 tags:='["prod"]' --limit 10
    """
    from pandaprobe_evals import InvalidArgument

    known = operations()
    if method is None:
        rows = [
            {"event": "operation", "method": name, "request": f"{each.method} {each.path}"}
            for name, each in known.items()
        ]
        cli.out.records(rows, [Column(name, _field(name)) for name in ("method", "request")])
        return
    if method not in known:
        beneath = [name for name in known if name.startswith(f"{method}.")]
        near = (
            f"there are {', '.join(beneath)}" if beneath else meant(method, known) or "`call` alone lists what there is"
        )
        raise typer.BadParameter(f"there is no {method!r}; {near}", param_hint="METHOD")
    with cli.client() as panda:
        function = attrgetter(method)(panda)
        ids, named = _arguments(arguments or [], function)
        if known[method].effect == "deletes":
            confirm(yes, f"by {method} {' '.join(arguments or [])}")
        try:
            found = function(*ids, **named)
            records = islice(_records(found, method), limit)
            first = list(islice(records, 1))
        except InvalidArgument as error:
            raise typer.BadParameter(_as_json(error, named) or error.message) from None  # in Python's names, as typed
        cli.out.records(chain(first, records), _columns(first[0]) if first else [])


def _id(function: Any, name: str, word: str) -> str | int:
    """What stands in a path: a text, or a number where the method takes one."""
    takes_numbers = function.__annotations__[name] == "int"
    return int(word) if takes_numbers and word.isdecimal() else word


def _arguments(words: Sequence[str], function: Any) -> tuple[list[str | int], dict[str, Any]]:
    """What a method is called with.

    Raises:
        typer.BadParameter: A word names no argument of it, or is not JSON where it says so; or an id is missing.
    """
    takes = inspect.signature(function).parameters.values()
    places = [each.name for each in takes if each.kind is each.POSITIONAL_OR_KEYWORD]
    named_ones = _named_ones(function)
    names = [each.name for each in named_ones]
    ids, named = [_id(function, name, word) for name, word in zip(places, words, strict=False)], {}
    if len(ids) < len(places):
        raise typer.BadParameter(f"needs {' '.join(places)} first", param_hint="ID")
    for word in words[len(places) :]:
        name, equals, value = word.partition("=")
        called = name.removesuffix(":")
        if not equals or called not in names:
            raise typer.BadParameter(f"{word!r} {_why_not(called if equals else '', names, places)}", param_hint="NAME")
        try:
            named[called] = json.loads(value) if name.endswith(":") else value
        except ValueError:
            raise typer.BadParameter(f"{value!r} is not JSON", param_hint=called) from None
    if missing := [each.name for each in named_ones if each.default is each.empty and each.name not in named]:
        raise typer.BadParameter(f"needs {' and '.join(missing)} as well", param_hint="NAME")
    return ids, named


def _as_json(error: "InvalidArgument", given: Mapping[str, Any]) -> str:
    """What to write for a text where something else is wanted; empty where that is not what is wrong."""
    name = error.argument or ""
    text = given.get(name)
    if not isinstance(text, str) or not any(
        words in error.message for words in ("must be", "needs a ", "give the number")
    ):
        return ""
    try:
        value = json.loads(text)
    except ValueError:
        if "a list" not in error.message:
            return ""
        value = [text]
    return f"{name}: is not a text, so write it as JSON: {name}:={shlex.quote(json.dumps(value))}"


def _why_not(name: str, names: Sequence[str], places: Sequence[str]) -> str:
    """What is wrong with a word that names no argument."""
    if near := meant(name, names):
        return f"is not an argument; {near}"
    if names:
        return f"is not NAME=VALUE of {', '.join(names)}"
    return f"is one too many: it takes only {' '.join(places) or 'its name'}"


def _records(found: Any, method: str) -> Iterator[Record]:
    """What a call returned, as JSON values."""
    if found is None:
        yield {"event": "called", "method": method}
    elif hasattr(found, "to_dict"):
        yield found.to_dict()
    else:
        yield from (each.to_dict() for each in found)


def _columns(record: Record) -> list[Column]:
    """A column for each field that a cell can hold."""
    return [Column(name, _field(name)) for name, value in record.items() if not isinstance(value, dict | list)]


def _field(name: str) -> Callable[[Record], object]:
    def value(record: Record) -> object:
        return record.get(name)

    return value
