"""(h) 100,000 scores of sessions as models, checked against the contract, beside `json.loads` of the same bytes and peers.

Ours is a whole call of the client, over a transport that gives back the bytes. All take the same bytes, in chunks of
`AT_ONCE` scores, as answers have, one chunk after the other in one process, in rounds whose order turns. CPU time, the least
of the rounds; ratios within one round, their median. The garbage collector leaves alone what was there before: it would look
through all of that, once for so many new objects. The bytes that a score's model keeps, and those that it takes at
its peak, the body left out, are what Python allocated (`tracemalloc`), in a round of its own.
"""

from __future__ import annotations

import gc
import json
import time
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx

from .scored import run_id, score
from .tables import Section, median

SCORES, AT_ONCE = 100_000, 10_000
JSON = {"Content-Type": "application/json"}


def _peers() -> dict[str, Callable[[bytes], Any]]:
    import msgspec
    import pydantic
    from pandaprobe_evals import ApiKey, PandaProbe
    from pandaprobe_evals_api.models import SessionScore

    fields: dict[str, Any] = {
        "id": UUID,
        "session_id": str,
        "project_id": UUID,
        "name": str,
        "data_type": str,
        "value": str | None,
        "source": str,
        "status": str,
        "eval_run_id": UUID | None,
        "author_user_id": str | None,
        "reason": str | None,
        "metadata": dict[str, Any],
        "created_at": datetime,
        "updated_at": datetime,
    }
    struct = msgspec.defstruct("Score", list(fields.items()))
    model: Any = pydantic.create_model("Score", **{name: (kind, ...) for name, kind in fields.items()})
    decoder, adapter = msgspec.json.Decoder(list[struct]), pydantic.TypeAdapter(list[model])  # type: ignore[valid-type]
    said: list[bytes] = []
    service = httpx.MockTransport(lambda _: httpx.Response(200, content=said[-1], headers=JSON))
    panda = PandaProbe(ApiKey("sk_pp_bench", "bench"), base_url="http://127.0.0.1:9", transport=service)

    def ours(body: bytes) -> Any:
        said[:] = [body]
        return panda.session_runs.scores(run_id(0))

    return {
        "json.loads": json.loads,
        "ours, checked": ours,
        "generated client, unchecked": lambda body: [SessionScore.from_dict(each) for each in json.loads(body)],
        "msgspec": decoder.decode,
        "pydantic": adapter.validate_json,
    }


def run(*, quick: bool) -> Section:
    """Measure."""
    chunks = [
        json.dumps([score(0, each) for each in range(begin, begin + AT_ONCE)]).encode()
        for begin in range(0, SCORES // (10 if quick else 1), AT_ONCE)
    ]
    count = len(chunks) * AT_ONCE
    peers = _peers()
    gc.collect()
    gc.freeze()
    seconds: dict[str, list[float]] = {name: [] for name in peers}
    order = list(peers)
    for number in range(3 if quick else 7):
        for name in order[number % len(order) :] + order[: number % len(order)]:
            seconds[name].append(sum(_seconds(peers[name], chunk) for chunk in chunks))
    section = Section(f"(h) {count:,} scores of sessions as models, {sum(map(len, chunks)) // count:,} bytes each")
    for name, decode in peers.items():
        kept, peak = _memory(decode, chunks[0])
        section.rows.append(
            {
                "by": name,
                "microseconds a score": round(min(seconds[name]) / count * 1e6, 2),
                "/ json.loads": round(
                    median([a / b for a, b in zip(seconds[name], seconds["json.loads"], strict=True)]), 2
                ),
                "bytes kept a score": round(kept / AT_ONCE),
                "bytes at the peak": round(peak / AT_ONCE),
            }
        )
    section.bar("ours, checked / json.loads", measured=section.rows[1]["/ json.loads"], at_most=3.0)
    section.bar("bytes at the peak, ours", measured=section.rows[1]["bytes at the peak"], at_most=2_083)
    return section


def _seconds(decode: Callable[[bytes], Any], body: bytes) -> float:
    gc.collect()
    began = time.process_time()
    decode(body)
    return time.process_time() - began


def _memory(decode: Callable[[bytes], Any], body: bytes) -> tuple[int, int]:
    gc.collect()
    tracemalloc.start()
    found = decode(body)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del found
    return kept, peak
