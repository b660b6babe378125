"""A service that has nothing but ended runs with scores, each made up when it is asked for: `python -m bench.scored RUNS`.

A run has `SESSIONS` sessions and a score of each by each of `METRICS`, with the signals of one trace, all of them its own.
"""

from __future__ import annotations

import http.server
import json
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

SESSIONS = 5_000
METRICS = ("agent_reliability", "agent_consistency")
SCORES = SESSIONS * len(METRICS)
"""Of a run."""
_MADE = "2026-11-22T09:30:00.123456+00:00"
_PROJECT = str(UUID(int=7, version=4))
_SIGNALS = {"confidence_risk": 0.1, "tool_risk": 0.0, "coherence_risk": 0.2, "loop_risk": 0.0}


def run_id(number: int) -> str:
    """The id of a run."""
    return str(UUID(int=number << 80, version=4))


def run(number: int, sessions: int = SESSIONS) -> dict[str, Any]:
    """A run, ended; runs of even and odd numbers have the same sessions."""
    return {
        "id": run_id(number),
        "project_id": _PROJECT,
        "name": None,
        "target_type": "SESSION",
        "metric_names": list(METRICS),
        "filters": {"session_ids": [session_id(number, each) for each in range(sessions)]},
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


def session_id(number: int, place: int) -> str:
    """The id of a session of a run."""
    return str(UUID(int=(number // 2 << 40) + place, version=4))


def score(number: int, place: int) -> dict[str, Any]:
    """A score of a run, as the service writes it."""
    trace = str(UUID(int=(number << 80) + place // len(METRICS), version=4))
    return {
        "id": str(UUID(int=(number << 80) + (1 << 64) * 3 + place, version=4)),
        "session_id": session_id(number, place // len(METRICS)),
        "project_id": _PROJECT,
        "name": METRICS[place % len(METRICS)],
        "data_type": "NUMERIC",
        "value": f"0.{(place * 7919 + number) % 10_000:04}",
        "source": "AUTOMATED",
        "status": "SUCCESS",
        "eval_run_id": run_id(number),
        "author_user_id": None,
        "reason": f"Elevated risk in {place % 4} of 3 traces; the weakest turn was number {place}.",
        "metadata": {
            "raw_risk": 0.1269,
            "aggregation": {"method": "max_compose_top_k", "max_risk": 0.1269, "top_k_percentile": 0.15},
            "flagged_traces": [],
            "signal_weights": {"confidence": 1.0, "loop_detection": 1.0, "tool_correctness": 0.8, "coherence": 1.0},
            "per_trace_signals": {trace: _SIGNALS},
            "traces_evaluated": 1,
            "total_traces_in_session": 1,
        },
        "created_at": _MADE,
        "updated_at": _MADE,
    }


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers reads."""

    protocol_version = "HTTP/1.1"
    runs = 0

    def do_GET(self) -> None:
        """A run, a page of runs, the scores of a run, or a page of scores."""
        where = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(where.query).items()}
        parts = where.path.strip("/").split("/")[1:]
        offset, limit = int(asked.get("offset", 0)), int(asked.get("limit", 50))
        match parts:
            case ["session-runs"]:
                self._page(
                    [run(each) for each in range(offset, min(offset + limit, self.runs))], self.runs, offset, limit
                )
            case ["session-runs", id_]:
                self._say(run(self._number(id_)))
            case ["session-runs", id_, "scores"]:
                self._say([score(self._number(id_), each) for each in range(SCORES)])
            case ["session-scores"]:
                number = self._number(asked["eval_run_id"])
                found = [score(number, each) for each in range(offset, min(offset + limit, SCORES))]
                self._page(found, SCORES, offset, limit)
            case ["trace-scores"]:  # as many as there are signals: the run measured them all
                self._page([], SESSIONS * len(_SIGNALS) if "eval_run_id" in asked else 0, offset, limit)
            case _:
                metrics = [{"name": name, "description": name, "category": "session"} for name in METRICS]
                self._say(metrics)

    def _number(self, id_: str) -> int:
        return UUID(id_).int >> 80

    def _page(self, items: list[Any], total: int, offset: int, limit: int) -> None:
        self._say({"items": items, "total": total, "limit": limit, "offset": offset})

    def _say(self, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve on a free port, which is said, until the end."""
    Handler.runs = int(sys.argv[1])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"ENDPOINT=http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
