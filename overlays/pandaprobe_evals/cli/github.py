"""What a gate tells GitHub Actions: the summary of its job and annotations, within the limits of GitHub."""

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pandaprobe_evals import Verdict

LARGEST: Final = 1024 * 1024
"""Bytes in the summary of a step."""
MOST: Final = 10
"""Annotations of a kind in a step."""
_ROOM: Final = 200


def tell(verdict: "Verdict", reasons: list[str]) -> list[str]:
    """Add to the job's summary where GITHUB_STEP_SUMMARY names it; the annotations to print where GITHUB_ACTIONS is set."""
    if file := os.environ.get("GITHUB_STEP_SUMMARY"):
        with contextlib.suppress(OSError), Path(file).open("ab") as stream:
            stream.write(summary(verdict, reasons, LARGEST - stream.tell()))
    return annotations(reasons) if os.environ.get("GITHUB_ACTIONS") == "true" else []


def summary(verdict: "Verdict", reasons: list[str], room: int = LARGEST) -> bytes:
    """Markdown in UTF-8 of at most `room` bytes; says how many lines were left out."""
    lines = [f"### PandaProbe: {'passed' if verdict.passed else 'not passed'}", ""]
    lines += [f"- {_inline(str(metric))}" for metric in verdict.metrics]
    lines += [f"- **not passed**: {_inline(reason)}" for reason in reasons]
    kept, size = b"", max(0, room - _ROOM)
    for number, line in enumerate(lines):
        more = f"{line}\n".encode(errors="replace")
        if len(kept) + len(more) > size:
            said = f"\n{len(lines) - number} lines are left out: a summary holds 1 MiB.\n".encode()
            return kept + said if len(kept) + len(said) <= room else kept
        kept += more
    return kept


def annotations(reasons: list[str]) -> list[str]:
    """An error for each reason, ten at most; the last says how many were left out."""
    shown = reasons if len(reasons) <= MOST else reasons[: MOST - 1]
    left = [f"{len(reasons) - len(shown)} more reasons are left out: GitHub shows {MOST}"] * (shown is not reasons)
    return [f"::error title=pandaprobe-evals gate::{_escaped(reason)}" for reason in [*shown, *left]]


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _inline(text: str) -> str:
    """Text in which Markdown and HTML mean nothing."""
    plain = "".join(f"\\{each}" if each in "\\`*_[]|~#!" else each for each in " ".join(text.split()))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
