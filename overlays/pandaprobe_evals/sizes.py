"""How large an answer may be, unpacked: beyond that it is cut off while it comes, so that memory stays near the bound."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import httpx

LARGEST = 256 * 1024 * 1024
"""Bytes, where the caller says nothing. A default page of 50 runs over 100,000 sessions each has 80 MB."""
_STEP = 65_536
ENCODINGS = "gzip, deflate"
"""What is asked for: these can be unpacked step by step. Of others a few bytes may become any number in one step."""


_UUID = 36
"""Characters of an id that is a UUID."""
_BARE = 700
"""About what an item weighs that repeats nothing."""


def weight_of(item: Any) -> int:
    """About how many bytes an answer spends on an item: a run repeats all the ids that it was made from."""
    from attrs import fields as attrs_fields  # here: whoever has an item has imported it

    filters = getattr(item, "filters", None)
    lists = () if filters is None else (getattr(filters, name.name) for name in attrs_fields(type(filters)))
    return _BARE + sum(weight_of_texts(each) for each in lists if isinstance(each, list))


def weight_of_texts(texts: Iterable[str | UUID]) -> int:
    """About how many bytes texts are in an answer."""
    return sum(4 + (len(text) if isinstance(text, str) else _UUID) for text in texts)


class TooLarge(Exception):
    """An answer that is larger than allowed."""


class Meter:
    """Unpacks and counts one answer's body, which came in an encoding."""

    def __init__(self, encoding: str, most: int) -> None:
        self._most, self._count = most, 0
        encoding = encoding.strip().lower() or "identity"
        if encoding not in ("identity", "gzip", "x-gzip", "deflate"):
            raise httpx.DecodingError(f"the answer is packed by {encoding[:20]}, which was not asked for")
        self._unpack = None if encoding == "identity" else zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        self._may_be_bare = (
            encoding == "deflate"
        )  # some servers leave out zlib's header, and it is told by the first part

    def parts(self, part: bytes) -> Iterator[bytes]:
        """What a part of the body is, unpacked.

        Raises:
            TooLarge: It is more than allowed.
        """
        if self._unpack is None:
            yield self._counted(part)
            return
        while part and not self._unpack.eof:
            try:
                found = self._unpack.decompress(part, _STEP)
            except zlib.error as error:
                if not self._may_be_bare:
                    raise httpx.DecodingError(str(error)) from None
                self._unpack, self._may_be_bare = zlib.decompressobj(wbits=-zlib.MAX_WBITS), False
                continue
            self._may_be_bare = False
            part = self._unpack.unconsumed_tail
            yield self._counted(found)

    def _counted(self, part: bytes) -> bytes:
        self._count += len(part)
        if self._count > self._most:
            raise TooLarge
        return part
