"""Wrong user code, which mypy must refuse: an ignore that is not needed is an error. Never run: `make types` checks it."""

from __future__ import annotations

from typing import Any

import httpx
from pandaprobe_evals import ApiKey, AsyncPandaProbe, PandaProbe


def wrong(panda: PandaProbe, later: AsyncPandaProbe, anything: Any) -> None:
    PandaProbe()  # type: ignore[call-arg]  # no credentials
    PandaProbe("sk_pp_...")  # type: ignore[arg-type]  # a text is no credentials
    ApiKey("sk_pp_...")  # type: ignore[call-arg]  # no project
    PandaProbe(anything, http_client=httpx.AsyncClient())  # type: ignore[arg-type]  # the other kind of client
    PandaProbe(anything, timeout=None)  # type: ignore[arg-type]  # it has no end
    panda.session_runs.create_batch(["a"], ["b"])  # type: ignore[call-arg]  # by keyword only
    panda.session_runs.create_batch(session_ids=["a"])  # type: ignore[call-arg]  # no metrics
    panda.session_runs.create_batch(session_ids=[1], metrics=["b"])  # type: ignore[list-item]  # ids are text
    panda.session_runs.create_batch(session_ids=b"a", metrics=["b"])  # type: ignore[arg-type]  # bytes are no list of text
    panda.session_runs.create_batch(session_ids=["a"], metrics=["b"], deadlin=1)  # type: ignore[call-arg]  # misspelt
    panda.session_runs.create_batch(session_ids=["a"], metrics=["b"], deadline="1")  # type: ignore[arg-type]  # a number
    panda.session_runs.get(7)  # type: ignore[arg-type]  # ids are text
    panda.session_runs.list(page_size="5")  # type: ignore[arg-type]  # a number
    print(panda.session_runs.wait("a").verdicts)  # type: ignore[attr-defined]  # misspelt
    print(panda.session_runs.wait(["a"]).ok)  # type: ignore[attr-defined]  # of one outcome, not of many
    print(panda.session_runs.get("a").reconciled)  # type: ignore[attr-defined]  # of a created run only
    float(panda.session_runs.scores("a")[0].value)  # type: ignore[arg-type]  # may be None
    for run in later.session_runs.list():  # type: ignore[attr-defined]  # needs async for
        print(run)
    with later:  # type: ignore[attr-defined]  # needs async with
        pass
