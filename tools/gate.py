"""`make test` and `make test-all`: the checks, and the tests on every Python that is found.

`make test` is for while one works: on this Python, the tests that are not marked slow, two cases of each. `make test-all`,
which CI runs, leaves out on this Python what is marked deep, which says with more what another test says with less, and of
a test's cases those whose every value is in another case; on the other Pythons it runs what depends on the Python, on one
the first case of each test, on the next the last. `make pytest` runs every case of every test, and so do the workflows, on
each Python.

The parts run side by side, as many as there are processors. A part that passes is one line (with what it had to skip);
of one that fails, all it printed is shown. Where few tests of a part fail, these are run again with nothing beside them,
since some race with real clocks, and a busy machine is no defect. What then passes is named: it is to be mended.
Only the standard library is used here.
"""

import asyncio
import os
import re
import resource
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from shutil import which

ROOT = Path(__file__).resolve().parent.parent
# Prints why a Python cannot be used, or its version.
PROBE = """
import sys, sysconfig
try:
    import ensurepip, venv
except ImportError as error:
    print(f"no: it lacks {error.name} (Debian and Ubuntu: apt-get install python3-venv)")
else:
    gil = not sysconfig.get_config_var("Py_GIL_DISABLED")
    print("%d.%d.%d" % sys.version_info[:3] if gil else "no: it is a free-threaded build")
"""


FEW = 5
"""Failed tests of a part that are run again; more are no matter of a busy machine."""


@dataclass(frozen=True)
class Part:
    """One thing that must pass."""

    name: str
    command: list[str]


def supported() -> list[str]:
    """The Python versions that pyproject.toml promises to support."""
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["classifiers"]
    return re.findall(r"Python :: (3\.\d+)\b", "\n".join(classifiers))


def probe(python: Path | str, version: str) -> str:
    """Return nothing when this interpreter is a usable Python of that version, else why it is not."""
    try:
        run = subprocess.run([python, "-c", PROBE], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not run: {error}"
    said = run.stdout.strip()
    if run.returncode or not said:
        return "does not run" + (" (a pyenv shim without a version)" if "pyenv" in run.stderr else "")
    if said.startswith("no: "):
        return said.removeprefix("no: ")
    return "" if said.startswith(f"{version}.") else f"is Python {said}"


def find(version: str) -> tuple[str | None, str]:
    """Find an interpreter of this version; its path, or None and what was looked at."""
    roots = {Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")}
    if which("pyenv"):
        asked = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=False)
        roots |= {Path(line) for line in asked.stdout.splitlines()[:1]}
    candidates = [Path(path)] if (path := which(f"python{version}")) else []
    for root in sorted(roots):
        newest_first = sorted(root.glob(f"versions/{version}*/bin/python"), key=natural, reverse=True)
        candidates += newest_first
    reasons = []
    for candidate in candidates:
        if not (reason := probe(candidate, version)):
            return str(candidate), ""
        reasons.append(f"{candidate} {reason}")
    return None, "; ".join(reasons) or f"no python{version} on PATH and none among pyenv's versions"


def natural(path: Path) -> list[int]:
    """A sort key that puts 3.13.10 after 3.13.9."""
    return [int(number) for number in re.findall(r"\d+", str(path))]


QUICK = '-m "not slow" --cases both'
EACH = '-m "not deep" --cases each'
DEPEND = [
    "client", "creation", "faults", "pacing", "packaging", "sandbox", "testing_kit", "generation/test_generate.py",
    "judging/test_arrow.py", "judging/test_results.py", "command_line/test_commands.py", "command_line/test_help.py",
    "command_line/test_ledger.py", "command_line/test_moments.py", "command_line/test_says.py",
    "command_line/test_settings.py", "command_line/test_submit.py", "command_line/test_surroundings.py",
]  # fmt: skip
"""Of tests/, what depends on the Python: files, sockets, loops, threads, processes, what is imported, texts and times."""
ELSEWHERE = " ".join(['-m "not slow and not once" --cases {cases}', *(f"tests/{each}" for each in DEPEND)])
"""On another Python."""
EFFORT = {"CONTRACT_EFFORT": "0.4"}
"""Of answers and requests that are made up, so many of those that `make pytest` makes up (tests/contract/service.py)."""


def plan(everything: bool) -> list[Part]:
    """The parts, the longest first, so that no processor waits for one that began late."""
    # Under `make -j` the outer make would pass on a job server that cannot be reached through this process.
    make = [os.environ.get("MAKE", "make"), "--no-print-directory"]
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    # Workers of a part: a test waits half of its time, for a server or a process, and each worker collects all tests first.
    # The last part that runs has the processors for itself, and is the longest.
    jobs, fewer = (f"JOBS={each * (os.cpu_count() or 2) // 2}" for each in (7, 3))
    here = EACH if everything else QUICK
    parts = [Part(f"pytest {own}", [*make, "pytest", jobs, f"ARGS={here}"]), Part("check", [*make, "check"])]
    others = [version for version in supported() if version != own]
    for version, cases in zip(others if everything else (), cycle(("first", "last")), strict=False):
        python, problem = find(version)
        if python:
            if not (ROOT / f".venv-{version}").exists():
                print(f"Python {version} is {python}; .venv-{version} is built for it first", flush=True)
            target = [f"pytest-{version}", f"PYTHON={python}", fewer, f"ARGS={ELSEWHERE.format(cases=cases)}"]
            parts.append(Part(f"pytest {version}", [*make, *target]))
        else:
            print(f"Python {version} was SKIPPED: {problem}", flush=True)
    return parts


async def run(part: Part, processors: asyncio.Semaphore, options: str = "") -> tuple[bool, int]:
    """Run one part and print its line; whether it passed, and how many of its tests failed."""
    async with processors:
        started = time.monotonic()
        environment = {key: value for key, value in os.environ.items() if key not in {"MAKEFLAGS", "MAKELEVEL"}}
        environment = EFFORT | environment
        if options:
            environment["PYTEST_ADDOPTS"] = options
        process = await asyncio.create_subprocess_exec(
            *part.command,
            cwd=ROOT,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output = (await process.communicate())[0].decode(errors="replace").rstrip()
        passed = process.returncode == 0
        print(f"{'ok' if passed else 'FAILED':7} {part.name:16} {time.monotonic() - started:6.1f} s", flush=True)
    lines = output.splitlines()
    if not passed:
        print(*(f"  | {line}" for line in lines), sep="\n", flush=True)
    else:
        for line in lines:
            if "SKIPPED" in line:
                print(f"        {line}", flush=True)
    closing = ""
    if part.name.startswith("pytest") and lines:
        # As pytest printed it: CI reads this closing line.
        closing = next((line for line in reversed(lines) if re.search(r" in [\d.]+s", line)), lines[-1])
        print(closing, flush=True)
    return passed, sum(map(int, re.findall(r"\b(\d+) (?:failed|errors?)\b", closing)))


async def main(everything: bool) -> int:
    started = time.monotonic()
    parts = plan(everything)
    count = os.cpu_count() or 2
    if not everything:
        print(
            "Left out: tests marked slow, all but two cases of each, other Pythons; `make test-all` runs them",
            flush=True,
        )
    print(f"{len(parts)} parts, {count} at a time: {', '.join(part.name for part in parts)}", flush=True)
    processors = asyncio.Semaphore(count)
    results = await asyncio.gather(*(run(part, processors) for part in parts))
    failed = []
    for part, (passed, failures) in zip(parts, results, strict=True):
        if not passed and 0 < failures <= FEW:
            print(f"{part.name}: its {failures} failures are run again, alone", flush=True)
            again, _ = await run(part, processors, "--last-failed --last-failed-no-failures=none")
            if again:
                print(f"WOBBLED {part.name}: what failed above passes alone; mend it", flush=True)
                continue
        if not passed:
            failed.append(part.name)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{'FAILED: ' + ', '.join(failed) if failed else 'All passed'}, after {time.monotonic() - started:.0f} s "
        f"and {spent.ru_utime + spent.ru_stime:.0f} s of processors"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main(sys.argv[1:] == ["--all"])))
    except KeyboardInterrupt:
        sys.exit("interrupted")
