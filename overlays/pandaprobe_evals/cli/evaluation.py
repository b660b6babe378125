"""`pandaprobe-evals.toml`: what is evaluated, by what, and how good it must be, in a file beside the code."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from pandaprobe_evals.errors import InvalidArgument, clip

from .common import Cli
from .names import instead
from .values import Misuse

NAME: Final = "pandaprobe-evals.toml"

EvaluationFile = Annotated[
    Path | None,
    typer.Option("--evaluation", metavar="FILE", help="The evaluation as a file.", show_default=f"{NAME}, where it is"),
]

NoEvaluation = Annotated[
    bool, typer.Option("--no-evaluation", help=f"Read no {NAME}, even where there is one in the working folder.")
]


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What a file says; empty or None where it does not. Flags win, each over its own key."""

    source: tuple[str, ...] = ()
    """Files of session ids, as they are said from the file's own folder; patterns, too."""
    column: str | None = None
    name: str | None = None
    metrics: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    minimums: Mapping[str, float] = field(default_factory=dict)
    quantile: float | None = None
    baseline: str | None = None
    """Results to be held against: a file, as it is said from the file's own folder, or runs."""
    file: Path | None = None

    @property
    def given(self) -> dict[str, Any]:
        """What the file says, by its keys."""
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "file"}
        return {name: value for name, value in values.items() if value not in (None, (), {})}

    def sources(self) -> list[str]:
        """The files of session ids from the working folder.

        Raises:
            InvalidArgument: There is none of that name.
        """
        return [_beside(self.file, source) for source in self.source if self.file]

    def baseline_from_here(self) -> str | None:
        """The baseline, a file of it from the working folder."""
        if self.baseline is None or self.file is None:
            return None
        beside = Path(os.path.normpath(self.file.parent / self.baseline))
        return str(beside) if beside.exists() else self.baseline

    def used(self, cli: Cli, *names: str) -> None:
        """Say on stderr what a command takes from the file."""
        if taken := [name for name in names if name in self.given]:
            cli.out.say(f"From {self.file}: {', '.join(taken)}.")


def evaluation(path: Path | None, *, none: bool = False) -> Evaluation:
    """Read the evaluation that was named, or the one in the working folder; an empty one where there is none, or is to be.

    Raises:
        InvalidArgument: It cannot be read, or a key or a value is wrong; names it.
        Misuse: One was named, and none is to be.
    """
    import tomllib

    if none and path:
        raise Misuse("--no-evaluation and --evaluation contradict each other")
    if none:
        return Evaluation()

    file = path or Path(NAME)
    if path is None and not file.exists():
        return Evaluation()
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InvalidArgument(f"{file}: cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidArgument(f"{file}: is not TOML: {error}") from None
    found = {name: _value(file, name, value) for name, value in content.items()}
    metrics, minimums = found.get("metrics"), found.get("minimums", {})
    if metrics and (other := minimums.keys() - set(metrics)):
        name = min(other)
        raise InvalidArgument(f"{file}: minimums: {name} is not among metrics; {instead(name, metrics)}")
    return Evaluation(**found, file=file)


def _value(file: Path, name: str, value: Any) -> Any:
    if name not in _KEYS:
        raise InvalidArgument(f"{file}: {clip(name)} is not a key; {instead(name, _KEYS)}")
    read, form = _KEYS[name]
    found = read(value)
    if found is None:
        raise InvalidArgument(f"{file}: {name} must be {form}, not {clip(repr(value))}")
    return found


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _texts(value: Any) -> tuple[str, ...] | None:
    return tuple(value) if isinstance(value, list) and value and all(map(_text, value)) else None


def _sources(value: Any) -> tuple[str, ...] | None:
    return _texts([value] if isinstance(value, str) else value)


def _numbers(value: Any) -> dict[str, float] | None:
    whole = isinstance(value, dict) and all(_number(each) is not None for each in value.values())
    return {name: float(each) for name, each in value.items()} if whole else None


def _number(value: Any) -> float | None:
    whole = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    return float(value) if whole else None


def _part(value: Any) -> float | None:
    number = _number(value)
    return number if number is not None and 0 <= number <= 1 else None


def _parts(value: Any) -> dict[str, float] | None:
    found = _numbers(value)
    return found if found is not None and all(0 <= each <= 1 for each in found.values()) else None


_KEYS: Final[Mapping[str, tuple[Callable[[Any], Any], str]]] = {
    "source": (_sources, 'a file of session ids, or a list of them, such as "sessions.csv"'),
    "column": (_text, "a string, the column of the CSV or the key of the JSON"),
    "name": (_text, "a string, the label for the runs"),
    "metrics": (_texts, 'a list of strings, such as ["agent_reliability"]'),
    "weights": (_numbers, "a table of numbers by signal, such as { confidence = 0.5 }"),
    "minimums": (_parts, "a table of numbers from 0 to 1 by metric, such as { agent_reliability = 0.8 }"),
    "quantile": (_part, "a number from 0 to 1"),
    "baseline": (_text, 'a results file, such as "main.jsonl", or the id of a run'),
}


def _beside(file: Path, source: str) -> str:
    """A source as it is found from the working folder.

    Raises:
        InvalidArgument: There is none.
    """
    import glob

    if source == "-":
        return source
    plain = os.path.normpath(os.path.join(file.parent, source))  # noqa: PTH118  (a pattern is no path)
    if Path(plain).exists():
        return plain
    pattern = os.path.normpath(os.path.join(glob.escape(str(file.parent)), source))  # noqa: PTH118  (as above)
    if glob.has_magic(source) and glob.glob(pattern, recursive=True):  # noqa: PTH207  (may be absolute)
        return pattern
    raise InvalidArgument(f"{file}: source: there is no file {plain}; source names files that hold ids")
