"""The life of a run, from create to delete: what `--allow-writes` adds. Creates runs that are billed, and deletes them.

The sessions have names that nobody uses. The service does not check them and finds no traces, so that no model is asked
to judge; units are billed all the same. In the sandbox the beginning of an id says what becomes of it (`fail-`, `crash-`,
`stall-`, `pending-`), so that every state and a retry can be seen there; elsewhere it says nothing. Few units must show
much: each id, name and weight is odd in many ways at once, see `Probes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .around import figures_out_of_reach, out_of_reach
from .commits import latest_commit
from .consistency import Json
from .creating import are_listed, create, create_by_filters, no_name_over_its_length
from .ending import as_they_are, delete, retry
from .figures import scores_as_a_whole
from .followed import ALL_SCORES, DELETE, GET, LIST
from .inspection import Inspection
from .isolation import create_in, isolation, other_project
from .narrowing import compared, of_runs, of_scores
from .probes import Probes
from .reading import one_run
from .watching import listed_by_its_state, times, watch


def life(inspection: Inspection, metrics: Sequence[str], around: Mapping[str, str], *, patience: float) -> None:
    """Create, watch, read, retry, reach for from another project, and delete.

    Args:
        inspection: Where findings go.
        metrics: Those that the deployment lists.
        around: Ids of what else the project has, by the list that it is in.
        patience: Seconds within which a run must end.

    Raises:
        Stopped: The plan's quota is used up.
    """
    clock, probes = inspection.wire.clock, Probes(inspection.mark)
    started = clock()
    metrics = sorted([*metrics, *metrics][:2], reverse=True)
    weights = {name: float(one) for name, one in probes.weights.items()}
    many = create(inspection, {
        "session_ids": probes.many_sent, "metrics": metrics[:1], "name": probes.name, "model": probes.model,
        "signal_weights": probes.weights,
    }, {
        "name": probes.name, "model": probes.model, "metric_names": metrics[:1],
        "filters": {"session_ids": probes.many, "signal_weights": weights},
    })  # fmt: skip
    thrice = [metrics[0], *metrics]
    short = create(inspection, {"session_ids": [probes.short] * 2, "metrics": thrice, "name": probes.name}, {
        "name": probes.name, "metric_names": thrice, "filters": {"session_ids": [probes.short]},
    })  # fmt: skip
    waiting = {"session_ids": [f"pending-{inspection.mark}"], "metrics": metrics[:1]}
    echo = {"name": None, "metric_names": metrics[:1], "filters": {"session_ids": waiting["session_ids"]}}
    twins = [create(inspection, waiting, echo) for _ in range(2)]
    by_filters = create_by_filters(inspection, metrics[0])
    no_name_over_its_length(inspection, metrics[0])
    made = [run for run in (many, short, *twins, by_filters) if run is not None]
    are_listed(inspection, made)
    other = other_project(inspection)
    foreign = create_in(inspection, other, metrics[0]) if other is not None else None
    to_watch = [run for run in (many, short, by_filters) if run is not None]
    brief = {run["id"] for run in (short,) if run is not None}
    ended = {run["id"]: run for run in watch(inspection, to_watch, patience, must_end=[many], brief=brief)}
    for run in ended.values():
        listed_by_its_state(inspection, run)
        one_run(inspection, run, fresh=run["id"] not in brief and run is not ended.get((by_filters or {}).get("id")))
    for twin in filter(None, twins):
        listed_by_its_state(inspection, twin)
    if foreign is not None and other is not None:
        listed_by_its_state(inspection, foreign, other)
    again: Json | None = None
    if many is not None and many["id"] in ended:
        many = ended[many["id"]]
        times(inspection, many, clock() - started)
        again = retry(inspection, many, patience)
    if inspection.lists_whole:
        compared(inspection, LIST, of_runs)
    scores = scores_as_a_whole(inspection)
    if not scores and many is not None:
        scores = compared(inspection, ALL_SCORES, of_scores, {"eval_run_id": many["id"]})
    if other is not None:
        out_of_reach(inspection, other, around)
        figures_out_of_reach(inspection, other, scores)
        reach = [run for run in (many, again, twins[0]) if run is not None]
        isolation(inspection, other, as_they_are(inspection, reach), foreign,
                  [score for score in scores if score["eval_run_id"] in inspection.made])  # fmt: skip
    if short is not None:
        retry(inspection, short, patience)
    rest = [run for run in (short, *twins, again) if run is not None]
    if many is not None:
        delete(inspection, many, with_scores=False, others=rest)
    if again is not None:
        delete(inspection, again, with_scores=True, others=[run for run in rest if run is not again])
    if twins[0] is not None:
        delete(inspection, twins[0], with_scores=True, others=[run for run in twins[1:] if run is not None])
    latest_commit(inspection, metrics[0])
    _clear(inspection)
    for run in made:
        inspection.ask("a deleted run stays away", GET, 404, run_id=run["id"])


def _clear(inspection: Inspection) -> None:
    for run_id, pair in list(inspection.made.items()):
        inspection.ask("a run can be deleted", DELETE, 204, run_id=run_id, query={"delete_scores": "true"},
                       headers=pair, quiet=True)  # fmt: skip
