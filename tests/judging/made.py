"""Outcomes as `wait` returns them, made by hand: what each session got, by metric."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4, uuid5

from pandaprobe_evals.waiting import outcome_of
from pandaprobe_evals_api.models import EvalRun, EvalRunFilters, EvalRunFiltersSignalWeights, SessionScore
from pandaprobe_evals_api.models import SessionScoreMetadata as Metadata
from pandaprobe_evals_api.types import UNSET

EPOCH = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SPACE = UUID("6f2d3a52-0b0e-4b33-9a6c-3a2f9a1d7c10")
RELIABILITY = "agent_reliability"
NO_EVIDENCE = "No evaluable traces."
FAILED, HOLLOW, PENDING, NOTHING = object(), object(), object(), object()
"""In place of a value: a failed score, one without evidence, one that is not there yet, none at all."""
SIGNALS = {"confidence_risk": 0.1, "tool_risk": 0.0, "coherence_risk": 0.0, "loop_risk": 0.0}


def resting_on(*traces, evaluated=None, total=None):
    """Metadata of a score: the signals of each trace that was evaluated."""
    return {
        "per_trace_signals": {str(uuid5(SPACE, str(number))): signals for number, signals in enumerate(traces)},
        "traces_evaluated": len(traces) if evaluated is None else evaluated,
        "total_traces_in_session": len(traces) if total is None else total,
    }


WHOLE_EVIDENCE = resting_on(SIGNALS, SIGNALS, SIGNALS)


def moment(seconds=0.0):
    return EPOCH + timedelta(seconds=seconds)


def score(
    session,
    value,
    *,
    metric=RELIABILITY,
    at=0.0,
    reason="No elevated risk across 3 traces.",
    run=SPACE,
    rests_on=WHOLE_EVIDENCE,
):
    said = {FAILED: ("FAILED", None, "The judge gave no answer."), HOLLOW: ("SUCCESS", "1.0", NO_EVIDENCE)}
    said[PENDING] = ("PENDING", None, None)
    status, text, why = said.get(value) or ("SUCCESS", value if value is None else str(value), reason)
    return SessionScore(
        id=uuid5(SPACE, f"{session}\0{metric}\0{at}"),
        session_id=session,
        project_id=SPACE,
        name=metric,
        data_type="NUMERIC",
        value=text,
        source="AUTOMATED",
        status=status,
        eval_run_id=run,
        author_user_id=None,
        reason=why,
        metadata=Metadata.from_dict(rests_on),
        created_at=moment(at),
        updated_at=moment(at),
    )


def run_of(sessions, *, metrics=(RELIABILITY,), status="COMPLETED", failed=0, by_filters=None, **more):
    weights = more.pop("weights", None)
    filters = EvalRunFilters(
        session_ids=UNSET if by_filters is not None else list(sessions),
        signal_weights=UNSET if weights is None else EvalRunFiltersSignalWeights.from_dict(weights),
    )
    total = by_filters if by_filters is not None else len(sessions)
    given = {
        "id": uuid4(),
        "name": None,
        "status": status,
        "metric_names": list(metrics),
        "evaluated_count": total,
        "failed_count": failed,
        "created_at": EPOCH,
        "completed_at": moment(60),
        "project_id": SPACE,
        "target_type": "SESSION",
        "filters": filters,
        "sampling_rate": 1.0,
        "model": "openai/gpt-5.4-mini",
        "monitor_id": None,
        "error_message": None,
        "total_targets": total,
    }
    return EvalRun(**(given | more))


def outcome(results, *, at=0.0, end=None, read=True, failed=None, reasons=(), rests_on=(), **run):
    """What became of a run: `results` maps a session to what it got, or to a mapping of that by metric."""
    reasons, rests_on = dict(reasons), dict(rests_on)
    given = {session: got if isinstance(got, dict) else {RELIABILITY: got} for session, got in results.items()}
    scores = [
        score(
            session,
            value,
            metric=metric,
            at=at,
            rests_on=rests_on.get(session, WHOLE_EVIDENCE),
            **({"reason": reasons[session]} if session in reasons else {}),
        )
        for session, got in given.items()
        for metric, value in got.items()
        if value is not NOTHING
    ]
    counted = sum(each.status == "FAILED" for each in scores) if failed is None else failed
    made = run_of(list(results), failed=counted, **run)
    end = end or ("completed_with_failures" if counted else "succeeded")
    return outcome_of(str(made.id), made, end, tuple(scores) if read else None)
