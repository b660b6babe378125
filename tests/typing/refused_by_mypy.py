"""Wrong user code, which mypy must refuse: an ignore that is not needed is an error. Never run: `make types` checks it."""

from __future__ import annotations

from typing import Any

import httpx
from pandaprobe_evals import ApiKey, AsyncPandaProbe, PandaProbe


def wrong(panda: PandaProbe, later: AsyncPandaProbe, anything: Any) -> None:
    PandaProbe()  # type: ignore[call-arg]
    PandaProbe("sk_pp_...")  # type: ignore[arg-type]
    ApiKey("sk_pp_...")  # type: ignore[call-arg]
    PandaProbe(anything, http_client=httpx.AsyncClient())  # type: ignore[arg-type]
    PandaProbe(anything, timeout=None)  # type: ignore[arg-type]
    panda.session_runs.create_batch(["a"], ["b"])  # type: ignore[call-arg]
    panda.session_runs.create_batch(session_ids=["a"])  # type: ignore[call-arg]
    panda.session_runs.create_batch(session_ids=[1], metrics=["b"])  # type: ignore[list-item]
    panda.session_runs.create_batch(session_ids=b"a", metrics=["b"])  # type: ignore[arg-type]
    panda.session_runs.create_batch(session_ids=["a"], metrics=["b"], deadlin=1)  # type: ignore[call-arg]
    panda.session_runs.create_batch(session_ids=["a"], metrics=["b"], deadline="1")  # type: ignore[arg-type]
    panda.session_runs.get(7)  # type: ignore[arg-type]
    panda.session_runs.list(page_size="5")  # type: ignore[arg-type]
    print(panda.session_runs.wait("a").verdicts)  # type: ignore[attr-defined]
    print(panda.session_runs.wait(["a"]).ok)  # type: ignore[attr-defined]
    print(panda.session_runs.get("a").reconciled)  # type: ignore[attr-defined]
    float(panda.session_runs.scores("a")[0].value)  # type: ignore[arg-type]
    for run in later.session_runs.list():  # type: ignore[attr-defined]
        print(run)
    with later:  # type: ignore[attr-defined]
        pass
