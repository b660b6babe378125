"""What the docs say of `make bench`: of each section its last runs, as `docs/performance.md`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .machine import ROOT
from .tables import Row, table

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: by `make bench`, not by hand -->", "<!-- /measured -->"
RUNS = 3
Report = dict[str, Any]


def write(kept: Path, sections: Iterable[str]) -> str:
    """Set the page's figures to those of the last runs; what was done, or why nothing was.

    Args:
        kept: The folder of the runs' files, one each, named by the time. A run may have measured some sections only.
        sections: The letters that there are. Those that were never measured are left out of the page.
    """
    every = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(kept.glob("*.json"))]
    whole = [report for report in every if not report["quick"]]
    runs = {letter: [report for report in whole if letter in report["sections"]][-RUNS:] for letter in sections}
    missing = ",".join(letter for letter, reports in runs.items() if not reports)
    runs = {letter: reports for letter, reports in runs.items() if reports}
    if not runs:
        return "nothing was written: no run is there that was not --quick"
    text = PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n\n{measured(runs)}\n{END}{tail}", encoding="utf-8")
    return f"{PAGE.relative_to(ROOT)} is written" + (
        f', without what was not measured: "--only {missing}"' if missing else ""
    )


def measured(runs: dict[str, list[Report]]) -> str:
    """The figures of some runs of each section: each bar with all of them, and the tables of the last one."""
    last = max((reports[-1] for reports in runs.values()), key=lambda report: str(report["at"]))
    machine = last["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    system = f"{machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}, Python {machine['python']}"
    lines = [
        f"{machine['cpu']}, {system}; {versions}. The last run was on {last['at'][:10]}.",
        "",
        "## Each bar, in each run",
        "",
        *table([bar for letter, reports in runs.items() for bar in _bars(letter, reports)]),
    ]
    for letter, reports in runs.items():
        section = reports[-1]["sections"][letter]
        lines += ["", f"## {section['title']}", "", *(f"- {note}" for note in section["notes"]), ""]
        lines += table(section["rows"])
    return "\n".join(lines) + "\n"


def _bars(letter: str, reports: list[Report]) -> Iterable[Row]:
    rows: dict[str, Row] = {}
    met: dict[str, bool] = {}
    for number, report in enumerate(reports, 1):
        for bar in report["sections"][letter]["bars"]:
            what = bar["bar"]
            none = {f"run {one}": None for one in range(1, RUNS + 1)}
            row = rows.setdefault(what, {"section": letter, "what": what, "bar": bar["bound"], **none})
            row[f"run {number}"] = bar["measured"]
            met[what] = bar["met"] and met.get(what, True)
    for what, row in rows.items():
        yield {**row, "met": "yes" if met[what] else "no"}
