"""The page of a report: verdict, comparison, metrics, worst sessions, what was not measured, all scores, what was run."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from html import escape
from importlib import resources

from pandaprobe_evals_api.models import TraceScore

from pandaprobe_evals.comparison import Comparison
from pandaprobe_evals.errors import InvalidArgument, counted
from pandaprobe_evals.evidence import KINDS, Kind
from pandaprobe_evals.html.markup import Child, Markup, element, joined
from pandaprobe_evals.html.parts import LISTED, clipped, id_of, moment, nothing, prose, rest, scored, table
from pandaprobe_evals.provenance import Provenance
from pandaprobe_evals.results import COUNTED
from pandaprobe_evals.scratch import Said
from pandaprobe_evals.verdict import AnyOutcome, Reason, Verdict

from . import compared, every, metrics, traces, unmeasured
from .gathered import IN_DOUBT, RUNS, Gathered

WORST = 25
"""Scores in the list of the worst, and scores of each other list whose traces are shown."""

_DOUBTFUL = frozenset(map(KINDS.index, IN_DOUBT))
_BY_SCRIPT = "every"
"""The section that is not seen without the script."""


def _hidden(id_: str) -> dict[str, bool]:
    return {"hidden": True, "data-by-script": True} if id_ == _BY_SCRIPT else {}


def render(
    outcomes: AnyOutcome | Iterable[AnyOutcome] | Gathered,
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
        outcomes: What `session_runs.wait` returned, or `trace_runs.wait`, one or many, with scores; or these `Gathered`, run
            by run.
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
    report.signals = traces.Signals(signals)
    report.title = title or f"{report.target.capitalize()} evaluation report"
    return _document(report.title, report.body())


def traces_shown(
    outcomes: AnyOutcome | Iterable[AnyOutcome] | Gathered,
    verdict: Verdict | None = None,
    comparison: Comparison | None = None,
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
        outcomes: AnyOutcome | Iterable[AnyOutcome] | Gathered,
        verdict: Verdict | None,
        comparison: Comparison | None,
    ) -> None:
        if not isinstance(verdict, Verdict | None):
            raise InvalidArgument(f"verdict: must be what `judge` returned, not {type(verdict).__name__}")
        if not isinstance(comparison, Comparison | None):
            raise InvalidArgument(f"comparison: must be what `compare` returned, not {type(comparison).__name__}")
        self.gathered = outcomes if isinstance(outcomes, Gathered) else Gathered(outcomes)
        self.pairs = self.gathered.pairs
        self.target = self.pairs.target
        self.verdict, self.comparison = verdict, comparison
        judged = {metric.name: metric for metric in verdict.metrics} if verdict else {}
        counts = self.pairs.counts()
        self.summary = self.pairs.summary([*judged, *sorted({metric for metric, _ in counts})])
        self.counting: tuple[Kind, ...] = verdict.counted if verdict else COUNTED
        self.metrics = [
            metrics.Metric(name, figures.counted(self.counting), judged.get(name))
            for name, figures in self.summary.figures.items()
        ]
        self.measured = sum(metric.values.total() for metric in self.metrics)
        self.unmeasured: Counter[Kind] = Counter()
        for kind in KINDS:
            if kind != "measured" and not (kind == "remembered" and kind in self.counting):
                self.unmeasured[kind] = sum(count for (_, of), count in counts.items() if of == kind)
        self.worst = [*self.pairs.ascending(self.counting, WORST)]

    def body(self) -> Markup:
        """All of it."""
        sections = [("verdict", "Verdict", self._verdict())]
        if self.comparison:
            sections.append(("comparison", "Comparison", compared.section(self.comparison, self._below)))
        quantile = self.verdict.quantile if self.verdict and self.verdict.quantile is not None else 0.1
        not_measured = unmeasured.section(self.pairs, self.summary, self.unmeasured, self._below_unmeasured)
        sections += [
            ("metrics", "Metrics", metrics.section(self.metrics, target=self.target, quantile=quantile)),
            ("worst", f"Worst {self.target}s", self._worst()),
            ("unmeasured", "Not measured", not_measured),
            (_BY_SCRIPT, "All scores", every.section(self.pairs, self.comparison)),
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
        found = self.gathered._newest(name, id_)
        return self.signals.below(found) if found else None

    def _below_unmeasured(self, row: Said, number: int) -> Markup | None:
        """What is missing of which trace, of the first scores that are not whole."""
        found = self.gathered._whole_of(row) if number < WORST and row.rank in _DOUBTFUL else None
        return self.signals.below(found) if found else None

    def traces(self) -> list[str]:
        """Those whose signals are shown."""
        compared = self.comparison.metrics if self.comparison else ()
        found = [self.gathered._newest(metric.name, each.id) for metric in compared for each in metric.moved]
        in_doubt = (row for kind in IN_DOUBT if self.unmeasured[kind] for row in self.pairs.of_kind(kind, WORST))
        found += [self.gathered._whole_of(row) for row in (*self.worst, *in_doubt)]
        return traces.shown(each.score for each in found if each)

    def _verdict(self) -> Markup:
        return joined(self._banner(), element("dl", {"class": "tiles"}, *self._tiles()))

    def _banner(self) -> Markup:
        if not self.verdict:
            state, said = "open", "No verdict"
            reasons: Sequence[str] = ["No minimum was given to hold the scores against."]
        elif self.verdict.passed:
            by = "mean" if self.verdict.quantile is None else f"{self.verdict.quantile:g}-quantile"
            whole = not any(self.unmeasured.values()) and not self.summary.unnamed
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
        figures = [
            (f"{self.target.capitalize()}s", self.summary.targets, False),
            ("Scores", self.measured, False),
            ("Failed", self.unmeasured["failed"] + self.summary.lost_failures, True),
            ("Without a score", self.unmeasured["missing"] + self.summary.unnamed, True),
            ("Without evidence", self.unmeasured["without evidence"], True),
        ]
        rarer: tuple[Kind, ...] = ("partial evidence", "unknown evidence", "annotated", "unusable")
        figures += [(kind.capitalize(), self.unmeasured[kind], True) for kind in rarer if self.unmeasured[kind]]
        said = self.gathered.pairs.remembered
        if said and (said.remembered or said.partly):
            figures.append(("Remembered", said.remembered, bool(self.unmeasured["remembered"])))
            figures += [("Remembered in part", said.partly, False)] if said.partly else []
        for name, number, bad in figures:
            state = {"class": "bad"} if bad and number else {}
            yield element("div", state, element("dt", {}, name), element("dd", {}, f"{number:,}"))

    def _worst(self) -> Markup:
        if not self.worst:
            return nothing("Nothing was measured.")
        columns = ["Score", self.target.capitalize(), "Metric", "Signals", "Reason"]
        if not self.gathered._has_provenance:
            columns.remove("Signals")
        return joined(
            element("p", {"class": "note"}, "The lowest scores, each with the reason that the service gives."),
            table("The lowest scores", columns, [[*self._low(row)] for row in self.worst]),
            rest(self.measured, WORST, "scores, which are higher"),
        )

    def _low(self, row: Said) -> Iterator[Child]:
        found = self.gathered._whole_of(row)
        yield scored(row.value or 0.0)
        yield id_of(row.target)
        yield id_of(row.metric)
        if self.gathered._has_provenance:
            yield _origin(found.provenance if found else None)
        yield joined(prose(row.reason or "No reason given."), self.signals.below(found) if found else None)

    def _runs(self) -> Markup:
        cards = [*self.gathered._cards]
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
        number = self.gathered._runs + len(self.unfinished)
        return joined(element("div", {"class": "cards"}, *cards), rest(number, len(cards), "runs"))


def _origin(provenance: Provenance | None) -> Child:
    """Where the signals of a score come from."""
    if provenance is None or not provenance.signals:
        return "-"
    runs = provenance.from_runs
    from_runs = f" from {', '.join(id_[:8] for id_ in runs[:3])}{' ...' if len(runs) > 3 else ''}" if runs else ""
    return f"{provenance.origin}{from_runs}"
