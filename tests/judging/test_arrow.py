"""Results as Arrow data: what data frames take as it is, with types, and nothing lost."""

import subprocess
import sys
from datetime import UTC, datetime
from math import isnan

import polars
import pyarrow
import pytest
from pandaprobe_evals import Results, arrow
from pandaprobe_evals.results import COLUMNS
from pandaprobe_evals.waiting import Outcomes

from .made import FAILED, HOLLOW, NOTHING, outcome


@pytest.fixture
def results():
    sessions = {"chat-2": 0.1, "chat-1": 1 / 3, "lost": NOTHING, "bad": FAILED, "hollow": HOLLOW}
    return Results.of(Outcomes([outcome(sessions, reasons={"chat-2": "=1+1 \ud800 und \U0001f600\r\n"})]))


def rows(results):
    """What every reader must give: all columns, whatever is in them."""
    return [
        dict.fromkeys(COLUMNS) | row | ({"reason": row["reason"].replace("\ud800", "\ufffd")} if row["reason"] else {})
        for row in results.to_dicts()
    ]


def test_pyarrow_reads_results_with_types(results):
    table = pyarrow.table(results)
    assert table.to_pylist() == rows(results)
    assert table.schema.field("value").type == pyarrow.float64()
    assert table.schema.field("created_at").type == pyarrow.timestamp("us", tz="UTC")
    assert {table.schema.field(name).type for name in COLUMNS if name not in ("value", "created_at")} == {
        pyarrow.string()
    }


def test_polars_reads_results_with_types(results):
    frame = polars.DataFrame(results)
    assert frame.schema["created_at"] == polars.Datetime("us", "UTC")
    assert frame.schema["value"] == polars.Float64
    assert frame.to_dicts() == rows(results)


def test_pandas_reads_results_with_types(results):
    import pandas  # slow to import

    frame = pandas.DataFrame.from_arrow(results)
    assert list(frame.columns) == list(COLUMNS)
    assert str(frame["created_at"].dtype) == "datetime64[us, UTC]"
    assert frame["value"].dtype == float
    assert list(frame["evidence"]) == [row["evidence"] for row in results]
    assert [None if isnan(value) else value for value in frame["value"]] == [row["value"] for row in results]


def test_duckdb_queries_results_by_their_name(results):
    import duckdb

    with duckdb.connect() as database:
        database.register("scores", results)
        ((count, lowest, first),) = database.sql(
            "select count(value), min(value), min(created_at) from scores"
        ).fetchall()
    assert (count, lowest) == (3, 0.1)
    assert first == datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def test_results_can_be_read_twice_in_several_batches_and_when_empty(results, monkeypatch):
    monkeypatch.setattr(arrow.stream, "__defaults__", (2,))
    assert pyarrow.table(results).num_rows == pyarrow.table(results).num_rows == len(results) == 5
    assert len(pyarrow.table(results).column("value").chunks) == 3
    assert pyarrow.table(Results()).schema == pyarrow.table(results).schema


def test_without_the_extra_the_message_names_it(results):
    program = """if True:
        import sys
        sys.modules["arro3"] = sys.modules["arro3.core"] = None
        from pandaprobe_evals import Results
        try:
            Results().__arrow_c_stream__()
        except ModuleNotFoundError as error:
            print(error)
    """
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "[export]" in said
