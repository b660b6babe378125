"""What commands hold of scores, and how often they look at each: counts, whatever the machine."""

import gc
from collections import Counter

import pytest
from pandaprobe_evals import exports, provenance
from pandaprobe_evals_api.models import SessionScore

METRIC = "agent_reliability"
SESSIONS, RUNS = 12, 4
COMMANDS = {
    "gate": lambda ids: ["gate", *ids, "--min", f"{METRIC}=0.1"],
    "gate, saved": lambda ids: ["gate", *ids, "--min", f"{METRIC}=0.1", "--save", "scores.jsonl"],
    "watch, saved": lambda ids: ["watch", *ids, "--save", "scores.jsonl"],
    "report": lambda ids: ["report", *ids, "--min", f"{METRIC}=0.1"],
    "compare": lambda ids: ["compare", ",".join(ids[::2]), ",".join(ids[1::2])],
}


@pytest.fixture
def ids(run, online):
    """Runs over sessions of which each was measured."""
    every = [f"chat-{number}" for number in range(21, 21 + SESSIONS * RUNS)]
    records = run("submit", *every, "--metric", METRIC, "--chunk", SESSIONS, "--wait", "--json").events("outcome")
    assert {record["targets_without_score"] for record in records} == {0}
    return [record["run_id"] for record in records]


@pytest.mark.parametrize("command", COMMANDS)
def test_what_a_score_rests_on_is_worked_out_once(run, ids, monkeypatch, command):
    seen = Counter()

    def counted(score, kind_of=provenance.kind_of):
        seen[score.id] += 1
        return kind_of(score)

    monkeypatch.setattr(provenance, "kind_of", counted)
    run(*COMMANDS[command](ids))
    assert len(seen) == SESSIONS * RUNS
    assert seen.total() == len(seen) + RUNS, "of each run one is looked at before: was anything measured at all?"


@pytest.mark.parametrize("command", COMMANDS)
def test_before_a_run_is_read_the_scores_of_the_one_before_are_gone(run, ids, monkeypatch, command):
    alive = []

    def counted():
        gc.collect()
        alive.append(sum(type(each) is SessionScore for each in gc.get_objects()))

    monkeypatch.setattr("pandaprobe_evals.cli.results.tidy", counted)
    monkeypatch.setattr("pandaprobe_evals.cli.results.SCORES", 0)  # runs that are read together
    monkeypatch.setattr("pandaprobe_evals.report.gathered.WHOLE", 1)
    run(*COMMANDS[command](ids))
    assert len(alive) >= RUNS
    assert max(alive) == (command == "report")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_scores_of_each_run_are_read_once(run, ids, sandbox, monkeypatch, command):
    monkeypatch.setattr("pandaprobe_evals.cli.results.SCORES", 0)
    before = len(sandbox.requests)
    run(*COMMANDS[command](ids))
    asked = Counter(request.path for request in sandbox.requests[before:])
    assert [asked[f"/evaluations/session-runs/{id_}/scores"] for id_ in ids] == [1] * RUNS


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("at_a_time", ["one run", "all runs"])
def test_what_people_and_programs_gave_is_read_once_for_all_runs(run, ids, sandbox, monkeypatch, command, at_a_time):
    if at_a_time == "one run":
        monkeypatch.setattr("pandaprobe_evals.cli.results.SCORES", 0)
    before = len(sandbox.requests)
    run(*COMMANDS[command](ids))
    asked = Counter(request.path for request in sandbox.requests[before:])
    own, given, looked_up = RUNS, 4 * 2, 1 + RUNS  # given: of each signal, by a person or by a program
    assert asked["/evaluations/trace-scores"] == own + given + looked_up, (
        "the signals are nobody's: they are looked for"
    )


@pytest.mark.parametrize(("words", "at_least"), [((), 3 * RUNS), (("--provenance",), RUNS)])
def test_the_rows_of_a_page_are_written_before_the_next_is_asked_for(run, ids, sandbox, monkeypatch, words, at_least):
    """Of a run whose scores are looked up elsewhere, too, all pages."""
    asked = []

    def watched(rows, place, write=exports.FORMATS[".csv"]):
        write((row for row in rows if not asked.append(len(sandbox.requests))), place)

    monkeypatch.setitem(exports.FORMATS, ".csv", watched)
    monkeypatch.setattr("pandaprobe_evals.cli.export.by_pages", lambda _: {"page_size": SESSIONS // 3})
    assert run("export", *ids, "--to", "scores.csv", *words).code == 0
    assert len(asked) == SESSIONS * RUNS
    assert len(set(asked)) >= at_least
