"""Whoever answers in the service's place, hooks that raise, and answers that break the contract: no run is lost by them."""

import json
import pickle

import httpx
import pytest
from pandaprobe_evals import ContractViolation, NotFound, OutcomeUnknown, ServerError
from pandaprobe_sandbox import API_KEY

from .operations import CREATES, named
from .world import BATCH, DELETE, LIST, RUNS, caught, http, new_project, raw_list, raw_server

PAGES = [
    {"code": 404, "content_type": "text/html", "body": "<html>404 Not Found</html>"},
    {"code": 404, "content_type": "application/json", "body": '{"message":"no Route matched"}'},
    {"code": 404, "content_type": "application/json", "body": '{"detail":"Not Found"}'},
]
strangers = pytest.mark.parametrize("page", PAGES, ids=["html", "gateway", "detail"])


@strangers
def test_a_delete_that_a_stranger_answers_is_not_done(face, sandbox, page):
    run = face.foreign("a")
    sandbox.inject("drop_before_commit", operation=DELETE)
    sandbox.inject("status", operation=DELETE, times=2, **page)
    face.delete(run)
    assert raw_list(face) == []


@strangers
def test_a_strangers_404_says_nothing_of_a_run(face, sandbox, page):
    run = face.foreign("a")
    for method in ("get", "delete"):
        sandbox.inject("status", times=1, **page)
        error = caught(getattr(face, method), run)
        assert type(error) is ServerError
        assert error.status == 404
    assert len(raw_list(face)) == 1
    face.delete(run)
    assert type(caught(face.get, run)) is NotFound


@pytest.mark.slow
@strangers
def test_a_wait_outlasts_a_strangers_404(face, sandbox, page):
    if face.kind == "async":
        pytest.skip("waiting is one logic for both; here the blocking client waits")
    run = face.batch("a")
    sandbox.inject("status", operation="get_session_eval_run", times=2, **page)
    sandbox.inject("status", operation=LIST, times=2, **page)
    outcome = face.client.session_runs.wait(str(run.id), timeout=30, scores=False)
    assert outcome.run
    assert outcome.run.status == "COMPLETED"


class Strict(Exception):
    """What a user's hook raises."""


def hooks(kind, *, error):
    """The options of an httpx client whose hook raises for each answer to a create that is not good."""

    def check(response):
        if response.request.method == "POST" and response.status_code >= 400:
            if error is httpx.HTTPStatusError:
                response.raise_for_status()
            raise error(f"no good: {response.request.headers['x-api-key']}")

    async def acheck(response):
        check(response)

    return {"event_hooks": {"response": [acheck if kind == "async" else check]}}


@pytest.mark.parametrize("error", [httpx.HTTPStatusError, Strict, ValueError])
@pytest.mark.parametrize("operation", CREATES, ids=named)
def test_a_create_over_which_a_hook_raises_is_looked_for(face_of, kind, served, sandbox, operation, error):
    face = face_of(served[1], project=new_project(), http=hooks(kind, error=error))
    needed = operation.prepare(face, sandbox)
    sandbox.inject("commit_then_500", operation=operation.id)
    run = operation.call(face, needed)
    operation.done(face, needed, run)
    assert run.reconciled
    assert API_KEY not in repr(run.attempts)


def test_a_hook_that_always_raises_leaves_an_unknown_outcome_without_the_key(face_of, kind, served, sandbox):
    face = face_of(served[1], project=new_project(), http=hooks(kind, error=Strict))
    sandbox.inject("commit_then_500", operation=BATCH)
    sandbox.inject("html_502", operation=LIST, times=999)
    error = caught(face.batch, "a", deadline=0.5)
    sandbox.faults.clear()
    assert type(error) is OutcomeUnknown
    assert API_KEY not in str(error) + repr(vars(error))
    assert str(face.resolve(error).id) == raw_list(face)[0]["id"]


@pytest.mark.parametrize("without", ["offset", "id"])
def test_a_create_answered_with_a_broken_body_tells_its_run_or_is_looked_for(face_of, served, sandbox, without):
    project = new_project()
    direct = face_of(served[1], project=project)

    def answer(connection, heard, number):
        body = heard.body or None
        headers = {"X-API-Key": API_KEY, "X-Project-Name": project, "Content-Type": "application/json"}
        true = httpx.request(heard.method, served[1] + heard.line.split(" ")[1], content=body, headers=headers)
        said = true.json()
        if heard.method == "POST":
            said.update({"id": 7} if without == "id" else {"created_at": said["created_at"][:19]})
        connection.sendall(http(true.status_code, json.dumps(said)))

    with raw_server(answer) as proxy:
        face = face_of(proxy.url, project=project)
        if without == "id":
            run = face.batch("a")
            assert run.reconciled
        else:
            error = pickle.loads(pickle.dumps(caught(face.batch, "a")))
            assert type(error) is ContractViolation
            assert error.run_id in str(error)
            run = face.resolve(error)
            assert str(run.id) == error.run_id
        assert [found["id"] for found in raw_list(direct)] == [str(run.id)]
        direct.raw("DELETE", f"{RUNS}/{run.id}")
        if without == "offset":
            assert face.resolve(error) is None


@pytest.mark.parametrize(
    "write",
    [
        lambda page: json.dumps({**page, "items": []}),
        lambda page: json.dumps({**page, "offset": 1}),
        lambda page: json.dumps(page)[:-1] + ', "items": [], "total": 0}',
        lambda page: json.dumps({**page, "items": page["items"][::-1]}),
    ],
    ids=["empty beside its total", "another offset", "items twice", "oldest first"],
)
def test_a_list_that_contradicts_itself_is_no_proof_that_nothing_was_made(face_of, served, sandbox, write):
    project = new_project()
    direct = face_of(served[1], project=project)
    direct.batch("older")
    posted = []

    def answer(connection, heard, number):
        headers = {"X-API-Key": API_KEY, "X-Project-Name": project, "Content-Type": "application/json"}
        address = served[1] + heard.line.split(" ")[1]
        true = httpx.request(heard.method, address, content=heard.body or None, headers=headers)
        if heard.method == "POST":
            posted.append(true.json()["id"])  # and the connection is closed without an answer
        else:
            connection.sendall(http(true.status_code, write(true.json()) if posted else true.content))

    with raw_server(answer) as proxy:
        error = caught(face_of(proxy.url, project=project).batch, "a")
    assert type(error) is OutcomeUnknown, error
    assert len(posted) == 1
    assert str(direct.resolve(pickle.loads(pickle.dumps(error))).id) == posted[0]
