"""What of the contract the tests reach, as a table and as build/contract-coverage.html.

    python -m tests.contract.coverage [FOLDER]

Runs the contract tests with their exchanges recorded; with FOLDER, shows what a run has recorded there. Exit code 0: all
that must be reached is, but for what is named as an exception. 1: something is missing, and is named.
"""

import functools
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass

from tools.generate import ROOT

from . import recorder
from .document import ANSWERS, LINKS
from .page import page

PAGE = ROOT / "build" / "contract-coverage.html"

IN_A_URL = "what stands in a URL is text"
ANY_TEXT = "the branch beside it takes any text"
FILTERS = "/components/schemas/MonitorRunFilters/properties"
EXCEPTIONS = {
    ("server", "request", "broken", f"{FILTERS}/date_from/anyOf/0/format"): ANY_TEXT,
    ("server", "request", "broken", f"{FILTERS}/date_to/anyOf/0/format"): ANY_TEXT,
    (
        "server",
        "answer",
        "kept",
        "/components/schemas/TraceRunTemplate/properties/filters/properties/tags/items/type",
    ): "the filters of a template are all null",
}
"""Keywords that cannot be met: by side, part, polarity and pointer, each with its reason."""
SHARE_BROKEN = 0.9
"""Of the answers' keywords, how many must have been broken."""
COLUMNS = {
    ("server", "request", "kept"): 1.0,
    ("server", "request", "broken"): 1.0,
    ("client", "request", "kept"): 1.0,
    ("server", "answer", "kept"): 1.0,
    ("server", "answer", "broken"): SHARE_BROKEN,
    ("client", "answer", "kept"): 1.0,
    ("client", "answer", "broken"): SHARE_BROKEN,
}
"""By side, part and polarity: the share of keywords that must be met."""


@dataclass
class Figure:
    """One line of the table: how many of how many, and what is missing."""

    what: str
    all: list
    missing: list
    needed: float = 1.0

    @property
    def share(self):
        return 1 - len(self.missing) / len(self.all) if self.all else 1.0

    @property
    def good(self):
        return self.share >= self.needed

    def __str__(self):
        mark = "ok" if self.good else "LACKS"
        return f"{mark:6}{self.what:62} {len(self.all) - len(self.missing):4} of {len(self.all):4}  {self.share:7.1%}"


def figures(seen):
    """Every figure, from what was seen."""
    found = []

    def add(what, wanted, met, needed=1.0):
        wanted = list(wanted)
        found.append(Figure(what, wanted, [each for each in wanted if not met(each)], needed))

    for side in ("server", "client"):
        add(f"{side}: operations x documented statuses", ANSWERS, lambda each, side=side: seen[side, "status", *each])
    stand = recorder.inventory()
    for (side, part, polarity), needed in COLUMNS.items():
        wanted = [at for at in sorted(stand[part]) if not exception(side, part, polarity, at)]
        met = lambda at, key=(side, part), polarity=polarity: seen[*key, at, polarity]  # noqa: E731  (bound to this side and part)
        add(f"{side}: keywords of {part}s {polarity}", wanted, met, needed)
    add("links followed", LINKS, lambda name: seen["link", name])
    add("transitions of a run's life", recorder.TRANSITIONS, lambda each: seen["transition", *each])
    return found


def exception(side, part, polarity, at):
    """Why a keyword cannot be met; None where it can."""
    if side == "client" and part == "request":
        if any(recorder.node_at(above).get("x-coerced") for above in schemas_above(at)):
            return "what the service also takes, and the client never sends"
        if recorder.node_at(at) == "null":
            return "what is None is left out"
    if (side, part, polarity) == ("server", "request", "broken") and at in only_in_urls():
        return IN_A_URL
    return EXCEPTIONS.get((side, part, polarity, at))


@functools.cache
def only_in_urls():
    """The types of what stands in paths and queries and in no body: whatever stands there is text, once or more often."""
    stand = recorder.inventory()
    types = {at for at in stand["url"] - stand["body"] if at.endswith("/type")}
    return {at for at in types if recorder.node_at(at) in ("string", "array")}


def exceptions():
    """Every keyword that cannot be met, and why."""
    stand = recorder.inventory()
    keys = ((*column, at) for column in COLUMNS for at in sorted(stand[column[1]]))
    return [(key, why) for key in keys if (why := exception(*key))]


def schemas_above(at):
    """The schemas that a keyword is in, the nearest first, as pointers."""
    while at := at.rpartition("/")[0]:
        if isinstance(recorder.node_at(at), dict):
            yield at


def record(folder):
    """Run the contract tests, recorded; returns pytest's exit code."""
    environment = {**os.environ, "CONTRACT_RECORD": folder, "CONTRACT_KEYWORDS": "1", "CONTRACT_EFFORT": "2"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/contract"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def main(arguments):
    if arguments:
        seen, code = recorder.load(arguments[0]), 0
    else:
        with tempfile.TemporaryDirectory() as folder:
            code = record(folder)
            seen = recorder.load(folder)
    found = figures(seen)
    print(*found, sep="\n")
    for figure in found:
        if figure.missing:
            print(f"\n{figure.what}, not met:", *figure.missing, sep="\n  ")
    print("\nExceptions, which do not count:")
    for key, why in exceptions():
        print(f"  {' '.join(key)}: {why}")
    print(f"\nAs a picture: {PAGE.relative_to(ROOT)}")
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(seen, found, exception), encoding="utf-8")
    return code or not all(figure.good for figure in found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
