"""Metrics and signals as they were typed, against those that there are: one letter amiss is not found out by the bill."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from .output import Output

if TYPE_CHECKING:
    from pandaprobe_evals import InvalidArgument, PandaProbe


def instead(name: str, known: Collection[str]) -> str:
    """What was meant, or what there is.

    >>> instead("agent_reliabilty", ["agent_consistency", "agent_reliability"])
    'did you mean agent_reliability?'
    >>> instead("x", ["agent_consistency", "agent_reliability"])
    'there are agent_consistency, agent_reliability'
    """
    return meant(name, known) or f"there are {', '.join(known)}"


def meant(name: str, known: Collection[str]) -> str:
    """What was meant; an empty text where nothing is near.

    >>> meant("session_runs.lst", ["session_runs.list", "traces.list"])
    'did you mean session_runs.list?'
    """
    near = get_close_matches(name, known, 1)
    return f"did you mean {near[0]}?" if near else ""


def refuse_unknown_metrics(panda: "PandaProbe", metrics: Iterable[str], flag: str, target: str = "session") -> None:
    """Refuse metrics that the service does not have for sessions, or traces; and credentials that it does not take.

    Raises:
        InvalidArgument: It does not have one; names where it was said, and what is near.
    """
    known = _metrics(panda, target)
    for metric in metrics:
        if metric not in known:
            raise _no_metric(flag, metric, known)


def refuse_misspelt_metric(panda: "PandaProbe", name: str, target: str) -> None:
    """Refuse a score's name of which there is no score, where a metric is near it. Scores may have names of their own.

    Raises:
        InvalidArgument: It is a metric with a letter amiss.
    """
    known = _metrics(panda, target)
    if name not in known and get_close_matches(name, known, 1):
        raise _no_metric("--metric", name, known)


def _metrics(panda: "PandaProbe", target: str) -> list[str]:
    """What the service has for sessions, or traces."""
    return [metric.name for metric in getattr(panda, f"{target}_metrics").list()]


def _no_metric(flag: str, name: str, known: Collection[str]) -> "InvalidArgument":
    from pandaprobe_evals import InvalidArgument

    if "," in name and flag.startswith("-"):
        return InvalidArgument(f"{flag}: {name}: give {flag} again for each one")
    return InvalidArgument(f"{flag}: the service has no metric {name}; {instead(name, known)}")


def warn_of_unknown_signals(out: Output, weights: Iterable[str]) -> None:
    """Warn of weights for signals that the contract does not name: the service accepts them and says nothing."""
    from pandaprobe_evals import evidence

    rules = evidence.rules("SessionScore")
    known = sorted(rules.scores.values()) if rules else []
    for signal in weights:
        if signal not in known:
            out.say(f"Warning: {signal} is not a known signal, so its weight may do nothing; {instead(signal, known)}")
