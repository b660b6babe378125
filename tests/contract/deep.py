"""The contract tests with fresh seeds and more of everything, for up to ten minutes; ends with the figures.

    python -m tests.contract.deep [SEED]

Prints the seed first; the same seed repeats the run. Exit code 0: nothing was found. 1: something was, and is shown.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from tools.generate import ROOT

from . import recorder

MINUTES = 10
FUZZED_SEEDS = 20
AT_ONCE = 2
"""Of them in one process, since each start of pytest takes seconds."""
WANTED = {
    "requests judged": "made-up requests judged by openapi-core",
    "valid answers": "valid answers parsed and written out again",
    "malformed answers": "malformed answers that ended in an error of ours",
    "fuzz runs": "runs of schemathesis: seeds x authentication modes",
    "fuzzed exchanges": "exchanges in these",
}
AT_LEAST = {
    "requests judged": 10_000,
    "valid answers": 10_000,
    "malformed answers": 10_000,
    "fuzz runs": 2 * FUZZED_SEEDS,
}


def jobs(seed):
    """What to run, as a name, a file of tests, seeds and effort."""
    yield f"what the client reads, seed {seed}", "test_client_reads.py", seed, 17
    yield f"what the client sends, seed {seed}", "test_client_sends.py", seed, 25
    for first in range(seed, seed + FUZZED_SEEDS, AT_ONCE):
        seeds = ",".join(map(str, range(first, first + AT_ONCE)))
        yield f"the sandbox fuzzed, seeds {seeds}", "test_fuzzed_service.py", seeds, 1


def run(job, folder, until):
    """Run one job; what it printed where it failed, and None where there was no time for it."""
    name, file, seeds, effort = job
    if time.monotonic() > until:
        return None
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/contract/{file}"]
    environment = {"CONTRACT_SEEDS": str(seeds), "CONTRACT_EFFORT": str(effort), "CONTRACT_RECORD": folder}
    ran = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    print(f"{'FAILED' if ran.returncode else 'ok':7}{name}", flush=True)
    return ran.stdout if ran.returncode else ""


def main(arguments):
    seed = int(arguments[0]) if arguments else secrets.randbelow(1_000_000)
    print(f"seed {seed}; to repeat this run: make contract-deep SEED={seed}", flush=True)
    until = time.monotonic() + MINUTES * 60
    with tempfile.TemporaryDirectory() as folder:
        with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
            found = list(pool.map(lambda job: run(job, folder, until), jobs(seed)))
        seen = recorder.load(folder)
    print()
    for key, words in WANTED.items():
        least = f"   (at least {AT_LEAST[key]:,})" if key in AT_LEAST else ""
        print(f"{seen['figure', key]:8,}  {words}{least}")
    print(f"{seen['figure', 'false alarms']:8,}  false alarms on the sandbox as it is")
    failed = [text for text in found if text]
    print(f"{len(failed):8,}  jobs failed: a raw KeyError, TypeError, ValueError or AttributeError, a wrongly typed")
    print(f"{'':10}attribute, an invalid request or a false alarm would each fail one")
    print(*failed, sep="\n")
    if None in found:
        print(f"{found.count(None)} jobs were left out: the {MINUTES} minutes were over")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
