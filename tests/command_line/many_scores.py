"""Scores without number, read by pages that are made up here, to Parquet: the time, the size and the peak memory of it.

`python -m tests.command_line.many_scores 1000000 scores.parquet` measures a million; the pages, too, count as its memory.
"""

import json
import sys
import time
from pathlib import Path
from uuid import UUID

METRICS = ("agent_reliability", "agent_consistency")
SESSIONS = 50_000
"""In a run; ten runs of it, by two metrics, are the million."""
_MADE = "2026-11-22T09:30:00.123456+00:00"
_PROJECT = str(UUID(int=7))


def _run(number, sessions):
    return {
        "id": str(UUID(int=number, version=4)),
        "project_id": _PROJECT,
        "name": None,
        "target_type": "SESSION",
        "metric_names": list(METRICS),
        "filters": {"session_ids": [f"support-chat-{number:03}-{each:08}" for each in range(sessions)]},
        "sampling_rate": 1.0,
        "model": "openai/gpt-5.4-mini",
        "monitor_id": None,
        "status": "COMPLETED",
        "total_targets": sessions,
        "evaluated_count": sessions,
        "failed_count": 0,
        "error_message": None,
        "created_at": _MADE,
        "completed_at": _MADE,
    }


def _score(run, number):
    """A score as the service writes it, with the signals of three traces."""
    signals = {"confidence_risk": 0.1, "tool_risk": 0.0, "coherence_risk": 0.2, "loop_risk": 0.0}
    traces = {str(UUID(int=number * 3 + each, version=4)): signals for each in range(3)}
    return json.dumps(
        {
            "id": str(UUID(int=UUID(run["id"]).int + number, version=4)),
            "session_id": run["filters"]["session_ids"][number // 2],
            "project_id": _PROJECT,
            "name": METRICS[number % 2],
            "data_type": "NUMERIC",
            "value": f"0.{number % 10_000:04}",
            "source": "AUTOMATED",
            "status": "SUCCESS",
            "eval_run_id": run["id"],
            "author_user_id": None,
            "reason": f"Elevated risk in {number % 4} of 3 traces; the weakest turn was number {number}.",
            "environment": None,
            "config_id": None,
            "metadata": {"per_trace_signals": traces, "traces_evaluated": 3, "total_traces_in_session": 3},
            "created_at": _MADE,
            "updated_at": _MADE,
        }
    )


def _service(runs):
    import httpx

    def answer(request):
        asked = request.url.params
        run, offset, limit = runs[asked["eval_run_id"]], int(asked.get("offset", 0)), int(asked["limit"])
        total = len(run["filters"]["session_ids"]) * len(METRICS)
        items = ",".join(_score(run, each) for each in range(offset, min(total, offset + limit)))
        body = f'{{"items": [{items}], "total": {total}, "limit": {limit}, "offset": {offset}}}'
        return httpx.Response(200, text=body, headers={"Content-Type": "application/json"})

    return httpx.MockTransport(answer)


def _memory(field):
    """MiB of this process, by the kernel's name for them; VmHWM is the peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{field}:")).split()[1]) / 1024


def measured(scores, file):
    """In a fresh process: export, and look at the clock and the memory."""
    bare = _memory("VmRSS")
    from pandaprobe_evals import ApiKey, PandaProbe, exports
    from pandaprobe_evals.cli.export import paged
    from pandaprobe_evals.results import row_of
    from pandaprobe_evals.waiting import outcome_of
    from pandaprobe_evals_api.models import EvalRun

    sessions = min(SESSIONS, scores // len(METRICS))
    numbers = range(1, 1 + scores // (sessions * len(METRICS)))
    runs = {}
    panda = PandaProbe(ApiKey("sk_pp_many", "many"), base_url="http://127.0.0.1:9", transport=_service(runs))

    def rows():
        for number in numbers:  # one run at a time, as `export` waits for them
            said = _run(number, sessions)
            runs.clear()
            runs[said["id"]] = said
            outcome = outcome_of(said["id"], EvalRun.from_dict(said), "succeeded", None)
            yield from (row_of(row, "many") for row in paged(panda, outcome))

    began = time.perf_counter()
    count = exports.writer(file)(rows())
    return {
        "rows": count,
        "seconds": round(time.perf_counter() - began, 1),
        "file MiB": round(file.stat().st_size / 2**20, 1),
        "peak over bare, MiB": round(_memory("VmHWM") - bare, 1),
    }


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]), Path(sys.argv[2]))))
