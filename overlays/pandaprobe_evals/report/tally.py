"""The newest score of each pair, whole, for a page that shows what it rests on. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from pandaprobe_evals.evidence import KINDS, Kind, Score, value_of
from pandaprobe_evals.outcomes import RunOutcome, target_count
from pandaprobe_evals.pairs import refuse_mixed
from pandaprobe_evals.provenance import Provenance, kind_by
from pandaprobe_evals.runs import kind_of_run
from pandaprobe_evals.verdict import AnyOutcome, Pair


class Tally:
    """The runs, sessions or traces, and scores behind some outcomes, each once; all of one kind.

    Attributes:
        outcomes: By run; of several outcomes of one run the last.
        targets: Every session or trace that is known by its id, in the runs' order.
        newest: The newest score of each pair of session or trace, and metric. Of two from the same moment, the one that is
            worse.
        unnamed: How many of them are not known by their ids: those of runs by filters that have no score.
        lost_failures: Failed pairs that runs count and that no score of theirs names.
        provenance: By a score's id, where its signals come from, as far as that was read.
        target: What the runs evaluate, a `session` or a `trace`.

    Raises:
        InvalidArgument: Some are over sessions, and some over traces.
    """

    def __init__(self, outcomes: AnyOutcome | Iterable[AnyOutcome]) -> None:
        given = [outcomes] if isinstance(outcomes, RunOutcome) else outcomes
        self.outcomes: dict[str, AnyOutcome] = {outcome.run_id: outcome for outcome in given}
        self.targets: dict[str, None] = {}
        self.newest: dict[Pair, Score] = {}
        self.provenance: dict[str, Provenance] = {}
        self.unnamed = self.lost_failures = 0
        kinds: dict[str, str] = {}
        for outcome in self.outcomes.values():
            if outcome.run is not None:
                kinds.setdefault(kind_of_run(outcome.run).name, outcome.run_id)
        refuse_mixed(kinds)
        self.target = next(iter(kinds), "session")
        for outcome in self.outcomes.values():
            self._add(outcome)

    def _add(self, outcome: AnyOutcome) -> None:
        scores = outcome.scores or ()
        self.provenance.update(outcome.provenance or {})
        if outcome.run is None:
            return
        kind = kind_of_run(outcome.run)
        named = dict.fromkeys(kind.targets_of(outcome.run) or ())
        for score in scores:
            named[kind.target_of(score)] = None
            pair = (kind.target_of(score), score.name)
            known = self.newest.get(pair)
            if known is None or self._later(score, known):
                self.newest[pair] = score
        self.targets.update(named)
        self.unnamed += max(0, target_count(outcome.run) - len(named))
        self.lost_failures += max(0, outcome.failed_pairs - sum(score.status == "FAILED" for score in scores))

    def kind_of(self, score: Score) -> Kind:
        """What a score rests on."""
        return kind_by(score, self.provenance.get(str(score.id)))

    def _later(self, score: Score, than: Score) -> bool:
        if score.created_at != than.created_at:
            return score.created_at > than.created_at
        return self._goodness(score) < self._goodness(than)

    def _goodness(self, score: Score) -> tuple[int, Decimal]:
        return -KINDS.index(self.kind_of(score)), value_of(score) or Decimal(0)
