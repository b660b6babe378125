"""Wrong user code, which pyright must refuse: a needless ignore is an error. Never run: `make types` checks it."""
# mypy: ignore-errors
# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from typing import Any

import httpx
from pandaprobe_evals import ApiKey, AsyncPandaProbe, PandaProbe


def wrong(panda: PandaProbe, later: AsyncPandaProbe, anything: Any) -> None:
    PandaProbe()  # pyright: ignore[reportCallIssue]
    PandaProbe("sk_pp_...")  # pyright: ignore[reportArgumentType]
    ApiKey("sk_pp_...")  # pyright: ignore[reportCallIssue]
    PandaProbe(anything, http_client=httpx.AsyncClient())  # pyright: ignore[reportArgumentType]
    PandaProbe(anything, timeout=None)  # pyright: ignore[reportArgumentType]
    panda.session_runs.create_batch(["a"], ["b"])  # pyright: ignore[reportCallIssue]
    panda.session_runs.create_batch(session_ids=["a"])  # pyright: ignore[reportCallIssue]
    panda.session_runs.create_batch(session_ids=[1], metrics=["b"])  # pyright: ignore[reportArgumentType]
    panda.session_runs.create_batch(session_ids=b"a", metrics=["b"])  # pyright: ignore[reportArgumentType]
    panda.session_runs.create_batch(session_ids=["a"], metrics=["b"], deadlin=1)  # pyright: ignore[reportCallIssue]
    panda.session_runs.create_batch(session_ids=["a"], metrics=["b"], deadline="1")  # pyright: ignore[reportArgumentType]
    panda.session_runs.get(7)  # pyright: ignore[reportArgumentType]
    panda.session_runs.list(page_size="5")  # pyright: ignore[reportArgumentType]
    print(panda.session_runs.wait("a").verdicts)  # pyright: ignore[reportAttributeAccessIssue]
    print(panda.session_runs.wait(["a"]).ok)  # pyright: ignore[reportAttributeAccessIssue]
    print(panda.session_runs.get("a").reconciled)  # pyright: ignore[reportAttributeAccessIssue]
    float(panda.session_runs.scores("a")[0].value)  # pyright: ignore[reportArgumentType]
    for run in later.session_runs.list():  # pyright: ignore[reportGeneralTypeIssues]
        print(run)
    with later:  # pyright: ignore[reportGeneralTypeIssues]
        pass
