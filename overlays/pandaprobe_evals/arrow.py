"""Rows as Arrow data, some thousands at a time, which data frames take as they are; by arro3, the extra `[export]`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from math import isnan
from typing import TYPE_CHECKING, Any, Final, Literal

from .extras import needed_for

if TYPE_CHECKING:
    from arro3.core import Array, RecordBatch, RecordBatchReader

Kind = Literal["text", "number", "time"]
"""What a column holds: text or None; a float, NaN for none; or microseconds since 1970 in UTC, `NEVER` for none."""
NEVER: Final = -(2**63)
ROWS: Final = 16_384
"""Rows of a batch: some megabytes, and few enough calls."""


def stream(rows: Iterable[tuple[Any, ...]], columns: Mapping[str, Kind], size: int = ROWS) -> RecordBatchReader:
    """Rows as a stream of record batches, each made when it is asked for.

    Args:
        rows: Tuples with a value for each column.
        columns: What each is called, and holds.
        size: Rows of a batch, at most.

    Raises:
        ModuleNotFoundError: The extra `[export]` is not installed; says so.
    """
    with needed_for("Arrow data", "export"):
        from arro3.core import DataType, Field, RecordBatch, RecordBatchReader, Schema
    types = {"text": DataType.string(), "number": DataType.float64(), "time": DataType.timestamp("us", tz="UTC")}
    schema = Schema([Field(name, types[kind], nullable=True) for name, kind in columns.items()])

    def batches() -> Iterator[RecordBatch]:
        rest = iter(rows)
        while batch := list(islice(rest, size)):
            arrays = [
                _array(values, kind) for values, kind in zip(zip(*batch, strict=True), columns.values(), strict=True)
            ]
            yield RecordBatch.from_arrays(arrays, schema=schema)

    return RecordBatchReader.from_batches(schema, batches())


def _array(values: tuple[Any, ...], kind: Kind) -> Array:
    from arro3.core import Array, DataType

    if kind == "number":
        return Array([None if isnan(value) else value for value in values], type=DataType.float64())
    if kind == "time":
        made = Array([None if value == NEVER else value for value in values], type=DataType.int64())
        return made.cast(DataType.timestamp("us", tz="UTC"))
    return Array([None if value is None else utf8(value) for value in values], type=DataType.string())


def utf8(text: str) -> str:
    """Text as UTF-8 can hold it: half a surrogate pair becomes the replacement character."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
