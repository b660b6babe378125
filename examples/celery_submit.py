"""A huge submit past one machine: chunks become Celery tasks over Redis, and each becomes exactly one run.

Start workers on as many hosts as you like, then submit from one of them:

    export PANDAPROBE_REDIS_URL=redis://queue.example:6379/0     # broker, shared rate budget, and who made what
    celery -A celery_submit worker --pool solo                   # in examples/, on each host
    python celery_submit.py ids.txt nightly.ledger agent_reliability

Celery may deliver a task twice: after a worker's death, or when its visibility time-out is over. What makes that safe:

- A delivery that finds the chunk's run written down in Redis returns it.
- A lock keeps two deliveries apart. It outlives every request that its holder can still send, since a create has a
  deadline and each attempt a time-out: when the lock falls, the holder is done, or dead.
- Before a create is sent, Redis is told when. A delivery that finds such a mark first looks for the run, by its name, which
  no other has, and sends only when there is none.

What a dead worker had taken comes back after `LEASE` seconds, when the next worker starts, or a minute or two later: that is
how often Celery's Redis transport looks. Submitting the same ledger again is safe as well: it hands out what has no run yet.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from celery import Celery, Task
from celery.exceptions import Retry
from pandaprobe_evals import ConnectionFailed, OutcomeUnknown, PandaProbe, RateLimited, ServerError
from pandaprobe_evals.intake import ids_in
from pandaprobe_evals.ledger import Ledger, Plan
from pandaprobe_evals.submission import begins, find, place
from redis import Redis
from redis.exceptions import LockNotOwnedError

URL = os.environ.get("PANDAPROBE_REDIS_URL", "redis://127.0.0.1:6379/0")
CHUNK = int(os.environ.get("CELERY_SUBMIT_CHUNK", "5000"))
DEADLINE = float(os.environ.get("CELERY_SUBMIT_DEADLINE", "60"))
"""Seconds that one delivery may try for; the rate limit is waited for between deliveries when it takes longer."""
TIMEOUT = float(os.environ.get("CELERY_SUBMIT_TIMEOUT", "30"))
"""Seconds for each attempt of a request."""
LEASE = DEADLINE + TIMEOUT + 1
"""Seconds that the lock holds: longer than a delivery can have a request on its way."""

app = Celery("celery_submit", broker=URL, backend=URL)
app.conf.update(
    task_acks_late=True,  # a task is done when it is done, not when it was taken
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": LEASE},
    result_expires=24 * 3600,
)
redis = Redis.from_url(URL, decode_responses=True)


def client() -> PandaProbe:
    """The service by its environment variables, with one rate budget for all hosts."""
    return PandaProbe.from_env(pacing="redis", deadline=DEADLINE, timeout=TIMEOUT)


@app.task(bind=True, max_retries=None)
def evaluate(self: Task, job: str, number: int, create: Mapping[str, Any]) -> str:
    """Make the run of one chunk, unless it is made; return its id."""
    runs, begun_at = f"pandaprobe:{job}:runs", f"pandaprobe:{job}:begun"
    lock = redis.lock(f"pandaprobe:{job}:lock:{number}", timeout=LEASE)
    if not lock.acquire(blocking=False):
        raise again(self, LEASE / 4)
    try:
        if made := redis.hget(runs, str(number)):
            return str(made)
        with client() as panda:
            begun = redis.hget(begun_at, str(number))
            run = find(panda, create, begun=float(begun)) if begun else None
            if run is None:
                redis.hset(begun_at, str(number), begins(panda))
                try:
                    run = panda.session_runs.create_batch(**create)
                except RateLimited:
                    redis.hdel(begun_at, str(number))  # nothing was made: there is nothing to look for
                    raise
        redis.hset(runs, str(number), str(run.id))
        return str(run.id)
    except RateLimited as error:
        raise again(self, error.reopens_in or 5) from None
    except (OutcomeUnknown, ConnectionFailed, ServerError):
        raise again(self, 5) from None
    finally:
        with suppress(LockNotOwnedError):  # it was over
            lock.release()


def again(task: Task, seconds: float) -> Retry:
    """Have the task delivered once more after so long."""
    return task.retry(countdown=seconds, throw=False)


def submit(source: Path, ledger: Path, metrics: list[str]) -> None:
    """Cut the ids into chunks, hand these out, and write down which run each became."""
    with client() as panda:
        base_url, project = place(panda)
    plan = Plan(base_url=base_url, project=project, metrics=tuple(metrics), chunk=CHUNK)
    with Ledger.open(ledger) if ledger.exists() else Ledger.create(ledger, plan) as book:
        if not book.filled:
            with source.open("rb") as stream:
                book.fill(ids_in(stream, str(source)))
        for chunk in book.unmade():
            evaluate.apply_async((book.job, chunk.number, chunk.create), task_id=f"{book.job}-{chunk.number}")
        while book.open_chunks():
            made = redis.hgetall(f"pandaprobe:{book.job}:runs")
            for line in book.lines():
                if not line.run_id and (run_id := made.get(str(line.number))):
                    book.made(line.number, run_id)
                    print(json.dumps({"chunk": line.number, "run_id": run_id, "sessions": line.sessions}), flush=True)
            time.sleep(0.5)


if __name__ == "__main__":
    submit(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
