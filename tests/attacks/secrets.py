"""Secrets that leave, and answers without a bound."""

import base64
import contextlib
import gzip
import json
import os
import pickle
import subprocess
import sys
import threading
import time
import traceback
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pandaprobe_evals import ApiKey, PandaProbe, PandaProbeError
from pandaprobe_evals.masking import MOST
from pandaprobe_evals.policy import BackoffPolicy
from pandaprobe_sandbox import API_KEY, Sandbox

from .attack import Attack, Result

KEY = "sk_pp_" + "7e" * 32
HOSTS = ("127.0.0.1", "127.0.0.2", "127.1", "localhost", "LOCALHOST", "any.localhost", "2130706433", "0x7f.1")
PROXIES = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
BOMB = 300 * 1024 * 1024


@contextlib.contextmanager
def serving(answer):
    """A server on a port; `answer` gets the handler and returns (status, headers, body). Yields port and paths."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self):
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self.rfile.read(int(self.headers.get("content-length") or 0))
            seen.append(self.path)
            status, headers, body = answer(self)
            self.send_response(status)
            for name, value in {"content-length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):  # who has heard enough hangs up
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1], seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def proxied():
    with serving(lambda _: (502, {}, b"")) as (proxy, seen), Sandbox().serve() as url:
        port, answered = url.rpartition(":")[2], 0
        for host in HOSTS:
            for name in PROXIES:
                environment = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
                environment |= {name: f"http://127.0.0.1:{proxy}", "PANDAPROBE_API_KEY": API_KEY}
                environment |= {"PANDAPROBE_PROJECT_NAME": "p", "PANDAPROBE_ENDPOINT": f"http://{host}:{port}"}
                command = [sys.executable, "-m", "pandaprobe_evals.cli", "metrics", "--timeout", "5"]
                done = subprocess.run(command, env=environment, capture_output=True, check=False)
                answered += done.returncode == 0
    return Result(
        f"{len(seen)} requests at the proxy in {len(HOSTS) * len(PROXIES)} runs, {answered} answered", not seen
    )


def texts_of(call):
    """Whatever can be read of the error that a call ends with."""
    try:
        call()
    except PandaProbeError as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
        return [str(error), repr(vars(error)), pickle.dumps(error).decode("latin-1"), *told.format()]
    return []


def echoed():
    shapes = {
        "json": lambda text: json.dumps({"detail": text}).encode(),
        "json escaped": lambda text: ('{"detail": "' + "".join(f"\\u{ord(c):04x}" for c in text) + '"}').encode(),
        "page": lambda text: f"<html><pre>{text}</pre></html>".encode(),
        "text": lambda text: text.encode(),
    }
    leaks = tried = 0
    for status in (401, 422, 500, 200):
        for shape, write in shapes.items():
            kind = "application/json" if shape.startswith("json") else "text/html"

            def answer(request, status=status, write=write, kind=kind):
                return status, {"content-type": kind}, write(f"GET {request.path} {dict(request.headers)}")

            once = BackoffPolicy(max_attempts=1, settle=0, settle_answered=0)
            with (
                serving(answer) as (port, _),
                PandaProbe(
                    ApiKey(KEY, project="p"), base_url=f"http://127.0.0.1:{port}", backoff=once, deadline=2
                ) as panda,
            ):
                create = partial(panda.session_runs.create_batch, session_ids=["a"], metrics=["m"])
                found = [*texts_of(panda.session_metrics.list), *texts_of(create)]
            tried += len(found)
            leaks += sum(KEY in text for text in found)
    return Result(
        f"{leaks} leaks in {tried} texts: messages, attributes, pickles, frames with locals", tried > 0 == leaks
    )


def slow_pages():
    """Pages of errors of a quarter of a megabyte, made to be slow to look through for a credential."""
    units = ("\\", "&#1", "%5c", base64.b64encode(base64.b64encode(bytes(range(256)) * 2)).decode() + " ", "error ")
    took = []
    for unit in units:
        page = (unit * MOST)[:MOST].encode()
        once = BackoffPolicy(max_attempts=1)
        with (
            serving(lambda _, page=page: (500, {"content-type": "text/html"}, page)) as (port, _),
            PandaProbe(ApiKey(KEY, project="p"), base_url=f"http://127.0.0.1:{port}", backoff=once) as panda,
        ):
            began = time.process_time()
            texts_of(panda.session_metrics.list)
            took.append(time.process_time() - began)
    *slow, plain = took
    return Result(f"{max(slow) / plain:.0f} times the time of another page at most", max(slow) < 30 * plain)


MEMORY = """
import re, sys
from pathlib import Path
from pandaprobe_evals import ApiKey, PandaProbe, PandaProbeError
from pandaprobe_evals.masking import MOST
from pandaprobe_evals.policy import BackoffPolicy

def peak():  # of this program alone: getrusage's is at least that of the process that started it
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before = peak()
options = dict(base_url=sys.argv[1], backoff=BackoffPolicy(max_attempts=1))
if len(sys.argv) > 2:
    options["max_answer_bytes"] = int(sys.argv[2])
with PandaProbe(ApiKey("sk_pp_x", project="p"), **options) as panda:
    try:
        panda.session_metrics.list()
    except PandaProbeError as error:
        print(type(error).__name__, (peak() - before) // 1024)
"""


def bombed():
    bomb = gzip.compress(b" " * BOMB, 1)
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    figures = []
    with serving(lambda _: (200, headers, bomb)) as (port, _):
        for bound in ([], [str(8 * 1024 * 1024)]):
            command = [sys.executable, "-c", MEMORY, f"http://127.0.0.1:{port}", *bound]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            error, grown = done.stdout.split()
            figures.append((error, int(grown)))
    (_, default), (_, small) = figures
    figure = f"{default} MiB more at the default bound of 256 MiB, {small} MiB at one of 8 MiB"
    return Result(figure, default < 600 and small < 40)


def endless():
    page = {"items": [], "total": 10**9, "limit": 50, "offset": 0}

    def answer(_):
        return 200, {"content-type": "application/json", "x-request-id": "r"}, json.dumps(page).encode()

    with (
        Sandbox(rate_limit=None, read_limit=None, speed=100).serve() as url,
        PandaProbe(ApiKey(API_KEY, project="p"), base_url=url) as panda,
    ):
        run = panda.session_runs.create_batch(session_ids=["a", "b"], metrics=["agent_reliability"])
        page["items"] = [next(iter(panda.session_runs.list())).to_dict()] if run else []
    with (
        serving(answer) as (port, seen),
        PandaProbe(ApiKey(KEY, project="p"), base_url=f"http://127.0.0.1:{port}") as panda,
    ):
        got = len(list(panda.session_runs.list(deadline=30)))
    return Result(f"{got} item, {len(seen)} requests", got == 1 and len(seen) <= 10)


ATTACKS = [
    Attack("the key to a proxy, for this machine", "0 requests at the proxy", proxied),
    Attack("answers that repeat the request", "0 leaks", echoed),
    Attack("pages of errors made to be slow to read", "less than 30 times the time of another", slow_pages),
    Attack("300 MiB in a few bytes", "near the bound", bombed),
    Attack("a list whose offset is not heeded", "ends by itself", endless),
]
