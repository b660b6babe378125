"""What a notebook and a data frame are given: tables of plain values, and pages that show without a warning."""

from pathlib import Path

import attrs
import nbformat
import pytest
from nbclient import NotebookClient
from pandaprobe_evals import Outcomes, Results, compare, judge
from pandaprobe_evals.report import for_notebook
from pandaprobe_evals.waiting import outcome_of

from .made import FAILED, HOLLOW, outcome

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "compare.ipynb"
EVIL = "<script>alert(1)</script>"


def test_rows_have_numbers_beside_the_services_text():
    (row,) = outcome({"a": "0.5984"}).to_dicts()
    assert (row["session_id"], row["metric"]) == ("a", "agent_reliability")
    assert row["value"] == 0.5984
    assert row["value_text"] == "0.5984"
    assert row["kind"] == "measured"
    assert isinstance(row["value"], float)
    assert row["created_at"].tzinfo


@pytest.mark.parametrize(
    ("text", "number"),
    [("0.5984", 0.5984), ("1", 1.0), (None, None), ("", None), ("good", None), ("NaN", None), ("-inf", None)],
)
def test_a_score_has_its_value_as_a_number_where_it_is_one(text, number):
    (score,) = outcome({"a": 0.9}).scores
    assert attrs.evolve(score, value=text).number == number


def test_every_pair_of_a_run_has_a_row_and_its_kind_says_what_its_value_is_worth():
    found = outcome({"a": 0.9, "b": FAILED, "c": HOLLOW, "ghost-1": None})
    rows = {row["session_id"]: row for row in found.to_dicts()}
    assert [rows[id_]["kind"] for id_ in ("a", "b", "c")] == ["measured", "failed", "without evidence"]
    assert rows["b"]["value"] is None


def test_sessions_without_a_score_and_runs_that_were_not_read_are_not_left_out():
    run = outcome({"a": 0.9, "b": 0.8}).run
    missing = outcome_of(str(run.id), run, "succeeded", ())
    assert [(row["session_id"], row["value"], row["kind"]) for row in missing.to_dicts()] == [
        ("a", None, "missing"),
        ("b", None, "missing"),
    ]
    stalled = outcome_of(str(run.id), run, "stalled", None)
    assert {row["kind"] for row in stalled.to_dicts()} == {"not read"}
    assert outcome_of(str(run.id), None, "deleted", None).to_dicts() == []


def test_many_outcomes_are_one_table_and_one_page():
    many = Outcomes([outcome({"a": 0.9}), outcome({"b": 0.1})])
    assert [row["session_id"] for row in many.to_dicts()] == ["a", "b"]
    assert len({tuple(row) for row in many.to_dicts()}) == 1  # the same columns in the same order
    assert many._repr_html_().count("<iframe") == 1


def test_wait_for_many_returns_such_a_list(pandaprobe_client):
    create = pandaprobe_client.session_runs.create_batch
    runs = [create(session_ids=[name], metrics=["agent_reliability"]) for name in ("one", "two")]
    found = pandaprobe_client.session_runs.wait(runs)
    assert isinstance(found, Outcomes)
    assert [row["session_id"] for row in found.to_dicts()] == ["one", "two"]


def test_what_runs_over_traces_gave_shows_itself_as_what_runs_over_sessions_gave(pandaprobe_client):
    create = pandaprobe_client.traces.create
    traces = [create(name=name, input={}, started_at="2026-11-27T08:00:00Z").trace_id for name in ("one", "two")]
    create = pandaprobe_client.trace_runs.create_batch
    runs = [create(trace_ids=[trace], metrics=["coherence"]) for trace in traces]
    many = pandaprobe_client.trace_runs.wait(runs)
    shown = many._repr_html_()
    assert shown.count("<iframe") == 1
    assert all(str(trace) in shown for trace in traces)
    assert many[0]._repr_html_().count("<iframe") == 1
    (score,) = many[0].scores
    assert f"<th>value</th><td>{score.value}</td>" in score._repr_html_()
    assert score.number == float(score.value)
    assert "<th>traces</th>" in judge(many, {"coherence": 0.1})._repr_html_()


def test_the_recipe_for_a_notebook_is_no_bare_html_that_a_notebook_warns_of():
    shown = for_notebook([outcome({"a": 0.9})], judge(outcome({"a": 0.9}), {"agent_reliability": 0.5}))
    assert not isinstance(shown, str)  # IPython.display.HTML warns of text that is a frame
    assert shown._repr_html_().startswith("<iframe")
    assert "Passed" in shown.page


@pytest.mark.parametrize(("minimum", "said"), [(0.5, "Passed"), (0.95, "Not passed")])
def test_a_verdict_shows_its_figures_and_its_reasons_as_text(minimum, said):
    shown = judge(outcome({EVIL: 0.9, "b": 0.9}), {"agent_reliability": minimum})._repr_html_()
    assert f"<b>{said}</b>" in shown
    assert "<td>agent_reliability</td><td>0.9</td>" in shown
    failed = judge(outcome({EVIL: FAILED}), {"agent_reliability": minimum})._repr_html_()
    assert "&lt;script&gt;" in failed
    assert "<script" not in failed


def test_a_created_run_shows_itself_and_nothing_shows_an_object_at_an_address(pandaprobe_client):
    run = pandaprobe_client.session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"], name=EVIL)
    shown = run._repr_html_()
    assert f"<th>id</th><td>{run.id}</td>" in shown
    assert "<script" not in shown
    read = pandaprobe_client.session_runs.get(run)
    assert f"<th>id</th><td>{run.id}</td>" in read._repr_html_()
    (score,) = pandaprobe_client.session_runs.wait(run).scores
    assert f"<th>value</th><td>{score.value}</td>" in score._repr_html_()
    assert score.number == float(score.value)
    for text in (repr(run), repr(read), repr(pandaprobe_client.session_runs.wait(run))):
        assert "object at 0x" not in text


def test_a_comparison_and_results_show_their_figures_and_what_the_service_says_as_text():
    base, candidate = (outcome({EVIL: value, "b": 0.9}, reasons={EVIL: EVIL}) for value in (0.9, 0.1))
    shown = compare(base, candidate)._repr_html_()
    assert shown.startswith("<p><b>Cannot tell</b></p>")
    assert "<td>0.900</td><td>0.500</td><td>-0.400</td>" in shown
    rows = Results.of([base, candidate])._repr_html_()
    assert "<td>agent_reliability</td><td>0.5</td><td>2</td><td>0</td>" in rows  # of each session the newest
    for page in (shown, rows):
        assert "&lt;script&gt;" in page
        assert "<script" not in page


def test_runs_over_traces_show_themselves_too(pandaprobe_client):
    create = pandaprobe_client.trace_runs.create_batch
    run = create(trace_ids=["b7c9a0de-3f6c-4b43-9e0c-1a2b3c4d5e6f"], metrics=["coherence"])
    assert "Trace evaluation report" in pandaprobe_client.trace_runs.wait(run)._repr_html_()


@pytest.mark.once
@pytest.mark.slow
def test_the_example_runs_in_a_notebooks_kernel_and_shows_what_got_worse():
    book = nbformat.read(EXAMPLE, as_version=4)
    NotebookClient(book, timeout=120, kernel_name="python3").execute()
    outputs = [output for cell in book.cells for output in cell.get("outputs", ())]
    assert [output.output_type for output in outputs] == ["stream", *["execute_result"] * 3]
    assert outputs[0].name == "stdout"
    compared, results, page = (output.data["text/html"] for output in outputs[1:])
    assert compared.startswith("<p><b>Worse</b></p><table>")
    assert "<td>-0.550</td><td><code><bdi>4</bdi></code></td>" in compared
    assert "<td>agent_reliability</td><td>0.7308</td><td>12</td><td>0</td>" in results
    assert "branch against main" in page
