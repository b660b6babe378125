"""Ids out of a column of Parquet, a batch of rows at a time; by arro3, the extra `[export]`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from pandaprobe_evals.errors import InvalidArgument, clip
from pandaprobe_evals.extras import needed_for

from .headings import holds

_MAGIC: Final = b"PAR1"
_END: Final = 8


def is_parquet(stream: BinaryIO) -> bool:
    """Whether a file begins and ends as Parquet does; no pipe does, of which only the beginning can be seen."""
    if not stream.seekable():
        return False
    start = stream.tell()
    head = stream.read(len(_MAGIC))
    end = b""
    size = 0
    if head == _MAGIC and (size := stream.seek(0, 2) - start) >= 12:
        stream.seek(-_END, 2)
        end = stream.read()
    stream.seek(start)  # the end has the length of what is before it, which in any text is far too large
    return end.endswith(_MAGIC) and int.from_bytes(end[:4], "little") <= size - len(_MAGIC) - _END


def ids(stream: BinaryIO, name: str, column: str | None, target: str) -> Iterator[tuple[int, str]]:
    """The id of each row, with its number, from 1.

    Raises:
        InvalidArgument: It cannot be read, there is no such column, or a row without an id in it.
        ModuleNotFoundError: The extra is not installed; says so.
    """
    with needed_for(f"{name}: to read Parquet", "export"):
        from arro3.io import read_parquet
    number = 0
    reader = _readable(name, lambda: read_parquet(stream))
    at = _place(list(reader.schema.names), name, column, target)
    while (batch := _readable(name, lambda: next(reader, None))) is not None:
        for value in batch.column(at).to_pylist():
            number += 1
            id_ = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
            if not id_:
                raise InvalidArgument(
                    f"{name}, row {number}: has no text in column {reader.schema.names[at]!r}: {clip(repr(value), 60)}"
                )
            yield number, id_


def _place(names: list[str], name: str, column: str | None, target: str) -> int:
    found = [at for at, each in enumerate(names) if (holds(each, target) if column is None else each == column)]
    if len(found) == 1:
        return found[0]
    has = ", ".join(clip(repr(each), 60) for each in names[:20])
    if column is None:
        raise InvalidArgument(
            f"{name}: is Parquet without a column {target}_id; say with --column which holds the ids: {has}"
        )
    raise InvalidArgument(f"{name}: has {'two columns' if found else 'no column'} {column!r}; it has {has}")


def _readable(name: str, read: Any) -> Any:
    """The result of a read; for a broken file arro3 raises plain exceptions, or a panic, which is not an `Exception`.

    Raises:
        InvalidArgument: It cannot be read.
    """
    try:
        return read()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001  # a panic is no Exception
        raise InvalidArgument(f"{name}: cannot be read as Parquet: {clip(str(error), 200)}") from None
