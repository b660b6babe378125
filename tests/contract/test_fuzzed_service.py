"""Whatever schemathesis sends by openapi.yaml, the service answers by openapi.yaml, in both authentication modes."""

import functools

import pytest

from .document import ANSWERS, SUCCESSES
from .fuzzing import ALWAYS_MET, EXPLAINED, fuzz
from .service import MODES, SEEDS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),  # schemathesis' and its libraries' own
    pytest.mark.xdist_group("fuzzing"),
]
RUNS = [(mode, seed) for mode in MODES for seed in SEEDS]
each_run = pytest.mark.parametrize(
    "run",
    [
        pytest.param(run, id=f"{run[0]} {run[1]}", marks=[pytest.mark.deep] if place else [])
        for place, run in enumerate(RUNS)
    ],
    indirect=True,
)


@functools.cache
def _fuzzed(mode, seed):
    return fuzz(mode, seed, examples=6, walks=40)


@pytest.fixture
def run(request):
    return _fuzzed(*request.param)


@each_run
def test_nothing_is_found_that_is_not_known_of_the_service(run):
    assert run.errors == []
    assert not run.unexplained, "\n".join(map(str, run.unexplained))


@each_run
def test_every_operation_was_seen_to_succeed(run):
    assert set(run.answered) >= SUCCESSES, "a run that meets 404 only passes for nothing"


@each_run
def test_every_phase_had_its_say(run):
    assert run.by_phase.keys() == {"examples", "coverage", "fuzzing", "stateful"}
    assert min(run.by_phase.values()) >= 30


@each_run
def test_refusals_were_seen_too_and_all_of_them_are_documented(run):
    assert {status for _, status in run.answered} >= {401, 404, 405, 422, 500}
    assert set(run.answered) <= set(ANSWERS)


@each_run
def test_links_were_walked(run):
    """A walk ends at the first complaint, an explained one too, and one in eleven of its steps follows a link: 18 walks were
    105 to 336 steps in six runs, with 7 to 26 links. 40 leave less than one chance in a thousand of fewer than five."""
    assert len(run.followed) >= 5, "which ones is a matter of chance; test_service_answers.py walks them all"


@each_run
def test_every_explanation_is_still_needed(run):
    assert run.explained.keys() >= ALWAYS_MET
    assert EXPLAINED.keys() >= ALWAYS_MET
