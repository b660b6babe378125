"""What was run, with what, when, and how it ended: a card for each run."""

from __future__ import annotations

from pandaprobe_evals_api.models import EvalRun
from pandaprobe_evals_api.types import Unset

from pandaprobe_evals.html.markup import Child, Markup, element, joined
from pandaprobe_evals.html.parts import clipped, duration, moment, names, prose
from pandaprobe_evals.outcomes import target_count
from pandaprobe_evals.pairs import Taken
from pandaprobe_evals.runs import kind_of_run


def run_card(taken: Taken) -> Markup:
    """A run, as a card."""
    outcome, run = taken.outcome, taken.outcome.run
    state = "good" if taken.ok else "bad"
    said = "measured in full" if taken.ok else outcome.result.replace("_", " ")
    if outcome.result == "succeeded" and not taken.ok:
        said = "not measured in full"
    heading = element(
        "h3",
        {},
        element("bdi", {}, clipped((run.name if run else None) or f"Run {outcome.run_id[:8]}")),
        element("span", {"class": f"chip {state}"}, said),
    )
    known: dict[str, Child] = {"Run": element("code", {}, outcome.run_id)}
    known |= _facts(run) if run else {"Service": "has no such run"}
    if outcome.failed_pairs:
        known["Failed pairs"] = f"{outcome.failed_pairs:,}"
    if said := str(taken.summary.remembered or ""):
        known["Signals"] = said
    if run and run.error_message:
        known["Error"] = prose(run.error_message)
    facts = [element("div", {}, element("dt", {}, name), element("dd", {}, what)) for name, what in known.items()]
    return element("article", {"class": "card run"}, heading, element("dl", {"class": "facts"}, *facts))


def _facts(run: EvalRun) -> dict[str, Child]:
    """What was run, with what, when."""
    filters, weights = run.filters.to_dict(), run.filters.signal_weights
    total, done = target_count(run), run.evaluated_count
    found: dict[str, Child] = {
        "Status": run.status,
        kind_of_run(run).noun.capitalize(): f"{total:,}" if done == total else f"{done:,} of {total:,}",
        "Metrics": names(run.metric_names),
        "Model": element("bdi", {}, clipped(run.model or "the service's default")),
        "Weights": "the service's defaults"
        if isinstance(weights, Unset)
        else names(f"{signal} {weight:g}" for signal, weight in sorted(weights.additional_properties.items())),
        "Created": moment(run.created_at),
    }
    if run.completed_at:
        seconds = (run.completed_at - run.created_at).total_seconds()
        found["Ended"] = joined(moment(run.completed_at), f", after {duration(seconds)}")
    chosen = {
        name: value for name, value in filters.items() if name not in ("session_ids", "trace_ids", "signal_weights")
    }
    if chosen:
        found["Chosen by"] = names(f"{name}: {value}" for name, value in sorted(chosen.items()))
    if run.sampling_rate != 1:
        found["Sampled"] = f"{run.sampling_rate:g} of the {kind_of_run(run).noun}"
    return found
