"""Run ids as commands are given them: arguments, and `-` for stdin, as every command that takes ids reads it."""

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from .output import Output

RunIds = Annotated[
    list[str],
    typer.Argument(
        metavar="RUN_ID...",
        help="The runs; - for stdin: ids, or JSON lines as `submit` and `runs list` print them.",
        show_default=False,
    ),
]


def run_ids(out: Output, given: Sequence[str]) -> list[str]:
    """Each id once, in order. A line of stdin that holds none is passed over, and said so once.

    Raises:
        InvalidArgument: An argument is no run id, or there is none at all.
    """
    from pandaprobe_evals import InvalidArgument, checks

    found: dict[str, None] = {}
    passed: list[str] = []
    for text in given:
        if text != "-":
            found[str(checks.run_id(text, "RUN_ID"))] = None
            continue
        for line, candidate in _stdin():
            try:
                if candidate is not None:
                    found[str(checks.run_id(candidate, "RUN_ID"))] = None
            except InvalidArgument:
                passed.append(line)
    if passed:
        more = f", and {len(passed) - 1:,} more" if len(passed) > 1 else ""
        out.say(f"Skipped, as it holds no run id: {passed[0][:80]!r}{more}.")
    if not found:
        raise InvalidArgument("RUN_ID: stdin has none")
    return list(found)


def _stdin() -> Iterator[tuple[str, str | None]]:
    """Each line that is not blank, and what in it should be an id; None for a JSON line of something else."""
    from pandaprobe_evals.intake import decoded

    text = decoded(sys.stdin.buffer, "stdin")
    try:
        for line in text:
            plain = line.strip().strip("\ufeff")
            if plain:
                yield plain, _in_json(plain) if plain.startswith("{") else plain.strip('"')
    finally:
        text.detach()


def _in_json(line: str) -> str | None:
    try:
        record: dict[str, Any] = json.loads(line)
    except ValueError:
        return line  # no id
    found = (
        record.get("run_id") or record.get("eval_run_id") or (record.get("id") if "metric_names" in record else None)
    )
    return None if found is None else str(found)
