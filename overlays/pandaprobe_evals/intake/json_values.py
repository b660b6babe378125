"""Ids out of JSON: lines, objects over several lines, arrays, and an object around one; a few at a time."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any, Final

from pandaprobe_evals.errors import InvalidArgument, clip

from .headings import holds, plain

LONGEST: Final = 16_000_000
"""Characters of one value; an array may be longer, since it is read element by element."""
_PART: Final = 65_536
_SPACE: Final = re.compile(r"\s*")
_decoder: Final = json.JSONDecoder()


def ids(
    first: str, text: io.TextIOWrapper, name: str, line: int, column: str | None, target: str
) -> Iterator[tuple[int, str]]:
    """The id of each value, with the line where that begins.

    Raises:
        InvalidArgument: It is not JSON, or has no id where one belongs.
    """
    for at, value in _Reader(first, text, name, line).values():
        if isinstance(value, dict) and _key(value, column, target) is None:
            around = _list(value, column, target)
            if around is not None:
                yield from ((at, _id(element, name, at, column, target)) for element in around)
                continue
        yield at, _id(value, name, at, column, target)


def _key(value: dict[str, Any], column: str | None, target: str) -> str | None:
    if column is not None:
        return column if column in value else None
    keys = [key for key in value if holds(key, target)]
    return keys[0] if len(keys) == 1 else None


def _list(value: dict[str, Any], column: str | None, target: str) -> list[Any] | None:
    """The one list of records or of ids in an object that is around it."""
    lists = {key: each for key, each in value.items() if isinstance(each, list) and each}
    found = {
        key: each
        for key, each in lists.items()
        if all(isinstance(one, dict) and _key(one, column, target) is not None for one in each)
        or (
            column is None
            and plain(key) in {f"{target}ids", f"{target}s"}
            and all(isinstance(one, str) for one in each)
        )
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _id(value: Any, name: str, line: int, column: str | None, target: str) -> str:
    where, found = f"{name}, line {line}", value
    if isinstance(value, dict):
        key = _key(value, column, target)
        if key is None and column is None:
            raise InvalidArgument(
                f"{where}: is JSON without a key {target}_id; say with --column which key holds the ids: {_keys(value)}. Of "
                "objects within objects, `jq -r` writes them one a line"
            )
        found = None if key is None else value[key]
        said = f"has no text in {column or key!r}"
    else:
        said = f"is not a {target} id"
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or not found.strip():
        raise InvalidArgument(f"{where}: {said}: {clip(json.dumps(value, ensure_ascii=False), 60)}")
    return found.strip()


def _keys(value: dict[str, Any]) -> str:
    return ", ".join(clip(repr(key), 60) for key in list(value)[:20]) or "it has none"


class _Reader:
    """The values of a text, one after the other; elements of an array on top count as values."""

    def __init__(self, first: str, text: io.TextIOWrapper, name: str, line: int) -> None:
        self._buffer, self._at, self._text, self._name, self._line = first, 0, text, name, line

    def values(self) -> Iterator[tuple[int, Any]]:
        while self._next():
            if self._next() == "[":
                yield from self._elements()
            else:
                yield self._line, self._value()

    def _elements(self) -> Iterator[tuple[int, Any]]:
        self._move(self._at + 1)
        if self._next() == "]":
            self._move(self._at + 1)
            return
        while True:
            self._next()
            yield self._line, self._value()
            after = self._next()
            if after not in {",", "]"}:
                raise self._wrong("an array is not closed" if not after else "is not JSON")
            self._move(self._at + 1)
            if after == "]":
                return

    def _next(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            space = _SPACE.match(self._buffer, self._at)
            assert space
            self._move(space.end())
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def _value(self) -> Any:
        while True:
            try:
                value, end = _decoder.raw_decode(self._buffer, self._at)
            except (ValueError, RecursionError):
                if len(self._buffer) - self._at > LONGEST:
                    raise self._wrong(
                        f"is one value of more than {LONGEST:,} characters; `jq -c '.[]'` makes lines of its elements"
                    ) from None
                if not self._more():
                    raise self._wrong("is not JSON") from None
                continue
            if end == len(self._buffer) and isinstance(value, int | float) and self._more():
                continue  # the number may go on
            self._move(end)
            return value

    def _move(self, to: int) -> None:
        self._line += self._buffer.count("\n", self._at, to)
        self._at = to

    def _more(self) -> bool:
        left = self._buffer[self._at :]
        part = self._text.read(max(_PART, len(left)))
        self._buffer, self._at = left + part, 0
        return bool(part)

    def _wrong(self, what: str) -> InvalidArgument:
        line = self._buffer[self._at :].partition("\n")[0].strip()
        return InvalidArgument(f"{self._name}, line {self._line}: {what}: {clip(line, 60)}")
