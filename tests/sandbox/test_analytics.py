"""What is added up from scores: every score counts, empty buckets have no row, perfect scores have one of their own."""

import itertools

import pytest
from pandaprobe_sandbox.analytics import Point, compared, distribution, history, summary, trend
from pandaprobe_sandbox.buckets import Granularity
from pandaprobe_sandbox.database import Breakdown

DAY = 86400.0
MONDAY = 1_795_996_800.0  # 2026-11-30


def point(value="0.5", target="s", name="m", data_type="NUMERIC", status="SUCCESS", run="r", at=MONDAY):
    return Point(target, name, value, data_type, status, run, at)


FAILED = point(None, status="FAILED", at=MONDAY + DAY)


def test_a_summary_has_numbers_of_numbers_alone_and_counts_of_all():
    points = [
        point("0.2"),
        point("0.4"),
        point("0.9"),
        point("true", data_type="BOOLEAN"),
        FAILED,
        point(None, name="n"),
    ]
    first, second = summary(points)
    assert first == {
        "metric_name": "m",
        "avg_score": pytest.approx(0.5),
        "min_score": 0.2,
        "max_score": 0.9,
        "median_score": 0.4,
        "success_count": 4,
        "failed_count": 1,
        "latest_score_at": "2026-12-01T00:00:00.000000+00:00",
    }
    assert {name: value for name, value in second.items() if value is None} == dict.fromkeys(
        ("avg_score", "min_score", "max_score", "median_score")
    )


def test_a_trend_leaves_out_empty_buckets_and_weeks_begin_on_monday():
    points = [point("0.2", at=MONDAY - DAY), point("0.4", at=MONDAY), point("0.6", at=MONDAY + 6.5 * DAY), FAILED]
    assert [row["bucket"][:10] for row in trend(points, Granularity.DAY)] == ["2026-11-29", "2026-11-30", "2026-12-06"]
    weeks = trend(points, Granularity.WEEK)
    assert [(row["bucket"], row["count"]) for row in weeks] == [
        ("2026-11-23T00:00:00+00:00", 1),
        ("2026-11-30T00:00:00+00:00", 2),
    ]
    assert weeks[1]["avg_score"] == pytest.approx(0.5)


def test_perfect_scores_are_in_one_bucket_more():
    rows = distribution([point("0.0"), point("0.69"), point("1.0"), point("1.0"), FAILED], 10)
    assert [(row["bucket"], row["count"]) for row in rows] == [(1, 1), (7, 1), (11, 2)]
    assert (rows[-1]["bucket_min"], rows[-1]["bucket_max"]) == (1.0, 1.0)


def test_a_history_keeps_the_oldest():
    points = [point(str(value / 10), at=MONDAY + value) for value in (3, 1, 2)]
    assert [row["score"] for row in history(points, 2)] == [0.1, 0.2]
    assert history([FAILED], 1)[0]["score"] is None


def test_sessions_are_compared_by_their_newest_number():
    failed = point(None, "c", status="FAILED", at=3)
    points = [point("0.9", "a", at=1), point("0.3", "a", at=2), point("0.3", "b"), point("0.1", "c"), failed]
    assert [(row["session_id"], row["score"]) for row in compared(points, worst_first=True)] == [
        ("c", 0.1),
        ("a", 0.3),
        ("b", 0.3),
    ]
    assert [row["session_id"] for row in compared(points, worst_first=False)] == ["a", "b", "c"]


@pytest.mark.parametrize("text", ["0_1", "\N{ARABIC-INDIC DIGIT ZERO}.5"])
def test_a_number_to_python_alone_breaks_the_database(text):
    for add_up in (summary, lambda points: trend(points, Granularity.DAY), lambda points: distribution(points, 10)):
        with pytest.raises(Breakdown):
            add_up([point(), point(text)])


@pytest.mark.parametrize("text", [" 5e-1 ", "+0.5", ".5"])
def test_other_spellings_of_a_number_are_read(text):
    assert point(text).number == 0.5


def test_the_endpoints_add_up_what_runs_have_scored(call, clock):
    for _ in range(2):
        call.create("a", "b", "fail-always-c")
    clock.advance(60)
    at = "/evaluations/analytics/session-scores"
    [row] = call.get(f"{at}/summary").json()
    assert (row["success_count"], row["failed_count"]) == (4, 2), "each evaluation counts"
    named = {"metric_name": "agent_reliability"}
    assert sum(row["count"] for row in call.get(f"{at}/trend", params=named).json()) == 4
    assert sum(row["count"] for row in call.get(f"{at}/distribution", params=named).json()) == 4
    assert [row["status"] for row in call.get(f"{at}/history/fail-always-c").json()] == ["FAILED", "FAILED"]
    page = call.get(f"{at}/comparison", params=named).json()
    assert (page["total"], page["limit"]) == (2, 20)
    assert all(one["score"] <= two["score"] for one, two in itertools.pairwise(page["items"]))
    assert call.get(f"{at}/comparison", params={**named, "sort_order": "up"}).json()["items"] == page["items"][::-1]
    later = {"date_from": "2100-01-01"}
    assert call.get(f"{at}/summary", params=later).json() == call.get(f"{at}/trend", params=named | later).json() == []
