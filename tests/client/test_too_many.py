"""Which 429 it is, what limit it names, and what Retry-After says: one rule each, whoever asks."""

import json
import random
import time

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandaprobe_conformance import wire
from pandaprobe_evals.errors import QuotaExceeded, RateLimited
from pandaprobe_evals.policy import Answer, BackoffPolicy, Retry, Return, decide, retry_after
from pandaprobe_evals.too_many import TooMany, understood
from pandaprobe_evals.transport import answer_error

SAID = "Rate limit exceeded: 50 per 1 minute"
FIFTY = TooMany("rate limit", (50, 60.0))
RATE, QUOTA, UNKNOWN = TooMany("rate limit"), TooMany("quota"), TooMany("unknown")

BODIES = [
    ({"error": SAID}, FIFTY),
    ({"error": SAID, "detail": None}, FIFTY),
    ({"error": SAID, "detail": ""}, FIFTY),
    ({"error": SAID, "detail": "and more words"}, FIFTY),
    ({"error": SAID, "detail": {"plan": "HOBBY"}}, FIFTY),
    ({"detail": "limit (10)"}, QUOTA),
    ({"detail": "limit (10)", "error": None}, QUOTA),
    ({"detail": "limit (10)", "error": "quota"}, QUOTA),
    ({"error": "50 per 1 minute", "detail": None}, RATE),
    ({"error": "slow down"}, RATE),
    ({"error": "Rate limit exceeded: -5 per 1 minute"}, RATE),
    ({"error": "Rate limit exceeded: 0 per 1 minute"}, RATE),
    ({"error": "Rate limit exceeded: 5 per 0 minute"}, RATE),
    ({"error": "Rate limit exceeded: 5 per minute"}, RATE),
    ({"error": "Rate limit exceeded: 5 per 1 minute!"}, RATE),
    ({"error": "Rate limit exceeded: 5 per 1 minute\n"}, RATE),
    ({"error": "Rate limit exceeded: \u0665 per 1 minute"}, RATE),
    ({"error": "Rate limit exceeded: 1 per 1 day"}, RATE),
    ({"error": "Rate limit exceeded: 999999999 per 1 minute"}, RATE),
    ({"error": "Rate limit exceeded: 1 per 999999999 minute"}, RATE),
    ({"error": "Rate limit exceeded: 200 per 1 hour"}, TooMany("rate limit", (200, 3600.0))),
    ({"error": "", "detail": None}, UNKNOWN),
    ({"error": 5}, UNKNOWN),
    ({"detail": []}, UNKNOWN),
    ({}, UNKNOWN),
    ([SAID], UNKNOWN),
    (SAID, UNKNOWN),
    (None, UNKNOWN),
]


@pytest.mark.parametrize(("body", "expected"), BODIES, ids=str)
def test_everybody_takes_a_429_for_the_same(body, expected):
    assert understood(body) == expected
    text = json.dumps(body)
    error = answer_error(Answer(429, {}, body), text.encode())
    assert type(error) is (QuotaExceeded if expected.kind == "quota" else RateLimited)
    exchange = wire.Exchange("POST", "http://a", (), None, status=429, answer=httpx.Headers(), body=text.encode())
    assert wire.quota(exchange) == (expected.kind == "quota")
    decision = decided(Answer(429, {}, body))
    assert isinstance(decision, Return) == (expected.kind == "quota")
    assert getattr(decision, "counts", None) == (None if expected.kind == "quota" else expected.kind == "unknown")


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.dictionaries(st.sampled_from(["error", "detail"]), inner),
    )
)
def test_no_body_breaks_it(body):
    assert understood(body).kind in ("rate limit", "quota", "unknown")


def decided(answer, *, paced=False, effect="reads"):
    return decide(
        effect,
        answer,
        failures=1,
        lost_before=False,
        paced=paced,
        policy=BackoffPolicy(),
        now=time.time(),
        uniform=high,
    )


def high(_low, top):
    return top


NOW = 1_800_000_000.0
SECONDS = {
    "0": 0.0,
    "-5": 0.0,
    "1.5": 1.5,
    "120": 120.0,
    "Fri, 15 Jan 2027 08:00:30 GMT": 30.0,
    "Fri, 15 Jan 2027 08:00:30": 30.0,
    "Fri, 15 Jan 2027 08:00:30 -0000": 30.0,
    "Fri Jan 15 08:00:30 2027": 30.0,
    "Fri, 15 Jan 2027 07:59:00 GMT": 0.0,
    "nan": None,
    "inf": None,
    "-inf": None,
    "1e3": None,
    "1_0": None,
    "99999999999999999999": None,
    "86401": None,
    "soon": None,
    "": None,
}


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize(("text", "seconds"), SECONDS.items())
def test_retry_after_is_seconds_or_a_date_in_gmt_whatever_zone_the_machine_is_in(monkeypatch, zone, text, seconds):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert retry_after({"retry-after": text}, NOW) == seconds
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("text", ["0", "-5", "0.0001", "Thu, 01 Jan 1970 00:00:00 GMT"])
@pytest.mark.parametrize("body", [{"error": SAID}, {"error": "slow down"}, None], ids=str)
def test_a_retry_after_of_nothing_is_no_leave_to_come_back_at_once(text, body):
    decision = decided(Answer(429, {"retry-after": text}, body))
    assert isinstance(decision, Retry)
    assert decision.delay >= 0.5


def test_the_backoff_of_an_unknown_429_is_random_and_a_longer_retry_after_is_honoured():
    rand = random.Random(1)
    assert decided(Answer(429, {"retry-after": "30"}, None)).delay == 30
    assert 0 <= BackoffPolicy().delay(1, rand.uniform) <= 0.5
