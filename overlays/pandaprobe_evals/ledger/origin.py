"""Which file a ledger is, on which machine: what tells it from a copy of itself, whatever either is called."""

from __future__ import annotations

import json
import os
import platform
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """A file as it stands on a machine."""

    machine: str
    """The machine, as far as it can be told from others, such as clones of it."""
    boot: str
    """Its present life; empty where the system does not tell."""
    path: str
    """Absolute, without links."""
    device: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """The file at a path, which is there.

        Raises:
            OSError: It is not.
        """
        found = path.resolve(strict=True)
        return cls.at(found, found.stat())

    @classmethod
    def at(cls, path: Path, about: os.stat_result) -> Self:
        """A file that is, or will be, at an absolute path without links."""
        return cls(machine=_machine(), boot=_boot(), path=str(path), device=about.st_dev, inode=about.st_ino)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` made."""
        return cls(**json.loads(text))

    def to_json(self) -> str:
        """ASCII: a file's name may be no text."""
        return json.dumps(asdict(self))

    def is_here(self) -> bool:
        """Whether it is of this machine."""
        return (self.boot == _boot() and bool(self.boot)) or self.machine == _machine()

    def is_file_of(self, other: Origin) -> bool:
        """Whether both are one file, by whatever names. A disk's number may change when the machine starts anew."""
        same_life = self.boot == other.boot and bool(self.boot)
        same_disk = self.device == other.device or (self.path == other.path and not same_life)
        return (same_life or self.machine == other.machine) and self.inode == other.inode and same_disk

    def is_there(self) -> bool:
        """Whether that file is still at its path, on this machine."""
        try:
            return self.is_here() and Origin.of(Path(self.path)).is_file_of(self)
        except OSError:
            return False


def _boot() -> str:
    return _read("/proc/sys/kernel/random/boot_id")


def _machine() -> str:
    """Its id where the system has one, with its name, since clones share the id; else its network card's."""
    number = _read("/etc/machine-id") or _read("/var/lib/dbus/machine-id")
    return f"{number}/{platform.node()}" if number else f"{uuid.getnode():012x}"


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeError):
        return ""
