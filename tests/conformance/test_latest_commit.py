"""How late a deployment commits is measured, said beside what to set, and leaves nothing behind."""

import itertools

import httpx
import pytest
from pandaprobe_conformance.commits import LONGEST, advice, latest_commit
from pandaprobe_conformance.findings import Report
from pandaprobe_conformance.inspection import Inspection
from pandaprobe_conformance.wire import Pair, Wire
from pandaprobe_evals import BackoffPolicy, contract
from pandaprobe_sandbox import Sandbox

from .conftest import HEADERS, METRICS, MODES, RUNS

CREATE = "create_session_eval_run"


@pytest.fixture
def box():
    with Sandbox(rate_limit=None, read_limit=None, speed=50) as box:
        box.add_session("known")
        yield box


def measured(box, **options):
    """The report of this part alone, on a port, with the runs that are there at its end, and after the clean-up."""
    with box.serve() as url, httpx.Client() as http:
        report = Report(url, contract.version(), writes=True)
        inspection = Inspection(Wire(http, url, **options), Pair.of(MODES["api key"]), report)
        latest_commit(inspection, METRICS[0])
        made = set(inspection.made)
        listed = {run["id"] for run in http.get(f"{url}{RUNS}", headers=HEADERS).json()["items"]}
        inspection.clean_up()
        left = http.get(f"{url}{RUNS}", headers=HEADERS).json()["items"]
    return report, made, listed, left


def test_a_late_commit_is_measured_and_said_beside_the_setting(box):
    box.inject("late_commit", operation=CREATE, delay=0.8)
    report, made, listed, left = measured(box)
    assert report.latest_commit > 0.7
    assert "after the connection of its create broke" in report.notes[0]
    assert "BackoffPolicy.settle" in report.notes[0]
    assert made == listed
    assert (len(made), left, box.units_billed) == (1, [], 0)


def test_a_create_that_never_commits_is_looked_for_no_longer_than_said(box):
    box.inject("drop_before_commit", operation=CREATE)
    clock = itertools.count()
    report, made, listed, _ = measured(box, clock=lambda: float(next(clock)), sleep=lambda _: None)
    assert (report.latest_commit, made, listed) == (None, set(), set())
    assert f"within {LONGEST:.0f} s" in report.notes[0]


def test_a_project_without_sessions_is_not_measured_and_says_why():
    clock = itertools.count()
    with Sandbox(rate_limit=None, read_limit=None) as box:
        report, made, _, _ = measured(box, clock=lambda: float(next(clock)), sleep=lambda _: None)
    assert (report.latest_commit, made) == (None, set())
    assert "was" in report.notes[0]


@pytest.mark.parametrize(("late", "asked"), [(0.0, False), (2.9, False), (3.5, True), (15.0, True)])
def test_what_is_to_be_set_is_more_than_was_measured(late, asked):
    said = advice(late)
    assert said.startswith("set BackoffPolicy(settle=") is asked
    if asked:
        assert float(said.split("settle=")[1].split(")")[0]) >= max(late * 2, BackoffPolicy().settle)


def test_only_a_create_of_session_runs_makes_a_run_to_delete():
    """A deployment that takes what must be refused, of another kind, has no session run of that id."""
    answer = httpx.Response(201, json={"id": "3c90c3cc-0d44-4b50-8888-8dd25736052a"})
    with httpx.Client(transport=httpx.MockTransport(lambda _: answer)) as http:
        report = Report("http://localhost", contract.version(), writes=False)
        inspection = Inspection(Wire(http, "http://localhost"), Pair.of(MODES["api key"]), report)
        inspection.ask("it is refused", "create_monitor", 401, headers=[], body={})
    assert inspection.made == {}
