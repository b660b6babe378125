"""The life of a run, from create to delete: what `--allow-writes` adds. Creates runs that are billed, and deletes them.

The sessions have names that nobody uses. The service does not check them and finds no traces, so that no model is asked
to judge; units are billed all the same. In the sandbox the beginning of an id says what becomes of it (`fail-`, `crash-`,
`stall-`, `pending-`), so that every state and a retry can be seen there; elsewhere it says nothing. Few units must show
much: each id, name and weight is odd in many ways at once, see `Probes`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from pandaprobe_evals import contract
from pandaprobe_evals.errors import counted

from . import clocks, sense
from .around import figures_out_of_reach, out_of_reach
from .commits import latest_commit
from .figures import scores_as_a_whole
from .findings import Problem
from .inspection import Answer, Inspection
from .isolation import create_in, isolation, other_project
from .narrowing import compared, of_runs, of_scores
from .reading import one_run
from .refusals import ALL_SCORES, BATCH, BY_FILTERS, DELETE, GET, LIST, RETRY, SCORES
from .sense import Json
from .wire import Pair

NEAR: Final = timedelta(minutes=1)
"""A service whose clock is further off is worth a note, and beyond `sense.SKEW` a violation."""
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 2.0
"""Seconds between polls of a run: few at first, then more and more."""
LONG: Final = 520
"""Characters beyond every length that a column of a table usually has, and session ids beyond every usual count."""
MOST: Final = 2**31 - 1
"""Traces that no session has, and a 32-bit integer holds."""


@dataclass(frozen=True, slots=True)
class Price:
    """What the life of a run makes, at most."""

    runs: int
    units: int
    """Unique sessions x metrics, as the service bills them."""


RETRIED: Final = 2
"""Failed pairs that are retried at most."""
PRICE: Final = Price(runs=8, units=4 * 1 + 1 * 3 + 2 * 1 + 1 + RETRIED)
"""Four sessions by one metric; one by three; a pair of equal creates; one in a second project; a retry. Two runs
by filters, one of them broken off, take no session, and cost nothing."""


@dataclass(frozen=True, slots=True)
class Probes:
    """What is sent, each odd in many ways: cut, trimmed, folded or left out, it does not come back the same.

    `many` are four ids of more than `LONG` characters that differ in their last ones only: in the case of letters, in the
    form of an accent, in a blank at the beginning. Sent with so many duplicates that the last of them stands far back.
    """

    mark: str

    @property
    def many(self) -> list[str]:
        """Session ids that a careless comparison takes for one another."""
        one = f"fail-{self.mark}-{'x' * LONG} Ab \u00c9 e\u0301 \ufb01 \u00df/?&%41+\U0001f600 "
        return [
            one,
            unicodedata.normalize("NFD", one[-20:]).join((one[:-20], "")),
            "".join(each.swapcase() if each.isascii() else each for each in one),
            f" {one}",
        ]

    @property
    def many_sent(self) -> list[str]:
        """The same with duplicates in between."""
        first, second, third, last = self.many
        return [first, second, *[first, second] * (LONG // 2), third, first, last]

    @property
    def short(self) -> str:
        """A session id that is odd and short."""
        return f"crash-{self.mark} Ab  \u00c9 e\u0301 \ufb01 \u00df\t\"'<b>\n,;|\\ "

    @property
    def name(self) -> str:
        """The longest name that a run may have: there must be room for the `Retry: ` of its retry."""
        return (
            f" {self.mark}  Ab \u00c9 e\u0301 \ufb01 \u00df \U0001f600 <b>\\n</b>\t\"'&amp;%41,\n{'n' * 255}"[:247]
            + " "
        )

    @property
    def model(self) -> str:
        """A model that has a provider, so that the service takes it as it is."""
        return f"Contract-Check/Mo  del \u00c9 e\u0301 \ufb01 {'m' * 255}"[:254] + "Z"

    @property
    def weights(self) -> dict[str, Any]:
        """Weights for the signals that there are, and for many that there are not."""
        odd: dict[str, Any] = {"Confidence": 0.25, " coherence ": 0.75, "e\u0301 \u00c9": 2.5, "w" * 300: 0.125}
        known = {"confidence": "0.5", "coherence": 1, "loop_detection": 0, "tool_correctness": 0.12345678901234}
        return known | odd | {f"contract_check_{number}": number / 8 for number in range(60)}


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
    many = _create(inspection, {
        "session_ids": probes.many_sent, "metrics": metrics[:1], "name": probes.name, "model": probes.model,
        "signal_weights": probes.weights,
    }, {
        "name": probes.name, "model": probes.model, "metric_names": metrics[:1],
        "filters": {"session_ids": probes.many, "signal_weights": weights},
    })  # fmt: skip
    thrice = [metrics[0], *metrics]
    short = _create(inspection, {"session_ids": [probes.short] * 2, "metrics": thrice, "name": probes.name}, {
        "name": probes.name, "metric_names": thrice, "filters": {"session_ids": [probes.short]},
    })  # fmt: skip
    waiting = {"session_ids": [f"pending-{inspection.mark}"], "metrics": metrics[:1]}
    echo = {"name": None, "metric_names": metrics[:1], "filters": {"session_ids": waiting["session_ids"]}}
    twins = [_create(inspection, waiting, echo) for _ in range(2)]
    by_filters = _create_by_filters(inspection, metrics[0])
    _no_name_over_its_length(inspection, metrics[0])
    made = [run for run in (many, short, *twins, by_filters) if run is not None]
    _are_listed(inspection, made)
    other = other_project(inspection)
    foreign = create_in(inspection, other, metrics[0]) if other is not None else None
    to_watch = [run for run in (many, short, by_filters) if run is not None]
    brief = {run["id"] for run in (short,) if run is not None}
    ended = {run["id"]: run for run in _watch(inspection, to_watch, patience, must_end=[many], brief=brief)}
    for run in ended.values():
        _listed_by_its_state(inspection, run)
        one_run(inspection, run, fresh=run["id"] not in brief and run is not ended.get((by_filters or {}).get("id")))
    for twin in filter(None, twins):
        _listed_by_its_state(inspection, twin)
    if foreign is not None and other is not None:
        _listed_by_its_state(inspection, foreign, other)
    again: Json | None = None
    if many is not None and many["id"] in ended:
        many = ended[many["id"]]
        _times(inspection, many, clock() - started)
        again = _retry(inspection, many, patience)
    if inspection.lists_whole:
        compared(inspection, LIST, of_runs)
    scores = scores_as_a_whole(inspection)
    if not scores and many is not None:
        scores = compared(inspection, ALL_SCORES, of_scores, {"eval_run_id": many["id"]})
    if other is not None:
        out_of_reach(inspection, other, around)
        figures_out_of_reach(inspection, other, scores)
        reach = [run for run in (many, again, twins[0]) if run is not None]
        isolation(inspection, other, _as_they_are(inspection, reach), foreign,
                  [score for score in scores if score["eval_run_id"] in inspection.made])  # fmt: skip
    if short is not None:
        _retry(inspection, short, patience)
    rest = [run for run in (short, *twins, again) if run is not None]
    if many is not None:
        _delete(inspection, many, with_scores=False, others=rest)
    if again is not None:
        _delete(inspection, again, with_scores=True, others=[run for run in rest if run is not again])
    if twins[0] is not None:
        _delete(inspection, twins[0], with_scores=True, others=[run for run in twins[1:] if run is not None])
    latest_commit(inspection, metrics[0])
    _clear(inspection)
    for run in made:
        inspection.ask("a deleted run stays away", GET, 404, run_id=run["id"])


def _clear(inspection: Inspection) -> None:
    for run_id, pair in list(inspection.made.items()):
        inspection.ask("a run can be deleted", DELETE, 204, run_id=run_id, query={"delete_scores": "true"},
                       headers=pair, quiet=True)  # fmt: skip


def _as_they_are(inspection: Inspection, runs: Sequence[Json]) -> list[Json]:
    """The runs as they are now, those that can be read."""
    answers = [inspection.ask("a run can be read", GET, 200, run_id=run["id"], quiet=True) for run in runs]
    return [answer.value for answer in answers if answer.good]


# --- creates ------------------------------------------------------------------------------------------------


def _create(inspection: Inspection, body: Json, echo: Json) -> Json | None:
    """Create by ids; the run, None where the answer broke the contract."""
    answer = inspection.ask("a create by ids makes a run", BATCH, 202, body=body, again=False)
    echo = {"sampling_rate": 1, "monitor_id": None, **echo}
    inspection.claim("a new run is what was asked for", answer, lambda: sense.same(echo, answer.value, echo))
    _is_new(inspection, answer)
    if not answer.good:
        return None
    read = inspection.ask("a new run can be read at once", GET, 200, run_id=answer.value["id"], quiet=True)
    inspection.claim("it reads as it was made", read, lambda: sense.same_run(answer.value, read.value), quiet=True)
    return answer.value  # type: ignore[no-any-return]  # JSON is Any


NOBODYS: Final[tuple[Mapping[str, Any], ...]] = (
    {"min_trace_count": MOST},
    {"date_from": "2999-01-01T00:00:00+00:00"},
    {"date_to": "1971-01-01T00:00:00+00:00"},
    {"date_from": "2999-01-01T00:00:00+00:00", "date_to": "2999-01-02T00:00:00+00:00", "has_error": False},
    {"min_trace_count": MOST, "has_error": True},
)
"""Filters that no session matches, each by one of its filters alone."""


def _create_by_filters(inspection: Inspection, metric: str) -> Json | None:
    """Create by filters: nothing for filters that no session matches; and a run of none of the sessions that do."""
    mark = inspection.mark
    nobodys: list[Mapping[str, Any]] = [
        {"user_id": mark},
        {"tags": [mark]},
        {"user_id": mark, "min_trace_count": 1},
        {"tags": [mark, f"{mark}-2"], "date_from": "1971-01-01T00:00:00+00:00"},
        *NOBODYS,
    ]
    body: dict[str, Any] = {"metrics": [metric], "name": mark, "sampling_rate": 0}
    for filters in nobodys:
        answer = inspection.ask("filters that no session matches make no run", BY_FILTERS, 422,
                                body=body | {"filters": filters}, again=False)  # fmt: skip
        inspection.claim("the refusal says so, and blames no field", answer, _about_no_field(answer), quiet=True)
    probes = Probes(mark)
    body |= {
        "filters": {"min_trace_count": 1, "date_from": "1971-01-01T00:00:00+00:00", "date_to": "2999-01-01T00:00:00Z"},
        "name": probes.name,
        "model": probes.model,
        "signal_weights": probes.weights,
    }
    answer = inspection.ask(
        "a create by filters makes a run, or says that no session matches",
        BY_FILTERS,
        {202, 422},
        body=body,
        again=False,
    )
    if answer.status != 202:
        inspection.claim("the refusal says so, and blames no field", answer, _about_no_field(answer))
        inspection.note("the project has no sessions: a run by filters was not seen")
        return None
    weights = {name: float(one) for name, one in probes.weights.items()}
    echo = {"name": probes.name, "model": probes.model, "metric_names": [metric], "monitor_id": None,
            "filters": body["filters"] | {"signal_weights": weights}, "sampling_rate": 0}  # fmt: skip

    def problems() -> Iterator[Problem]:
        yield from sense.same(echo, answer.value, echo)
        if sense.total(answer.value) != 0:
            yield Problem("no session, as sampling_rate 0 takes", f"{sense.total(answer.value)} sessions")

    inspection.claim("a new run by filters is what was asked for", answer, problems)
    _is_new(inspection, answer)
    return answer.value if answer.good else None


def _about_no_field(answer: Answer) -> Iterator[Problem]:
    if "errors" in answer.value or not answer.value["detail"].strip():
        yield Problem("a detail, and no errors", answer.exchange.came)


def _is_new(inspection: Inspection, answer: Answer) -> None:
    """A run that was just made has done nothing yet, and was made now."""

    def problems() -> Iterator[Problem]:
        run = answer.value
        yield from sense.run_problems(run, now=max(answer.moments))
        if run["status"] != "PENDING":
            yield Problem("status PENDING", run["status"])
        if run["id"] in inspection.known:
            yield Problem("a new id", run["id"])
        if run["error_message"] is not None:
            yield Problem("error_message null", repr(run["error_message"]))
        if not run["model"]:
            yield Problem("the model that judges, resolved", repr(run["model"]))
        created = sense.moment(run["created_at"])
        away = min(abs(created - moment) for moment in answer.moments)
        if away > sense.SKEW:
            yield Problem(f"created_at near the answer, {answer.seen.isoformat()}", run["created_at"])
        elif away > NEAR:
            inspection.note(
                "the service's created_at is more than a minute from its Date and from this machine's clock"
            )
        if inspection.newest is not None and created < inspection.newest - clocks.SLACK:
            yield Problem(f"created_at no earlier than that of the run before, {inspection.newest}", run["created_at"])
        inspection.newest = max(created, inspection.newest or created)
        inspection.known.add(run["id"])

    inspection.claim("a new run is new", answer, problems)


def _no_name_over_its_length(inspection: Inspection, metric: str) -> None:
    body = {
        "session_ids": [f"{inspection.mark}-4"],
        "metrics": [metric],
        "name": f"{inspection.mark} {'n' * 256}"[:256],
    }
    inspection.ask("a name of 256 characters makes no run, though the service may break on it", BATCH, {422, 500},
                   body=body, again=False)  # fmt: skip


# --- watching -------------------------------------------------------------------------------------------------


def _are_listed(inspection: Inspection, made: Sequence[Json], *, only: bool = True) -> None:
    """Each create made one run, which is at the top of the list."""
    answer = inspection.ask("new runs are listed", LIST, 200, query={"limit": 20})

    def problems() -> Iterator[Problem]:
        listed = {run["id"]: run for run in answer.value["items"]}
        for run in made:
            if run["id"] in listed:
                yield from sense.same_run(run, listed[run["id"]])
            elif sense.belongs(run, answer.value):
                yield Problem(f"run {run['id']} in the list", "not there")
        ids, retried = {run["id"] for run in made}, {run["filters"].get("retry_of") for run in made} - {None}
        for run in answer.value["items"]:
            ours = inspection.is_ours(run) if only else run["filters"].get("retry_of") in retried
            if ours and run["id"] not in ids:
                yield Problem("one run for each create", f"run {run['id']} as well, created from {run['filters']}")
        yield from sense.newest_first(answer.value["items"])

    inspection.claim("each create made one run, and it is listed", answer, problems)
    inspection.sweep()


def _listed_by_its_state(inspection: Inspection, run: Json, pair: Pair | None = None) -> None:
    """Whatever state a run is in, it is in the list, and in the list of its state alone."""
    run_id = run["id"]

    def read() -> Answer:
        return inspection.ask("a run can be read", GET, 200, run_id=run_id, headers=pair, quiet=True)

    before = read()
    if not before.good:
        return
    state = before.value["status"]
    states: list[str] = contract.schema("EvalRunStatus")["enum"]
    another = states[states.index(state) - 1] if state in states else states[0]
    queries: list[dict[str, Any]] = [{"limit": 20}, *({"limit": 20, "status": one} for one in (state, another))]
    lists = [
        (query, inspection.ask("the list can be read by a state", LIST, 200, query=query, headers=pair, quiet=True))
        for query in queries
    ]
    after = read()
    if not after.good or (after.value["status"], after.value["completed_at"]) != (state, before.value["completed_at"]):
        return  # it has gone on meanwhile
    for query, page in lists:
        inspection.claim(
            f"a {state} run is in the list, by its own state and by no other",
            page,
            _listed(after.value, query.get("status"), page.value),
        )


def _listed(run: Json, asked: str | None, page: Json) -> Iterator[Problem]:
    run_id, state = run["id"], run["status"]
    there = run_id in {one["id"] for one in page["items"]}
    due = asked in (None, state)
    if there != due and (there or sense.belongs(run, page)):
        yield Problem(f"run {run_id}, {state}, {'in' if due else 'not in'} this list", "not there" if due else "there")


def _times(inspection: Inspection, run: Json, seconds: float) -> None:
    """A run that was made a moment ago was so by its own times, too."""
    answer = inspection.ask("a run can be read", GET, 200, run_id=run["id"], quiet=True)
    inspection.claim("a run ends after its create, and before it is seen to", answer,
                     lambda: clocks.within(answer.value, seconds))  # fmt: skip
    scores = inspection.ask("the scores of a run are listed", SCORES, 200, run_id=run["id"], quiet=True)
    inspection.claim("its scores were made meanwhile", scores,
                     lambda: clocks.scored(answer.value, scores.value, seconds))  # fmt: skip


def _watch(
    inspection: Inspection,
    runs: Sequence[Json],
    patience: float,
    *,
    must_end: Sequence[Json | None],
    brief: Collection[str] = (),
) -> list[Json]:
    """Poll runs until they end; return those that did.

    A failed run counts as ended once it has not come back for as long as the service may try again; those of `brief` at
    once.
    """
    clock, started, pause = inspection.wire.clock, inspection.wire.clock(), FIRST_PAUSE
    open_ = {run["id"]: run for run in runs}
    failed_since: dict[str, float] = {}
    ended: list[Json] = []
    again = contract.schema("EvalRunStatus")["x-failed-may-return"]
    inspection.tell(f"Waiting for {counted(len(open_), 'run')} to end, at most {patience:.0f} s.")
    while open_:
        for run_id, seen in list(open_.items()):
            answer = inspection.ask("a run can be read while it is at work", GET, 200, run_id=run_id, quiet=True)
            if not answer.good:
                del open_[run_id]
                continue
            run = answer.value
            inspection.claim("a run goes forward, and what it is stays", answer, sense.same_run(seen, run), quiet=True)
            inspection.claim(
                "a run makes sense at work", answer, sense.run_problems(run, now=max(answer.moments)), quiet=True
            )
            scores = inspection.ask("its scores can be read meanwhile", SCORES, 200, run_id=run_id, quiet=True)
            if scores.good:
                inspection.claim("they are its own", scores, sense.scores_of_run(run, scores.value), quiet=True)
            open_[run_id] = run
            if run["status"] in contract.schema("EvalRunStatus")["x-failed"]:
                since = failed_since.setdefault(run_id, clock())
                if run_id not in brief and clock() - since < again["seconds"] * 1.5:
                    continue
            else:
                failed_since.pop(run_id, None)
            if sense.ended(run):
                ended.append(run)
                del open_[run_id]
        if not open_ or clock() - started > patience:
            break
        inspection.wire.sleep(pause)
        pause = min(pause * 1.4, LONGEST_PAUSE)
    for run in must_end:
        if run is not None and run["id"] in open_:
            inspection.note(
                f"run {run['id']} was {open_[run['id']]['status']} for {patience:.0f} s: is the service's worker at work? "
                "What comes after the end of a run was not looked at"
            )
    return ended


# --- retry ------------------------------------------------------------------------------------------------------


def _retry(inspection: Inspection, run: Json, patience: float) -> Json | None:
    """A retry makes a new run of what failed, or says that nothing did; the old run and its scores stay as they are."""
    scores = inspection.ask("the scores of a run are listed", SCORES, 200, run_id=run["id"], quiet=True)
    if not scores.good:
        return None
    pairs = {(score["session_id"], score["name"]) for score in scores.value if score["status"] == "FAILED"}
    if len(pairs) > RETRIED:
        inspection.note(f"a retry would be of {len(pairs)} pairs, more than the check may spend: it was not asked for")
        return None
    failed = sorted({score["session_id"] for score in scores.value if score["status"] == "FAILED"})
    answer = inspection.ask(
        "a retry makes a run of what failed" if failed else "a retry of nothing is refused",
        RETRY,
        202 if failed else 422,
        run_id=run["id"],
        again=False,
    )
    if not failed:
        inspection.claim("the refusal says so, and blames no field", answer, _about_no_field(answer))
    elif answer.good:
        metrics = sorted({score["name"] for score in scores.value if score["status"] == "FAILED"})
        filters = {"retry_of": run["id"], "session_ids": failed}
        if "signal_weights" in run["filters"]:
            filters["signal_weights"] = run["filters"]["signal_weights"]
        echo = {"name": f"Retry: {run['name'] or run['id']}", "filters": filters, "metric_names": metrics,
                "model": run["model"], "sampling_rate": 1}  # fmt: skip
        inspection.claim("a retry is of what failed", answer, lambda: sense.same(echo, answer.value, echo))
        _is_new(inspection, answer)
        _are_listed(inspection, [answer.value], only=False)
        for ended in _watch(inspection, [answer.value], patience, must_end=[answer.value]):
            one_run(inspection, ended, fresh=True)
    after = inspection.ask("a run can be read after its retry", GET, 200, run_id=run["id"])
    inspection.claim("a retry leaves the old run as it was", after, lambda: sense.same_run(run, after.value))
    if sense.ended(run) and run["status"] in contract.schema("EvalRunStatus")["x-succeeded"]:
        still = inspection.ask("the scores of a run are listed after its retry", SCORES, 200, run_id=run["id"])
        inspection.claim("a retry leaves the old run's scores as they were", still,
                         lambda: _same_scores(scores.value, still.value))  # fmt: skip
    return answer.value if failed and answer.good else None


def _same_scores(before: Sequence[Json], after: Sequence[Json]) -> Iterator[Problem]:
    if len(before) != len(after):
        yield Problem(f"{len(before)} scores, as before", str(len(after)))
    known = {score["id"]: score for score in before}
    for score in after:
        yield from sense.same(known.get(score["id"], {}), score)


# --- delete -----------------------------------------------------------------------------------------------------


def _delete(inspection: Inspection, run: Json, *, with_scores: bool, others: Sequence[Json]) -> None:
    """A deleted run is gone from everywhere, its scores go or stay as was asked, and no other run is touched."""
    run_id, sessions = run["id"], run["filters"]["session_ids"]
    ends = dict.fromkeys([*sessions[:1], *sessions[-1:]])
    before = {session: _scores_of_session(inspection, session) for session in ends}
    kept = _as_they_are(inspection, others)
    query = {"delete_scores": "true"} if with_scores else None
    gone = inspection.ask("a run can be deleted", DELETE, 204, run_id=run_id, query=query)
    if not gone.good:
        return
    for operation in (GET, DELETE, RETRY):
        inspection.ask("a deleted run is not found", operation, 404, run_id=run_id)
    scores = inspection.ask("the scores of a deleted run are an empty list", SCORES, 200, run_id=run_id)
    inspection.claim("a deleted run has no scores", scores, lambda: _none(scores.value))
    page = inspection.ask("scores can be asked for by a deleted run", ALL_SCORES, 200, query={"eval_run_id": run_id})
    inspection.claim("no score names a deleted run", page, lambda: _none(page.value["items"]))
    for session, scored in before.items():
        after = _scores_of_session(inspection, session)
        if scored is None or after is None:
            continue
        own = {score["id"] for score in scored.value["items"] if score["eval_run_id"] == run_id}
        expected = [] if with_scores else own
        if own or expected:
            inspection.claim(
                "delete_scores deletes a run's scores" if with_scores else "scores stay where their run is deleted",
                after,
                _left(after.value["items"], own, keep=not with_scores),
            )
        inspection.claim(
            "a delete leaves the scores of other runs",
            after,
            _same_scores(
                [score for score in scored.value["items"] if score["id"] not in own],
                [score for score in after.value["items"] if score["id"] not in own],
            ),
            quiet=True,
        )
    for other in kept:
        still = inspection.ask("other runs can be read after a delete", GET, 200, run_id=other["id"], quiet=True)
        inspection.claim("a delete leaves other runs as they were", still,
                         sense.same_run(other, still.value))  # fmt: skip
    listed = inspection.ask("the list can be read after a delete", LIST, 200, query={"limit": 20})

    def problems() -> Iterator[Problem]:
        ids = {item["id"] for item in listed.value["items"]}
        if run_id in ids:
            yield Problem(f"run {run_id} gone from the list", "still there")
        for other in others:
            if other["id"] not in ids and sense.belongs(other, listed.value):
                yield Problem(f"run {other['id']} still in the list", "gone")

    inspection.claim("a deleted run leaves the list, and no other does", listed, problems)
    if listed.good:
        inspection.made.pop(run_id, None)
        inspection.report.runs.append(run_id)


def _scores_of_session(inspection: Inspection, session: str) -> Answer | None:
    query = {"session_id": session, "limit": 200}
    answer = inspection.ask("the scores of a session are listed", ALL_SCORES, 200, query=query, quiet=True)
    return answer if answer.good else None


def _none(items: Sequence[Json]) -> Iterator[Problem]:
    if items:
        yield Problem("no score", f"{len(items)}")


def _left(items: Sequence[Json], own: set[str], *, keep: bool) -> Iterator[Problem]:
    """Whether a deleted run's scores are there, without their run; or are gone."""
    there = {item["id"]: item for item in items if item["id"] in own}
    if not keep and there:
        yield Problem("its scores deleted", f"{len(there)} still there")
    if keep and len(there) < len(own):
        yield Problem(f"its {len(own)} scores still there", f"{len(there)}")
    for item in there.values():
        if keep and item["eval_run_id"] is not None:
            yield Problem("eval_run_id null", item["eval_run_id"])
