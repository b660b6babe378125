"""Files that are the user's alone: what holds session ids or reasons is for nobody else to read, whatever the umask."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Generator
from pathlib import Path
from typing import TextIO

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, each 0700; one that is there stays as it is."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)


def make_file(path: Path) -> None:
    """Make an empty file, 0600.

    Raises:
        FileExistsError: It is there already.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def tighten(path: Path) -> None:
    """Take from others what they may do with a file or a folder, where it is this user's."""
    with contextlib.suppress(OSError):  # another's, or a file system without permissions
        mode = path.stat().st_mode
        if mode & _OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)


def write(path: Path, text: str, *, durable: bool = False) -> None:
    """Write a file as `writing` does. `durable`: it is on the disk then."""
    with writing(path, durable=durable) as file:
        file.write(text)


@contextlib.contextmanager
def writing(path: Path, *, durable: bool = False) -> Generator[TextIO]:
    """Write UTF-8 to a file whole or not at all, 0600; its folder is made where it is missing.

    What is not an ordinary file, such as /dev/stdout, is written to as it is.
    """
    with draft(path, durable=durable) as place, place.open("w", encoding="utf-8", newline="") as file:
        yield file


@contextlib.contextmanager
def draft(path: Path, *, durable: bool = False) -> Generator[Path]:
    """Where to write what becomes a file, 0600, when the block ends, and goes where it breaks off; as `writing` says."""
    make_folder(path.parent)
    target = path.resolve()
    ordinary = path.is_file() or not path.exists()
    place = target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}.part") if ordinary else path
    try:
        if not ordinary:
            yield path
            return
        make_file(place)
        yield place
        if durable:
            _sync(place)
        place.replace(target)
        if durable:
            _sync(target.parent)
    except OSError as error:
        if error.filename in {None, str(place)}:
            error.filename = str(path)  # as it was named, not the draft
        raise
    finally:
        if ordinary:
            place.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Have a file or a folder written to the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def check_writable(path: Path) -> None:
    """Find out before long work whether `write` will be able to; the folder is made, the file is left as it is.

    Raises:
        OSError: It will not; `filename` is the path as it was given.
    """
    try:
        make_folder(path.parent)
        if path.is_dir():
            raise IsADirectoryError(21, "Is a directory")
        if path.exists() and not path.is_file():
            return
        probe = path.resolve().with_name(f".{path.name[:200]}.{secrets.token_hex(4)}.part")
        make_file(probe)
        probe.unlink()
    except OSError as error:
        error.filename = str(path)
        raise
