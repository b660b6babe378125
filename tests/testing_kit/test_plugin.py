"""The pytest plugin: tests share nothing, time is not waited for, and who does not use it does not pay for it."""

import asyncio
import os
import subprocess
import sys
import time

import pytest
from pandaprobe_evals import ConnectionFailed, PandaProbe, RateLimited
from pandaprobe_evals.extras import install
from pandaprobe_evals.testing import async_client_of, client_of
from pandaprobe_sandbox import Fault, Sandbox

METRICS = ["agent_reliability"]
BATCH = "create_batch_session_eval_run"


@pytest.fixture(autouse=True)
def no_real_sleep(monkeypatch):
    def refuse(seconds):
        assert seconds == 0, f"slept {seconds} s for real"

    monkeypatch.setattr(time, "sleep", refuse)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_nothing_is_left_over_from_another_test(number, pandaprobe_client, pandaprobe_sandbox):
    """Each fills the window and leaves a fault behind; none of the others sees anything of it."""
    assert list(pandaprobe_client.session_runs.list()) == []
    for index in range(50):
        pandaprobe_client.session_runs.create_batch(session_ids=[f"chat-{index}"], metrics=METRICS, deadline=1)
    with pytest.raises(RateLimited):
        pandaprobe_client.session_runs.create_batch(session_ids=["late"], metrics=METRICS, deadline=1)
    pandaprobe_sandbox.inject("html_502", times=99)


def test_clients_in_process_of_two_sandboxes_share_nothing(pandaprobe_sandbox, pandaprobe_clock):
    with Sandbox(clock=pandaprobe_clock) as other, client_of(pandaprobe_sandbox) as one, client_of(other) as two:
        assert one._calls.registry is not two._calls.registry
        with client_of(pandaprobe_sandbox) as again:  # as in life: creates of one process know of each other
            assert one._calls.registry is again._calls.registry


@pytest.mark.parametrize("fault", sorted(set(Fault) - {Fault.UNAUTHORIZED_ONCE}))
def test_a_create_survives_each_fault_and_makes_one_run(fault, pandaprobe_client, pandaprobe_sandbox):
    pandaprobe_sandbox.inject(fault, operation=BATCH)
    pandaprobe_client.session_runs.create_batch(session_ids=["chat-1"], metrics=METRICS)
    assert pandaprobe_sandbox.units_billed == 1


@pytest.mark.parametrize("commit", ["first", "after"])
def test_an_answer_that_comes_after_the_time_out_takes_no_real_time(
    commit, pandaprobe_client, pandaprobe_sandbox, pandaprobe_clock
):
    began, real = pandaprobe_clock.now(), time.monotonic()
    pandaprobe_sandbox.inject("slow", delay=33, commit=commit, operation=BATCH)
    run = pandaprobe_client.session_runs.create_batch(session_ids=["chat-1"], metrics=METRICS)
    assert run.reconciled
    assert run.attempts[0].seconds == pytest.approx(30)
    assert pandaprobe_clock.now() - began >= 30
    assert pandaprobe_sandbox.units_billed == 1
    assert time.monotonic() - real < 20


def test_an_answer_that_is_slow_but_in_time_moves_the_clock(pandaprobe_client, pandaprobe_sandbox, pandaprobe_clock):
    began = pandaprobe_clock.now()
    pandaprobe_sandbox.inject("slow", delay=20)
    assert pandaprobe_client.session_metrics.list()
    assert pandaprobe_clock.now() - began == pytest.approx(20)


async def test_the_asyncio_client_lives_by_the_same_clock(pandaprobe_async_client, pandaprobe_clock):
    began = pandaprobe_clock.now()
    run = await pandaprobe_async_client.session_runs.create_batch(session_ids=["stall-1"], metrics=METRICS)
    assert (await pandaprobe_async_client.session_runs.wait(run)).result == "stalled"
    assert pandaprobe_clock.now() - began >= 1800


def test_a_client_may_have_options_of_its_own(pandaprobe_sandbox):
    with client_of(pandaprobe_sandbox, project="another", share=0.5) as client:
        assert client.rate_limit().free_now == 25
    assert async_client_of(pandaprobe_sandbox).base_url == f"http://{pandaprobe_sandbox.host}"


@pytest.mark.pandaprobe(total_field="total_traces", rate_limit=None, read_limit=None)
class TestMarked:
    @pytest.mark.pandaprobe(rate_limit=(1, 60))
    def test_the_marker_nearest_to_the_test_wins(self, pandaprobe_client, pandaprobe_sandbox):
        run = pandaprobe_client.session_runs.create_batch(session_ids=["chat-1"], metrics=METRICS)
        assert run.total_traces == 1
        pandaprobe_client.session_runs.create_batch(session_ids=["chat-2"], metrics=METRICS)
        assert 429 in [request.status for request in pandaprobe_sandbox.requests]


def test_a_sandbox_on_the_machines_clock_has_no_client_that_lives_by_it():
    with Sandbox() as sandbox, pytest.raises(TypeError, match="HeldClock"):
        client_of(sandbox)


def test_the_environment_leads_clients_of_your_own_to_the_port(pandaprobe_url, pandaprobe_clock, pandaprobe_sandbox):
    with PandaProbe.from_env() as client:
        assert client.base_url == pandaprobe_url
        client.session_runs.create_batch(session_ids=["chat-1"], metrics=METRICS)
    assert pandaprobe_sandbox.units_billed == 1
    before = pandaprobe_clock.now()
    assert pandaprobe_clock.now() > before  # it runs
    assert pandaprobe_clock.advance(100) >= before + 100


def loaded_by(code):
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def test_a_suite_that_does_not_use_it_loads_nothing_for_it():
    new = loaded_by("import pytest, _pytest.config\nimport pandaprobe_evals.testing") - loaded_by(
        "import pytest, _pytest.config"
    )
    assert new == {"pandaprobe_evals", "pandaprobe_evals.testing", "pandaprobe_evals.version"}


def test_without_the_sandboxs_extra_it_says_what_to_install(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import sys\nsys.modules['fastapi'] = None\n\ndef test_it(pandaprobe_client):\n    pass\n"
    )
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "pandaprobe_evals.testing", tmp_path],
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # others take seconds to load
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert run.returncode == 1
    assert f"the sandbox needs fastapi: {install('sandbox')}" in run.stdout
    assert "Traceback" not in run.stdout


def test_a_lost_create_that_cannot_be_settled_is_said_in_no_time(pandaprobe_client, pandaprobe_sandbox):
    pandaprobe_sandbox.inject("drop_before_commit", times=99)
    with pytest.raises(ConnectionFailed):
        pandaprobe_client.session_metrics.list()


def test_tasks_sleep_side_by_side_on_a_clock_that_is_held(pandaprobe_clock):
    async def both():
        await asyncio.gather(pandaprobe_clock.asleep(10), pandaprobe_clock.asleep(3))

    began = pandaprobe_clock.now()
    asyncio.run(both())
    assert pandaprobe_clock.now() - began == pytest.approx(10)
