"""A service that has nothing but runs with scores, made up: `python -m bench.scored RUNS [SESSIONS METRICS SECONDS]`.

A run has sessions and a score of each by some of `METRICS`, with the signals of one trace, all of them its own. It has
ended, or ends when the server has run for SECONDS. Up to `READY` scores are made at the start: no answer waits for them.
"""

from __future__ import annotations

import http.server
import json
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

SESSIONS = 5_000
METRICS = ("agent_reliability", "agent_consistency")
READY = 100_000
_MADE = "2026-11-22T09:30:00.123456+00:00"
_PROJECT = str(UUID(int=7, version=4))
_SIGNALS = {"confidence_risk": 0.1, "tool_risk": 0.0, "coherence_risk": 0.2, "loop_risk": 0.0}


def run_id(number: int) -> str:
    """The id of a run."""
    return str(UUID(int=number << 80, version=4))


def run(number: int, sessions: int = SESSIONS, ended: str | None = _MADE) -> dict[str, Any]:
    """A run, ended unless that is None; runs of even and odd numbers have the same sessions."""
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
        "status": "COMPLETED" if ended else "RUNNING",
        "total_targets": sessions,
        "evaluated_count": sessions if ended else 0,
        "failed_count": 0,
        "error_message": None,
        "created_at": _MADE,
        "completed_at": ended,
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
    disable_nagle_algorithm = True
    runs, sessions, metrics = 0, SESSIONS, len(METRICS)
    end = 0.0
    """When the runs end, seconds since 1970."""

    def do_GET(self) -> None:
        """A run, a page of runs, the scores of a run, a page of scores of one run or of all; no trace's score."""
        where = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(where.query).items()}
        parts = where.path.strip("/").split("/")[1:]
        offset, limit = int(asked.get("offset", 0)), int(asked.get("limit", 50))
        scores = self.sessions * self.metrics
        match parts:
            case ["session-runs"]:
                found = range(offset, min(offset + limit, self.runs))
                self._page(map(self._run, found), self.runs, offset, limit)
            case ["session-runs", id_]:
                self._say(self._run(UUID(id_).int >> 80))
            case ["session-runs", id_, "scores"]:
                number = UUID(id_).int >> 80
                self._say(f"[{','.join(written(number, each) for each in range(scores))}]")
            case ["session-scores"]:
                of = range(self.runs)
                if "eval_run_id" in asked:
                    of = range(number := UUID(asked["eval_run_id"]).int >> 80, number + 1)
                total = scores * len(of)
                places = (divmod(each, scores) for each in range(offset, min(offset + limit, total)))
                self._page((written(of[run], each) for run, each in places), total, offset, limit)
            case ["trace-scores", _]:
                self._say("[]")
            case ["trace-scores"]:  # as many as there are signals: the run measured them all
                self._page([], self.sessions * len(_SIGNALS) if "eval_run_id" in asked else 0, offset, limit)
            case _:
                metrics = [{"name": name, "description": name, "category": "session"} for name in METRICS]
                self._say(json.dumps(metrics))

    def _run(self, number: int) -> str:
        ended = datetime.fromtimestamp(self.end, UTC).isoformat() if self.end else _MADE
        ended_run = run(number, self.sessions, ended if time.time() >= self.end else None)
        return json.dumps(ended_run | {"metric_names": METRICS[: self.metrics]})

    def _page(self, items: Iterable[str], total: int, offset: int, limit: int) -> None:
        self._say(f'{{"items": [{",".join(items)}], "total": {total}, "limit": {limit}, "offset": {offset}}}')

    def _say(self, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(http.server.ThreadingHTTPServer):
    """Takes connections that are made at the same time: of a queue of five, as is usual, Linux lets others wait a second."""

    request_queue_size = 128
    daemon_threads = True


@cache
def _kept(number: int, place: int) -> str:
    return json.dumps(score(number, place))


def written(number: int, place: int) -> str:
    """A score as JSON."""
    place = place // Handler.metrics * len(METRICS) + place % Handler.metrics
    few = Handler.runs * Handler.sessions * Handler.metrics <= READY
    return _kept(number, place) if few else json.dumps(score(number, place))


def main() -> None:
    """Serve on a free port, which is said, until the end."""
    given = [int(word) for word in sys.argv[1:]]
    Handler.runs, Handler.sessions, Handler.metrics, seconds = given + [SESSIONS, len(METRICS), 0][len(given) - 1 :]
    if Handler.runs * Handler.sessions * Handler.metrics <= READY:
        for number in range(Handler.runs):
            for place in range(Handler.sessions * Handler.metrics):
                written(number, place)
    Handler.end = time.time() + seconds if seconds else 0.0
    server = Server(("127.0.0.1", 0), Handler)
    print(f"ENDPOINT=http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
