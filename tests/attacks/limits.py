"""Rate limits that change, lie, or are told of in words that nobody can read; and answers that ask to come back at once."""

import contextlib
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from pandaprobe_evals import ApiKey, PandaProbe, PandaProbeError
from pandaprobe_evals.pacing import registry
from pandaprobe_sandbox import API_KEY, Sandbox
from pandaprobe_sandbox.limits import FixedWindow

from .attack import Attack, Result

METRICS = ["agent_reliability"]
BATCH = "create_batch_session_eval_run"
LIST = "list_session_eval_runs"
SECONDS = 2.0


def client_of(url, **options):
    registry.PROCESS = registry.Registry()  # a port may be one that an earlier sandbox had
    return PandaProbe(ApiKey(API_KEY, project="attack"), base_url=url, **options)


def create(panda, number):
    return panda.session_runs.create_batch(session_ids=[f"chat-{number}"], metrics=METRICS)


def answered(box, operation=BATCH):
    return [request.status for request in box.requests if request.operation == operation]


def a_limit_that_moves():
    """Three windows of 50, four of 20, and 50 again."""
    limits = [50] * 3 + [20] * 4 + [50] * 4
    with (
        Sandbox(rate_limit=(50, SECONDS), speed=1000) as box,
        box.serve() as url,
        client_of(url, rate_limit=(50, SECONDS)) as panda,
    ):
        window = box.app.app.state.service.creates
        begun = time.monotonic()

        def move():
            for number, limit in enumerate(limits):
                time.sleep(max(0.0, begun + number * SECONDS - time.monotonic()))
                window.requests = limit

        mover = threading.Thread(target=move)
        mover.start()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: create(panda, number), range(sum(limits))))
        took = time.monotonic() - begun
        mover.join()
        wasted = answered(box).count(429)
    least = (len(limits) - 1) * SECONDS
    return Result(
        f"{wasted} 429s for {sum(limits)} creates, {took / least:.2f} of the least time",
        wasted <= 30 and took < 1.4 * least,
    )


LATER = """
import sys, time
from pandaprobe_evals import ApiKey, PandaProbe
begun = time.monotonic()
with PandaProbe(ApiKey(sys.argv[1], project="attack"), base_url=sys.argv[2], pacing=__import__(
    "pandaprobe_evals.pacing.sqlite", fromlist=["SqliteStore"]).SqliteStore(sys.argv[3])) as panda:
    for number in range(3):
        panda.session_runs.create_batch(session_ids=[f"chat-{number}"], metrics=["agent_reliability"])
print(time.monotonic() - begun)
"""


def a_day_on_disk():
    """One 429 that names a day, or once an hour; what the next process then waits, whose service takes everything."""
    waits = {}
    for said in ("1 per 1 day", "-5 per 1 minute", "1 per 999999999 year"):
        with Sandbox(speed=1000) as box, box.serve() as url, tempfile.TemporaryDirectory() as folder:
            body = f'{{"error":"Rate limit exceeded: {said}"}}'
            box.inject("status", operation=BATCH, code=429, body=body, content_type="application/json")
            command = [sys.executable, "-c", LATER, API_KEY, url, folder]
            for _ in range(2):
                run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
            waits[said] = float(run.stdout)
    worst = max(waits.values())
    return Result(f"the next process waits {worst:.1f} s at most", worst < 20)


class Unreadable(Sandbox):
    """Refuses with a page that says nothing, as a proxy does."""

    window = FixedWindow(60, 3.0)
    refused = 0

    @property
    def app(self):
        inner = super().app

        async def app(scope, receive, send):
            if (
                scope["type"] == "http"
                and scope["method"] == "POST"
                and not self.window.allows(("", ""), time.monotonic())
            ):
                self.refused += 1
                await send({"type": "http.response.start", "status": 429, "headers": [(b"content-type", b"text/html")]})
                await send({"type": "http.response.body", "body": b"<html>Too many requests</html>"})
            else:
                await inner(scope, receive, send)

        return app


def an_unreadable_429():
    with (
        Unreadable(rate_limit=None, speed=1000) as box,
        box.serve() as url,
        client_of(url, rate_limit=(120, 3.0)) as panda,
    ):
        with ThreadPoolExecutor(60) as pool:
            made = list(pool.map(lambda number: create(panda, number), range(120)))
        return Result(
            f"{box.refused} wasted for {len(made)} creates by 60 threads", box.refused <= 20 and len(made) == 120
        )


def come_back_at_once():
    counts = []
    for body in ('{"error":"slow down"}', '{"error":"Rate limit exceeded: 50 per 1 minute"}', "<html></html>"):
        for value in ("0", "-5", "Thu, 01 Jan 1970 00:00:00 GMT"):
            for pacing in ("off", "memory"):
                with Sandbox(speed=1000) as box, box.serve() as url, client_of(url, pacing=pacing) as panda:
                    options = {"code": 429, "body": body, "retry_after": value, "content_type": "application/json"}
                    box.inject("status", operation=LIST, times=10**5, **options)
                    with contextlib.suppress(PandaProbeError):
                        list(panda.session_runs.list(deadline=1))
                    counts.append(len(answered(box, LIST)))
    return Result(f"{max(counts)} requests in a second at most", max(counts) <= 10)


ATTACKS = [
    Attack("the limit goes 50, 20, 50", "at most 30 429s, and 1.4 of the least time", a_limit_that_moves),
    Attack("one 429 that names a day, kept on disk", "the next process waits less than 20 s", a_day_on_disk),
    Attack("a 429 that cannot be read meets 60 threads", "at most 20 of 120 wasted", an_unreadable_429),
    Attack(
        "a 429 with a Retry-After of 0, below, or in the past", "at most 10 requests in a second", come_back_at_once
    ),
]
