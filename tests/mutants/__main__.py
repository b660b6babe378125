"""Kill every mutant: services, clients and documents that break the contract, each by a check that says so.

    python -m tests.mutants [--kind KIND] [--only WORDS] [--processes N]

Prints each mutant with the check that killed it, writes build/mutants.json, and ends with the figures. Exit code 0: every
mutant was killed, and no check complained about a harmless edit. 1: otherwise.
"""

import argparse
import json
import sys
from collections import Counter
from dataclasses import asdict

from tools.generate import ROOT

from .runner import mutants, run_all

KINDS = {
    "service": "violations of the sandbox killed",
    "client": "edits of the client killed",
    "breaking": "breaking edits of openapi.yaml killed",
    "harmless": "harmless edits of openapi.yaml let pass",
}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--only", default="", metavar="WORDS", help="mutants whose names have these words")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args(arguments)
    jobs = [job for job in mutants() if job[0] in (options.kind or KINDS) and options.only in job[1]]
    verdicts = []
    for verdict in run_all(jobs, options.processes):
        verdicts.append(verdict)
        mark = "ok" if verdict.right else "WRONG"
        killer = verdict.killer or ("nothing complained" if verdict.kind == "harmless" else "SURVIVED")
        print(f"{mark:6}{verdict.kind:9} {verdict.name}: {killer} ({verdict.seconds:.1f} s)", flush=True)
        if not verdict.right:
            print(f"      {verdict.said}", flush=True)
    report = ROOT / "build" / "mutants.json"
    report.parent.mkdir(exist_ok=True)
    report.write_text(json.dumps([asdict(verdict) for verdict in verdicts], indent=1) + "\n", encoding="utf-8")
    all_of, right = (Counter(each.kind for each in verdicts if each.right or every) for every in (True, False))
    print(f"\nWhich check killed which: {report.relative_to(ROOT)}")
    for kind, words in KINDS.items():
        if all_of[kind]:
            print(f"{right[kind]:4} of {all_of[kind]:3} {words}")
    return 0 if jobs and all(verdict.right for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
