"""What gate, compare and report hold of scores: no Python object that grows with them, and what went in comes out."""

import copy
import tracemalloc

import pytest
from pandaprobe_evals import Results
from pandaprobe_evals.pairs import Pairs
from pandaprobe_evals.report import Gathered
from pandaprobe_evals.verdict import judge

from .made import RELIABILITY, outcome


def runs(count):
    for number in range(count):
        yield outcome({f"session-{number}-{each}": 0.5 for each in range(250)})


def judged(count):
    pairs = Pairs()
    for each in runs(count):
        pairs.add(each)
    return judge(pairs, {RELIABILITY: 0.4}).metrics[0].count


def kept(count):
    return len(Results.of(runs(count)))


def gathered(count):
    found = Gathered()
    for each in runs(count):
        found.add(each)
    return len(found.pairs.results)


@pytest.mark.slow
@pytest.mark.parametrize("held", [judged, kept, gathered])
def test_ten_times_the_scores_take_no_more_memory(held):
    peaks = []
    for count in (4, 40):
        tracemalloc.start()
        assert held(count) == 250 * count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_a_run_is_judged_with_those_before_as_if_all_came_at_once():
    first = outcome({"a": 0.1, "b": 0.9}, at=0.0)
    again = outcome({"a": 0.8, "c": 0.7}, at=60.0)
    pairs = Pairs()
    pairs.add(first)
    pairs.add(again)
    assert judge(pairs, {RELIABILITY: 0.8}) == judge([first, again], {RELIABILITY: 0.8})
    assert judge(pairs, {RELIABILITY: 0.8}).metrics[0].lowest == 0.7


@pytest.mark.parametrize("text", ["\ud800", "a\0b", "\U0001f40d", "'\"; --"])
def test_texts_come_out_as_they_went_in(text):
    words = {"metric": f"m{text}", "session_id": f"x{text}", "run_id": f"r{text}", "reason": text}
    (row,) = Results([{**words, "value": 0.5, "evidence": "measured", "status": text}]).rows()
    assert (row.metric, row.session_id, row.run_id, row.reason, row.status) == (*words.values(), text)


def test_results_can_be_copied():
    found = Results.of(outcome({"a": 0.5, "b": 0.7}))
    assert copy.deepcopy(found).to_dicts() == found.to_dicts()
