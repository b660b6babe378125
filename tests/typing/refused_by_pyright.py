"""Wrong user code, which pyright must refuse: a needless ignore is an error. Never run: `make types` checks it."""
# mypy: ignore-errors
# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from typing import Any

import httpx
from pandaprobe_evals import ApiKey, AsyncPandaProbe, PandaProbe


def wrong(panda: PandaProbe, later: AsyncPandaProbe, anything: Any) -> None:
    PandaProbe()  # pyright: ignore[reportCallIssue]  # no credentials
    PandaProbe("sk_pp_...")  # pyright: ignore[reportArgumentType]  # a text is no credentials
    ApiKey("sk_pp_...")  # pyright: ignore[reportCallIssue]  # no project
    PandaProbe(anything, http_client=httpx.AsyncClient())  # pyright: ignore[reportArgumentType]  # the other kind of client
    PandaProbe(anything, timeout=None)  # pyright: ignore[reportArgumentType]  # it has no end
    panda.session_runs.create_batch(["a"], ["b"])  # pyright: ignore[reportCallIssue]  # by keyword only
    panda.session_runs.create_batch(session_ids=["a"])  # pyright: ignore[reportCallIssue]  # no metrics
    panda.session_runs.create_batch(session_ids=[1], metrics=["b"])  # pyright: ignore[reportArgumentType]  # ids are text
    panda.session_runs.create_batch(session_ids=b"a", metrics=["b"])  # pyright: ignore[reportArgumentType]  # bytes are no list of text
    panda.session_runs.create_batch(session_ids=["a"], metrics=["b"], deadlin=1)  # pyright: ignore[reportCallIssue]  # misspelt
    panda.session_runs.create_batch(session_ids=["a"], metrics=["b"], deadline="1")  # pyright: ignore[reportArgumentType]  # a number
    panda.session_runs.get(7)  # pyright: ignore[reportArgumentType]  # ids are text
    panda.session_runs.list(page_size="5")  # pyright: ignore[reportArgumentType]  # a number
    print(panda.session_runs.wait("a").verdicts)  # pyright: ignore[reportAttributeAccessIssue]  # misspelt
    print(panda.session_runs.wait(["a"]).ok)  # pyright: ignore[reportAttributeAccessIssue]  # of one outcome, not of many
    print(panda.session_runs.get("a").reconciled)  # pyright: ignore[reportAttributeAccessIssue]  # of a created run only
    float(panda.session_runs.scores("a")[0].value)  # pyright: ignore[reportArgumentType]  # may be None
    for run in later.session_runs.list():  # pyright: ignore[reportGeneralTypeIssues]  # needs async for
        print(run)
    with later:  # pyright: ignore[reportGeneralTypeIssues]  # needs async with
        pass
