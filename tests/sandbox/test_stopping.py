"""A sandbox in a process of its own hears SIGTERM and Ctrl-C, whenever they come."""

import pytest

from .stopping import deaf, stopped_at_line, stormed


@pytest.mark.slow
def test_a_signal_in_the_middle_of_waiting_stops_it():
    assert [line for line in (1, 4, 6, 8) if not stopped_at_line(line)] == []


@pytest.mark.slow
def test_one_signal_upon_another_stops_it():
    assert [stormed() for _ in range(2)] == [True] * 2


@pytest.mark.slow
@pytest.mark.parametrize("starts", [6, pytest.param(20, marks=pytest.mark.deep)])
def test_a_signal_at_any_moment_stops_it(starts):
    assert deaf(starts, seed=7) == 0
