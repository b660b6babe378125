"""Where the ids of a submit come from: what was typed, files, patterns of files, a pipe."""

import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import typer

from . import values

if TYPE_CHECKING:
    from pandaprobe_evals.intake import Tally


def source_of(
    ids: list[str], sources: list[str], column: str | None, max_units: int | None, *, as_text: bool
) -> dict[str, Any]:
    """Where the ids come from, so that they can be read again from files that are still the same."""
    from pandaprobe_evals import checks

    if ids:
        checks.texts(ids, "session_ids")
        if not as_text:
            _check_arguments(ids)
    elif not sources:
        if sys.stdin.isatty():
            raise values.Misuse("give ids, or --from FILE, or a pipe")
        sources = ["-"]
    names = list(dict.fromkeys(name for source in sources for name in _matches(source)))
    return {"ids": ids, "files": [*map(stamped, names)], "column": column, "as_text": as_text, "max_units": max_units}


def _check_arguments(ids: list[str]) -> None:
    """Refuse an argument that is no id by the look of it.

    Raises:
        typer.BadParameter: One is none.
    """
    from pandaprobe_evals.intake import looks_like_an_id

    for id_ in ids:
        if Path(id_).is_file():
            said = "is a file: --from reads the ids in it; with --as-text its name is an id"
        elif not looks_like_an_id(id_):
            said = "does not look like one id: give each as an argument of its own; with --as-text it is one id"
        else:
            continue
        raise values.Misuse(f"{id_!r} {said}")


def _matches(source: str) -> list[str]:
    """The files that a pattern means, in order; what is no pattern, or the name of a file, is itself."""
    import glob

    if source == "-" or Path(source).exists() or not glob.has_magic(source):
        return [source]
    found = sorted(name for name in glob.glob(source, recursive=True) if Path(name).is_file())  # noqa: PTH207  (may be absolute)
    if not found:
        raise typer.BadParameter(f"no file matches {source!r}", param_hint="--from")
    return found


def stamped(name: str) -> dict[str, Any]:
    """A file, and what tells whether it has changed."""
    if name == "-":
        return {"file": "-"}
    path = Path(name).absolute()
    with _named(name):
        about = path.stat()
    return {"file": str(path), "size": about.st_size, "changed": about.st_mtime_ns}


def ids_of(source: Mapping[str, Any], tally: "Tally | None" = None, *, target: str = "session") -> Iterator[str]:
    """Every id that was given, checked; a trace's as the service writes it, so that it comes once however it is spelt.

    Raises:
        InvalidArgument: One cannot be what it should be.
    """
    from pandaprobe_evals import InvalidArgument, checks

    none = True
    for id_ in _read(source, tally, target):
        none = False
        if target == "session":
            yield id_
            continue
        try:
            yield str(checks.run_id(id_, "trace id"))
        except InvalidArgument as error:
            raise InvalidArgument(f"{error}; with --target trace each id is a trace's") from None
    if none:
        where = " and ".join("stdin" if each["file"] == "-" else each["file"] for each in source["files"])
        raise InvalidArgument(
            f"no {target} ids in {where}; nothing was sent. Give ids as arguments, by --from FILE, or through a pipe"
        )


def _read(source: Mapping[str, Any], tally: "Tally | None", target: str) -> Iterator[str]:
    """Every id that was given, checked; arguments first."""
    from pandaprobe_evals.intake import ids_in

    yield from source["ids"]
    for each in source["files"]:
        with _opened(each["file"]) as stream:
            name = "stdin" if each["file"] == "-" else each["file"]
            yield from ids_in(stream, name, source["column"], target=target, as_text=source["as_text"], tally=tally)


@contextmanager
def _opened(file: str) -> Generator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    with _named(file):
        stream = Path(file).open("rb")  # noqa: SIM115  (its own errors only, not those of who reads it)
    with stream:
        yield stream


@contextmanager
def _named(file: str) -> Generator[None]:
    from pandaprobe_evals import InvalidArgument

    try:
        yield
    except OSError as error:
        said = error.strerror or str(error)
    else:
        return
    raise InvalidArgument(f"--from {file}: {said}")
