"""Creates of each kind that openapi.yaml has, two in five of them hit by a fault: none lost, none made twice.

CREATES=500 makes so many of each.
"""

import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import httpx
import pytest
from pandaprobe_evals import ApiKey, PandaProbe, contract
from pandaprobe_sandbox import API_KEY, Sandbox

from .test_two_thousand import FAULTS, HONEST, TIMEOUT
from .world import new_project

MANY = int(os.environ.get("CREATES", "150"))
WORKERS = 32  # most of them wait until a lost create has settled
SESSION, TRACE = ["agent_reliability"], ["task_completion"]


def traced(panda, number, **more):
    """A trace that is there, in a session of its own; its id."""
    trace_id = str(uuid4())
    at = "2026-11-22T09:30:00+00:00"
    trace = {
        "trace_id": trace_id,
        "name": f"turn {number}.",
        "session_id": f"s{number}",
        "started_at": at,
        "ended_at": at,
    }
    headers = {"X-API-Key": API_KEY, "X-Project-Name": panda.project}
    body = {**trace, "user_id": f"user {number}", "status": "COMPLETED", **more}
    httpx.post(f"{panda.base_url}/traces", json=body, headers=headers).raise_for_status()
    return trace_id


def failing(panda, number):
    """A trace of which every judge's answer fails; its id."""
    return traced(panda, number, name=f"fail-always-{number}")


def monitor(panda, number):
    traced(panda, number)
    body = {"name": f"{number}", "target_type": "SESSION", "metrics": SESSION, "cadence": "weekly"}
    return panda.monitors.create(**body, user_id=f"user {number}").id


# operation: what it needs, the call, and what tells which of the creates an item comes from
KINDS = {
    "create_batch_session_eval_run": (
        lambda panda, n: f"s{n}",
        lambda panda, it: panda.session_runs.create_batch(session_ids=[it], metrics=SESSION),
        lambda item: item.filters.session_ids[0],
    ),
    "create_session_eval_run": (
        lambda panda, n: traced(panda, n) and f"user {n}",
        lambda panda, it: panda.session_runs.create(metrics=SESSION, user_id=it),
        lambda item: item.filters["user_id"],
    ),
    "retry_session_eval_run": (
        lambda panda, n: panda.session_runs.create_batch(session_ids=[f"fail-always-{n}"], metrics=SESSION).id,
        lambda panda, it: panda.session_runs.retry(it),
        lambda item: item.filters.retry_of or None,
    ),
    "create_batch_trace_eval_run": (
        lambda panda, n: str(UUID(int=n + 1)),
        lambda panda, it: panda.trace_runs.create_batch(trace_ids=[it], metrics=TRACE),
        lambda item: str(item.filters.trace_ids[0]),
    ),
    "create_trace_eval_run": (
        lambda panda, n: traced(panda, n) and f"turn {n}.",
        lambda panda, it: panda.trace_runs.create(metrics=TRACE, trace_name=it),
        lambda item: item.filters["name"],
    ),
    "retry_trace_eval_run": (
        lambda panda, n: panda.trace_runs.create_batch(trace_ids=[failing(panda, n)], metrics=TRACE).id,
        lambda panda, it: panda.trace_runs.retry(it),
        lambda item: item.filters.retry_of or None,
    ),
    "create_trace_score": (
        traced,
        lambda panda, it: panda.trace_scores.create(trace_id=it, name="helpful", value=0.5),
        lambda item: str(item.trace_id),
    ),
    "create_monitor": (
        lambda panda, n: f"nightly {n}",
        lambda panda, it: panda.monitors.create(name=it, target_type="SESSION", metrics=SESSION, cadence="daily"),
        lambda item: item.name,
    ),
    "trigger_monitor": (
        monitor,
        lambda panda, it: panda.monitors.trigger(it),
        lambda item: item.monitor_id,
    ),
}


def test_every_kind_of_create_is_here():
    assert KINDS.keys() == {one.id for one in contract.operations().values() if one.effect == "creates"}


@pytest.mark.parametrize("count", [30, pytest.param(MANY, marks=[pytest.mark.slow, pytest.mark.deep])])
@pytest.mark.parametrize("operation", KINDS)
def test_each_create_makes_one_and_gets_its_own(operation, count):
    needs, call, says = KINDS[operation]
    listed = contract.operations()[operation].lookup["list"]
    with Sandbox(rate_limit=None, read_limit=None, speed=1000) as sandbox, sandbox.serve() as url:
        auth = ApiKey(API_KEY, project=new_project())
        with PandaProbe(auth, base_url=url, pacing="off", backoff=HONEST, timeout=TIMEOUT, deadline=300) as panda:
            given = [needs(panda, number) for number in range(count)]
            if operation.startswith("retry_"):
                getattr(panda, contract.operations()[operation].tag).wait(given, timeout=60, scores=False)
            known = {item.id for item in everything(panda, listed, given)}
            draw, hit = random.Random(7), 0
            for _ in range(count):
                spoiled = draw.random() < 0.4
                fault, options = draw.choice(FAULTS) if spoiled else ("pass", {})
                sandbox.inject(fault, operation=operation, **options)
                hit += spoiled
            with ThreadPoolExecutor(WORKERS) as pool:
                made = list(pool.map(lambda it: call(panda, it), given))
            there = [item for item in everything(panda, listed, given) if item.id not in known]
    assert hit >= 0.2 * count
    assert [says(item) for item in made] == given
    assert Counter(map(says, there)) == Counter(given)
    assert {item.id for item in made} == {item.id for item in there}
    assert sum(item.reconciled for item in made) >= 0.1 * count


def everything(panda, listed, given):
    """All items of a list that creates are found in."""
    operation = contract.operations()[listed]
    method = {"list_monitor_runs": "runs"}.get(listed, "list")
    pages = getattr(getattr(panda, operation.tag), method)
    if method == "runs":
        return [run for it in given for run in pages(it)]
    return list(pages(page_size=200))
