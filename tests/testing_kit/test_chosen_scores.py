"""Scores of one's choice: from a test, the marker or a file; each comes out as it was set, and counts as measured."""

import json
import os
import subprocess
import sys

import pytest
from pandaprobe_evals import ApiKey, PandaProbe, judge
from pandaprobe_evals.evidence import kind_of
from pandaprobe_sandbox import API_KEY, Sandbox

METRICS = ["agent_reliability", "agent_consistency"]
VALUES = [0, 0.0001, 0.3, 0.4567, 0.5, 0.9999, 1.0]


@pytest.mark.parametrize("weights", [None, {"confidence": 0.2, "coherence": 3.0}])
def test_every_score_comes_out_as_it_was_set_and_says_that_it_was_measured(
    pandaprobe_client, pandaprobe_sandbox, weights
):
    ids = {f"chat-{number}": value for number, value in enumerate(VALUES)}
    pandaprobe_sandbox.set_scores({id_: dict.fromkeys(METRICS, value) for id_, value in ids.items()})
    run = pandaprobe_client.session_runs.create_batch(session_ids=list(ids), metrics=METRICS, signal_weights=weights)
    scores = pandaprobe_client.session_runs.wait(run).scores
    assert len(scores) == 2 * len(VALUES)
    for score in scores:
        assert float(score.value) == ids[score.session_id]
        assert kind_of(score) == "measured"


def test_what_is_not_set_stays_as_it_was_and_what_is_set_again_holds_for_the_next_run(
    pandaprobe_client, pandaprobe_sandbox
):
    def scored():
        run = pandaprobe_client.session_runs.create_batch(session_ids=["a", "b"], metrics=METRICS)
        rows = pandaprobe_client.session_runs.wait(run).to_dicts()
        return {(row["session_id"], row["metric"]): row["value"] for row in rows}

    before = scored()
    pandaprobe_sandbox.set_scores({"a": {"agent_reliability": 0.3}})
    assert scored() == {**before, ("a", "agent_reliability"): 0.3}
    pandaprobe_sandbox.set_scores({"a": {"agent_reliability": 0.4}})
    assert scored() == {**before, ("a", "agent_reliability"): 0.4}


@pytest.mark.pandaprobe(scores={"a": {"agent_reliability": 0.79}, "crash-once-1": {"agent_reliability": 0.8}})
def test_the_marker_takes_them(pandaprobe_client):
    run = pandaprobe_client.session_runs.create_batch(session_ids=["a", "crash-once-1"], metrics=["agent_reliability"])
    (metric,) = judge(pandaprobe_client.session_runs.wait(run), {"agent_reliability": 0.8}).metrics
    assert (metric.lowest, metric.mean, metric.passed) == (0.79, 0.795, False)


WRONG = [
    ({"a": {"agent_reliabilty": 0.3}}, "did you mean agent_reliability"),
    ({"a": {"agent_reliability": 1.1}}, "not a number from 0 to 1"),
    ({"a": {"agent_reliability": "0.3"}}, "not a number from 0 to 1"),
    ({"a": {"agent_reliability": True}}, "not a number from 0 to 1"),
    ({"a": {"agent_reliability": float("nan")}}, "not a number from 0 to 1"),
    ({"a": {"agent_reliability": 0.12345}}, "more decimals"),
    ({"a": 0.3}, "needs its scores by metric"),
    ({"": {"agent_reliability": 0.3}}, "not a session id"),
    ([], "must be a mapping"),
    *(
        ({f"{start}-1": {"agent_reliability": 0.3}}, "decided by how its id begins")
        for start in ("ghost", "fail-always", "unjudged", "judge-down", "annotated")
    ),
]


@pytest.mark.parametrize(("scores", "said"), WRONG)
def test_what_cannot_come_out_is_refused_and_nothing_is_set(pandaprobe_sandbox, scores, said):
    good = {"good": {"agent_reliability": 0.3}}
    with pytest.raises(ValueError, match=said):
        pandaprobe_sandbox.set_scores({**good, **scores} if isinstance(scores, dict) else scores)
    assert pandaprobe_sandbox.store._all("select * from chosen") == []


def test_a_file_of_the_state_keeps_them(tmp_path):
    with Sandbox(db=str(tmp_path / "state.db"), scores={"a": {"agent_reliability": 0.3}}):
        pass
    with (
        Sandbox(db=str(tmp_path / "state.db"), speed=1000) as again,
        again.serve() as url,
        PandaProbe(ApiKey(API_KEY, project="p"), base_url=url) as panda,
    ):
        run = panda.session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"])
        assert [row["value"] for row in panda.session_runs.wait(run).to_dicts()] == [0.3]


def command(*words, **environment):
    words = [sys.executable, "-m", "pandaprobe_evals.cli", *words]
    return subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )


@pytest.mark.slow
@pytest.mark.parametrize(("minimum", "code"), [("0.3", 0), ("0.31", 7)])
def test_a_gate_on_the_command_line_ends_as_the_file_says(tmp_path, minimum, code):
    file = tmp_path / "scores.json"
    file.write_text(json.dumps({"chat-1": {"agent_reliability": 0.3}}))
    with command("sandbox", "--port", "0", "--speed", "1000", "--scores", str(file)) as box:
        try:
            lines = [box.stdout.readline().strip() for _ in range(4)]
            given = dict(line.removeprefix("export ").split("=", 1) for line in lines[1:])
            words = (
                "submit",
                "chat-1",
                "--metric",
                "agent_reliability",
                "--fail-under",
                f"agent_reliability={minimum}",
            )
            with command(*words, HOME=str(tmp_path), **given) as submit:
                said = submit.communicate(timeout=60)
            assert submit.returncode == code, said
        finally:
            box.terminate()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        ("chat-1,agent_reliability,0.3", "line 1: is not JSON"),
        ('{"a": {"agent_reliability": 0.3}, "a": {}}', "'a' is there twice"),
        ('{"a": {"agent_reliability": 3}}', "not a number from 0 to 1"),
    ],
)
def test_a_file_that_cannot_be_used_is_an_error_before_anything_is_served(tmp_path, content, said):
    file = tmp_path / "scores.json"
    if content is not None:
        file.write_text(content)
    with command("sandbox", "--port", "0", "--scores", str(file)) as box:
        out, err = box.communicate(timeout=60)
    assert (box.returncode, out) == (4, "")
    assert said in err
