"""`python -m bench`: measure, print tables, keep the figures in build/bench (`--page`: write the docs' page from them)."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from multiprocessing import get_context
from typing import Any

from . import page
from .machine import ROOT, described
from .tables import Section

SECTIONS = {
    "a": "goodput",
    "b": "cost",
    "c": "imports",
    "d": "waits",
    "e": "sizes",
    "f": "chunks",
    "g": "huge",
    "h": "decoding",
    "i": "hosts",
    "j": "judged",
    "k": "streamed",
}


def main() -> int:
    """Run the sections asked for; 0 unless one broke. Missed bars are told, and do not fail: the machine is anybody's."""
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument("--only", default=",".join(SECTIONS), help="sections, by their letters (default %(default)s)")
    parser.add_argument("--quick", action="store_true", help="fewer requests: to try the bench itself")
    parser.add_argument(
        "--page", action="store_true", help="measure nothing: write docs/performance.md from the last runs"
    )
    given = parser.parse_args()
    kept = ROOT / "build" / "bench"
    if given.page:
        print(page.write(kept, SECTIONS))
        return 0
    letters = [letter.strip() for letter in given.only.split(",")]
    if unknown := set(letters) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    kept.mkdir(parents=True, exist_ok=True)
    machine = described()
    shown = {name: text for name, text in machine.items() if name != "versions"}
    print(", ".join(f"{name.replace('_', ' ')} {text}" for name, text in shown.items()))
    report: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(),
        "quick": given.quick,
        "machine": machine,
        "sections": {},
    }
    missed = 0
    for letter in letters:
        began = time.monotonic()
        run: Callable[..., Section] = import_module(f"bench.{SECTIONS[letter]}").run
        # In a process of its own: the peak of a command that it starts is at least its own.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            section = process.submit(run, quick=given.quick).result()
        print(section.show(), f"\n({time.monotonic() - began:.0f} s)", flush=True)
        missed += sum(not bar["met"] for bar in section.bars)
        report["sections"][letter] = asdict(section)
    path = kept / f"{report['at'].replace(':', '')}.json"
    path.write_text(json.dumps(report, indent=1) + "\n")
    print(f"\n{missed} bars missed; {path.relative_to(ROOT)} has all figures")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
