"""The page of a report: verdict, metrics, worst sessions, what was not measured, and what was run."""

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

from pandaprobe_evals_api.models import EvalRun
from pandaprobe_evals_api.types import Unset

from pandaprobe_evals.errors import InvalidArgument
from pandaprobe_evals.evidence import Kind, Score, value_of
from pandaprobe_evals.outcomes import RunOutcome, target_count
from pandaprobe_evals.provenance import Provenance, Remembered
from pandaprobe_evals.runs import kind_of_run
from pandaprobe_evals.verdict import AnyOutcome, Pair, Reason, Tally, Verdict, quantile_of

from .figures import BINS, counts, distribution, gauge
from .markup import Child, Markup, element, joined

WORST = 25
"""Scores in the list of the worst."""
LISTED = 200
"""Sessions in each other list."""
RUNS = 100
"""Runs that are described."""
LONGEST = 1000
"""Characters of a reason."""
LONGEST_NAME = 160
"""Characters of an id, a name, a model."""


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
    unfinished: Iterable[str] = (),
    said: Callable[[Reason], str] = str,
    now: datetime | None = None,
) -> str:
    """The report as a whole HTML document.

    Args:
        outcomes: What `session_runs.wait` returned, one or many, with scores.
        verdict: What `judge` made of them. None: the report has none.
        unfinished: Ids of runs that had not ended when the wait was over.
        said: A reason of the verdict in words, with what would let it pass as readers of the page call it.
        now: When the report is made; None for now.

    Raises:
        InvalidArgument: The verdict is none; minimums go to `judge`.
    """
    if not isinstance(verdict, Verdict | None):
        raise InvalidArgument(f"verdict: needs what `judge` returned, not {type(verdict).__name__}")
    given = [outcomes] if isinstance(outcomes, RunOutcome) else outcomes
    reasons = tuple(map(said, verdict.reasons)) if verdict else ()
    late = tuple(dict.fromkeys(unfinished))
    return _document(_Report(given, late, verdict, reasons, now or datetime.now(UTC)).body())


class NotebookPage:
    """A report that a notebook shows where a cell ends with it."""

    def __init__(self, page: str) -> None:
        self.page = page
        """The whole HTML document, as `render` makes it."""

    def _repr_html_(self) -> str:
        style = "width:100%;height:36rem;border:1px solid #8886;border-radius:8px;background:transparent"
        page = escape(self.page, quote=True)
        return f'<iframe title="Session evaluation report" sandbox="" style="{style}" srcdoc="{page}"></iframe>'


def for_notebook(outcomes: AnyOutcome | Iterable[AnyOutcome], verdict: Verdict | None = None) -> NotebookPage:
    """The report for a notebook's cell: in a frame, so that neither its styles nor the notebook's reach the other."""
    return NotebookPage(render(outcomes, verdict))


def summary(verdict: Verdict) -> str:
    """A verdict as a small table, for a notebook's cell."""
    heads = ("metric", "mean", "lowest", "minimum", "sessions", "")
    rows = [
        element("tr", {}, *(element("td", {}, cell) for cell in (
            metric.name, _figure(metric.mean), _figure(metric.lowest), f"{metric.minimum:g}", metric.count,
            "passed" if metric.passed else "not passed",
        )))
        for metric in verdict.metrics
    ]  # fmt: skip
    return joined(
        element("p", {}, element("b", {}, "Passed" if verdict.passed else "Not passed")),
        element("table", {}, element("tr", {}, *(element("th", {}, head) for head in heads)), *rows),
        element("ul", {}, *(element("li", {}, str(reason)) for reason in verdict.reasons)) if verdict.reasons else None,
    )


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


@cache
def _stylesheet() -> tuple[str, str]:
    """The stylesheet, and its hash for the page's policy."""
    text = (resources.files(__package__ or "") / "style.css").read_text(encoding="utf-8")
    return text, b64encode(sha256(text.encode()).digest()).decode()


def _document(body: Markup) -> str:
    style, digest = _stylesheet()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    head = element(
        "head",
        {},
        element("meta", {"charset": "utf-8"}),
        element("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("meta", {"name": "color-scheme", "content": "light dark"}),
        element("meta", {"name": "referrer", "content": "no-referrer"}),
        element("link", {"rel": "icon", "href": "data:,"}),
        element("title", {}, "Session evaluation report"),
        element("style", {}, Markup(style)),
    )
    return f"<!DOCTYPE html>\n{element('html', {'lang': 'en'}, head, element('body', {}, body))}\n"


class _Report:
    """Everything that the page says, from outcomes."""

    def __init__(
        self,
        outcomes: Iterable[AnyOutcome],
        unfinished: tuple[str, ...],
        verdict: Verdict | None,
        reasons: Sequence[str],
        now: datetime,
    ) -> None:
        self.tally = Tally(outcomes)
        self.target = self.tally.target
        self.unfinished, self.verdict, self.reasons, self.now = unfinished, verdict, reasons, now
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
            "missing": [_Unmeasured(pair, None) for pair in self._missing()],
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
        sections = [
            ("verdict", "Verdict", self._verdict()),
            ("metrics", "Metrics", self._metrics()),
            ("worst", f"Worst {self.target}s", self._worst()),
            ("unmeasured", "Not measured", self._unmeasured()),
            ("runs", "Runs", self._runs()),
        ]
        links = [element("li", {}, element("a", {"href": f"#{id_}"}, title)) for id_, title, _ in sections]
        return joined(
            element("a", {"class": "skip", "href": "#verdict"}, "Skip to the verdict"),
            element(
                "header",
                {},
                element("p", {"class": "product"}, "PandaProbe"),
                element("h1", {}, "Session evaluation report"),
                element("p", {"class": "note"}, "Made ", _time(self.now)),
                element("nav", {"aria-label": "On this page"}, element("ul", {}, *links)),
            ),
            element(
                "main",
                {},
                *(
                    element(
                        "section",
                        {"id": id_, "aria-labelledby": f"{id_}-title"},
                        element("h2", {"id": f"{id_}-title"}, title),
                        content,
                    )
                    for id_, title, content in sections
                ),
            ),
        )

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
            by_whom = f", of {earlier:,} score{'s' * (earlier != 1)} by earlier runs," if earlier else ","
            what = (
                f"Everything was measured{by_whom} and each"
                if whole
                else "Not everything was measured. Of what counts, each"
            )
            state, said, reasons = "good", "Passed", [f"{what} {by} reaches its minimum."]
        else:
            state, said, reasons = "bad", "Not passed", self.reasons
        shown = [element("li", {}, _prose(reason)) for reason in reasons[:LISTED]]
        return element(
            "div",
            {"class": f"banner {state}"},
            element("p", {"class": "word"}, said),
            element("ul", {}, *shown, _rest(len(reasons), LISTED, "reasons", tag="li")),
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
            return _nothing("No metric was scored.")
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
            return element("article", {"class": "card"}, heading, _nothing("Nothing was measured."))
        mean = float(sum(values, Decimal(0)) / len(values))
        found = Counter(values)
        figures = {"Mean": f"{mean:.3f}", "Median": f"{quantile_of(found, 0.5):.3f}"}
        part = self.verdict.quantile if self.verdict and self.verdict.quantile is not None else 0.1
        figures[f"{part:g}-quantile"] = f"{quantile_of(found, part):.3f}"
        figures |= {"Lowest": f"{values[0]:.3f}", "Scores": f"{len(values):,}"}
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
            element(
                "dl",
                {"class": "figures"},
                *(
                    element("div", {}, element("dt", {}, name), element("dd", {}, text))
                    for name, text in figures.items()
                ),
            ),
            element(
                "details",
                {},
                element("summary", {}, "The distribution in numbers"),
                _table(
                    f"Distribution of {metric.name}", ["Score", f"{self.target.capitalize()}s"], rows, narrow="short"
                ),
            ),
        )

    def _worst(self) -> Markup:
        every = [(value, score) for scores in self.measured.values() for value, score in scores]
        if not every:
            return _nothing("Nothing was measured.")
        columns = ["Score", self.target.capitalize(), "Metric", "Signals", "Reason"]
        if not self.tally.provenance:
            columns.remove("Signals")
        rows = [
            [
                element("span", {"class": "score"}, element("b", {}, f"{value:.3f}"), gauge(value)),
                _id(str(getattr(score, f"{self.target}_id"))),
                _id(score.name),
                *([_origin(self.tally.provenance.get(str(score.id)))] if self.tally.provenance else []),
                _prose(score.reason or "No reason given."),
            ]
            for value, score in nsmallest(
                WORST, every, key=lambda each: (each[0], str(getattr(each[1], f"{self.target}_id")), each[1].name)
            )
        ]
        return joined(
            element("p", {"class": "note"}, "The lowest scores, each with the reason that the service gives."),
            _table("The lowest scores", columns, rows),
            _rest(len(every), WORST, "scores, which are higher"),
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
            "unusable": ("Unusable scores", "They are no numbers from 0 to 1."),
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
                [_id(each.pair[0]), _id(each.pair[1]), _prose((each.score.reason if each.score else None) or "-")]
                for each in islice(found, LISTED)
            ]
            columns = [self.target.capitalize(), "Metric", *(["Reason"] if kind != "missing" else [])]
            parts.append(
                element(
                    "details",
                    {"class": "list", "open": len(found) <= 10},
                    element(
                        "summary",
                        {},
                        element("h3", {}, title, " ", element("span", {"class": "count"}, f"{len(found) + lost:,}")),
                    ),
                    element("p", {"class": "note"}, note),
                    _table(title, columns, [row[: len(columns)] for row in rows]) if rows else None,
                    _rest(len(found), LISTED, "of these"),
                    element("p", {"class": "note"}, f"And {lost:,} {said}") if lost else None,
                )
            )
        return (
            joined(*parts)
            if parts
            else _nothing(f"Every {self.target} was measured by every metric that was asked for.")
        )

    def _runs(self) -> Markup:
        cards = [_run(outcome) for outcome in self.runs[:RUNS]]
        cards += [
            element(
                "article",
                {"class": "card run"},
                element("h3", {}, element("code", {}, run_id), element("span", {"class": "chip bad"}, "has not ended")),
            )
            for run_id in self.unfinished[:RUNS]
        ]
        if not cards:
            return _nothing("No run was given.")
        return joined(
            element("div", {"class": "cards"}, *cards), _rest(len(self.runs) + len(self.unfinished), len(cards), "runs")
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


def _run(outcome: AnyOutcome) -> Markup:
    run = outcome.run
    state = "good" if outcome.ok else "bad"
    said = "measured in full" if outcome.ok else outcome.result.replace("_", " ")
    if outcome.result == "succeeded" and not outcome.ok:
        said = "not measured in full"
    heading = element(
        "h3",
        {},
        element("bdi", {}, _clipped((run.name if run else None) or f"Run {outcome.run_id[:8]}")),
        element("span", {"class": f"chip {state}"}, said),
    )
    known: dict[str, Child] = {"Run": element("code", {}, outcome.run_id)}
    known |= _facts(run) if run else {"Service": "has no such run"}
    if outcome.failed_pairs:
        known["Failed pairs"] = f"{outcome.failed_pairs:,}"
    if said := str(outcome.remembered or ""):
        known["Signals"] = said
    if run and run.error_message:
        known["Error"] = _prose(run.error_message)
    facts = [element("div", {}, element("dt", {}, name), element("dd", {}, what)) for name, what in known.items()]
    return element("article", {"class": "card run"}, heading, element("dl", {"class": "facts"}, *facts))


def _facts(run: EvalRun) -> dict[str, Child]:
    """What was run, with what, when."""
    filters, weights = run.filters.to_dict(), run.filters.signal_weights
    total, done = target_count(run), run.evaluated_count
    found: dict[str, Child] = {
        "Status": run.status,
        kind_of_run(run).noun.capitalize(): f"{total:,}" if done == total else f"{done:,} of {total:,}",
        "Metrics": _names(run.metric_names),
        "Model": element("bdi", {}, _clipped(run.model or "the service's default")),
        "Weights": "the service's defaults"
        if isinstance(weights, Unset)
        else _names(f"{signal} {weight:g}" for signal, weight in sorted(weights.additional_properties.items())),
        "Created": _time(run.created_at),
    }
    if run.completed_at:
        seconds = (run.completed_at - run.created_at).total_seconds()
        found["Ended"] = joined(_time(run.completed_at), f", after {_duration(seconds)}")
    chosen = {
        name: value for name, value in filters.items() if name not in ("session_ids", "trace_ids", "signal_weights")
    }
    if chosen:
        found["Chosen by"] = _names(f"{name}: {value}" for name, value in sorted(chosen.items()))
    if run.sampling_rate != 1:
        found["Sampled"] = f"{run.sampling_rate:g} of the {kind_of_run(run).noun}"
    return found


def _table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[Child]], *, narrow: str = "long") -> Markup:
    """A table whose rows become blocks on a narrow screen. Its roles are said, since browsers forget them then."""
    key = next((title for title in ("Session", "Trace") if title in columns), columns[0])
    head = element(
        "tr",
        {"role": "row"},
        *(element("th", {"scope": "col", "role": "columnheader", "class": title.lower()}, title) for title in columns),
    )
    body = [
        element(
            "tr",
            {"role": "row"},
            *(
                element("th", {"scope": "row", "role": "rowheader", "class": title.lower()}, cell)
                if title == key
                else element("td", {"role": "cell", "class": title.lower()}, cell)
                for title, cell in zip(columns, row, strict=True)
            ),
        )
        for row in rows
    ]
    return element(
        "table",
        {"role": "table", "class": narrow},
        element("caption", {"class": "unseen"}, caption),
        element("thead", {"role": "rowgroup"}, head),
        element("tbody", {"role": "rowgroup"}, *body),
    )


def _rest(number: int, shown: int, what: str, *, tag: str = "p") -> Markup | None:
    return element(tag, {"class": "note"}, f"And {number - shown:,} more {what}.") if number > shown else None


def _nothing(text: str) -> Markup:
    return element("p", {"class": "nothing"}, text)


def _id(text: str) -> Markup:
    return element("code", {}, element("bdi", {}, _clipped(text)))


def _prose(text: str) -> Markup:
    return element("bdi", {"class": "prose"}, _clipped(text, LONGEST))


def _names(names: Iterable[str]) -> Markup:
    return joined(*(element("bdi", {"class": "item"}, _clipped(name)) for name in names))


def _clipped(text: str, longest: int = LONGEST_NAME) -> str:
    return text if len(text) <= longest else f"{text[:longest]}... ({len(text):,} characters)"


def _time(moment: datetime) -> Markup:
    there = moment.astimezone(UTC)
    return element("time", {"datetime": there.isoformat(timespec="seconds")}, f"{there:%Y-%m-%d %H:%M:%S} UTC")


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
