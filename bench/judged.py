"""(j) `gate`, `compare`, `report` and `export` over a million scores: time, and peak memory over a bare interpreter.

The service is `bench.scored`: runs of 5,000 sessions by two metrics that have ended. Peaks are the kernel's, of the command;
bare is an interpreter that imported the command line, and did nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from .machine import Helper, plain_environment
from .scored import METRICS, SESSIONS, run_id
from .tables import Row, Section


def run(*, quick: bool) -> Section:
    """Measure."""
    count = 40_000 if quick else 1_000_000
    runs = count // (SESSIONS * len(METRICS))
    title = f"(j) {count:,} scores, in {runs} runs"
    minimums = [word for name in METRICS for word in ("--min", f"{name}=0.1")]
    ids = [run_id(number) for number in range(runs)]
    commands = {
        "gate": ["gate", *ids, *minimums],
        "gate --save": ["gate", *ids, *minimums, "--save", "scores.jsonl"],
        "compare": ["compare", ",".join(ids[::2]), ",".join(ids[1::2])],
        "report": ["report", *ids, *minimums],
        "export": ["export", *ids, "--to", "scores.csv"],
    }
    with Helper("bench.scored", runs) as server, tempfile.TemporaryDirectory() as folder:
        url = server.line().partition("ENDPOINT=")[2]
        bare = _ran(["-c", "import pandaprobe_evals.cli.commands"], url, folder)["MiB"]
        section = Section(f"{title}; bare: {bare:.0f} MiB")
        for name, words in commands.items():
            found = _ran(["-m", "pandaprobe_evals.cli", *words], url, folder)
            over = round(found.pop("MiB") - bare, 1)
            section.rows.append({"command": name, **found, "peak MiB over bare": over})
            section.bar(f"{name}: MiB over bare", measured=over, at_most=200)
    return section


def _ran(words: list[str], url: str, folder: str) -> Row:
    """A command's exit code, seconds, seconds of CPU and peak MiB."""
    environ = {
        **plain_environment(),
        "PANDAPROBE_ENDPOINT": url,
        "PANDAPROBE_API_KEY": "sk_pp_bench",
        "PANDAPROBE_PROJECT_NAME": "bench",
    }
    began = time.monotonic()
    with subprocess.Popen([sys.executable, *words], env=environ, cwd=folder, stdout=subprocess.DEVNULL) as command:
        _, status, usage = os.wait4(command.pid, 0)
        command.returncode = os.waitstatus_to_exitcode(status)
    return {
        "exit code": command.returncode,
        "seconds": round(time.monotonic() - began, 1),
        "cpu seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "MiB": usage.ru_maxrss / 1024,  # Linux counts KiB
    }
