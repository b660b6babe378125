"""The log: one line for each attempt at DEBUG, one for each wait at INFO, and no secret in any of them."""

import asyncio
import json
import logging
from uuid import UUID

import httpx
import pytest
from pandaprobe_evals import (
    ApiKey,
    AsyncPandaProbe,
    BearerToken,
    PandaProbe,
    PandaProbeError,
    QuotaExceeded,
    ServerError,
)
from pandaprobe_evals.policy import BackoffPolicy
from pandaprobe_sandbox import API_KEY, HOBBY_API_KEY, PROJECT_ID, TOKEN, Sandbox

FAST = BackoffPolicy(base=0.01, cap=0.02, settle=0.05, settle_answered=0.05, look_every=0.01)
CREATE = {"session_ids": ["chat-1"], "metrics": ["agent_reliability"]}


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.DEBUG)  # of every library, httpx and httpcore too
    return caplog


@pytest.fixture
def box():
    sandbox = Sandbox(speed=50)
    with sandbox.serve() as url:
        sandbox.url = url
        yield sandbox


def lines(log, level):
    return [r.getMessage() for r in log.records if r.name == "pandaprobe_evals" and r.levelno == level]


def test_each_attempt_is_one_line_and_each_wait_is_one(box, log):
    with PandaProbe(ApiKey(API_KEY, "logs"), base_url=box.url, backoff=FAST) as panda:
        box.inject("html_502", times=2)
        panda.session_metrics.list()
    attempts, waits = lines(log, logging.DEBUG), lines(log, logging.INFO)
    assert [line.split(" in ")[0] for line in attempts] == [
        "list_session_metrics attempt 1: 502",
        "list_session_metrics attempt 2: 502",
        "list_session_metrics attempt 3: 200",
    ]
    assert [line.split(" waits ")[0] for line in waits] == ["list_session_metrics"] * 2


def test_asyncio_logs_the_same(box, log):
    async def read():
        async with AsyncPandaProbe(ApiKey(API_KEY, "logs"), base_url=box.url, backoff=FAST) as panda:
            box.inject("html_502")
            await panda.session_metrics.list()

    asyncio.run(read())
    assert len([line for line in lines(log, logging.DEBUG) if "attempt" in line]) == 2
    assert len([line for line in lines(log, logging.INFO) if "waits" in line]) == 1


def test_looking_for_a_lost_create_waiting_for_the_rate_limit_and_for_a_run_are_logged(log):
    box = Sandbox(speed=5, rate_limit=(1, 0.5))
    with (
        box.serve() as url,
        PandaProbe(ApiKey(API_KEY, "waits"), base_url=url, backoff=BackoffPolicy(), rate_limit=(1, 0.5)) as panda,
    ):
        box.inject("late_commit", delay=0.2)
        panda.session_runs.create_batch(**CREATE)
        panda.session_runs.wait(panda.session_runs.create_batch(**CREATE, name="another"))
    said = lines(log, logging.INFO)
    assert [line for line in said if "looking for a lost create" in line]
    assert [line for line in said if "for the rate limit" in line]
    assert [line for line in said if "waiting for runs" in line]


@pytest.mark.parametrize(
    ("auth", "secret"),
    [
        (lambda: ApiKey(API_KEY, "logs"), API_KEY),
        (lambda: ApiKey(HOBBY_API_KEY, "logs"), HOBBY_API_KEY),
        (lambda: BearerToken(TOKEN, PROJECT_ID), TOKEN),
    ],
    ids=["key", "key of a small plan", "token"],
)
def test_no_secret_is_in_any_line_of_any_library_whatever_goes_wrong(box, log, auth, secret):
    with PandaProbe(auth(), base_url=box.url, backoff=FAST) as panda:
        box.inject("commit_then_drop")
        box.inject("invalid_json", operation="list_session_metrics")
        box.inject("html_502", times=20, operation="list_session_scores")
        panda.session_runs.create_batch(**CREATE)
        panda.session_metrics.list()
        with pytest.raises(ServerError):
            list(panda.session_scores.list())
        if secret == HOBBY_API_KEY:
            with pytest.raises(QuotaExceeded):
                panda.session_runs.create_batch(
                    session_ids=[f"chat-{number}" for number in range(11)], metrics=CREATE["metrics"]
                )
    assert len(log.records) > 20
    formatter = logging.Formatter("%(name)s %(message)s %(args)s")
    assert not [record for record in log.records if secret in formatter.format(record)]


UGLY = "first\r\nsecond \x1b[31mred\x1b[0m \u2028third\x00\u202efourth"


@pytest.mark.parametrize("status", [200, 202, 400, 401, 404, 422, 429, 500, 503])
@pytest.mark.parametrize("form", ["detail", "error", "errors", "bare", "type", "header"])
def test_whatever_the_service_says_each_line_of_the_log_is_one_printable_line(log, status, form):
    bodies = {
        "detail": {"detail": UGLY},
        "error": {"error": UGLY},
        "errors": {"detail": UGLY, "errors": [{"field": UGLY, "message": UGLY}]},
    }
    body = json.dumps(bodies[form]).encode() if form in bodies else UGLY.encode()
    headers = {
        "content-type": "x/y;\x1bq" if form == "type" else "application/json",
        "x-request-id": "a\x1b[31mb" if form == "header" else "a",
    }
    answer = httpx.Response(status, content=body, headers=headers)
    options = {"transport": httpx.MockTransport(lambda _: answer), "backoff": FAST, "deadline": 0.3}
    with PandaProbe(ApiKey(API_KEY, "logs"), base_url="http://localhost", **options) as panda:
        for call in (
            lambda: panda.session_runs.create_batch(**CREATE),
            lambda: panda.session_runs.get(str(UUID(int=1))),
        ):
            with pytest.raises(PandaProbeError) as caught:
                call()
            assert caught.value.message.isprintable()
            assert str(caught.value).isprintable()
    said = [r.getMessage() for r in log.records if r.name.startswith("pandaprobe_evals")]
    assert said
    assert [line for line in said if not line.isprintable()] == []


def test_a_good_answers_words_stay_as_the_service_wrote_them(log):
    """They are data: whoever prints them escapes them."""
    metric = {"name": UGLY, "description": UGLY, "category": "session"}
    with PandaProbe(
        ApiKey(API_KEY, "logs"),
        base_url="http://localhost",
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=[metric])),
    ) as panda:
        (found,) = panda.session_metrics.list()
    assert (found.name, found.description) == (UGLY, UGLY)
    assert found.to_dict() == metric
