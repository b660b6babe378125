"""A deployment that violates the contract fails the check, in whatever way it does."""

import pytest
from pandaprobe_evals.conformance import check
from pandaprobe_evals.sandbox import Sandbox

from .conftest import MODES, InProcess
from .violations import BACKWARDS, READ, WRITTEN

pytestmark = pytest.mark.slow


def found_in(box, mutant, **options):
    app = mutant.layer()(box.app, box)
    options = {"patience": 3.0, "fail_fast": True, **options}
    return check(MODES["api key"], "http://localhost", transport=InProcess(app), **options)


@pytest.mark.parametrize("mutant", READ.values(), ids=READ)
def test_a_violation_is_found_by_reading(lively, mutant):
    report = found_in(lively, mutant)
    assert report.exit_code == 1, report.summary()
    assert report.left == []


@pytest.mark.parametrize("mutant", WRITTEN.values(), ids=WRITTEN)
def test_a_violation_is_found_in_the_life_of_a_run(lively, mutant):
    report = found_in(lively, mutant, writes=True)
    assert report.exit_code == 1, report.summary()


def test_a_run_that_goes_back_while_it_is_at_work_is_found():
    with Sandbox(rate_limit=None, pending_seconds=0.02, seconds_per_session=0.15) as box:
        report = found_in(box, BACKWARDS, writes=True)
        assert report.exit_code == 1, report.summary()
