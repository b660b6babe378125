"""The machinery of `make mutants`, on a few of each kind: what must be killed is, and what does no harm is let be."""

import subprocess
import sys

import pytest

from tools.generate import ROOT

pytestmark = pytest.mark.once


def mutants(*arguments):
    command = [sys.executable, "-m", "tests.mutants", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "only", "killer"),
    [
        ("service", "a run lacks name", "test_a_run_completes"),
        ("client", "a create is a PUT", "test_what_is_sent"),
        ("breaking", "a metric is gone", "make compat"),
    ],
)
def test_a_mutant_is_killed_by_a_check_that_is_named(kind, only, killer):
    ran = mutants("--kind", kind, "--only", only)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert killer in ran.stdout
    assert "1 of   1" in ran.stdout


def test_there_are_as_many_as_were_promised():
    from .client import MUTANTS as CLIENT
    from .document import BREAKING, HARMLESS
    from .plane import MUTANTS as PLANE
    from .service import MUTANTS as SERVICE

    assert len(SERVICE) >= 60
    assert len(PLANE) >= 100
    assert not SERVICE.keys() & PLANE.keys()
    assert len(CLIENT) >= 30
    assert len(BREAKING) + len(HARMLESS) >= 30


def test_each_edit_of_the_client_finds_its_place():
    from .client import MUTANTS

    assert [name for name, edit in MUTANTS.items() if edit.old not in (ROOT / edit.file).read_text("utf-8")] == []
