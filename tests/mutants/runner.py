"""Runs the contract tests against one mutant, in a process of its own, and says which of them killed it."""

import contextlib
import importlib
import json
import multiprocessing
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

SERVICE_TESTS = (
    "test_life_of_a_run.py",
    "test_what_was_sent_is_kept.py",
    "test_service_answers.py",
    "test_fuzzed_service.py",
)
CLIENT_TESTS = ("test_client_sends.py", "test_client_reads.py")
"""What is run against services and clients, the quick ones first."""
ALL_TOGETHER = "all of them"
"""The name of one mutant: every harmless edit at once. Each is compared alone; the tests, which take minutes, run once."""

QUIETLY = ("-x", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant."""

    kind: str
    name: str
    killer: str
    """The check that failed first; empty where none did."""
    said: str
    """What it said."""
    seconds: float

    @property
    def right(self):
        return bool(self.killer) == (self.kind != "harmless")


def mutants():
    """Every mutant, as kind and name."""
    from . import client, document, plane, service

    tables = {
        "service": service.MUTANTS | plane.MUTANTS,
        "client": client.MUTANTS,
        "breaking": document.BREAKING,
        "harmless": {ALL_TOGETHER: None},
    }
    return [(kind, name) for kind, table in tables.items() for name in table]


def run_all(jobs, processes=2):
    """Verdicts, as they come."""
    for heavy in ("schemathesis", "hypothesis", "httpx", "respx", "openapi_core", "fastapi", "jsonschema_rs", "yaml"):
        importlib.import_module(heavy)  # once, for every child
    with multiprocessing.get_context("fork").Pool(processes, maxtasksperchild=1) as pool:
        for found in pool.imap_unordered(_run, jobs, chunksize=1):
            yield Verdict(*found)


def _run(job):
    kind, name = job
    began = time.monotonic()
    for module in [name for name in sys.modules if name.startswith(("pandaprobe_", "tests.", "tools."))]:
        del sys.modules[module]  # the child imports what the mutant leaves of them
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        killer, said = {"service": _service, "client": _client}.get(kind, _document)(kind, name, Path(folder))
    return kind, name, killer, said, time.monotonic() - began


def _service(kind, name, folder):
    service, mutants, plane = map(
        importlib.import_module, ("tests.contract.service", "tests.mutants.service", "tests.mutants.plane")
    )
    service.AROUND.append((mutants.MUTANTS | plane.MUTANTS)[name].layer())
    return _tested([f"tests/contract/{each}" for each in SERVICE_TESTS])


def _client(kind, name, folder):
    client = importlib.import_module("tests.mutants.client")
    edit = client.MUTANTS[name]
    sys.path[:0] = client.plant(edit, folder)
    return _tested(edit.tests or [f"tests/contract/{each}" for each in CLIENT_TESTS])


def _document(kind, name, folder):
    """The gate for edits of openapi.yaml first; the tests where it lets one pass, with the client that it yields."""
    edits = importlib.import_module("tests.mutants.document")
    generate, compat = (importlib.import_module(f"tools.{each}") for each in ("generate", "compat"))
    before = generate.read_document()
    after = before
    for each, edit in (
        edits.HARMLESS.items() if name == ALL_TOGETHER else [(name, (edits.BREAKING | edits.HARMLESS)[name])]
    ):
        if breaking := [change for change in compat.compare(before, edit(before)) if change.breaking]:
            return "make compat", f"{each}: {breaking[0].pointer}: {breaking[0].what}"
        after = edit(after)
    if kind == "breaking":
        return "", ""
    path = folder / "openapi.yaml"
    path.write_text(json.dumps(after), encoding="utf-8")
    generate.generate(path, folder / "pandaprobe_evals_api")
    sys.path.insert(0, str(folder))
    os.environ["CONTRACT_DOCUMENT"] = str(path)
    for module in [name for name in sys.modules if name.startswith(("pandaprobe_", "tests.", "tools."))]:
        del sys.modules[module]
    return _tested([f"tests/contract/{each}" for each in SERVICE_TESTS + CLIENT_TESTS])


class _FirstFailure:
    """A plugin of pytest that remembers what failed first."""

    killer = said = ""

    def pytest_runtest_logreport(self, report):
        if report.failed and not self.killer:
            self.killer = report.nodeid.partition("::")[2] or report.nodeid
            crash = getattr(report.longrepr, "reprcrash", None)
            self.said = " ".join((crash.message if crash else str(report.longrepr)).split())[:300]

    pytest_collectreport = pytest_runtest_logreport


def _tested(arguments):
    """Run pytest with these arguments; the test that failed first, and what it said."""
    first = _FirstFailure()
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        code = pytest.main([*QUIETLY, *arguments], plugins=[first])
    if code not in (0, 1):
        return (first.killer, first.said) if code == 2 and first.killer else ("", f"pytest ended with {code}")
    return first.killer, first.said
