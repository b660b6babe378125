"""What a stream of bytes is: by its first bytes, never by a guess that could be billed."""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO, Final

from pandaprobe_evals.errors import InvalidArgument

_HEAD: Final = 4_096
_ENCODINGS: Final = (  # the longer first: UTF-32's mark begins as UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_UNPACK: Final = "unpack it: `{} | pandaprobe-evals submit ...`"
_SAVE: Final = "save what it holds as CSV"
_BINARY: Final = (
    (b"PAR1", "Parquet", "`--from FILE` reads a whole file of it, but no pipe, and no file that was cut short"),
    (b"\x1f\x8b", "compressed by gzip", _UNPACK.format("gzip -dc FILE")),
    (b"BZh", "compressed by bzip2", _UNPACK.format("bzip2 -dc FILE")),
    (b"\xfd7zXZ\0", "compressed by xz", _UNPACK.format("xz -dc FILE")),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", _UNPACK.format("zstd -dc FILE")),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "unpack it (`unzip -p FILE`), or save the sheet as CSV"),
    (b"PK\x05\x06", "an empty ZIP archive", "give a file that holds ids"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook", "save the sheet as CSV"),
    (b"SQLite format 3\0", "a SQLite database", "write its column of ids as text: `sqlite3 FILE 'select ...'`"),
    (b"ARROW1", "an Arrow file", _SAVE),
    (b"Obj\x01", "Avro", _SAVE),
    (b"ORC", "ORC", _SAVE),
    (b"\x89HDF", "HDF5", _SAVE),
    (b"\x80\x04", "a pickle", _SAVE),
    (b"\x80\x05", "a pickle", _SAVE),
    (b"%PDF-", "PDF", _SAVE),
)


def decoded(stream: BinaryIO, name: str) -> io.TextIOWrapper:
    """A stream as text: UTF-8, or UTF-16 and UTF-32 as PowerShell writes them, with or without a byte order mark.

    Raises:
        InvalidArgument: It is something else; the message says what, and what to do.
    """
    head = _read(stream, _HEAD)
    # An id may begin as a Parquet file does; no text has its control characters.
    if any(byte < 9 or 13 < byte < 27 or byte > 127 for byte in head):
        for magic, kind, advice in _BINARY:
            if head.startswith(magic):
                raise InvalidArgument(f"{name}: is {kind}, not text; {advice}")
    return io.TextIOWrapper(io.BufferedReader(_Rejoined(head, stream)), encoding=_encoding(head), newline="")


def _encoding(head: bytes) -> str:
    for mark, encoding in _ENCODINGS:
        if head.startswith(mark):
            return encoding
    even, odd = head[::2], head[1::2]  # without a mark: every other byte of English is 0
    if odd and not any(odd) and all(even):
        return "utf-16-le"
    if odd and not any(even) and all(odd):
        return "utf-16-be"
    return "utf-8"


def _read(stream: BinaryIO, size: int) -> bytes:
    found = b""
    while len(found) < size and (more := stream.read(size - len(found))):
        found += more
    return found


class _Rejoined(io.RawIOBase):
    """A stream with what was read of it before it again."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        super().__init__()
        self._head, self._stream = head, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what BufferedReader hands it
        if not self._head:
            self._head = self._stream.read(len(buffer))
        part, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)
