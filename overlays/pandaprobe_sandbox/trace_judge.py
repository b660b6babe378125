"""What single traces are worth by the metrics for traces, with the service's words where nothing was measured.

What goes wrong is written in the trace's name: `fail-` and `fail-always-` as in a session's id; all but `coherence`, which
asks no judge model, then fail.
"""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from .judge import Judgement, signal_of

__all__ = ["NO_JUDGE", "TRACE_METRICS", "judged_trace"]

TRACE_METRICS = {
    "argument_correctness": "Whether the arguments of each tool call follow from what was asked for.",
    "coherence": "How closely the output belongs to the input, by their embeddings.",
    "confidence": "How sure the judge is that the output answers the input.",
    "plan_adherence": "How closely the agent kept to its plan.",
    "plan_quality": "How complete and efficient the agent's plan is.",
    "step_efficiency": "Whether the agent took no more steps than the task needs.",
    "task_completion": "How well the agent completed its task.",
    "tool_correctness": "Whether the agent called the tools that it needed.",
}
NO_JUDGE = frozenset({"coherence"})
"""What is measured without a judge model, and so never fails with it."""
_THRESHOLD = 0.5


def judged_trace(trace: Mapping[str, Any], metric: str) -> Judgement:
    """Judge a trace, as the store gives it, by a metric."""
    if metric == "coherence" and not (trace["input"] and trace["output"]):
        note = json.dumps({"threshold": _THRESHOLD, "note": "empty_input_or_output"}, separators=(",", ":"))
        return Judgement("1.0", "Input or output is empty; coherence assumed.", note)
    told: dict[str, Any] = {"threshold": _THRESHOLD, "success": True}
    tools = any(span["kind"] == "TOOL" for span in trace["spans"])
    if metric == "argument_correctness" and not tools:
        return Judgement("1.0", "No tool calls in trace; nothing to evaluate.", json.dumps(told, separators=(",", ":")))
    says = json.dumps([trace[name] for name in ("name", "status", "input", "output")])
    part = int.from_bytes(blake2b(f"{says}\0{metric}".encode(), digest_size=4).digest(), "big") / 0xFFFFFFFF
    value = round(1.0 - 0.9 * part * part, 4)
    if metric == "coherence":
        return signal_of(metric, round(1 - value, 4), first=False)
    told["success"] = value >= _THRESHOLD
    if metric == "task_completion":
        told |= {"task": "What the input asks for.", "outcome": "What the output says."}
    return Judgement(str(value), f"The judge's {metric.replace('_', ' ')} (sandbox).", json.dumps(told))
