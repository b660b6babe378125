"""`--help --json`: the commands and what they take as JSON lines, one a command, for programs that type them."""

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

import typer

HELP = frozenset({"--help", "-h"})
_TYPES = {"bool": "boolean", "int": "integer", "float": "number"}
"""By how the parser's names of types begin."""


def help_lines(app: typer.Typer, words: Sequence[str]) -> Iterator[dict[str, Any]]:
    """A line for the command that the words name, or for each one below the group that they name."""
    command: Any = typer.main.get_command(app)
    path = []
    for word in words:
        if word in getattr(command, "commands", {}):
            command = command.commands[word]
            path.append(word)
    yield from _below(command, path)


def _below(command: Any, path: list[str]) -> Iterator[dict[str, Any]]:
    for name, each in getattr(command, "commands", {}).items():
        yield from _below(each, [*path, name])
    if not hasattr(command, "commands"):
        yield {
            "event": "command",
            "command": " ".join(path),
            "help": inspect.cleandoc(command.help or ""),
            "arguments": [_parameter(each) for each in command.params if each.param_type_name == "argument"],
            "options": [
                {"flags": [*each.opts], **_parameter(each)}
                for each in command.params
                if each.param_type_name == "option"
            ],
        }


def _parameter(parameter: Any) -> dict[str, Any]:
    """What an argument or an option takes."""
    kind = parameter.type
    default = parameter.default
    return {
        "name": parameter.name,
        "help": parameter.help or "",
        "type": _type(parameter),
        "metavar": parameter.metavar or None,
        "default": default if isinstance(default, bool | int | float | str) else None,
        "default_says": parameter.show_default if isinstance(parameter.show_default, str) else None,
        "required": parameter.required,
        "repeatable": parameter.nargs == -1 or bool(getattr(parameter, "multiple", False)) or _counts(parameter),
        "minimum": getattr(kind, "min", None),
        "maximum": getattr(kind, "max", None),
    }


def _type(parameter: Any) -> str:
    if _counts(parameter):
        return "boolean"
    return next((found for begins, found in _TYPES.items() if parameter.type.name.startswith(begins)), "string")


def _counts(parameter: Any) -> bool:
    """Whether it is a switch that is given again for more, as `-vv` is."""
    return bool(getattr(parameter, "count", False))
