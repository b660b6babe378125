"""A deployment that violates the contract fails the check, in whatever way it does."""

import time

import httpx
import pytest
from pandaprobe_conformance import check
from pandaprobe_sandbox import Sandbox, SandboxTransport

from .conftest import HEADERS, MODES, RUNS
from .generated import GENERATED
from .held_back import HELD_BACK
from .kinds import KINDS
from .measuring import reported
from .sloppy import SLOPPY, UNASKED
from .violations import BACKWARDS, READ, WRITTEN

pytestmark = pytest.mark.slow


def found_in(box, mutant, **options):
    app = mutant.layer()(box.app, box)
    options = {"patience": 3.0, "fail_fast": True, **options}
    return check(MODES["api key"], "http://localhost", transport=SandboxTransport(app), **options)


def half_deep(mutants):
    """Every second one is left to `make pytest`."""
    return [
        pytest.param(mutant, id=name, marks=[pytest.mark.deep] if place % 2 else [])
        for place, (name, mutant) in enumerate(mutants)
    ]


@pytest.mark.parametrize("mutant", half_deep(READ.items()))
def test_a_violation_is_found_by_reading(lively, mutant):
    report = found_in(lively, mutant)
    assert report.exit_code == 1, report.summary()
    assert report.left == []


@pytest.mark.parametrize("mutant", WRITTEN.values(), ids=WRITTEN)
def test_a_violation_is_found_in_the_life_of_a_run(lively, mutant):
    report = found_in(lively, mutant, writes=True)
    assert report.exit_code == 1, report.summary()


def test_a_run_that_goes_back_while_it_is_at_work_is_found():
    with Sandbox(rate_limit=None, read_limit=None, pending_seconds=0.02, seconds_per_session=0.15) as box:
        report = found_in(box, BACKWARDS, writes=True)
        assert report.exit_code == 1, report.summary()


FEW = [*list(KINDS.items())[::12], *list(SLOPPY.items())[::3], *list(GENERATED.items())[::25]]
"""Some of each kind, half of them for `make test-all`; `make attacks` tries all."""


@pytest.mark.parametrize("mutant", half_deep(FEW))
def test_a_violation_of_each_kind_is_found(mutant):
    found, report, _ = reported(mutant)
    assert found, report.summary()
    assert report.left == []


@pytest.mark.parametrize("mutant", UNASKED.values(), ids=UNASKED)
def test_what_the_check_does_not_ask_for_is_known(mutant):
    found, report, _ = reported(mutant)
    assert not found, report.summary()


@pytest.mark.parametrize("name", ["a retry is of the first session only", "a retry is of no session"])
def test_a_service_that_retries_other_sessions_answers_all_the_same(name):
    mutant = HELD_BACK.get(name) or KINDS[f"deletes and retries: {name}"]
    with Sandbox(rate_limit=None, read_limit=None, speed=10**6) as box:
        transport = SandboxTransport(mutant.layer()(box.app, box))
        with httpx.Client(transport=transport, base_url="http://sandbox", headers=HEADERS) as http:
            body = {"session_ids": ["fail-a", "fail-b"], "metrics": ["agent_reliability"]}
            run = http.post(f"{RUNS}/batch", json=body).json()
            time.sleep(0.01)
            retry = http.post(f"{RUNS}/{run['id']}/retry").json()
            time.sleep(0.01)
            assert retry["filters"]["session_ids"] == ["fail-a"][: retry["total_targets"]]
            scores = http.get(f"{RUNS}/{retry['id']}/scores")
            assert (scores.status_code, len(scores.json())) == (200, retry["total_targets"])


def test_there_are_as_many_as_were_promised():
    assert len(KINDS) >= 150


def test_a_violation_of_each_kind_is_found_on_a_port():
    with Sandbox(rate_limit=None, read_limit=None, speed=200) as box:
        for name in ("isolation: everything leaks", "into a run: session ids in NFC"):
            box._wire = KINDS[name].layer()(box.app, box)
            with box.serve() as url:
                report = check(MODES["api key"], url, writes=True, patience=5.0)
            assert report.exit_code == 1, name
            box._wire = box._wire.app
