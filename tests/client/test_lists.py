"""Lists: every item once, newest first, page by page as asked for, although runs come and go meanwhile."""

import itertools
import threading
import uuid

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandaprobe_evals import ApiKey, ConnectionFailed, PandaProbe, PandaProbeError
from pandaprobe_sandbox import API_KEY, PROJECT_NAME, HeldClock, Sandbox

ONE = ["agent_reliability"]
RUNS = "/evaluations/session-runs"
BODY = {"session_ids": ["a"], "metrics": ONE}


def filled(raw, count):
    """Runs by plain httpx, each by a path's own window; newest first."""
    return [raw.post(f"{RUNS}/batch", json=BODY).json()["id"] for _ in range(count)][::-1]


def ids(runs):
    return [str(run.id) for run in runs]


@pytest.mark.parametrize(("page_size", "requests"), [(1, 7), (2, 4), (3, 3), (7, 1), (50, 1), (200, 1), (None, 1)])
def test_any_page_size_gives_every_run_once_with_as_few_requests_as_it_can(panda, raw, sandbox, page_size, requests):
    made = filled(raw, 7)
    before = len(sandbox.requests)
    assert ids(panda.session_runs.list(page_size=page_size)) == made
    assert len(sandbox.requests) - before == requests


def test_an_empty_list_is_one_request(panda, sandbox):
    assert list(panda.session_runs.list()) == []
    assert list(panda.session_runs.list().pages()) == []
    assert len(sandbox.requests) == 2


def test_pages_are_read_only_as_they_are_asked_for(panda, raw, sandbox):
    made = filled(raw, 6)
    before = len(sandbox.requests)
    listing = panda.session_runs.list(page_size=2)
    assert len(sandbox.requests) == before
    assert ids(itertools.islice(listing, 3)) == made[:3]
    assert len(sandbox.requests) - before == 2


def test_a_list_can_be_iterated_again_and_is_read_anew(panda, raw):
    listing = panda.session_runs.list(page_size=2)
    assert list(listing) == []
    made = filled(raw, 3)
    assert ids(listing) == made
    assert [ids(page.items) for page in listing.pages()] == [made[:2], made[2:]]


def test_a_list_in_one_state_is_paged_too(panda, raw, clock):
    made = filled(raw, 5)
    assert ids(panda.session_runs.list(status="PENDING", page_size=2)) == made
    clock.advance(60)
    assert ids(panda.session_runs.list(status="PENDING", page_size=2)) == []
    assert ids(panda.session_runs.list(status="COMPLETED", page_size=2)) == made


@pytest.mark.parametrize("page_size", [1, 2, 3, 5, 20])
def test_deleting_as_you_iterate_deletes_all(panda, raw, page_size):
    made = filled(raw, 11)
    deleted = []
    for run in panda.session_runs.list(page_size=page_size):
        panda.session_runs.delete(run)
        deleted.append(str(run.id))
    assert deleted == made
    assert list(panda.session_runs.list()) == []


def test_deleting_page_by_page_deletes_all(panda, raw):
    made = filled(raw, 11)
    for page in panda.session_runs.list(page_size=3).pages():
        for run in page.items:
            panda.session_runs.delete(run)
            made.remove(str(run.id))
    assert made == []
    assert list(panda.session_runs.list()) == []


def test_runs_that_are_created_meanwhile_repeat_nothing_and_hide_nothing(panda, raw):
    made = filled(raw, 10)
    seen = []
    for run in panda.session_runs.list(page_size=3):
        seen.append(str(run.id))
        raw.post(f"{RUNS}/batch", json=BODY)
    assert seen == made


@pytest.mark.parametrize("which", [0, 4, 9])
def test_a_run_deleted_by_another_hides_no_other(panda, raw, which):
    made = filled(raw, 10)
    seen = []
    for run in panda.session_runs.list(page_size=3):
        if len(seen) == 4:
            raw.delete(f"{RUNS}/{made[which]}")
        seen.append(str(run.id))
    assert [run_id for run_id in seen if run_id != made[which]] == [m for m in made if m != made[which]]
    assert len(set(seen)) == len(seen)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    count=st.integers(0, 12),
    page_size=st.integers(1, 5),
    changes=st.lists(st.tuples(st.integers(0, 14), st.sampled_from(["create", "delete"]), st.integers(0, 11))),
    host=st.uuids(),
)
def test_what_stays_throughout_is_seen_once_whatever_else_happens(count, page_size, changes, host):
    """One change between two items; several at once can cancel out in the total, which nobody can see."""
    with Sandbox(clock=HeldClock(), rate_limit=None, read_limit=None) as sandbox:
        auth, address = ApiKey(API_KEY, project=PROJECT_NAME), f"http://{host}.localhost"
        with (
            PandaProbe(auth, base_url=address, transport=sandbox.transport()) as panda,
            httpx.Client(auth=auth, base_url=address, transport=sandbox.transport()) as raw,
        ):
            made = filled(raw, count)
            stays = set(made)
            plan = {}
            for at, what, which in changes:
                plan.setdefault(at, (what, which))
            kinds = {what for what, _ in plan.values()}
            if len(kinds) > 1:  # a create and a delete between the same two pages cancel out
                plan = {at: change for at, change in plan.items() if change[0] == "delete"}
            seen = []
            for position, run in enumerate(panda.session_runs.list(page_size=page_size)):
                seen.append(str(run.id))
                match plan.get(position):
                    case ("create", _):
                        filled(raw, 1)
                    case ("delete", which) if which < count:
                        raw.delete(f"{RUNS}/{made[which]}")
                        stays.discard(made[which])
    assert len(seen) == len(set(seen))
    assert stays <= set(seen)
    assert [run_id for run_id in seen if run_id in stays] == [run_id for run_id in made if run_id in stays]


def test_an_error_in_the_middle_of_a_list_is_raised_and_what_was_read_was_given(panda, raw, sandbox):
    made = filled(raw, 4)
    seen = []
    sandbox.inject("pass", operation="list_session_eval_runs")
    sandbox.inject("status", code=418, body="tea", operation="list_session_eval_runs")
    with pytest.raises(PandaProbeError, match="418: tea"):
        seen.extend(str(run.id) for run in panda.session_runs.list(page_size=2))
    assert list(panda.session_runs.list(page_size=2))
    assert made


def test_a_lost_page_is_read_again(panda, raw, sandbox):
    made = filled(raw, 4)
    sandbox.inject("truncated_body", operation="list_session_eval_runs")
    sandbox.inject("html_502", operation="list_session_eval_runs")
    assert ids(panda.session_runs.list(page_size=2)) == made


def test_a_list_of_scores_goes_on_while_scores_come(panda, clock):
    panda.session_runs.create_batch(session_ids=[f"s{n}" for n in range(20)], metrics=ONE)
    clock.advance(1.6)
    before = {score.id for score in panda.session_scores.list(page_size=3)}
    assert 5 <= len(before) < 20
    seen = []
    for score in panda.session_scores.list(page_size=3):
        seen.append(score.id)
        clock.advance(0.1)
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_two_threads_may_iterate_the_same_list(url, raw):
    made = filled(raw, 9)
    with PandaProbe(ApiKey(API_KEY, project=PROJECT_NAME), base_url=url) as panda:
        listing, found = panda.session_runs.list(page_size=2), []
        threads = [threading.Thread(target=lambda: found.append(ids(listing))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [made] * 4


def _endless(sandbox_run, fresh):
    """A service that does not heed the offset and has a million runs to tell of."""
    asked = []

    def answer(request):
        asked.append(request.url.query)
        items = [{**sandbox_run, "id": str(uuid.uuid4()) if fresh else sandbox_run["id"]}]
        return httpx.Response(200, json={"items": items, "total": 10**6, "limit": 50, "offset": 0})

    return asked, answer


def test_pages_with_nothing_new_end_a_list(kind, panda, sandbox):
    run = panda.session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"])
    asked, answer = _endless(run.to_dict(), fresh=False)
    endless = kind("https://service.example", transport=httpx.MockTransport(answer))
    assert [found.id for found in endless.session_runs.list()] == [run.id]
    assert len(asked) == 7


def test_a_deadline_is_for_all_pages_of_a_list_together(kind, panda, sandbox):
    run = panda.session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"])
    _, answer = _endless(run.to_dict(), fresh=True)
    endless = kind("https://service.example", transport=httpx.MockTransport(answer))
    with pytest.raises(ConnectionFailed, match="the deadline came"):
        list(itertools.islice(endless.session_runs.list(deadline=0.3), 100_000))
