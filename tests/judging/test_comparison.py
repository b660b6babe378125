"""Comparisons: the figures are those of a reference, and the words are wrong as seldom as they claim."""

import cProfile
import pstats
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from pandaprobe_evals import InvalidArgument, compare
from pandaprobe_evals.results import Results
from pandaprobe_evals.significance import holm, paired, unpaired

from .made import FAILED, outcome

# Student's sleep data (Cushny and Peebles 1905), as R ships it: hours of sleep gained by ten patients with two drugs.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
# Of the differences below R's t.test(extra ~ group, data = sleep) says, paired and unpaired:
R_PAIRED, R_WELCH = (0.7001142, 2.4598858), (-0.2054832, 3.3654832)


def test_the_intervals_are_those_of_r():
    assert paired(FIRST, SECOND).interval == pytest.approx(R_PAIRED, abs=1e-6)
    assert unpaired(FIRST, SECOND).interval == pytest.approx(R_WELCH, abs=1e-6)


def exact_paired(before, after, shift=0):
    """The share of all sign flips whose sum is as low, or as high: by hand, in fractions."""
    values = [Fraction(str(b)) - Fraction(str(a)) + Fraction(str(shift)) for a, b in zip(before, after, strict=True)]
    sums = [sum(s * v for s, v in zip(signs, values, strict=True)) for signs in product((1, -1), repeat=len(values))]
    seen = sum(values)
    return [sum(test(each, seen) for each in sums) / len(sums) for test in (Fraction.__le__, Fraction.__ge__)]


def exact_unpaired(before, after):
    """The share of all ways to choose the second sample whose sum is as low, or as high."""
    every = [Fraction(str(value)) for value in [*before, *after]]
    seen = sum(every[len(before) :])
    sums = [sum(chosen) for chosen in combinations(every, len(after))]
    return [sum(test(each, seen) for each in sums) / len(sums) for test in (Fraction.__le__, Fraction.__ge__)]


@pytest.mark.parametrize("shift", [0, 0.05, 1.3])
def test_the_paired_test_is_exact(shift):
    found = paired(FIRST, SECOND, shift)
    assert [found.p_worse, found.p_not_worse] == pytest.approx(exact_paired(FIRST, SECOND, shift), abs=1e-6)


def test_the_unpaired_test_is_exact():
    found = unpaired(FIRST[:6], SECOND[:5])
    assert [found.p_worse, found.p_not_worse] == pytest.approx(exact_unpaired(FIRST[:6], SECOND[:5]), abs=1e-6)


def test_where_only_few_sessions_moved_of_many_the_test_is_exact():
    before = [0.5] * 1000
    after = [0.4] * 4 + before[4:]
    assert paired(before, after).p_worse == 1 / 16


def test_ten_times_the_sessions_take_no_more_calls():
    calls = []
    for count in (2_000, 20_000):
        before = [(number * 7919 % 10_000) / 10_000 for number in range(count)]
        profile = cProfile.Profile()
        profile.runcall(paired, before, before[::-1])
        calls.append(pstats.Stats(profile).total_calls)
    assert calls[1] < 2 * calls[0]


def test_holm_is_as_published():
    # R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    assert holm([0.01, 0.04, None, 0.03, 0.005]) == [0.03, 0.06, None, 0.06, 0.02]


@pytest.mark.slow
@pytest.mark.deep  # that each is exact is said above
@pytest.mark.parametrize("test", [paired, unpaired])
def test_of_two_thousand_comparisons_without_a_difference_one_in_twenty_is_a_false_alarm(test):
    chance = np.random.default_rng(20)
    sizes = (8, 8) if test is paired else (4, 5)
    tests = [test(*(chance.normal(0.7, 0.1, size) for size in sizes)) for _ in range(2_000)]
    for name in ("p_worse", "p_not_worse", "p_value"):
        assert np.mean([getattr(each, name) <= 0.05 for each in tests]) == pytest.approx(0.05, abs=0.01), name


def sides(before, after):
    return outcome(dict(enumerated(before))), outcome(dict(enumerated(after)))


def enumerated(values):
    return ((f"chat-{number:02}", value) for number, value in enumerate(values))


def test_a_drop_of_every_session_is_worse_and_one_within_the_tolerance_is_not():
    base, candidate = sides([0.8] * 10, [0.77 - 0.001 * n for n in range(10)])
    assert compare(base, candidate).word == "worse"
    assert compare(base, candidate, max_drop=0.05).word == "not worse"
    (metric,) = compare(base, candidate).metrics
    assert (metric.losses, metric.wins, metric.ties, metric.count) == (10, 0, 0, 10)
    assert metric.moved[0].id == "chat-09"
    assert compare(candidate, base).word == "not worse"


def test_what_cannot_be_told_says_how_many_more_sessions_would_tell():
    base, candidate = sides([0.8, 0.7, 0.9, 0.6], [0.7, 0.8, 0.7, 0.6])
    (metric,) = compare(base, candidate).metrics
    assert (metric.word, metric.more is not None and metric.more > 0) == ("cannot tell", True)
    assert str(metric.more) in str(metric)


def test_where_nothing_moved_it_is_not_worse():
    assert compare(*sides([0.5], [0.5])).word == "not worse"


def test_without_a_shared_session_it_is_unpaired_and_says_so():
    (metric,) = compare(outcome({"a": 0.5, "b": 0.6}), outcome({"c": 0.5, "d": 0.7})).metrics
    assert (metric.paired, metric.count) == (False, 4)
    assert "unpaired" in str(metric)


def test_what_was_not_measured_counts_on_neither_side_and_is_named():
    base, candidate = outcome({"a": 0.5, "b": 0.6, "only": 0.1}), outcome({"a": 0.5, "b": FAILED})
    (metric,) = compare(base, candidate).metrics
    assert (metric.count, metric.base.only, metric.candidate.not_measured) == (1, ("only",), (("b", "failed"),))
    assert metric.base.mean == 0.5


def test_the_newest_score_of_a_session_counts_in_a_comparison_too():
    old, new = outcome({"a": 0.1}), outcome({"a": 0.9}, at=5)
    (metric,) = compare([old, new], [new, old]).metrics
    assert metric.base.mean == metric.candidate.mean == 0.9


def test_a_metric_of_one_side_only_cannot_be_told():
    (one, other) = compare(
        outcome({"a": {"x": 0.5}}, metrics=("x",)), outcome({"a": {"y": 0.5}}, metrics=("y",))
    ).metrics
    assert (one.word, other.word, one.difference) == ("cannot tell", "cannot tell", None)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(InvalidArgument, match="max_drop"):
        compare(Results(), Results(), max_drop=5)
    assert compare(Results(), Results()).word == "cannot tell"
