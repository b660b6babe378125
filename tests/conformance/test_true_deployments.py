"""A deployment that keeps the contract passes the check, and is left as it was found."""

import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from pandaprobe_conformance import announcement, check
from pandaprobe_conformance.probes import PRICE
from pandaprobe_evals import ApiKey
from pandaprobe_sandbox import (
    API_KEY,
    EXPIRED_API_KEY,
    FORBIDDEN_API_KEY,
    HOBBY_API_KEY,
    PROJECT_NAME,
    HeldClock,
    Sandbox,
)

from tests.mutants.service import Mutant, runs

from .conftest import HEADERS, MODES, RUNS, lived_in
from .violations import shifted

pytestmark = pytest.mark.slow


def said(report):
    return [f"{one.promise}: {one.operation} expected {one.expected}, came {one.came}" for one in report.violations]


@pytest.mark.parametrize("field", ["total_targets", "total_traces"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("lived", [False, True], ids=["empty", "lived in"])
def test_a_true_deployment_passes_with_and_without_writes(checked, field, mode, lived):
    with Sandbox(rate_limit=None, read_limit=None, speed=200, total_field=field) as box:
        if lived:
            lived_in(box)
        for writes in (False, True):
            report = checked(box, mode, writes=writes)
            assert said(report) == []
            assert report.exit_code == 0, report.summary()


def test_a_read_only_check_creates_nothing_and_changes_nothing(checked, lively):
    def state():
        with httpx.Client(transport=lively.transport(), base_url="http://sandbox", headers=HEADERS) as http:
            return [run["id"] for run in http.get(RUNS).json()["items"]]

    before, billed = state(), lively.units_billed
    report = checked(lively)
    assert report.exit_code == 0
    assert (state(), lively.units_billed, report.runs) == (before, billed, [])


def test_a_check_with_writes_costs_what_it_said_and_deletes_what_it_made(checked):
    with Sandbox(rate_limit=None, read_limit=None, speed=200) as box:
        box.add_session("known")
        report = checked(box, writes=True)
        assert report.exit_code == 0, said(report)
        assert len(report.runs) == PRICE.runs
        assert box.units_billed == PRICE.units <= 12
        assert f"{PRICE.runs} runs" in announcement(writes=True)
        assert f"{PRICE.units} units" in announcement(writes=False)
        with httpx.Client(transport=box.transport(), base_url="http://sandbox", headers=HEADERS) as http:
            assert http.get(RUNS).json()["total"] == 0
            scores = http.get("/evaluations/session-scores").json()["items"]
            assert {score["eval_run_id"] for score in scores} == {None}  # of the run deleted without its scores


def test_it_checks_a_deployment_on_a_port_within_its_rate_limit():
    with Sandbox(speed=50) as box, box.serve() as url:
        report = check(MODES["api key"], url, writes=True)
        assert said(report) == []
        assert 429 not in {request.status for request in box.requests}


def test_a_rate_limit_that_others_have_used_up_is_waited_out_and_is_no_violation():
    with Sandbox(speed=200, rate_limit=(5, 1.0)) as box, box.serve() as url:
        report = check(MODES["api key"], url)
        assert said(report) == []
        assert 429 in {request.status for request in box.requests}
        assert any(one.status == 429 and one.agrees for one in report.findings)


@pytest.mark.parametrize(
    ("key", "why"),
    [("sk_pp_unknown", "refused"), (EXPIRED_API_KEY, "expired"), (FORBIDDEN_API_KEY, "permission")],
)
def test_refused_credentials_are_no_violation_but_a_check_that_could_not_run(key, why):
    with Sandbox() as box:
        report = check(ApiKey(key, PROJECT_NAME), "http://localhost", transport=box.transport())
    assert report.exit_code == 2
    assert why in report.stopped
    assert report.findings == []


def test_a_plan_that_is_used_up_stops_the_writes_alone():
    with Sandbox(rate_limit=None, read_limit=None, speed=200) as box:
        hobby = {**HEADERS, "X-API-Key": HOBBY_API_KEY}
        with httpx.Client(transport=box.transport(), base_url="http://sandbox", headers=hobby) as http:
            http.post(f"{RUNS}/batch", json={"session_ids": list("abcdefgh"), "metrics": ["agent_reliability"]})
        report = check(ApiKey(HOBBY_API_KEY, PROJECT_NAME), "http://localhost", transport=box.transport(), writes=True)
    assert said(report) == []
    assert report.exit_code == 2
    assert "session_evals limit" in report.stopped


def test_nothing_there_is_a_check_that_could_not_run():
    report = check(ApiKey(API_KEY, PROJECT_NAME), "http://127.0.0.1:9", sleep=lambda _: None)
    assert report.exit_code == 2
    assert "not reached" in report.stopped


def test_another_service_is_a_check_that_could_not_run():
    other = httpx.MockTransport(lambda request: httpx.Response(404, json={"detail": "Not Found"}))
    report = check(ApiKey(API_KEY, PROJECT_NAME), "http://localhost", transport=other)
    assert report.exit_code == 2
    assert "is not PandaProbe" in report.stopped


def test_ctrl_c_in_the_middle_leaves_no_run_behind(checked):
    with Sandbox(rate_limit=None, read_limit=None, speed=1) as box:

        def interrupt(_):
            raise KeyboardInterrupt

        report = checked(box, writes=True, sleep=interrupt)  # the first pause is when the runs are at work
        assert report.exit_code == 2
        assert "interrupted" in report.stopped
        assert report.left == []
        assert report.runs
        with httpx.Client(transport=box.transport(), base_url="http://sandbox", headers=HEADERS) as http:
            assert http.get(RUNS).json()["total"] == 0


def test_no_secret_stands_in_what_a_check_says(checked, lively):
    report = checked(lively, writes=True)
    shown = "\n".join(f"{one.curl} {one.came}" for one in report.findings)
    assert API_KEY not in shown
    assert "${PANDAPROBE_API_KEY}" in shown


def test_the_rate_limits_own_answer_is_looked_at_where_that_is_allowed(checked):
    with Sandbox(rate_limit=(50, 60.0), speed=200) as box:
        report = checked(box, exhaust=True)
        assert said(report) == []
        assert any(one.status == 429 and one.agrees for one in report.findings)
        assert report.requests < 900
    with Sandbox(rate_limit=None, read_limit=None) as box:
        report = checked(box, exhaust=True)
        assert report.exit_code == 0
        assert any("no rate limit" in note for note in report.notes)


def test_a_deployment_that_goes_away_in_the_middle_is_no_violation(lively):
    there = lively.transport()
    asked = []

    def serve(request):
        asked.append(request)
        if len(asked) > 60:
            raise httpx.ConnectError("gone")
        return there.handle_request(request)

    report = check(MODES["api key"], "http://localhost", transport=httpx.MockTransport(serve), sleep=lambda _: None)
    assert report.exit_code == 2
    assert "nothing answers any more" in report.stopped


def test_one_operation_that_never_answers_is_a_violation(lively):
    there = lively.transport()

    def serve(request):
        if request.url.path.endswith("/session-runs/batch"):
            raise httpx.RemoteProtocolError("dropped")
        return there.handle_request(request)

    report = check(MODES["api key"], "http://localhost", transport=httpx.MockTransport(serve), sleep=lambda _: None)
    assert report.exit_code == 1
    assert {one.operation for one in report.violations} == {"create_batch_session_eval_run"}


def test_a_project_in_which_others_are_at_work_is_no_violation(checked):
    with Sandbox(rate_limit=None, read_limit=None, speed=200) as box:
        lived_in(box)
        over = threading.Event()

        def work():
            with httpx.Client(transport=box.transport(), base_url="http://sandbox", headers=HEADERS) as http:
                made = []
                while not over.wait(0.05):  # far more than the rate limit allows
                    body = {"session_ids": [f"busy-{len(made)}"], "metrics": ["agent_reliability"]}
                    made.append(http.post(f"{RUNS}/batch", json=body).json()["id"])
                    if len(made) % 5 == 0:
                        http.delete(f"{RUNS}/{made[-3]}")

        colleague = threading.Thread(target=work)
        colleague.start()
        try:
            for writes in (False, True):
                report = checked(box, writes=writes)
                assert said(report) == []
        finally:
            over.set()
            colleague.join()


class ReadLimit:
    """The limit of reads where the vendor's pinned packages run: 200 in a window for each credential and path.

    Time passes by `sleep` alone. Who does not sleep by it fails at the limit: nothing would open it again.
    """

    def __init__(self, app, *, waited_out=True):
        self.app, self.now, self.windows, self.refused, self.waited_out = app, 0.0, {}, 0, waited_out
        self.asked = Counter()

    def sleep(self, seconds):
        """Time passes for nothing else."""
        self.now += seconds

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and scope["method"] != "POST":
            headers = dict(scope["headers"])
            who = (headers.get(b"x-api-key"), headers.get(b"authorization"), scope["path"])
            opened, count = self.windows.get(who, (self.now, 0))
            if self.now > opened + 60:
                opened, count = self.now, 0
            self.windows[who] = (opened, count + 1)
            self.asked[scope["path"], scope["query_string"]] += 1
            if count >= 200:
                self.refused += 1
                asked = [(query, times) for (path, query), times in self.asked.most_common() if path == scope["path"]]
                assert self.waited_out, f"{scope['path']} was read more than 200 times: {asked}"
                await send(
                    {"type": "http.response.start", "status": 429, "headers": [(b"content-type", b"application/json")]}
                )
                await send({"type": "http.response.body", "body": b'{"error":"Rate limit exceeded: 200 per 1 minute"}'})
                return
        await self.app(scope, receive, send)


def test_the_limit_of_reads_is_waited_out_and_said_however_often_one_checks(checked, lively):
    limited = ReadLimit(lively.app)
    said_ = []
    for _ in range(5):
        report = checked(lively, app=limited, tell=said_.append, sleep=limited.sleep)
        assert said(report) == []
        assert report.exit_code == 0, report.summary()
    assert limited.refused > 0
    assert any("rate limit" in line and "waiting" in line for line in said_)


def test_two_checks_with_writes_at_once_stay_within_the_limit_of_reads(checked):
    """Where nothing goes on meanwhile: a list that changes while it is compared is read anew."""
    with Sandbox(rate_limit=None, read_limit=None, speed=2000) as box:
        limited = ReadLimit(lived_in(box).app, waited_out=False)
        for _ in range(2):
            report = checked(box, app=limited, writes=True)
            assert said(report) == []
            assert report.requests < 1000
        assert limited.refused == 0


class Open:
    """A service whose authentication is switched off: without credentials, the metrics come, and a project is asked for."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        headers = [pair for pair in scope.get("headers", ()) if pair[0] not in (b"x-api-key", b"authorization")]
        scoped = any(name in (b"x-project-name", b"x-project-id") for name, _ in headers)
        if scoped or scope.get("path", "").endswith("/session-metrics"):
            headers = [pair for pair in headers if not pair[0].startswith(b"x-project")]
            headers += [(b"x-project-name", PROJECT_NAME.encode())]
        await self.app({**scope, "headers": [*headers, (b"x-api-key", API_KEY.encode())]}, receive, send)


def test_authentication_that_is_switched_off_is_one_violation(checked, lively):
    report = checked(lively, app=Open(lively.app))
    assert len(report.violations) == 1, said(report)
    assert "switched off" in report.violations[0].expected


def behind_a_proxy(box, seconds=0):
    """A sandbox whose answers are dated by a proxy, whose clock is so many seconds ahead."""

    def dated(it):
        it.answer_headers["date"] = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)

    return Mutant(after=dated).layer()(box.app, box)


@pytest.mark.parametrize("seconds", [-600, -90, 600])
def test_a_service_whose_clock_is_minutes_off_is_no_violation(checked, seconds):
    clock = HeldClock(time.time() + seconds)
    clock.release()
    with Sandbox(rate_limit=None, read_limit=None, speed=200, clock=clock) as box:
        lived_in(box)
        report = checked(box, app=behind_a_proxy(box), writes=True, patience=2.0)
    assert said(report) == []
    assert report.exit_code == 0, report.summary()
    assert "created_at is more than a minute" in " ".join(report.notes)


@pytest.mark.parametrize("seconds", [-600, -90, 600])
def test_a_proxy_whose_clock_is_minutes_off_is_no_violation(checked, lively, seconds):
    report = checked(lively, app=behind_a_proxy(lively, seconds), writes=True, patience=2.0)
    assert said(report) == []
    assert report.exit_code == 0, report.summary()
    assert "created_at is more than a minute" not in " ".join(report.notes)


def test_a_proxy_with_a_clock_of_another_day_and_none_at_all_are_no_violations(checked, lively):
    for date in ("Thu, 01 Jan 2015 00:00:00 GMT", None):

        def proxy(it, date=date):
            it.answer_headers.pop("date", None)
            it.answer_headers |= {"date": date} if date else {}

        report = checked(lively, app=Mutant(after=proxy).layer()(lively.app, lively), writes=True, patience=2.0)
        assert said(report) == []


def test_a_worker_that_is_down_is_no_violation_but_a_note(checked):
    with Sandbox(rate_limit=None, read_limit=None, pending_seconds=1000) as box:
        report = checked(box, writes=True, patience=0.5)
        assert said(report) == []
        assert report.exit_code == 0
        assert any("is the service's worker at work?" in note for note in report.notes)
        assert report.left == []


def test_a_worker_that_is_slow_is_no_violation(checked):
    with Sandbox(rate_limit=None, read_limit=None, pending_seconds=0.01, seconds_per_session=1000) as box:
        report = checked(box, writes=True, patience=0.5)
        assert said(report) == []


def test_a_project_full_of_old_runs_is_no_violation(checked):
    with Sandbox(rate_limit=None, read_limit=None, speed=200) as box:
        lived_in(box)
        with httpx.Client(transport=box.transport(), base_url="http://sandbox", headers=HEADERS) as http:
            for number in range(210):
                body = {"session_ids": [f"old-{number}"], "metrics": ["agent_reliability"]}
                assert http.post(f"{RUNS}/batch", json=body).status_code == 202
        for mode in MODES:
            report = checked(box, mode, writes=True)
            assert said(report) == []
            assert report.exit_code == 0, report.summary()


def test_a_worker_whose_clock_is_a_moment_behind_is_no_violation(checked, lively):
    behind = runs(
        lambda run: run.update(completed_at=shifted(run["created_at"], milliseconds=-300)),
        lambda run: run["completed_at"],
    )
    report = checked(lively, app=behind.layer()(lively.app, lively), writes=True)
    assert said(report) == []
