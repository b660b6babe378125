"""Attack "one create, one run": a service on a port whose clock is off and whose answers get lost or break its word."""

import asyncio
import contextlib
import itertools
import json
import pickle
import random
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock
from urllib.parse import parse_qs, urlsplit

from pandaprobe_evals import (
    ApiKey,
    AsyncPandaProbe,
    BackoffPolicy,
    ContractViolation,
    OutcomeUnknown,
    PandaProbe,
    PandaProbeError,
)

from .attack import Attack, Result

KEY = "sk_pp_" + "0" * 64
METRICS = ["agent_reliability"]
RUNS = "/evaluations/session-runs"
LATE = 0.05
QUICK = BackoffPolicy(base=0.01, cap=0.05, settle=0.3, settle_answered=0.1, look_every=0.05)
NOT_FOUND = "Eval run {} not found."


class Service(ThreadingHTTPServer):
    """Keeps runs as PandaProbe does, stamps them by a clock of its own, and loses answers before or after the commit."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, *, offset=0.0, zone=UTC, whole=False, date=True, loss=0.0, seed=0, naive=False):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.offset, self.zone, self.whole, self.date, self.naive = offset, zone, whole, date, naive
        self.loss, self._draw = loss, random.Random(seed)
        self.script = []  # what happens to the next creates, before the dice are thrown
        self.runs, self.requests = [], []
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def fate(self):
        with self.lock:
            if self.script:
                return self.script.pop(0)
            return self._draw.choice(["before", "after"]) if self._draw.random() < self.loss else "pass"

    def create(self, body):
        stamp = datetime.now(UTC) + timedelta(seconds=self.offset)
        if self.whole:
            stamp = stamp.replace(microsecond=0)
        run = {
            "id": str(uuid.uuid4()),
            "name": body.get("name"),
            "status": "PENDING",
            "metric_names": body["metrics"],
            "evaluated_count": 0,
            "failed_count": 0,
            "created_at": stamp.astimezone(self.zone).isoformat(),
            "completed_at": None,
            "project_id": "5b3c1f8e-2f8c-4a53-8a4a-0c9b8a7d6e5f",
            "target_type": "SESSION",
            "filters": {"session_ids": body["session_ids"]},
            "sampling_rate": 1.0,
            "model": "openai/gpt-5.4-mini",
            "monitor_id": None,
            "error_message": None,
            "total_targets": len(body["session_ids"]),
        }
        with self.lock:
            self.runs.append((stamp, run))
        return run

    def page(self, limit, offset):
        with self.lock:
            listed = [run for _, run in sorted(self.runs, key=lambda pair: pair[0], reverse=True)]
        return {"items": listed[offset : offset + limit], "total": len(listed), "limit": limit, "offset": offset}

    def made(self):
        """Runs by the session that they are over."""
        with self.lock:
            return {run["id"]: run["filters"]["session_ids"][0] for _, run in self.runs}

    def count(self, method):
        return sum(heard == method for heard, _ in self.requests)

    def handle_error(self, *_):
        """A caller that hangs up is none."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Service

    def do_POST(self):
        service = self.server
        service.requests.append(("POST", self.path))
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fate = service.fate()
        if fate == "late":  # the connection breaks first, and it commits all the same
            threading.Timer(LATE, service.create, (body,)).start()
        run = None if fate in ("before", "late") else service.create(body)
        if fate != "pass":
            self.close_connection = True
            return
        if service.naive:
            run = {**run, "created_at": run["created_at"].partition("+")[0]}
        self.answer(202, run)

    def do_GET(self):
        service = self.server
        service.requests.append(("GET", self.path))
        address = urlsplit(self.path)
        if run_id := address.path.removeprefix(RUNS).strip("/"):
            found = [run for _, run in service.runs if run["id"] == run_id]
            return self.answer(200, found[0]) if found else self.answer(404, {"detail": NOT_FOUND.format(run_id)})
        asked = parse_qs(address.query)
        return self.answer(200, service.page(int(asked.get("limit", ["50"])[0]), int(asked.get("offset", ["0"])[0])))

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response_only(status)
        if self.server.date:
            self.send_header("Date", formatdate(usegmt=True))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def service(**options):
    server = Service(**options)
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


_projects = itertools.count(1)


def client(url, project, **options):
    options = {"backoff": QUICK, "timeout": 5, "deadline": 30, "rate_limit": (100_000, 0.05), **options}
    return PandaProbe(ApiKey(KEY, project), base_url=url, **options)


class Count:
    """Creates, and what became of them."""

    def __init__(self):
        self.creates = self.doubled = self.lost = self.unknown = self.runs = 0

    def take(self, wanted, results, made, older=()):
        """Wanted sessions, the run ids or errors that their creates got, all runs by their sessions, and older ones."""
        fresh = {run_id: session for run_id, session in made.items() if run_id not in older}
        self.creates += len(wanted)
        self.runs += len(fresh)
        for session in set(wanted):
            runs = [run_id for run_id, of in fresh.items() if of == session]
            got = [result for of, result in zip(wanted, results, strict=True) if of == session]
            unknown = sum(isinstance(result, OutcomeUnknown) for result in got)
            self.unknown += unknown
            self.doubled += max(0, len(runs) - len(got))
            told = {result for result in got if isinstance(result, str)}
            self.lost += len(got) - unknown - len(told & set(runs))

    def result(self):
        figure = (
            f"{self.creates} creates, {self.runs} runs: {self.doubled} doubled, {self.lost} lost, "
            f"{self.unknown} said to be unknown"
        )
        return Result(figure, self.creates > 0 and not self.doubled and not self.lost)


def create(panda, session, **options):
    try:
        return str(panda.session_runs.create_batch(session_ids=[session], metrics=METRICS, **options).id)
    except PandaProbeError as error:
        return error


OFFSETS = (-600, -310, -290, -5, -1.4, 0, 1.4, 5, 290, 600)


def clock_matrix():
    """Cold and warm clients of every clock, an identical run of before in the list, the answer lost once or twice."""
    count = Count()

    def world(case):
        offset, whole, date, zone, warm, script = case
        mine = Count()
        with service(offset=offset, whole=whole, date=date, zone=zone) as server:
            server.create({"session_ids": ["same"], "metrics": METRICS})
            older = set(server.made())
            with client(server.url, f"matrix {next(_projects)}") as panda:
                wanted = ["warm"] * warm
                results = [create(panda, name) for name in wanted]
                server.script = list(script)
                wanted.append("same")
                results.append(create(panda, "same"))
            mine.take(wanted, results, server.made(), older)
        return mine

    cases = itertools.product(
        OFFSETS,
        (False, True),
        (False, True),
        (UTC, timezone(timedelta(hours=5, minutes=30))),
        (False, True),
        (("after",), ("before",), ("before", "after")),
    )
    with ThreadPoolExecutor(12) as pool:
        for mine in pool.map(world, cases):
            for name in vars(count):
                setattr(count, name, getattr(count, name) + getattr(mine, name))
    return count.result()


def many_clients():
    """Several clients at once, whole seconds, two in five answers lost."""
    count = Count()
    for offset, whole in ((-290, True), (0, True), (0, False), (600, True)):
        with service(offset=offset, whole=whole, loss=0.4, seed=7) as server:
            clients = [client(server.url, f"many {next(_projects)}", deadline=60) for _ in range(4)]
            wanted = [f"s{number}" for number in range(150)]
            with ThreadPoolExecutor(8) as pool:
                results = list(pool.map(create, itertools.cycle(clients), wanted))
            for panda in clients:
                panda.close()
            count.take(wanted, results, server.made())
    return count.result()


SENDER = f"""
import sys
from pandaprobe_evals import ApiKey, BackoffPolicy, OutcomeUnknown, PandaProbe
quick = BackoffPolicy(base=0.01, cap=0.05, settle=0.3, settle_answered=0.1, look_every=0.05)
with PandaProbe(ApiKey({KEY!r}, "one"), base_url=sys.argv[1], backoff=quick, timeout=5, deadline=30) as panda:
    try:
        print(panda.session_runs.create_batch(session_ids=["same"], metrics=["agent_reliability"]).id)
    except OutcomeUnknown:
        print("unknown")
"""


def process_after_process():
    """One cold process after another makes the same again, as a nightly job does: each loses its first answer."""
    count = Count()
    for offset, fates in ((-5, ["before"]), (-290, ["after"]), (290, ["before", "before"])):
        with service(offset=offset) as server:
            results = []
            for _ in range(4):
                server.script = list(fates)
                done = subprocess.run(
                    [sys.executable, "-c", SENDER, server.url], capture_output=True, text=True, timeout=60, check=True
                )
                said = done.stdout.strip()
                results.append(OutcomeUnknown(said) if said == "unknown" else said)
            count.take(["same"] * 4, results, server.made())
    return count.result()


def clock_is_set():
    """The service's clock is set between two creates, by seconds and by minutes."""
    count = Count()
    for step, fate in itertools.product((-300, -30, -3, 3, 30, 300), ("after", "before")):
        with service() as server, client(server.url, f"set {next(_projects)}") as panda:
            results = [create(panda, "first")]
            server.offset, server.script = step, [fate]
            results.append(create(panda, "second"))
            count.take(["first", "second"], results, server.made())
    return count.result()


def broken_answers():
    """A create is answered 202 with a time that breaks the contract: the run is made, and its id must be told."""
    told = resolved = 0
    with service(naive=True) as server, client(server.url, f"broken {next(_projects)}") as panda:
        for number in range(200):
            error = create(panda, f"s{number}")
            if isinstance(error, ContractViolation) and error.run_id in server.made():
                told += 1
                run = panda.session_runs.resolve(error)
                resolved += run is not None and str(run.id) == error.run_id
        made = len(server.made())
    return Result(f"{made} made, {told} told, {resolved} resolved", made == told == resolved == 200)


def machine_clock_is_set():
    """The clock of this machine is set while a create is in doubt, and before an unknown one is resolved."""
    count, true, patient = Count(), time.time, replace(QUICK, settle=20 * LATE)
    for jump, fate in itertools.product((-86_400, -600, -5, 5, 600, 86_400), ("after", "before", "late")):
        moved = [0.0]

        def now(moved=moved):
            return true() + moved[0]

        with (
            mock.patch("time.time", now),
            service() as server,
            client(server.url, f"jump {next(_projects)}", backoff=patient) as panda,
        ):
            results = [create(panda, "first")]
            server.script = [fate]
            setting = threading.Timer(0.05, moved.__setitem__, (0, jump))
            setting.start()
            results.append(create(panda, "second"))
            setting.join()
            server.script, moved[0] = [fate], 0.0
            third = create(panda, "third", deadline=0.1)
            moved[0] = jump
            if isinstance(third, OutcomeUnknown):
                run = panda.session_runs.resolve(pickle.loads(pickle.dumps(third)))
                third = str(run.id) if run else create(panda, "third")
            elif isinstance(third, PandaProbeError):
                third = create(panda, "third")
            time.sleep(4 * LATE)
            count.take(["first", "second", "third"], [*results, third], server.made())
    return count.result()


def cancelled_everywhere():
    """Creates under asyncio, each cancelled one turn of the loop later than the one before it; then made for good."""
    steps, count = 60, Count()

    async def main(url, server):
        auth = ApiKey(KEY, "cancelled")
        async with AsyncPandaProbe(auth, base_url=url, backoff=QUICK, rate_limit=(100_000, 0.05)) as panda:
            over = []
            for step in range(steps):
                server.script = [("pass", "after", "before")[step % 3]]
                making = asyncio.ensure_future(
                    panda.session_runs.create_batch(session_ids=[f"c{step}"], metrics=METRICS, deadline=30)
                )
                for turn in range(step):
                    await asyncio.sleep(0 if turn % 4 else 0.001)
                making.cancel()
                over += await asyncio.gather(making, return_exceptions=True)
            server.script = []
            before = server.made()
            again = [
                await panda.session_runs.create_batch(session_ids=[f"c{step}"], metrics=METRICS)
                for step in range(steps)
            ]
            free = await asyncio.gather(
                *(panda.session_runs.get(run.id) for run in again for _ in range(2)), return_exceptions=True
            )
            return before, [str(run.id) for run in again], sum(not isinstance(one, Exception) for one in free), over

    with service() as server:
        before, again, free, over = asyncio.run(main(server.url, server))
        made = server.made()
    cancelled = sum(isinstance(one, asyncio.CancelledError) for one in over)
    twice = len(before) - len(set(before.values()))
    count.take([f"c{step}" for step in range(steps)], again, made, before)
    result = count.result()
    figure = f"{cancelled} of {steps} cancelled, {twice} made twice; then {result.figure}; {free} of {2 * steps} reads"
    return Result(figure, result.held and not twice and free == 2 * steps and cancelled > steps // 3)


ATTACKS = [
    Attack("created_at from -600 to 600 s of Date, any zone, whole seconds", "0 doubled, 0 lost", clock_matrix),
    Attack("four clients at once, 40% of answers lost", "0 doubled, 0 lost", many_clients),
    Attack("the same again by one cold process after another", "0 doubled, 0 lost", process_after_process),
    Attack("the service's clock is set between two creates", "0 doubled, 0 lost", clock_is_set),
    Attack("this machine's clock is set while a create is in doubt", "0 doubled, 0 lost", machine_clock_is_set),
    Attack("creates cancelled at each turn of the loop", "0 doubled, 0 lost, no place lost", cancelled_everywhere),
    Attack("a create answered with a body that breaks the contract", "200 told and resolved", broken_answers),
]
