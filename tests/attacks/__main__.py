"""Attack what the first page promises, on real sockets, processes and files, and print each figure beside its bar.

    python -m tests.attacks [--only WORDS]

Each may take LIMIT seconds. Writes build/attacks.json. Exit code 0: every promise held. 1: otherwise.
"""

import argparse
import importlib
import json
import pkgutil
import signal
import sys
import time

from tools.generate import ROOT

from . import __path__ as here
from .attack import Result

LIMIT = 300
"""Seconds: an attack that is not over by then has failed, and the next one begins."""


def attacked(attack):
    """What came of an attack, whatever it was."""

    def over(*_):
        raise TimeoutError(f"it was not over after {LIMIT} s")

    signal.signal(signal.SIGALRM, over)
    signal.alarm(LIMIT)
    try:
        return attack.run()
    except Exception as error:  # noqa: BLE001  (the others are still to come)
        return Result(f"{type(error).__name__}: {error}", held=False)
    finally:
        signal.alarm(0)


def attacks():
    """All attacks, by module: (module's name, attack)."""
    for module in pkgutil.iter_modules(here):
        for attack in getattr(importlib.import_module(f"{__package__}.{module.name}"), "ATTACKS", ()):
            yield module.name, attack


def main(arguments=None):
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", metavar="WORDS", help="attacks whose module or name has these words")
    options = parser.parse_args(arguments)
    rows = []
    for module, attack in attacks():
        if options.only not in f"{module} {attack.name}":
            continue
        began = time.monotonic()
        result = attacked(attack)
        seconds = time.monotonic() - began
        rows.append(
            {"kind": module, "attack": attack.name, "bar": attack.bar, "figure": result.figure, "held": result.held}
        )
        mark = "held" if result.held else "BROKEN"
        print(f"{mark:7}{module}: {attack.name}: {result.figure} (bar: {attack.bar}; {seconds:.1f} s)", flush=True)
    report = ROOT / "build" / "attacks.json"
    report.parent.mkdir(exist_ok=True)
    report.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(f"\n{sum(row['held'] for row in rows)} of {len(rows)} promises held; {report.relative_to(ROOT)}")
    return 0 if rows and all(row["held"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
