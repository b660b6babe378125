"""The table of what is sent again, on its page, says what policy.py does: every row, for every effect."""

import re

import pytest
from pandaprobe_evals.policy import Answer, BackoffPolicy, GiveUp, NoAnswer, Reconcile, Retry, Return, Unsent, decide

from .blocks import ROOT

PAGE = (ROOT / "docs" / "rate-limits-and-retries.md").read_text(encoding="utf-8")
EFFECTS = (("creates",), ("reads", "updates"), ("deletes",))
AFTER = {"retry-after": "3"}
ROWS = {
    "nothing was sent": [Unsent("refused")],
    "no TLS could be agreed on": [Unsent("certificate", "say so")],
    "429 of the rate limit": [Answer(429, {}, {"error": "Rate limit exceeded: 50 per 1 minute"})],
    "429 of the plan's quota": [Answer(429, {}, {"detail": "You've reached the limit"})],
    "429 of a proxy": [Answer(429, {}, None, "HTML"), Answer(429, AFTER, None, "HTML")],
    "400, 401, 403": [Answer(status, {}, {"detail": "no"}) for status in (301, 307, 400, 401, 403, 404, 405, 409, 422)],
    "time-out, connection lost": [
        NoAnswer("reset"),
        *(Answer(s, {}, None, "HTML") for s in (408, 499, 500, 502, 504, 520)),
    ],
    "an answer cut off": [NoAnswer("RemoteProtocolError: peer closed connection")],
    "a good answer that is whole": [Answer(status, {}, None, "HTML") for status in (200, 202, 204)],
    "511": [Answer(511, {}, None, "HTML")],
    "503 with": [Answer(503, AFTER, None, "HTML")],
    "a good answer that breaks": [Answer(status, {}, None) for status in (200, 202)],
}
SAYS = {
    "sent again": Retry,
    "waits": Retry,
    "**looked up**": Reconcile,
    "looked up": Reconcile,
    "raises": (Return, GiveUp),
}


def rows():
    for line in re.findall(r"^\| (?!what happened|---)(.+) \|$", PAGE.partition("## How long")[0], re.MULTILINE):
        first, *cells, _ = line.split(" | ")
        yield first, [cell if cell != "same" else cells[0] for cell in cells]


def decided(effect, happened, **more):
    given = {"failures": 1, "lost_before": False, "paced": True, "policy": BackoffPolicy(), "now": 0.0, **more}
    return decide(effect, happened, **given)


@pytest.mark.parametrize(("row", "cells"), list(rows()), ids=lambda value: value if isinstance(value, str) else "")
def test_each_row_says_what_is_done(row, cells):
    (samples,) = (samples for begins, samples in ROWS.items() if row.startswith(begins))
    columns = [(effect, cell) for effects, cell in zip(EFFECTS, cells, strict=True) for effect in effects]
    for effect, cell in columns:
        (kind,) = {kind for word, kind in SAYS.items() if cell.startswith(word)}
        for happened in samples:
            decision = decided(effect, happened)
            assert isinstance(decision, kind), (effect, happened, decision)
            if "after it" in cell:
                assert decision.delay == 3


@pytest.mark.parametrize("effect", ["reads", "updates", "deletes"])
def test_what_is_sent_again_once_is_not_sent_again_twice(effect):
    page = Answer(200, {}, None, "HTML")
    assert isinstance(decided(effect, page, unreadable=1, failures=3), Retry)
    assert isinstance(decided(effect, page, unreadable=2), GiveUp)


def test_each_kind_of_failure_has_its_row():
    assert len(list(rows())) == len(ROWS)


def test_a_delete_that_finds_nothing_after_a_lost_answer_is_success():
    assert decided("deletes", Answer(404, {}, {"detail": "gone"}), lost_before=True).as_success
