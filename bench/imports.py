"""(c) How long imports take, each in a fresh interpreter, beside `import httpx`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict

from .machine import ROOT
from .tables import Section, median, middle_half

STATEMENTS = {
    "httpx": "import httpx",
    "pandaprobe_evals": "import pandaprobe_evals",
    "PandaProbe": "from pandaprobe_evals import PandaProbe, AsyncPandaProbe, ApiKey",
    "generated client": "from pandaprobe_evals_api import Client; "
    "from pandaprobe_evals_api.api.session_runs import create_batch_session_eval_run",
    "openai": "from openai import OpenAI",
}
KEPT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""With what is compiled kept, as for everybody: else each round compiles this package anew."""
PROGRAM = """
import sys, time
before, wall, cpu = len(sys.modules), time.perf_counter(), time.process_time()
{statement}
wall, cpu, after = time.perf_counter() - wall, time.process_time() - cpu, len(sys.modules)
print([wall * 1e3, cpu * 1e3, after - before])
"""


def run(*, quick: bool) -> Section:
    """Measure."""
    rounds = 3 if quick else 21
    samples: dict[str, list[list[float]]] = defaultdict(list)
    names = list(STATEMENTS)
    for number in range(-1, rounds):  # the first one warms caches
        for name in names[number % len(names) :] + names[: number % len(names)]:
            program = PROGRAM.format(statement=STATEMENTS[name])
            text = subprocess.run(
                [sys.executable, "-c", program], cwd=ROOT / "build", stdout=subprocess.PIPE, check=True, env=KEPT
            ).stdout
            if number >= 0:
                samples[name].append(json.loads(text))
    section = Section(
        f"(c) imports, median of {rounds} fresh interpreters each, milliseconds",
        ["ratios: within one round, their median (and the middle half)"],
    )
    for name, measured in samples.items():
        ratios = [one[0] / httpx[0] for one, httpx in zip(measured, samples["httpx"], strict=True)]
        low, high = middle_half(ratios)
        section.rows.append(
            {
                "statement": name if len(STATEMENTS[name]) > 40 else STATEMENTS[name],
                "wall": round(median([one[0] for one in measured]), 1),
                "cpu": round(median([one[1] for one in measured]), 1),
                "wall / httpx": round(median(ratios), 2),
                "middle half": f"{low:.2f} to {high:.2f}",
                "modules": int(measured[-1][2]),
            }
        )
    section.bar("PandaProbe / httpx, wall", measured=section.rows[2]["wall / httpx"], at_most=1.35)
    return section
