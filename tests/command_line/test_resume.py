"""A submit that is killed at any moment and resumed: every id in exactly one run."""

import json
import random
import signal
import subprocess
import time
from contextlib import ExitStack

import pytest

METRIC = "agent_reliability"
pytestmark = pytest.mark.once
FAST = ("--rate-limit", "100000/60", "--settle", "1")


def whole(process):
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in err, err
    return process.returncode, [json.loads(line) for line in out.splitlines()], err


@pytest.fixture
def ids(tmp_path):
    """Writes so many ids, some twice, into a file; returns them without the duplicates."""

    def written(count, name="ids.txt"):
        found = [f"s-{number}" for number in range(count)]
        (tmp_path / name).write_text("\n".join([*found, *found[:50]]))
        return found

    return written


@pytest.fixture
def killed_often(start, sandbox, online, session_ids, ids, tmp_path):
    """A submit and each of its resumes are killed at a random moment, so many times; then the last one may end."""

    def told(kills, count, chunk, seed):
        rand = random.Random(seed)
        expected = ids(count)
        sandbox.inject("slow", times=10 * kills + 100, operation="create_batch_session_eval_run", delay=0.03)
        submit = ("submit", "--from", "ids.txt", "--metric", METRIC, "--chunk", chunk, "--ledger", "l", *FAST)
        done = 0
        while done < kills:
            words = ("resume", "l", *FAST) if (tmp_path / "l").exists() else submit
            with start(*words) as process:
                target = len(sandbox.requests) + rand.choice([1, 2, 2, 3, 3, 4])
                while len(sandbox.requests) < target and process.poll() is None:
                    time.sleep(0.001)
                time.sleep(rand.uniform(0, 0.05))
                if process.poll() is not None:
                    break  # it came to its end before it was killed
                process.send_signal(signal.SIGKILL)
                process.wait()
                done += 1
        with start(*(("resume", "l", *FAST) if (tmp_path / "l").exists() else submit)) as process:
            code, records, err = whole(process)
        assert code == 0, err
        assert sorted(session_ids()) == sorted(expected)
        assert sandbox.units_billed == count
        assert len([record for record in records if record["event"] == "run"]) == -(-count // chunk)
        return done

    return told


@pytest.mark.slow
def test_killed_at_random_moments_every_id_is_in_exactly_one_run(killed_often):
    assert killed_often(kills=3, count=200, chunk=10, seed=time.time_ns()) == 3


@pytest.mark.slow
@pytest.mark.deep
def test_killed_twenty_times_every_id_of_twenty_thousand_is_in_exactly_one_run(killed_often):
    assert killed_often(kills=20, count=20_000, chunk=200, seed=time.time_ns()) == 20


def test_killed_between_the_commit_and_the_answer_the_run_is_found(start, run, sandbox, online, session_ids, ids):
    expected = ids(20)
    sandbox.inject("slow", times=1, operation="create_batch_session_eval_run", delay=1.0)
    with start(
        "submit", "--from", "ids.txt", "--metric", METRIC, "--chunk", 10, "--ledger", "l", "--settle", "20"
    ) as process:
        while not sandbox.units_billed:
            time.sleep(0.002)
        process.kill()
        process.wait()
    began = time.monotonic()
    ran = run("resume", "l", "--settle", 20)
    assert ran.code == 0, ran.err
    assert time.monotonic() - began < 40  # the killed one's request is not waited for as long as one may take
    assert session_ids() == expected
    assert [record["reconciled"] for record in ran.events("run")] == [True, False]


@pytest.mark.parametrize(
    ("number", "ends", "said"), [(signal.SIGINT, 130, "Interrupted."), (signal.SIGTERM, 143, "Terminated.")]
)
def test_ctrl_c_and_sigterm_say_how_to_go_on_and_going_on_ends_it(
    number, ends, said, start, run, sandbox, online, session_ids, ids
):
    expected = ids(50)
    sandbox.inject("slow", times=100, operation="create_batch_session_eval_run", delay=0.1)
    with start(
        "submit", "--from", "ids.txt", "--metric", METRIC, "--chunk", 10, "--ledger", "my ledger", *FAST
    ) as process:
        first = json.loads(process.stdout.readline())
        process.send_signal(number)
        code, _, err = whole(process)
    assert code == ends
    assert said in err
    assert "Go on with: pandaprobe-evals resume 'my ledger'" in err
    ran = run("resume", "my ledger", *FAST)
    assert ran.code == 0, ran.err
    assert sorted(session_ids()) == sorted(expected)
    assert ran.events("run")[0]["run_id"] == first["run_id"]
    assert ran.events("run")[0]["earlier"] is True


def test_a_service_that_goes_away_leaves_a_ledger_that_is_resumed_when_it_is_back(
    start, run, sandbox, online, session_ids, ids
):
    expected = ids(40)
    sandbox.inject("pass", times=3, operation="create_batch_session_eval_run")
    sandbox.inject("status", times=1, operation="create_batch_session_eval_run", code=403, body='{"detail": "no"}')
    ran = run("submit", "--from", "ids.txt", "--metric", METRIC, "--chunk", 10, "--ledger", "l", *FAST)
    assert ran.code == 2
    assert "3 of 4 runs made. Go on with: pandaprobe-evals resume l" in ran.err
    again = run("resume", "l", *FAST)
    assert again.code == 0
    assert session_ids() == expected
    assert run("resume", "l", *FAST).code == 0  # once more does nothing
    assert session_ids() == expected


def test_an_answer_that_breaks_the_contract_leaves_a_run_that_is_found_again(run, sandbox, online, session_ids, ids):
    expected = ids(20)
    broken = '{"id": 7}'
    options = {"code": 202, "body": broken, "content_type": "application/json", "commit": True}
    sandbox.inject("status", operation="create_batch_session_eval_run", **options)
    ran = run("submit", "--from", "ids.txt", "--metric", METRIC, "--chunk", 10, "--ledger", "l", *FAST)
    if ran.code:
        assert run("resume", "l", *FAST).code == 0
    assert sorted(session_ids()) == sorted(expected)
    assert sandbox.units_billed == 20


def test_a_resume_waits_and_judges_as_the_submit_was_told_to(run, sandbox, online, ids):
    ids(20)
    sandbox.inject("pass", times=1, operation="create_batch_session_eval_run")
    sandbox.inject("status", times=1, operation="create_batch_session_eval_run", code=403, body='{"detail": "no"}')
    words = ("--chunk", 10, "--ledger", "l", "--fail-under", f"{METRIC}=1", *FAST)
    assert run("submit", "--from", "ids.txt", "--metric", METRIC, *words).code == 2
    ran = run("resume", "l", *FAST)
    assert ran.code == 7
    assert len(ran.events("outcome")) == 2
    assert ran.events("verdict")[0]["passed"] is False


def test_a_pipe_that_was_not_read_to_its_end_is_asked_for_again(start, run, online, session_ids, sandbox):
    words = ("submit", "--metric", METRIC, "--ledger", "l", "--from", "-")
    with start(*words, stdin=subprocess.PIPE) as process:
        process.stdin.write("s-1\n" * 100_000)
        process.stdin.flush()
        process.kill()
        process.wait()
    ran = run("resume", "l")
    assert ran.code == 4
    assert "Nothing was sent: submit again" in ran.err
    assert session_ids() == []


def test_a_file_that_was_not_read_to_its_end_is_read_again_if_it_is_still_the_same(
    run, online, session_ids, ids, tmp_path
):
    from pandaprobe_evals.ledger import Ledger
    from pandaprobe_evals.ledger.book import _seal_plan

    expected = ids(30)
    assert run("submit", "--from", "ids.txt", "--metric", METRIC, "--chunk", 10, "--ledger", "l", "--prepare").code == 0
    for changed in (False, True):
        with Ledger.open(tmp_path / "l") as book:  # as a kill while it is filled leaves it
            book._db.do("delete from chunks")
            book._db.do("update plan set filled = 0, chunks = 0, sessions = 0, duplicates = 0")
            _seal_plan(book._db)
        if changed:
            (tmp_path / "ids.txt").write_text("other")
        ran = run("resume", "l", *FAST)
        assert ran.code == (4 if changed else 0), ran.err
        assert session_ids() == expected


def test_a_ledger_is_for_one_project_and_one_service(run, sandbox, online, ids):
    ids(2)
    assert run("submit", "--from", "ids.txt", "--metric", METRIC, "--chunk", 1, "--ledger", "l", "--prepare").code == 0
    with sandbox.serve() as other:
        for flag, value in (("--endpoint", other), ("--project-name", "else")):
            ran = run("resume", "l", flag, value)
            assert ran.code == 4
            assert "is for project 'sandbox'" in ran.err
    assert not [request for request in sandbox.requests if request.method == "POST"]


@pytest.mark.parametrize("content", [None, b"", b"not a database" * 100])
def test_what_is_no_ledger_is_said_to_be_none(run, online, tmp_path, content):
    if content is not None:
        (tmp_path / "l").write_bytes(content)
    ran = run("resume", "l")
    assert (ran.code, ran.out) == (4, "")
    assert "not a ledger" in ran.err or "no such file" in ran.err


@pytest.mark.slow
def test_four_processes_share_one_ledger_and_one_budget(start, run, sandbox, online, session_ids, ids):
    expected = ids(400)
    words = ("--metric", METRIC, "--chunk", 10, "--ledger", "l", "--prepare")
    assert run("submit", "--from", "ids.txt", *words).code == 0
    assert session_ids() == []
    sandbox.inject("slow", times=100, operation="create_batch_session_eval_run", delay=0.05)
    with ExitStack() as stack:
        processes = [stack.enter_context(start("resume", "l", *FAST)) for _ in range(4)]
        ended = [whole(process) for process in processes]
    assert sorted(session_ids()) == sorted(expected)
    own = [
        sum("earlier" not in record and "elsewhere" not in record for record in records if record["event"] == "run")
        for _, records, _ in ended
    ]
    assert [code for code, _, _ in ended] == [0, 0, 0, 0]
    assert sum(own) == 40
    assert sum(count > 0 for count in own) >= 2
