"""Points in time as they are typed, by one parser for every option that takes one."""

import inspect
from datetime import UTC, datetime

import pytest
import typer
from pandaprobe_evals.cli.common import typed
from pandaprobe_evals.cli.moments import moment

from tests.command_line.test_help import commands

NOW = datetime(2026, 11, 22, 8, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("24h", "2026-11-21T08:30:15+00:00"),
        ("5m", "2026-11-22T08:25:15+00:00"),
        ("7d", "2026-11-15T08:30:15+00:00"),
        ("1h30m", "2026-11-22T07:00:15+00:00"),
        ("now", "2026-11-22T08:30:15+00:00"),
        ("today", "2026-11-22T00:00:00+00:00"),
        ("Yesterday", "2026-11-21T00:00:00+00:00"),
        (" 2026-11-20 ", "2026-11-20T00:00:00+00:00"),
        ("2026-11-20T07:15", "2026-11-20T07:15:00+00:00"),
        ("2026-11-20 07:15:30", "2026-11-20T07:15:30+00:00"),
        ("2026-11-20T07:15Z", "2026-11-20T07:15:00+00:00"),
        ("2026-11-20T07:15:00+02:00", "2026-11-20T07:15:00+02:00"),
    ],
)
def test_a_point_in_time_is_read_as_it_is_typed(text, means):
    assert moment(text, NOW).isoformat() == means


@pytest.mark.parametrize(
    "text", ["", "never", "24", "90", "24 hours ago", "d", "2026-13-01", "22.11.2026", "-24h", "9e9d", "99999d99d"]
)
def test_what_is_none_is_refused_with_every_form_that_is_one(text):
    with pytest.raises(typer.BadParameter) as refused:
        moment(text, NOW)
    for form in ("24h", "yesterday", "2026-11-22T08:30", "UTC", repr(text)):
        assert form in str(refused.value)


def test_every_command_reads_since_and_until_by_it():
    found = set()
    for words, function in commands():
        for parameter in inspect.signature(function).parameters.values():
            if typed(parameter.name, parameter.annotation) in ("--since", "--until"):
                assert parameter.annotation.__metadata__[0].parser is moment, words
                found.add(" ".join(words))
    assert found >= {"sessions list", "traces list", "scores list", "analytics trend"}
