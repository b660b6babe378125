"""A report on runs as one HTML page that needs nothing else: no network, no file beside it.

    verdict = judge(outcomes, {"agent_reliability": 0.8})
    Path("report.html").write_text(render(outcomes, verdict), encoding="utf-8")

Of runs with more scores than memory holds, `Gathered` takes one after the other:

    gathered = Gathered()
    for run_id in run_ids:
        gathered.add(panda.session_runs.wait(run_id))
    page = render(gathered, judge(gathered.pairs, {"agent_reliability": 0.8}))

Every text of the service is escaped, and the page's own policy forbids whatever is not in it. Its script sorts and filters
its tables, and reads nothing but the page. However many sessions there are, a list shows its first ones and says how many it
leaves out.
"""

from .gathered import Gathered
from .page import NotebookPage, for_notebook, render, traces_shown

__all__ = ["Gathered", "NotebookPage", "for_notebook", "render", "traces_shown"]
