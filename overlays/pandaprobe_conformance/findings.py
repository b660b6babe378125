"""What a check found: agreements and violations, one by one, and what they come to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from pandaprobe_evals import contract
from pandaprobe_evals.errors import counted

from .wire import Exchange

OK: Final = 0
VIOLATIONS: Final = 1
COULD_NOT_RUN: Final = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which an answer is not what it should be."""

    expected: str
    came: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise of the contract, held against one exchange."""

    promise: str
    """What was checked, as a sentence that is true where the deployment keeps the contract."""
    operation: str
    status: int | None
    """Of the answer; None where none came."""
    expected: str
    came: str
    """What came instead; where it agrees, what came."""
    agrees: bool
    curl: str

    def record(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "agrees": self.agrees,
            "operation": self.operation,
            "status": self.status,
            "promise": self.promise,
            "expected": self.expected,
            "came": self.came,
            "curl": self.curl,
        }


@dataclass
class Report:
    """All that one check found."""

    base_url: str
    contract: str
    """The version of openapi.yaml."""
    writes: bool
    findings: list[Finding] = field(default_factory=list[Finding])
    notes: list[str] = field(default_factory=list[str])
    """What a reader should know and what is not a violation."""
    unreached: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    """Documented statuses that were not met, by operation."""
    runs: list[str] = field(default_factory=list[str])
    """Ids of the runs that the check made."""
    left: list[str] = field(default_factory=list[str])
    """Ids of those among them that could not be deleted."""
    stopped: str = ""
    """Why the check could not be completed; empty where it was."""
    latest_commit: float | None = None
    """Seconds after which a create that was broken off was listed; None where that was not seen."""
    seconds: float = 0.0
    requests: int = 0

    @property
    def violations(self) -> list[Finding]:
        """What the deployment does that the contract does not allow."""
        return [finding for finding in self.findings if not finding.agrees]

    @property
    def exit_code(self) -> int:
        """0 where every promise was kept, 1 for violations, 2 where the check could not be completed.

        Requests without an answer count as violations only where the deployment went on answering others.
        """
        violated = [one for one in self.violations if one.status is not None or not self.stopped]
        if violated:
            return VIOLATIONS
        return COULD_NOT_RUN if self.stopped else OK

    def tally(self) -> list[dict[str, Any]]:
        """How often each operation answered with each status, as it should and not, as JSON values."""
        counts: Counter[tuple[str, int | None, bool]] = Counter(
            (one.operation, one.status, one.agrees) for one in self.findings
        )
        rows = sorted({(one.operation, one.status) for one in self.findings}, key=lambda row: (row[0], row[1] or 0))
        return [
            {
                "operation": name,
                "status": status,
                "expected": _documented(name, status),
                "agreements": counts[name, status, True],
                "violations": counts[name, status, False],
            }
            for name, status in rows
        ]

    def figures(self) -> dict[str, Any]:
        """What it comes to, as JSON values."""
        return {
            "exit_code": self.exit_code,
            "base_url": self.base_url,
            "contract": self.contract,
            "agreements": len(self.findings) - len(self.violations),
            "violations": len(self.violations),
            "notes": self.notes,
            "not_met": self.unreached,
            "latest_commit_seconds": self.latest_commit,
            "runs_made": len(self.runs),
            "runs_left": self.left,
            "stopped": self.stopped or None,
            "requests": self.requests,
            "seconds": round(self.seconds, 1),
        }

    def coverage(self) -> str:
        """How many documented answers were not met, in a sentence."""
        count = sum(map(len, self.unreached.values()))
        if not count:
            return "Every documented answer was met."
        return (
            f"{count} documented answers of {len(self.unreached)} operations were not met (`not_met` in --json); operations "
            "that are not of session runs, their metrics or the list of session scores are only asked who may call them."
        )

    def summary(self) -> str:
        """The result in one sentence."""
        kept = len(self.findings) - len(self.violations)
        said = f"{counted(kept, 'agreement')}, {counted(len(self.violations), 'violation')}"
        if self.stopped:
            said += f"; not run to its end: {self.stopped}"
        return f"{said} ({counted(self.requests, 'request')}, {self.seconds:.1f} s)"


def _documented(operation: str, status: int | None) -> str:
    """What the contract says of an answer, its first sentence."""
    said = contract.operations()[operation].responses.get(status or 0)
    return " ".join(said["description"].split()).partition(". ")[0].rstrip(".") if said else "not documented"


def finding(promise: str, operation: str, exchange: Exchange, expected: str, problems: list[Problem]) -> Finding:
    """Make a finding of what was expected and the problems that were seen."""
    if problems:
        expected = "; ".join(dict.fromkeys(problem.expected for problem in problems[:3]))
        came = "; ".join(dict.fromkeys(problem.came for problem in problems[:3]))
    else:
        came = exchange.came
    return Finding(promise, operation, exchange.status, expected, came, not problems, exchange.curl())
