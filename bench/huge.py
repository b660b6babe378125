"""(g) A million session ids through a pipe: `submit --fail-under`, its time by stage, its peak memory, where ids ended up.

A stage ends with the last line that the command writes of it: runs that were made, runs that have ended and whose scores
were read, the verdict.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter

import httpx

from .machine import Helper, plain_environment, sandbox
from .tables import Section

RUNS = "/evaluations/session-runs"
CHUNK = 5_000
"""What `submit` does by itself; the rate limit of creates, 50 a minute, is off at the sandbox and in the client."""
PATIENCE = 1800
"""Seconds for an answer: the sandbox scores all sessions of all runs when it is first asked for a score."""


def _ids_of(url: str, headers: dict[str, str]) -> Counter[str]:
    """How often every id is in a run that the service has."""
    found: Counter[str] = Counter()
    with httpx.Client(base_url=url, headers=headers, timeout=PATIENCE, trust_env=False) as service:
        offset, total = 0, 1
        while offset < total:
            page = service.get(RUNS, params={"limit": 5, "offset": offset}).json()
            total = page["total"]
            for run in page["items"]:
                found.update(run["filters"]["session_ids"])
            offset += len(page["items"])
    return found


def run(*, quick: bool) -> Section:
    """Measure."""
    from pandaprobe_sandbox import API_KEY, PROJECT_NAME

    count = 100_000 if quick else 1_000_000
    runs = count // CHUNK
    command = f"seq 1 {count} | sed 's/^/s-/' | {sys.executable} -m pandaprobe_evals.cli submit --from - --metric "
    command += f"agent_reliability --chunk {CHUNK} --fail-under agent_reliability=0.1 --json "
    command += f"--timeout {PATIENCE} --pacing off"
    with sandbox(speed=100_000) as url, tempfile.TemporaryDirectory() as folder:
        with Helper("bench.sizes", "nothing", 0, 0, url, API_KEY) as bare:
            bare.line()
            bare.go()
            floor = bare.answer()["rss"]
        environ = {
            **plain_environment(),
            "PANDAPROBE_ENDPOINT": url,
            "PANDAPROBE_API_KEY": API_KEY,
            "PANDAPROBE_PROJECT_NAME": PROJECT_NAME,
            "XDG_STATE_HOME": folder,
        }
        began = time.monotonic()
        events: Counter[str] = Counter()
        at: dict[str, float] = {}
        with subprocess.Popen(["sh", "-c", command], env=environ, stdout=subprocess.PIPE) as shell:
            assert shell.stdout
            for line in shell.stdout:
                event = json.loads(line)["event"]
                events[event] += 1
                at.setdefault(f"first {event}", time.monotonic() - began)
                at[event] = time.monotonic() - began
            _, status, usage = os.wait4(shell.pid, 0)
            shell.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - began
        # Of the largest process below the shell, which is the client: Linux counts KiB.
        peak = usage.ru_maxrss / 1024
        found = _ids_of(url, {"X-API-Key": API_KEY, "X-Project-Name": PROJECT_NAME})
    section = Section(f"(g) {count:,} ids from a pipe, in chunks of {CHUNK:,}, waited for and judged")
    once = sum(times == 1 for times in found.values())
    section.rows.append(
        {
            "exit code": shell.returncode,
            "seconds": round(seconds, 1),
            "ids read": round(at["first run"], 1),
            "runs made": round(at["run"] - at["first run"], 1),
            "waited for, scores read": round(at["outcome"] - at["run"], 1),
            "judged": round(seconds - at["outcome"], 1),
            "cpu seconds": round(usage.ru_utime + usage.ru_stime, 1),
            "peak MiB": round(peak, 1),
            "over the interpreter": round(peak - floor, 1),
            "runs": events["run"],
            "ended": events["outcome"],
            "ids in exactly one run": once,
            "ids in several": len(found) - once,
        }
    )
    section.bar("peak over the interpreter, MiB", measured=round(peak - floor, 1), at_most=120)
    section.bar("ids in exactly one run", measured=once, at_least=count)
    section.bar("runs", measured=events["run"], at_most=runs, at_least=runs)
    return section
