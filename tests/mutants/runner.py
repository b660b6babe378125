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

SERVICE_TESTS = ("test_life_of_a_run.py", "test_service_answers.py", "test_fuzzed_service.py")
CLIENT_TESTS = ("test_client_sends.py", "test_client_reads.py")
TESTS = {"service": SERVICE_TESTS, "client": CLIENT_TESTS, "breaking": (), "harmless": SERVICE_TESTS + CLIENT_TESTS}
"""What is run against each kind of mutant, the quick ones first."""

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
    from . import client, document, service

    tables = {
        "service": service.MUTANTS,
        "client": client.MUTANTS,
        "breaking": document.BREAKING,
        "harmless": document.HARMLESS,
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
    service, mutants = (importlib.import_module(f"tests.{each}.service") for each in ("contract", "mutants"))
    service.AROUND.append(mutants.MUTANTS[name].layer())
    return _tested(kind)


def _client(kind, name, folder):
    client = importlib.import_module("tests.mutants.client")
    sys.path[:0] = client.plant(client.MUTANTS[name], folder)
    return _tested(kind)


def _document(kind, name, folder):
    """The gate for edits of openapi.yaml first; the tests where it lets one pass, with the client that it yields."""
    edits = importlib.import_module("tests.mutants.document")
    generate, compat = (importlib.import_module(f"tools.{each}") for each in ("generate", "compat"))
    before = generate.read_document()
    after = (edits.BREAKING | edits.HARMLESS)[name](before)
    if breaking := [change for change in compat.compare(before, after) if change.breaking]:
        return "make compat", f"{breaking[0].pointer}: {breaking[0].what}"
    if kind == "breaking":
        return "", ""
    path = folder / "openapi.yaml"
    path.write_text(json.dumps(after), encoding="utf-8")
    generate.generate(path, folder / "pandaprobe_evals_api")
    sys.path.insert(0, str(folder))
    os.environ["CONTRACT_DOCUMENT"] = str(path)
    for module in [name for name in sys.modules if name.startswith(("pandaprobe_", "tests.", "tools."))]:
        del sys.modules[module]
    return _tested(kind)


class _FirstFailure:
    """A plugin of pytest that remembers what failed first."""

    killer = said = ""

    def pytest_runtest_logreport(self, report):
        if report.failed and not self.killer:
            self.killer = report.nodeid.partition("::")[2] or report.nodeid
            crash = getattr(report.longrepr, "reprcrash", None)
            self.said = " ".join((crash.message if crash else str(report.longrepr)).split())[:300]

    pytest_collectreport = pytest_runtest_logreport


def _tested(kind):
    first = _FirstFailure()
    paths = [f"tests/contract/{name}" for name in TESTS[kind]]
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        code = pytest.main([*QUIETLY, *paths], plugins=[first])
    if code not in (0, 1):
        return (first.killer, first.said) if code == 2 and first.killer else ("", f"pytest ended with {code}")
    return first.killer, first.said
