"""What a client was given stays as it was: credentials, arguments, an httpx client; and its leave is its own."""

import copy
import threading

import httpx
import pytest
from pandaprobe_evals import ApiKey, BearerToken, InvalidArgument, OutcomeUnknown
from pandaprobe_sandbox import API_KEY, PROJECT_ID, PROJECT_NAME, TOKEN

AFAR = "http://service.example"
"""Another machine; nothing is ever sent to it here."""


@pytest.fixture(params=["key", "token", "provider"])
def auth(request):
    match request.param:
        case "key":
            return ApiKey(API_KEY, project=PROJECT_NAME)
        case "token":
            return BearerToken(TOKEN, project_id=PROJECT_ID)
        case _:
            return BearerToken(lambda: TOKEN, project_id=PROJECT_ID)


def test_leave_to_send_over_plain_http_is_one_clients_and_not_the_credentials(kind, auth):
    before = {name: value for name, value in vars(auth).items() if name != "_lock"}
    kind(AFAR, auth, allow_http=True)
    assert {name: value for name, value in vars(auth).items() if name != "_lock"} == before
    with pytest.raises(InvalidArgument, match="plain http"):
        kind(AFAR, auth)
    with (
        httpx.Client(auth=auth, transport=httpx.MockTransport(lambda _: pytest.fail("sent"))) as other,
        pytest.raises(InvalidArgument, match="plain http"),
    ):
        other.get(AFAR)


def test_the_leave_holds_for_the_clients_own_host_only(kind, auth):
    def answer(request):
        return httpx.Response(200, json=[], headers={"X-Host": request.url.host})

    panda = kind(AFAR, auth, allow_http=True, transport=httpx.MockTransport(answer))
    assert panda.session_metrics.list() == []
    assert kind.wire(panda, "GET", f"{AFAR}:81/evaluations/session-metrics").headers["X-Host"] == "service.example"
    for elsewhere in ("http://other.example", "http://service.example.com", "http://10.0.0.1"):
        with pytest.raises(InvalidArgument, match="plain http"):
            kind.wire(panda, "GET", f"{elsewhere}/evaluations/session-metrics")


def test_with_leave_a_token_is_renewed_as_ever(kind):
    tokens = ["expired", TOKEN]

    def answer(request):
        good = request.headers["Authorization"] == f"Bearer {TOKEN}"
        return httpx.Response(200, json=[]) if good else httpx.Response(401, json={"detail": "expired"})

    auth = BearerToken(lambda: tokens.pop(0), project_id=PROJECT_ID)
    panda = kind(AFAR, auth, allow_http=True, transport=httpx.MockTransport(answer))
    assert panda.session_metrics.list() == []
    assert tokens == []


def test_no_argument_of_a_call_is_changed(kind, url, clock):
    given = {
        "environ": {"PANDAPROBE_API_KEY": API_KEY, "PANDAPROBE_PROJECT_NAME": PROJECT_NAME, "PANDAPROBE_ENDPOINT": url},
        "options": {"timeout": 5.0, "marker": True},
        "session_ids": ["a", "b", "a"],
        "metrics": ["agent_reliability", "agent_reliability"],
        "signal_weights": {"confidence": 1.0},
        "tags": ["checkout", "checkout"],
    }
    before = copy.deepcopy(given)
    panda = kind.from_env(given["environ"], **given["options"], clock=clock)
    create = {name: given[name] for name in ("session_ids", "metrics", "signal_weights")}
    run = panda.session_runs.create_batch(**create)
    kept = run.to_dict()
    with pytest.raises(InvalidArgument):
        panda.session_runs.create(metrics=given["metrics"], tags=given["tags"], sampling_rate=7)
    panda.session_runs.wait([run])
    runs = [run]
    panda.session_runs.wait(runs)
    assert given == before
    assert runs == [run]
    assert run.to_dict() == kept
    kind.hang_up()


def test_an_outcome_that_is_unknown_is_not_changed_by_resolving_it(kind, url, clock):
    body = {"metrics": ["agent_reliability"], "session_ids": ["a"]}
    create = {"operation": "create_batch_session_eval_run", "arguments": {"body": body}, "not_before": 0.0}
    error = OutcomeUnknown("lost", create=create, settle=1.0)
    before = copy.deepcopy(vars(error)), error.args, copy.deepcopy(create)
    assert kind(url, clock=clock).session_runs.resolve(error) is None
    assert (vars(error), error.args, create) == before
    kind.hang_up()


def test_an_httpx_client_is_left_as_it_was(kind, url):
    heard, headers = [], httpx.Headers({"X-Team": "blue"})

    def hook(request):
        heard.append(request.url)

    async def ahook(request):
        heard.append(request.url)

    own = (httpx.AsyncClient if kind.is_async else httpx.Client)(
        headers=headers,
        auth=("somebody", "else"),
        timeout=3.0,
        params={"q": "1"},
        cookies={"c": "1"},
        base_url="https://elsewhere.example",
        event_hooks={"request": [ahook if kind.is_async else hook]},
        follow_redirects=True,
    )

    def state():
        return (
            own.headers.multi_items(),
            own.auth,
            own.timeout,
            str(own.params),
            dict(own.cookies),
            own.base_url,
            own.event_hooks,
            own.follow_redirects,
            own.trust_env,
            own.is_closed,
        )

    before = state()
    kind(url, http_client=own).session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"])
    kind.hang_up()
    assert state() == before
    assert headers == httpx.Headers({"X-Team": "blue"})
    assert len(heard) == 1
    kind.run(own.aclose()) if kind.is_async else own.close()


def test_no_frame_of_ours_shows_what_a_provider_gave_that_cannot_be_sent(kind, unasked):
    from tests.client.test_credentials import SECRET, spilled

    async def later():
        return f"{SECRET}\n"

    def finished():
        import asyncio

        made = asyncio.get_running_loop().create_future()
        made.set_result(f"{SECRET}\n")
        return made

    for provider in (lambda: f"{SECRET}\n", *((later, finished) if kind.is_async else ())):
        panda = kind(unasked, BearerToken(provider, project_id=PROJECT_ID))
        with pytest.raises(InvalidArgument, match="the token provider's token") as caught:
            panda.session_metrics.list()
        assert SECRET not in spilled(caught.value.with_traceback(caught.value.__traceback__.tb_next))


def test_credentials_are_shared_by_threads_while_clients_come_and_go(kind, auth, url):
    """One client with leave, one without, at the same time: neither changes what the other may."""
    wrong = []

    def make(allowed):
        for _ in range(20):
            try:
                kind(AFAR, auth, allow_http=allowed)
            except InvalidArgument:
                wrong.append("refused") if allowed else None
            else:
                wrong.append("let through") if not allowed else None

    threads = [threading.Thread(target=make, args=(allowed,)) for allowed in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
