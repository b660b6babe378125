"""A process forks while its other threads are in the middle of something: the child is not held up by what they did."""

import os
import subprocess
import sys
import threading
import time
import warnings
from contextlib import suppress

import pytest
from pandaprobe_evals import ApiKey, BearerToken, PandaProbe, PandaProbeError
from pandaprobe_sandbox import API_KEY, PROJECT_ID, PROJECT_NAME, TOKEN, Sandbox

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
AUTH = ApiKey(API_KEY, project=PROJECT_NAME)
RUN = "11111111-1111-4111-8111-111111111111"


def in_child(call, patience=15.0):
    """What becomes of a call in a forked child: its result's repr, or None where it is still under way after so long."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that forking with threads is dangerous is what is tested
        pid = os.fork()
    if not pid:
        try:
            os.close(reader)
            try:
                said = repr(call())
            except Exception as error:  # noqa: BLE001  (told to the parent)
                said = repr(error)
            os.write(writer, said.encode()[:4000])
        finally:
            os._exit(0)
    os.close(writer)
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if os.waitpid(pid, os.WNOHANG)[0]:
            break
        time.sleep(0.01)
    else:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    with os.fdopen(reader) as said:
        return said.read() or None


def test_a_child_fetches_its_token_while_another_thread_of_the_parent_fetches_one(url):
    asked, go_on, parent = threading.Event(), threading.Event(), os.getpid()

    def provider():
        if os.getpid() == parent:
            asked.set()
            go_on.wait(30)
        return TOKEN

    with PandaProbe(BearerToken(provider, project_id=PROJECT_ID), base_url=url) as panda:
        thread = threading.Thread(target=panda.session_metrics.list)
        thread.start()
        asked.wait(10)
        said = in_child(lambda: len(panda.session_metrics.list(deadline=3)))
        go_on.set()
        thread.join()
    assert said == "2"


def test_a_child_waits_for_its_runs_while_another_thread_of_the_parent_looks_at_them(url):
    """The parent's look hangs: its thread holds the tick, and stays in the parent."""
    with PandaProbe(AUTH, base_url=url) as panda:
        run = panda.session_runs.create_batch(session_ids=["hang-1"], metrics=["agent_reliability"])
        looking, go_on, parent = threading.Event(), threading.Event(), os.getpid()
        driver = panda._sender
        do = driver._do

        def hanging(step, state):
            if os.getpid() == parent and threading.current_thread() is thread:
                looking.set()
                go_on.wait(60)
            return do(step, state)

        driver._do = hanging

        def look():
            with suppress(PandaProbeError):
                panda.session_runs.wait(run, timeout=1)

        thread = threading.Thread(target=look)
        thread.start()
        looking.wait(10)
        began = time.monotonic()
        said = in_child(lambda: panda.session_runs.wait(run, timeout=1))
        seconds = time.monotonic() - began
        go_on.set()
        thread.join()
    assert said
    assert said.startswith("WaitTimeout")
    assert seconds < 12


def test_a_child_waits_while_another_thread_of_the_parent_keeps_the_books_of_the_waits(url):
    """For the instant that a fork can hit: the lock is held as long as it takes to see it."""
    with PandaProbe(AUTH, base_url=url) as panda, panda._calls.poller("session_runs")._lock:
        said = in_child(lambda: panda.session_runs.wait(RUN, timeout=1).result)
    assert said == "'deleted'"


def test_a_wait_goes_on_in_the_child_that_its_progress_forked():
    with Sandbox() as sandbox, sandbox.serve() as url, PandaProbe(AUTH, base_url=url) as panda:
        run = panda.session_runs.create_batch(session_ids=["chat-1"], metrics=["agent_reliability"])
        parent, children = os.getpid(), []
        reader, writer = os.pipe()

        def fork(_):
            if os.getpid() == parent and not children:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", DeprecationWarning)
                    children.append(os.fork())

        try:
            (outcome,) = panda.session_runs.wait([run], timeout=60, on_progress=fork)
            if os.getpid() != parent:
                os.write(writer, str(outcome.result).encode())
        finally:
            if os.getpid() != parent:
                os._exit(0)
        os.close(writer)
        os.waitpid(children[0], 0)
        with os.fdopen(reader) as said:
            assert said.read() == str(outcome.result)


IMPORTING = """
import os, signal, sys, threading, time
from importlib.abc import MetaPathFinder
from pandaprobe_evals import ApiKey, PandaProbe

began, slow = threading.Event(), sys.argv[2]
class Slow(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == slow and not began.is_set():
            began.set()
            time.sleep(0.3)
sys.meta_path.insert(0, Slow())
with PandaProbe(ApiKey(sys.argv[3], project="p"), base_url=sys.argv[1], deadline=5) as panda:
    def call():
        run = panda.session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"])
        return panda.session_runs.get(run.id)
    thread = threading.Thread(target=call)
    thread.start()
    assert began.wait(10), "nothing imports it"
    pid = os.fork()
    if not pid:
        signal.alarm(10)
        os._exit(0 if call() else 1)
    thread.join()
    sys.exit(os.waitpid(pid, 0)[1])
"""


@pytest.mark.parametrize(
    "name",
    [
        "pandaprobe_evals.creation",
        "pandaprobe_evals.creation.flow",
        "httpcore",
        "jsonschema_rs",
        "pandaprobe_evals_api.api.session_runs.get_session_eval_run",
        "pandaprobe_evals_api.resources.session_runs",
    ],
)
def test_a_child_does_not_wait_for_what_another_thread_of_the_parent_imports(url, name):
    command = [sys.executable, "-W", "ignore", "-c", IMPORTING, url, name, API_KEY]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
