"""(c) How long imports take, and all until the first answer of a loopback server: fresh interpreters, beside httpx."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict

from pandaprobe_sandbox import API_KEY

from .machine import ROOT, sandbox
from .tables import Section, median, middle_half

STATEMENTS = {
    "httpx": "import httpx",
    "pandaprobe_evals": "import pandaprobe_evals",
    "PandaProbe": "from pandaprobe_evals import PandaProbe, AsyncPandaProbe, ApiKey",
    "generated client": "from pandaprobe_evals_api import Client; "
    "from pandaprobe_evals_api.api.session_runs import create_batch_session_eval_run",
    "openai": "from openai import OpenAI",
}
FIRST_ANSWERS = {
    "httpx, first answer": """import httpx
with httpx.Client(base_url=URL, headers={"X-API-Key": KEY, "X-Project-Name": "bench"}) as client:
    client.get("/evaluations/session-metrics").raise_for_status().json()""",
    "PandaProbe, first answer": """from pandaprobe_evals import PandaProbe, ApiKey
with PandaProbe(ApiKey(KEY, project="bench"), base_url=URL) as panda:
    panda.session_metrics.list()""",
}
"""The same read, as one writes it."""
KEPT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""With what is compiled kept, as for everybody: else each round compiles this package anew."""
PROGRAM = """
import sys, time
URL, KEY = sys.argv[1:]
before, wall, cpu = len(sys.modules), time.perf_counter(), time.process_time()
{statement}
wall, cpu, after = time.perf_counter() - wall, time.process_time() - cpu, len(sys.modules)
print([wall * 1e3, cpu * 1e3, after - before])
"""


def run(*, quick: bool) -> Section:
    """Measure."""
    rounds = 3 if quick else 21
    samples: dict[str, list[list[float]]] = defaultdict(list)
    programs = STATEMENTS | FIRST_ANSWERS
    names = list(programs)
    with sandbox() as url:
        for number in range(-1, rounds):  # the first one warms caches
            for name in names[number % len(names) :] + names[: number % len(names)]:
                text = subprocess.run(
                    [sys.executable, "-c", PROGRAM.format(statement=programs[name]), url, API_KEY],
                    cwd=ROOT / "build",
                    stdout=subprocess.PIPE,
                    check=True,
                    env=KEPT,
                ).stdout
                if number >= 0:
                    samples[name].append(json.loads(text))
    section = Section(
        f"(c) imports, and all until a first answer, median of {rounds} fresh interpreters each, milliseconds",
        ["ratios: to httpx's of the same kind within one round, their median (and the middle half)"],
    )
    for name, measured in samples.items():
        base = samples["httpx" if name in STATEMENTS else "httpx, first answer"]
        ratios = [one[0] / httpx[0] for one, httpx in zip(measured, base, strict=True)]
        low, high = middle_half(ratios)
        section.rows.append(
            {
                "statement": STATEMENTS[name] if len(STATEMENTS.get(name, " " * 41)) <= 40 else name,
                "wall": round(median([one[0] for one in measured]), 1),
                "cpu": round(median([one[1] for one in measured]), 1),
                "wall / httpx": round(median(ratios), 2),
                "middle half": f"{low:.2f} to {high:.2f}",
                "modules": int(measured[-1][2]),
            }
        )
    rows = dict(zip(samples, section.rows, strict=True))
    section.bar("PandaProbe / httpx, wall", measured=rows["PandaProbe"]["wall / httpx"], at_most=1.35)
    section.bar(
        "PandaProbe / httpx, wall, first answer",
        measured=rows["PandaProbe, first answer"]["wall / httpx"],
        at_most=1.35,
    )
    return section
