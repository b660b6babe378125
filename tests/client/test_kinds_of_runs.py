"""A run of another kind than the resource's is told: the service takes its id everywhere, and acts on it."""

import pytest
from pandaprobe_evals import InvalidArgument
from pandaprobe_evals.runs import run_kinds
from pandaprobe_evals_api.models import EvalRun

from .conftest import BODY


@pytest.fixture
def elsewhere(kind, url, monkeypatch):
    """A client, and a run that it made and that says that it is over something else."""
    panda = kind(url)
    run = panda.session_runs.create_batch(**BODY)
    sessions = run_kinds()["session_runs"]
    monkeypatch.setattr("pandaprobe_evals.runs.run_kinds", lambda: {"other_runs": OTHER, "session_runs": sessions})
    return panda, EvalRun.from_dict({**run.to_dict(), "target_type": "OTHER"})


class _Other:
    tag, target_type, noun = "other_runs", "OTHER", "others"


OTHER = _Other()


@pytest.mark.parametrize("method", ["get", "delete", "retry", "scores", "wait"])
def test_a_run_of_another_kind_is_not_sent(elsewhere, method):
    panda, run = elsewhere
    with pytest.raises(InvalidArgument, match=r"^runs?(_id)?: .* is a run over others; use other_runs for it"):
        getattr(panda.session_runs, method)(run)


def test_a_kind_that_is_not_known_is_let_be(kind, url):
    panda = kind(url)
    run = panda.session_runs.create_batch(**BODY)
    unknown = EvalRun.from_dict({**run.to_dict(), "target_type": "NEW"})
    assert panda.session_runs.get(unknown).id == run.id
