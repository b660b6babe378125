"""The page of a report: verdict, comparison, metrics, worst sessions, what was not measured, all scores, what was run."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from heapq import nsmallest
from html import escape
from importlib import resources
from itertools import islice
from typing import NamedTuple

from pandaprobe_evals_api.models import TraceScore

from pandaprobe_evals.comparison import Comparison, MetricComparison
from pandaprobe_evals.errors import InvalidArgument, counted
from pandaprobe_evals.evidence import Kind, Score, value_of
from pandaprobe_evals.html.figures import BINS, counts, distribution
from pandaprobe_evals.html.markup import Child, Markup, element, joined
from pandaprobe_evals.html.parts import (
    LISTED,
    clipped,
    details,
    figures,
    id_of,
    moment,
    nothing,
    prose,
    rest,
    scored,
    table,
)
from pandaprobe_evals.provenance import Provenance, Remembered
from pandaprobe_evals.runs import kind_of_run
from pandaprobe_evals.verdict import AnyOutcome, Pair, Reason, Verdict, quantile_of

from . import compared, every, traces
from .ran import run_card
from .tally import Tally

WORST = 25
"""Scores in the list of the worst, and scores of each other list whose traces are shown."""
RUNS = 100
"""Runs that are described."""


_BY_SCRIPT = "every"
"""The section that is not seen without the script."""
_IN_DOUBT: tuple[Kind, ...] = ("partial evidence", "unknown evidence", "annotated", "without evidence")
"""What became of pairs whose traces are shown."""


def _hidden(id_: str) -> dict[str, bool]:
    return {"hidden": True, "data-by-script": True} if id_ == _BY_SCRIPT else {}


class _Metric(NamedTuple):
    """What is known of one metric."""

    name: str
    values: list[Decimal]
    """In ascending order."""
    minimum: float | None


class _Unmeasured(NamedTuple):
    """A pair without a value, and what the service says of it."""

    pair: Pair
    score: Score | None


def render(
    outcomes: AnyOutcome | Iterable[AnyOutcome],
    verdict: Verdict | None = None,
    *,
    comparison: Comparison | None = None,
    title: str | None = None,
    signals: Iterable[TraceScore] = (),
    unfinished: Iterable[str] = (),
    said: Callable[[Reason], str] = str,
    now: datetime | None = None,
) -> str:
    """The report as a whole HTML document.

    Args:
        outcomes: What `session_runs.wait` returned, or `trace_runs.wait`, one or many, with scores.
        verdict: What `judge` made of them. None: the report has none.
        comparison: What `compare` made of them as the candidate. None: the report has none.
        title: The page's, such as a branch or the version of a prompt.
        signals: Scores of traces, for the reasons that they give; `traces_shown` says of which traces they are shown.
        unfinished: Ids of runs that had not ended when the wait was over.
        said: A reason of the verdict in words, with what would let it pass as readers of the page call it.
        now: When the report is made; None for now.

    Raises:
        InvalidArgument: The verdict is none (minimums go to `judge`), or the comparison is; or runs over sessions come with
            runs over traces.
    """
    report = _Report(outcomes, verdict, comparison)
    report.unfinished, report.now = tuple(dict.fromkeys(unfinished)), now or datetime.now(UTC)
    report.reasons = tuple(map(said, verdict.reasons)) if verdict else ()
    report.signals = traces.Signals(report.tally.provenance, signals)
    report.title = title or f"{report.target.capitalize()} evaluation report"
    return _document(report.title, report.body())


def traces_shown(
    outcomes: AnyOutcome | Iterable[AnyOutcome], verdict: Verdict | None = None, comparison: Comparison | None = None
) -> list[str]:
    """The ids of the traces whose signals a report on the same shows: those behind the worst scores, and what moved most.

    With what `trace_scores.of` returns of each, `render` shows the reasons of these signals, too.
    """
    return _Report(outcomes, verdict, comparison).traces()


class NotebookPage:
    """A report that a notebook shows where a cell ends with it."""

    def __init__(self, page: str) -> None:
        self.page = page
        """The whole HTML document, as `render` makes it."""

    def _repr_html_(self) -> str:
        style = "width:100%;height:36rem;border:1px solid #8886;border-radius:8px;background:transparent"
        page = escape(self.page, quote=True)
        return f'<iframe title="Report" sandbox="allow-scripts" style="{style}" srcdoc="{page}"></iframe>'


def for_notebook(
    outcomes: AnyOutcome | Iterable[AnyOutcome],
    verdict: Verdict | None = None,
    *,
    comparison: Comparison | None = None,
    title: str | None = None,
) -> NotebookPage:
    """The report for a notebook's cell: in a frame, so that neither its styles nor the notebook's reach the other."""
    return NotebookPage(render(outcomes, verdict, comparison=comparison, title=title))


@cache
def _resource(name: str) -> tuple[Markup, str]:
    """A file of the page, and its hash for the page's policy."""
    text = (resources.files(__package__ or "") / name).read_text(encoding="utf-8")
    return Markup(text), f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _document(title: str, body: Markup) -> str:
    (style, style_hash), (script, script_hash) = _resource("style.css"), _resource("page.js")
    policy = (
        f"default-src 'none'; style-src {style_hash}; script-src {script_hash}; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    head = element(
        "head",
        {},
        element("meta", {"charset": "utf-8"}),
        element("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("meta", {"name": "color-scheme", "content": "light dark"}),
        element("meta", {"name": "referrer", "content": "no-referrer"}),
        element("link", {"rel": "icon", "href": "data:,"}),
        element("title", {}, clipped(title)),
        element("style", {}, style),
    )
    whole = element("html", {"lang": "en"}, head, element("body", {}, body, element("script", {}, script)))
    return f"<!DOCTYPE html>\n{whole}\n"


class _Report:
    """Everything that the page says, from outcomes."""

    title: str
    unfinished: tuple[str, ...]
    reasons: tuple[str, ...]
    now: datetime
    signals: traces.Signals

    def __init__(
        self,
        outcomes: AnyOutcome | Iterable[AnyOutcome],
        verdict: Verdict | None,
        comparison: Comparison | None,
    ) -> None:
        if not isinstance(verdict, Verdict | None):
            raise InvalidArgument(f"verdict: must be what `judge` returned, not {type(verdict).__name__}")
        if not isinstance(comparison, Comparison | None):
            raise InvalidArgument(f"comparison: must be what `compare` returned, not {type(comparison).__name__}")
        self.tally = Tally(outcomes)
        self.target = self.tally.target
        self.verdict, self.comparison = verdict, comparison
        self.runs = list(self.tally.outcomes.values())
        self.measured: dict[str, list[tuple[Decimal, Score]]] = {}
        self.unmeasured: dict[Kind, list[_Unmeasured]] = {
            "failed": [],
            "without evidence": [],
            "partial evidence": [],
            "unknown evidence": [],
            "annotated": [],
            "remembered": [],
            "unusable": [],
            "missing": [_Unmeasured(pair, None) for pair in dict.fromkeys(self._missing())],
        }
        for pair, score in self.tally.newest.items():
            value = value_of(score)
            kind = self.tally.kind_of(score)
            counts = verdict.counted if verdict else ("measured", "remembered")
            if value is not None and kind in counts:
                self.measured.setdefault(score.name, []).append((value, score))
            if kind != "measured" and not (kind == "remembered" and kind in counts):
                self.unmeasured[kind].append(_Unmeasured(pair, score))

    def _missing(self) -> Iterator[Pair]:
        """Pairs that a run was to score, and that no run has."""
        for outcome in self.runs:
            if outcome.run and outcome.scores is not None:
                for session in kind_of_run(outcome.run).targets_of(outcome.run) or ():
                    for metric in dict.fromkeys(outcome.run.metric_names):
                        if (session, metric) not in self.tally.newest:
                            yield session, metric

    def metrics(self) -> list[_Metric]:
        """Those with a minimum first, then all others that a run was asked for or has scored."""
        limits = {metric.name: metric.minimum for metric in self.verdict.metrics} if self.verdict else {}
        asked = (name for outcome in self.runs if outcome.run for name in outcome.run.metric_names)
        return [
            _Metric(name, sorted(value for value, _ in self.measured.get(name, ())), limits.get(name))
            for name in dict.fromkeys([*limits, *asked, *self.measured])
        ]

    def body(self) -> Markup:
        """All of it."""
        sections = [("verdict", "Verdict", self._verdict())]
        if self.comparison:
            sections.append(("comparison", "Comparison", compared.section(self.comparison, self._below)))
        missing = [each.pair for each in self.unmeasured["missing"]]
        sections += [
            ("metrics", "Metrics", self._metrics()),
            ("worst", f"Worst {self.target}s", self._worst()),
            ("unmeasured", "Not measured", self._unmeasured()),
            (_BY_SCRIPT, "All scores", every.section(self.tally, missing, self.comparison)),
            ("runs", "Runs", self._runs()),
        ]
        links = [element("li", _hidden(id_), element("a", {"href": f"#{id_}"}, title)) for id_, title, _ in sections]
        return joined(
            element("a", {"class": "skip", "href": "#verdict"}, "Skip to the verdict"),
            element(
                "header",
                {},
                element("p", {"class": "product"}, "PandaProbe"),
                element("h1", {}, clipped(self.title)),
                element("p", {"class": "note"}, "Made ", moment(self.now)),
                element("nav", {"aria-label": "On this page"}, element("ul", {}, *links)),
            ),
            element(
                "main",
                {},
                *(
                    element(
                        "section",
                        {"id": id_, "aria-labelledby": f"{id_}-title", **_hidden(id_)},
                        element("h2", {"id": f"{id_}-title"}, title),
                        content,
                    )
                    for id_, title, content in sections
                ),
            ),
        )

    def _below(self, id_: str, name: str) -> Markup | None:
        """The traces of a session's newest score."""
        found = self.tally.newest.get((id_, name))
        return self.signals.below(found) if found else None

    def traces(self) -> list[str]:
        """Those whose signals are shown."""
        moved = [(each.id, metric.name) for metric in self._compared() for each in metric.moved]
        found = [self.tally.newest[pair] for pair in moved if pair in self.tally.newest]
        in_doubt = (each.score for kind in _IN_DOUBT for each in self.unmeasured[kind][:WORST] if each.score)
        return traces.shown([*found, *(score for _, score in self._lowest()), *in_doubt])

    def _compared(self) -> tuple[MetricComparison, ...]:
        return self.comparison.metrics if self.comparison else ()

    def _lowest(self) -> list[tuple[Decimal, Score]]:
        """The worst scores."""
        found = (each for scores in self.measured.values() for each in scores)
        return nsmallest(WORST, found, key=lambda each: (each[0], self._target_of(each[1]), each[1].name))

    def _target_of(self, score: Score) -> str:
        return str(getattr(score, f"{self.target}_id"))

    def _verdict(self) -> Markup:
        return joined(self._banner(), element("dl", {"class": "tiles"}, *self._tiles()))

    def _banner(self) -> Markup:
        if not self.verdict:
            state, said = "open", "No verdict"
            reasons: Sequence[str] = ["No minimum was given to hold the scores against."]
        elif self.verdict.passed:
            by = "mean" if self.verdict.quantile is None else f"{self.verdict.quantile:g}-quantile"
            whole = not any(self.unmeasured.values()) and not self.tally.unnamed
            earlier = sum(metric.remembered for metric in self.verdict.metrics)
            by_whom = f", of {counted(earlier, 'score')} by earlier runs," if earlier else ","
            what = (
                f"Everything was measured{by_whom} and each"
                if whole
                else "Not everything was measured. Of what counts, each"
            )
            state, said, reasons = "good", "Passed", [f"{what} {by} reaches its minimum."]
            if self.comparison:
                reasons = [*reasons, f"Against the base, what is asked holds: {self.comparison.word}."]
        else:
            state, said, reasons = "bad", "Not passed", self.reasons
        shown = [element("li", {}, prose(reason)) for reason in reasons[:LISTED]]
        return element(
            "div",
            {"class": f"banner {state}"},
            element("p", {"class": "word"}, said),
            element("ul", {}, *shown, rest(len(reasons), LISTED, "reasons", tag="li")),
        )

    def _tiles(self) -> Iterator[Markup]:
        targets = len(self.tally.targets) + self.tally.unnamed
        lost = len(self.unmeasured["missing"]) + self.tally.unnamed
        figures = [
            (f"{self.target.capitalize()}s", targets, False),
            ("Scores", sum(map(len, self.measured.values())), False),
            ("Failed", len(self.unmeasured["failed"]) + self.tally.lost_failures, True),
            ("Without a score", lost, True),
            ("Without evidence", len(self.unmeasured["without evidence"]), True),
        ]
        rarer: tuple[Kind, ...] = ("partial evidence", "unknown evidence", "annotated", "unusable")
        figures += [(kind.capitalize(), len(self.unmeasured[kind]), True) for kind in rarer if self.unmeasured[kind]]
        said = _sum(self.runs)
        if said and (said.remembered or said.partly):
            figures.append(("Remembered", said.remembered, bool(self.unmeasured["remembered"])))
            figures += [("Remembered in part", said.partly, False)] if said.partly else []
        for name, number, bad in figures:
            state = {"class": "bad"} if bad and number else {}
            yield element("div", state, element("dt", {}, name), element("dd", {}, f"{number:,}"))

    def _metrics(self) -> Markup:
        found = self.metrics()
        if not found:
            return nothing("No metric was scored.")
        return element("div", {"class": "cards"}, *(self._metric(metric, i) for i, metric in enumerate(found)))

    def _metric(self, metric: _Metric, index: int) -> Markup:
        judged = {each.name: each for each in self.verdict.metrics} if self.verdict else {}
        state = judged.get(metric.name)
        chip = None
        if state and state.passed:
            chip = element("span", {"class": "chip good"}, f"reaches {state.minimum:g}")
        elif state:
            chip = element("span", {"class": "chip bad"}, f"below {state.minimum:g}" if state.count else "not measured")
        heading = element("h3", {}, element("bdi", {}, metric.name), chip)
        values = metric.values
        if not values:
            return element("article", {"class": "card"}, heading, nothing("Nothing was measured."))
        mean = float(sum(values, Decimal(0)) / len(values))
        found = Counter(values)
        known: dict[str, Child] = {"Mean": f"{mean:.3f}", "Median": f"{quantile_of(found, 0.5):.3f}"}
        part = self.verdict.quantile if self.verdict and self.verdict.quantile is not None else 0.1
        known[f"{part:g}-quantile"] = f"{quantile_of(found, part):.3f}"
        known |= {"Lowest": f"{values[0]:.3f}", "Scores": f"{len(values):,}"}
        rows = [
            [f"{number / BINS:g} to {(number + 1) / BINS:g}", f"{count:,}"]
            for number, count in enumerate(counts(values))
            if count
        ]
        return element(
            "article",
            {"class": "card"},
            heading,
            element(
                "figure", {}, distribution(metric.name, values, mean=mean, minimum=metric.minimum, key=f"m{index}")
            ),
            figures(known),
            element(
                "details",
                {},
                element("summary", {}, "The distribution in numbers"),
                table(
                    f"Distribution of {metric.name}", ["Score", f"{self.target.capitalize()}s"], rows, narrow="short"
                ),
            ),
        )

    def _worst(self) -> Markup:
        if not any(self.measured.values()):
            return nothing("Nothing was measured.")
        columns = ["Score", self.target.capitalize(), "Metric", "Signals", "Reason"]
        if not self.tally.provenance:
            columns.remove("Signals")
        rows = [
            [
                scored(value),
                id_of(self._target_of(of)),
                id_of(of.name),
                *([_origin(self.tally.provenance.get(str(of.id)))] if self.tally.provenance else []),
                joined(prose(of.reason or "No reason given."), self.signals.below(of)),
            ]
            for value, of in self._lowest()
        ]
        return joined(
            element("p", {"class": "note"}, "The lowest scores, each with the reason that the service gives."),
            table("The lowest scores", columns, rows),
            rest(sum(map(len, self.measured.values())), WORST, "scores, which are higher"),
        )

    def _unmeasured(self) -> Markup:
        absent = "no traces" if self.target == "session" else "the service does not have them"
        titles: dict[Kind, tuple[str, str]] = {
            "failed": ("Failed pairs", f"The evaluation of a {self.target} by a metric failed."),
            "missing": (
                f"{self.target.capitalize()}s without a score",
                f"They count as evaluated, and were not: {absent}, as a rule.",
            ),
            "without evidence": ("Scores without evidence", "Nothing was measured for them, however good they are."),
            "partial evidence": ("Scores with partial evidence", "Some signals or traces were not measured for them."),
            "unknown evidence": (
                "Scores with unknown evidence",
                "They do not say what they rest on, or it was changed since.",
            ),
            "annotated": ("Scores with annotated signals", "A person or another program gave one of their signals."),
            "remembered": ("Remembered scores", "They were not measured anew: all their signals are earlier runs'."),
            "unusable": ("Unusable scores", "They are not numbers from 0 to 1."),
        }
        more: dict[Kind, tuple[int, str]] = {
            "failed": (self.tally.lost_failures, "failed pairs that no score names."),
            "missing": (self.tally.unnamed, f"{self.target}s of runs by filters, which the service does not name."),
        }
        parts: list[Markup] = []
        for kind, (title, note) in titles.items():
            found, (lost, said) = self.unmeasured[kind], more.get(kind, (0, ""))
            if not found and not lost:
                continue
            rows = [
                [id_of(each.pair[0]), id_of(each.pair[1]), self._why(each.score, kind, number)]
                for number, each in enumerate(islice(found, LISTED))
            ]
            columns = [self.target.capitalize(), "Metric", *(["Reason"] if kind != "missing" else [])]
            parts.append(
                details(
                    title,
                    len(found) + lost,
                    element("p", {"class": "note"}, note),
                    table(title, columns, [row[: len(columns)] for row in rows]) if rows else None,
                    rest(len(found), LISTED, "of these"),
                    element("p", {"class": "note"}, f"And {lost:,} {said}") if lost else None,
                    open=len(found) <= 10,
                )
            )
        return (
            joined(*parts)
            if parts
            else nothing(f"Every {self.target} was measured by every metric that was asked for.")
        )

    def _why(self, score: Score | None, kind: Kind, number: int) -> Markup:
        """What the service says; of the first scores that are not whole, with what is missing of which trace."""
        said = prose((score.reason if score else None) or "-")
        return joined(said, self.signals.below(score)) if score and kind in _IN_DOUBT and number < WORST else said

    def _runs(self) -> Markup:
        cards = [run_card(outcome) for outcome in self.runs[:RUNS]]
        cards += [
            element(
                "article",
                {"class": "card run"},
                element("h3", {}, element("code", {}, run_id), element("span", {"class": "chip bad"}, "has not ended")),
            )
            for run_id in self.unfinished[:RUNS]
        ]
        if not cards:
            return nothing("No run was given.")
        return joined(
            element("div", {"class": "cards"}, *cards), rest(len(self.runs) + len(self.unfinished), len(cards), "runs")
        )


def _sum(runs: Iterable[AnyOutcome]) -> Remembered | None:
    """What all runs took from what was there; None where no provenance was read."""
    found = [outcome.remembered for outcome in runs if outcome.remembered]
    return sum(found[1:], found[0]) if found else None


def _origin(provenance: Provenance | None) -> Child:
    """Where the signals of a score come from."""
    if provenance is None or not provenance.signals:
        return "-"
    runs = provenance.from_runs
    from_runs = f" from {', '.join(id_[:8] for id_ in runs[:3])}{' ...' if len(runs) > 3 else ''}" if runs else ""
    return f"{provenance.origin}{from_runs}"
