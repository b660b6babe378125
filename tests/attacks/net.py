"""The network, and what the machine around a client says of it."""

import asyncio
import gc
import os
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import tracemalloc
import uuid
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pandaprobe_evals import ApiKey, AsyncPandaProbe, BearerToken, PandaProbe, PandaProbeError
from pandaprobe_evals.connections import CONNECTIONS
from pandaprobe_sandbox import API_KEY, Sandbox

from .attack import Attack, Result

AUTH = ApiKey("sk_pp_" + "0" * 64, project="attacks")


@contextmanager
def server(answer, body=b"[]", kind="application/json"):
    """A server on a port; yields its address and what it was asked. `answer` is called before each answer."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            asked.append(self.path)
            answer()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 500

        def handle_error(self, *_):
            pass

    with Server(("127.0.0.1", 0), Handler) as served:
        thread = threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}", asked
        served.shutdown()


def wrong_ports():
    reached = refused = 0
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        for kind in (PandaProbe, AsyncPandaProbe):
            try:
                panda = kind(AUTH, base_url=f"http://127.0.0.1:{listener.getsockname()[1] + 65_536}")
                found = panda.session_metrics.list(deadline=1)
                asyncio.run(found) if asyncio.iscoroutine(found) else None
            except PandaProbeError:
                refused += 1
            except BaseException:  # noqa: BLE001  (whatever it is, it is not an error of the client's)
                pass
            with suppress(TimeoutError):
                listener.accept()[0].close()
                reached += 1
    return Result(
        f"{refused} of 2 clients refused it, {reached} connected to the port minus 65536", (refused, reached) == (2, 0)
    )


def cancelled():
    gate = threading.Event()

    async def main(url):
        async with AsyncPandaProbe(AUTH, base_url=url) as panda:
            for _ in range(3):
                tasks = [asyncio.create_task(panda.session_metrics.list()) for _ in range(2 * CONNECTIONS)]
                await asyncio.sleep(0.3)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            gate.set()
            calls = [panda.session_metrics.list(deadline=10, timeout=5) for _ in range(CONNECTIONS)]
            return sum(found == [] for found in await asyncio.gather(*calls, return_exceptions=True))

    with server(lambda: gate.wait(30)) as (url, _):
        good = asyncio.run(main(url))
    return Result(
        f"{good} of {CONNECTIONS} later calls succeeded after {6 * CONNECTIONS} cancelled ones", good == CONNECTIONS
    )


def loops():
    def sockets():
        found = 0
        for descriptor in range(3, 4096):
            with suppress(OSError):
                found += stat.S_ISSOCK(os.fstat(descriptor).st_mode)
        return found

    with server(lambda: None) as (url, _):
        before = sockets()  # such as the one that the server listens at
        panda = AsyncPandaProbe(AUTH, base_url=url)
        gc.disable()
        try:
            for _ in range(20):
                asyncio.run(panda.session_metrics.list())
            time.sleep(0.5)  # the server's own ends
            left = sockets() - before
            asyncio.run(panda.aclose())
        finally:
            gc.enable()
    return Result(f"{left} sockets open after 20 loops that were not before", left == 0)


def forked():
    asking, go_on, parent = threading.Event(), threading.Event(), os.getpid()

    def provider():
        if os.getpid() == parent:
            asking.set()
            go_on.wait(30)
        return "token"

    with server(lambda: None) as (url, _), PandaProbe(BearerToken(provider, uuid.uuid4()), base_url=url) as panda:
        thread = threading.Thread(target=panda.session_metrics.list)
        thread.start()
        asking.wait(10)
        began = time.monotonic()
        pid = os.fork()
        if not pid:
            try:
                panda.session_metrics.list(deadline=2)
            finally:
                os._exit(0)
        while not (ended := os.waitpid(pid, os.WNOHANG)[0]) and time.monotonic() - began < 10:
            time.sleep(0.01)
        seconds = time.monotonic() - began
        if not ended:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
        go_on.set()
        thread.join()
    return Result(f"the child was done after {seconds:.1f} s", bool(ended))


STORM = """
import os, signal, sys, threading, time
from pandaprobe_evals import ApiKey, PandaProbe

options = {"rate_limit": (100_000, 0.05), **eval(sys.argv[3])}
panda = PandaProbe(ApiKey(sys.argv[2], project="storm"), base_url=sys.argv[1], **options)
def create(name, **options):
    return panda.session_runs.create_batch(session_ids=[name], metrics=["agent_reliability"], **options)
over, done = threading.Event(), []
def work():
    while not over.is_set():
        create("thread")
        done.append(1)
threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads:
    thread.start()
ended = []
for child in range(12):
    time.sleep(child / 200)
    pid = os.fork()
    if not pid:
        signal.alarm(20)
        os._exit(0 if create(f"child {child}", deadline=10) else 1)
    ended.append(os.waitpid(pid, 0)[1])
over.set()
for thread in threads:
    thread.join()
print(sum(code == 0 for code in ended), len(done), flush=True)
os._exit(0)
"""


def forks_in_a_storm():
    children = good = creates = runs = noise = 0
    with tempfile.TemporaryDirectory() as state:
        for options in ("{}", "{'pacing': 'sqlite'}"):
            for _ in range(4):
                with Sandbox(rate_limit=None, read_limit=None) as sandbox, sandbox.serve() as url:
                    command = [sys.executable, "-W", "ignore", "-c", STORM, url, API_KEY, options]
                    told = subprocess.run(
                        command,
                        capture_output=True,
                        text=True,
                        check=False,
                        env={**os.environ, "XDG_STATE_HOME": state},
                    )
                    ended, done = map(int, told.stdout.split() or (0, 0))
                    children, good, creates = children + 12, good + ended, creates + ended + done
                    runs, noise = runs + sandbox.units_billed, noise + bool(told.stderr)
    figure = f"{good} of {children} children made their run, {runs} runs for {creates} creates, {noise} wrote to stderr"
    return Result(figure, good == children and runs == creates and not noise)


def login_page():
    with server(lambda: None, b"<!DOCTYPE html><title>Log in</title>", "text/html") as (url, asked):
        began, said = time.monotonic(), ""
        try:
            with closing(PandaProbe(AUTH, base_url=url)) as panda:
                panda.session_metrics.list()
        except PandaProbeError as error:
            said = error.message
    seconds = time.monotonic() - began
    return Result(f"{len(asked)} requests in {seconds:.1f} s", len(asked) <= 2 and "login page" in said)


def rotating_tokens():
    def clients(count):
        for _ in range(count):
            PandaProbe(BearerToken(uuid.uuid4().hex, uuid.uuid4()), base_url="http://127.0.0.1:9").close()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = clients(400)
        each = max(0, clients(400) - before) / 400
    finally:
        tracemalloc.stop()
    return Result(f"{each:.0f} bytes stay for each of 400 clients", each < 100)


ATTACKS = [
    Attack("a port above 65535", "refused, and nobody is connected to", wrong_ports),
    Attack("requests cancelled while all connections are taken", "every later call succeeds", cancelled),
    Attack("one async client over twenty event loops", "no socket is left open", loops),
    Attack("a fork while another thread fetches a token", "the child is not held up", forked),
    Attack(
        "forks while six threads create, from their first imports on", "every child makes its run", forks_in_a_storm
    ),
    Attack("a login page answers in the service's place", "2 requests at most, and called one", login_page),
    Attack(
        "many short clients with tokens of their own",
        "less than 100 bytes stay for each, after 400 others",
        rotating_tokens,
    ),
]
