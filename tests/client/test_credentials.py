"""Credentials and settings: what is refused before anything is sent, who asks for a token, and that secrets stay secret."""

import asyncio
import copy
import io
import logging
import pickle
import re
import threading
import time
import traceback
import uuid

import httpx
import pytest
from pandaprobe_evals import (
    ApiKey,
    APIStatusError,
    AsyncPandaProbe,
    AuthenticationError,
    BearerToken,
    InvalidArgument,
    PandaProbe,
    PandaProbeError,
)
from pandaprobe_sandbox import API_KEY, PROJECT_ID, PROJECT_NAME, TOKEN, Fault, Sandbox

KEY = {"PANDAPROBE_API_KEY": API_KEY, "PANDAPROBE_PROJECT_NAME": PROJECT_NAME}
BEARER = {"PANDAPROBE_TOKEN": TOKEN, "PANDAPROBE_PROJECT_ID": PROJECT_ID}
SECRET = "sk_pp_" + "d15c105e" * 8

# --- settings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [KEY, BEARER])
def test_either_mode_in_the_environment_makes_a_working_client(kind, url, mode):
    spaced = {name: f" {value}\n" for name, value in mode.items()}
    panda = kind.from_env({**spaced, "PANDAPROBE_ENDPOINT": f"{url}/", "PANDAPROBE_TIMEOUT": "7.5"})
    assert len(panda.session_metrics.list()) == 2
    assert panda.base_url == url
    kind.hang_up()


def test_the_environment_of_the_process_is_read_when_none_is_given(kind, url, monkeypatch):
    for name in (*KEY, *BEARER, "PANDAPROBE_TIMEOUT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**KEY, "PANDAPROBE_ENDPOINT": url}.items():
        monkeypatch.setenv(name, value)
    assert len(kind.from_env(None).session_metrics.list()) == 2
    kind.hang_up()


def test_what_the_caller_says_wins_over_the_environment(kind, url):
    panda = kind.from_env({**KEY, "PANDAPROBE_ENDPOINT": "https://nowhere.invalid"}, base_url=url, timeout=3)
    assert len(panda.session_metrics.list()) == 2
    kind.hang_up()


def test_without_an_endpoint_it_is_production(kind):
    assert kind.from_env(KEY).base_url == "https://api.pandaprobe.com"


HALVES = [
    {**{name: KEY[name] for name in some_key}, **{name: BEARER[name] for name in some_bearer}}
    for some_key in ((), ("PANDAPROBE_API_KEY",), ("PANDAPROBE_PROJECT_NAME",), tuple(KEY))
    for some_bearer in ((), ("PANDAPROBE_TOKEN",), ("PANDAPROBE_PROJECT_ID",), tuple(BEARER))
    if (len(some_key), len(some_bearer)) not in ((2, 0), (0, 2))
]


@pytest.mark.parametrize("environ", HALVES, ids=lambda environ: "+".join(environ) or "nothing")
def test_every_wrong_combination_of_variables_is_refused_by_name(kind, unasked, environ):
    with pytest.raises(InvalidArgument) as caught:
        kind.from_env({**environ, "PANDAPROBE_ENDPOINT": unasked})
    said = str(caught.value)
    assert all(name in said for name in environ)
    halves = [mode for mode in (KEY, BEARER) if len(mode.keys() & environ.keys()) == 1]
    whole = [mode for mode in (KEY, BEARER) if mode.keys() <= environ.keys()]
    if not whole:
        assert all(name in said for mode in halves for name in mode)
    assert API_KEY not in said
    assert TOKEN not in said


def test_a_variable_of_white_space_counts_as_not_set(kind):
    with pytest.raises(InvalidArgument, match="PANDAPROBE_PROJECT_NAME"):
        kind.from_env({**KEY, "PANDAPROBE_PROJECT_NAME": "  "})
    assert kind.from_env({**KEY, "PANDAPROBE_TOKEN": " ", "PANDAPROBE_ENDPOINT": ""}).base_url


@pytest.mark.parametrize(
    ("environ", "variable"),
    [
        ({**KEY, "PANDAPROBE_PROJECT_NAME": "-bad-"}, "PANDAPROBE_PROJECT_NAME"),
        ({**KEY, "PANDAPROBE_PROJECT_NAME": "x" * 256}, "PANDAPROBE_PROJECT_NAME"),
        ({**KEY, "PANDAPROBE_API_KEY": "sk pp"}, "PANDAPROBE_API_KEY"),
        ({**KEY, "PANDAPROBE_API_KEY": "sk\r\npp"}, "PANDAPROBE_API_KEY"),
        ({**KEY, "PANDAPROBE_API_KEY": "schlüssel"}, "PANDAPROBE_API_KEY"),
        ({**BEARER, "PANDAPROBE_PROJECT_ID": "nope"}, "PANDAPROBE_PROJECT_ID"),
        ({**BEARER, "PANDAPROBE_TOKEN": "a\tb"}, "PANDAPROBE_TOKEN"),
        *(
            ({**KEY, "PANDAPROBE_TIMEOUT": value}, "PANDAPROBE_TIMEOUT")
            for value in ("soon", "0", "-1", "nan", "inf", "1e999", "30s")
        ),
        *(
            ({**KEY, "PANDAPROBE_ENDPOINT": value}, "PANDAPROBE_ENDPOINT")
            for value in ("api.pandaprobe.com", "ftp://x", "https://u:p@x", "https://", "::", "/")
        ),
    ],
)
def test_a_malformed_variable_is_refused_by_name(kind, environ, variable):
    with pytest.raises(InvalidArgument, match=re.escape(f"{variable}: ")) as caught:
        kind.from_env(environ)
    assert environ.get("PANDAPROBE_API_KEY", "~") not in str(caught.value)
    assert environ.get("PANDAPROBE_TOKEN", "~") not in str(caught.value)


def test_an_endpoint_of_plain_http_is_refused_unless_allowed(kind):
    environ = {**KEY, "PANDAPROBE_ENDPOINT": "http://example.com"}
    with pytest.raises(InvalidArgument, match=r"plain http to http://example\.com"):
        kind.from_env(environ)
    assert kind.from_env(environ, allow_http=True).base_url == "http://example.com"


# --- the token provider -------------------------------------------------------------------------------


class Provider:
    """Gives a token that is no good any more, then a good one; counts who asks."""

    def __init__(self, *tokens, delay=0.0):
        self.tokens = list(tokens)
        self.asked = 0
        self.delay = delay

    def __call__(self):
        self.asked += 1
        time.sleep(self.delay)
        return self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]

    async def later(self):
        self.asked += 1
        await asyncio.sleep(self.delay)
        return self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]


def test_a_provider_is_asked_before_the_first_request_and_not_again_while_its_token_is_good(kind, url):
    provider = Provider(TOKEN)
    panda = kind(url, BearerToken(provider, project_id=PROJECT_ID))
    assert provider.asked == 0
    for _ in range(3):
        panda.session_metrics.list()
    assert provider.asked == 1
    kind.hang_up()


def test_after_a_401_the_provider_is_asked_once_more(kind, url, sandbox):
    provider = Provider("expired", TOKEN)
    panda = kind(url, BearerToken(provider, project_id=PROJECT_ID))
    assert len(panda.session_metrics.list()) == 2
    panda.session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"])
    assert provider.asked == 2
    assert [request.status for request in sandbox.requests] == [401, 200, 202]
    kind.hang_up()


def test_a_create_is_sent_again_with_the_new_token_and_makes_one_run(kind, url, sandbox):
    provider = Provider("expired", TOKEN)
    panda = kind(url, BearerToken(provider, project_id=PROJECT_ID))
    run = panda.session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"])
    assert [attempt.status for attempt in run.attempts] == [401, 202]
    assert sandbox.units_billed == 1
    kind.hang_up()


def test_a_gateways_401_makes_the_provider_be_asked_too(kind, canned):
    canned.say(401, b"<html>token expired</html>", Content_Type="text/html").say(200, [])
    provider = Provider("expired", TOKEN)
    assert kind(canned.url, BearerToken(provider, project_id=PROJECT_ID)).session_metrics.list() == []
    assert [headers["Authorization"] for _, _, headers, _ in canned.seen] == ["Bearer expired", f"Bearer {TOKEN}"]


def test_a_second_401_is_the_callers_and_asks_no_third_time(kind, url, sandbox):
    provider = Provider("bad")
    panda = kind(url, BearerToken(provider, project_id=PROJECT_ID))
    with pytest.raises(AuthenticationError) as caught:
        panda.session_metrics.list()
    assert (provider.asked, len(sandbox.requests), len(caught.value.attempts)) == (2, 2, 2)
    kind.hang_up()


def test_a_plain_token_is_not_sent_again_after_a_401(kind, url, sandbox):
    panda = kind(url, BearerToken("bad", project_id=PROJECT_ID))
    with pytest.raises(AuthenticationError):
        panda.session_metrics.list()
    assert len(sandbox.requests) == 1
    kind.hang_up()


def test_fifty_threads_share_one_renewal(url, sandbox):
    provider = Provider("expired", TOKEN, delay=0.05)
    with PandaProbe(BearerToken(provider, project_id=PROJECT_ID), base_url=url) as panda:
        results, start = [], threading.Barrier(50)

        def one():
            start.wait()
            results.append(len(panda.session_metrics.list()))

        threads = [threading.Thread(target=one) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [2] * 50
    assert provider.asked == 2
    assert sum(request.status == 401 for request in sandbox.requests) <= 50


@pytest.mark.parametrize("plain", [True, False])
async def test_fifty_tasks_share_one_renewal(url, plain):
    provider = Provider("expired", TOKEN, delay=0.05)
    auth = BearerToken(provider if plain else provider.later, project_id=PROJECT_ID)
    async with AsyncPandaProbe(auth, base_url=url) as panda:
        found = await asyncio.gather(*(panda.session_metrics.list() for _ in range(50)))
    assert [len(metrics) for metrics in found] == [2] * 50
    assert provider.asked == 2


async def test_an_awaited_provider_of_one_cancelled_task_does_not_block_the_others(url):
    provider = Provider(TOKEN, delay=0.2)
    async with AsyncPandaProbe(BearerToken(provider.later, project_id=PROJECT_ID), base_url=url) as panda:
        first = asyncio.create_task(panda.session_metrics.list())
        await asyncio.sleep(0.05)
        others = [asyncio.create_task(panda.session_metrics.list()) for _ in range(3)]
        first.cancel()
        assert [len(found) for found in await asyncio.wait_for(asyncio.gather(*others), 5)] == [2] * 3
        with pytest.raises(asyncio.CancelledError):
            await first


def test_one_token_serves_event_loops_in_many_threads(url):
    provider = Provider("expired", TOKEN, delay=0.02)
    auth = BearerToken(provider.later, project_id=PROJECT_ID)
    found = []

    async def one():
        async with AsyncPandaProbe(auth, base_url=url) as panda:
            found.append(len(await panda.session_metrics.list()))

    threads = [threading.Thread(target=asyncio.run, args=(one(),)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [2] * 5
    assert provider.asked == 2


def test_an_async_provider_needs_the_async_client_and_says_so(unasked):
    with PandaProbe(BearerToken(Provider(TOKEN).later, project_id=PROJECT_ID), base_url=unasked) as panda:
        for _ in range(2):
            with pytest.raises(InvalidArgument, match="token: an async provider needs AsyncPandaProbe"):
                panda.session_metrics.list()


class VaultIsSealed(Exception):
    """Of a provider."""


def test_what_a_provider_raises_reaches_the_caller_and_the_next_call_asks_again(kind, url, sandbox):
    answers = [VaultIsSealed("try later"), TOKEN]

    def provider():
        if isinstance(answers[0], Exception):
            raise answers.pop(0)
        return answers[0]

    panda = kind(url, BearerToken(provider, project_id=PROJECT_ID))
    with pytest.raises(VaultIsSealed):
        panda.session_metrics.list()
    assert sandbox.requests == []
    assert len(panda.session_metrics.list()) == 2
    kind.hang_up()


@pytest.mark.parametrize("rubbish", [None, "", 7, b"token", "two words", "line\nbreak", "ümlaut", ["x"], SECRET + "\0"])
def test_rubbish_of_a_provider_is_refused_without_being_shown(kind, unasked, rubbish):
    panda = kind(unasked, BearerToken(lambda: rubbish, project_id=PROJECT_ID))
    with pytest.raises(InvalidArgument, match=r"^the token provider's token: ") as caught:
        panda.session_metrics.list()
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("value", ["", " ", "a b", "a\n", "é", None, 7, b"key"])
def test_a_secret_that_no_header_can_carry_is_refused_by_name(value):
    with pytest.raises(InvalidArgument, match=r"^key: "):
        ApiKey(value, project="x")
    with pytest.raises(InvalidArgument, match=r"^token: "):
        BearerToken(value, project_id=PROJECT_ID)


# --- where credentials go -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com",
        "http://10.0.0.1:8000",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://notlocalhost",
        "http://128.1",
        "http://[::ffff:10.0.0.1]",
        "http://[::2]",
    ],
)
def test_plain_http_to_another_machine_is_refused(kind, address):
    with pytest.raises(InvalidArgument, match="plain http") as caught:
        kind(address)
    assert "allow_http=True" in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["http://localhost", "http://127.0.0.1:8321", "http://127.9.9.9", "http://[::1]:80", "http://panda.localhost"],
)
def test_plain_http_to_this_machine_is_allowed(kind, address):
    assert kind(address).base_url == address.removesuffix(":80")


def test_plain_http_can_be_allowed(kind):
    kind("http://example.com", allow_http=True)


def test_allowing_plain_http_for_one_client_allows_it_for_no_other(kind):
    """The same credentials in a second client, which does not allow it."""
    auth = ApiKey(API_KEY, project="x")
    kind("http://example.com", auth, allow_http=True)
    with pytest.raises(InvalidArgument, match="plain http"):
        kind("http://example.com", auth)


@pytest.mark.parametrize("address", ["https://user:hunter2@example.com", "http://hunter2@localhost:1"])
def test_credentials_in_the_address_are_refused_without_being_shown(kind, address):
    with pytest.raises(InvalidArgument, match=r"^base_url: ") as caught:
        kind(address)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("address", ["", "example.com", "ftp://x", "https://", "//x", 7, b"https://x", None])
def test_what_is_no_address_is_refused(kind, address):
    if address in ("", None):
        assert kind(address).base_url == "https://api.pandaprobe.com"
        return
    with pytest.raises(InvalidArgument, match=r"^base_url: "):
        kind(address)


def test_the_credentials_themselves_refuse_a_request_over_plain_http():
    for auth in (ApiKey(API_KEY, project="x"), BearerToken(TOKEN, project_id=PROJECT_ID)):
        with (
            httpx.Client(auth=auth, transport=httpx.MockTransport(lambda _: pytest.fail("sent"))) as client,
            pytest.raises(InvalidArgument, match="plain http"),
        ):
            client.get("http://example.com")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(kind, canned, status):
    canned.say(status, b"", Location=f"{canned.url}/elsewhere")
    panda = kind(canned.url)
    for call in (
        panda.session_metrics.list,
        lambda: panda.session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"]),
    ):
        with pytest.raises(APIStatusError, match=r"redirect to http://127\.0\.0\.1, which is not followed"):
            call()
    assert [path for _, path, _, _ in canned.seen] == [
        "/evaluations/session-metrics",
        "/evaluations/session-runs/batch",
    ]


def test_redirects_are_not_followed_by_a_client_of_the_users_own(kind, canned):
    canned.say(307, b"", Location=f"{canned.url}/elsewhere")
    with httpx.Client(follow_redirects=True) as own:
        own_async = httpx.AsyncClient(follow_redirects=True)
        panda = kind(canned.url, http_client=own_async if kind.is_async else own)
        with pytest.raises(APIStatusError, match="redirect"):
            panda.session_metrics.list()
        if kind.is_async:
            kind.run(own_async.aclose())
    assert len(canned.seen) == 1


def test_a_netrc_does_not_replace_the_credentials(kind, canned, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    canned.say(200, [])
    kind(canned.url).session_metrics.list()
    assert "Authorization" not in canned.seen[0][2]


@pytest.mark.parametrize(
    "tail",
    [
        "/panda/v1",
        "/panda/v1/",
        "/panda/v1//",
        "/a%20b",
    ],
)
def test_a_base_url_may_have_a_path(kind, canned, tail):
    canned.say(200, [])
    kind(f"{canned.url}{tail}").session_metrics.list()
    assert canned.seen[0][1] == f"{tail.rstrip('/')}/evaluations/session-metrics"


# --- secrets stay secret ------------------------------------------------------------------------------


def spilled(error):
    """Everything that a thorough error reporter would write down."""
    out = io.StringIO()
    for shown in traceback.TracebackException.from_exception(error, capture_locals=True).format():
        out.write(shown)
    seen = set()
    while error and id(error) not in seen:
        seen.add(id(error))
        out.write(repr(error) + repr(vars(error)))
        trace = error.__traceback__
        while trace:
            out.writelines(map(repr, trace.tb_frame.f_locals.values()))
            trace = trace.tb_next
        error = error.__cause__ or error.__context__
    return out.getvalue()


def credentials(form):
    if form == "key":
        return ApiKey(SECRET, project="x")
    return BearerToken(SECRET if form == "token" else lambda: SECRET, project_id=PROJECT_ID)


@pytest.mark.parametrize("form", ["key", "token", "provider"])
@pytest.mark.parametrize("trouble", ["401", "down", "broken", "refused", "closed"])
def test_no_error_and_no_log_shows_a_secret(kind, canned, caplog, form, trouble):
    caplog.set_level(logging.DEBUG)
    canned.say(200, [{}]) if trouble == "broken" else canned.say(401, {"detail": "no"})
    address = "http://127.0.0.1:1" if trouble == "down" else canned.url
    panda = kind(address, credentials(form), deadline=0.3)
    if trouble == "closed":
        kind.hang_up()
    with pytest.raises(Exception) as caught:  # noqa: PT011  (whatever it is, it shows nothing)
        panda.session_runs.get("nope") if trouble == "refused" else panda.session_metrics.list()
    # The frames of this test itself do not count: it knows the secret.
    inner = caught.value.with_traceback(caught.value.__traceback__.tb_next)
    assert SECRET not in spilled(inner)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(panda)
    assert SECRET not in caplog.text
    assert SECRET.encode() not in pickle.dumps(caught.value) if isinstance(caught.value, PandaProbeError) else True


@pytest.mark.parametrize("form", ["key", "token", "provider"])
def test_neither_repr_nor_str_of_credentials_or_client_shows_a_secret(kind, form):
    auth = credentials(form)
    panda = kind("https://example.com", auth)
    shown = [repr(auth), str(auth), f"{auth}", repr(panda), str(vars(auth)), repr(panda.api), auth.key()]
    assert SECRET not in "".join(shown)
    assert "'...'" in repr(auth)


def test_a_refused_secret_is_not_in_its_own_error():
    for make in (lambda bad: ApiKey(bad, project="x"), lambda bad: BearerToken(bad, project_id=PROJECT_ID)):
        with pytest.raises(InvalidArgument) as caught:
            make(SECRET + "\n")
        inner = caught.value.with_traceback(caught.value.__traceback__.tb_next.tb_next)
        assert SECRET not in spilled(inner)
    with pytest.raises(InvalidArgument) as caught:
        ApiKey(SECRET, project="-")
    assert SECRET not in spilled(caught.value.with_traceback(caught.value.__traceback__.tb_next))


@pytest.mark.parametrize("form", ["key", "token", "provider"])
def test_credentials_are_not_pickled_and_say_what_to_do(form):
    auth = credentials(form)
    for attempt in (pickle.dumps, copy.deepcopy, lambda it: pickle.dumps({"auth": [it]}, protocol=2)):
        with pytest.raises(TypeError, match="credentials are not pickled; build the client anew where it is needed"):
            attempt(auth)


def test_a_401_after_credentials_went_stale_says_the_services_words(kind, url, sandbox):
    panda = kind(url)
    sandbox.inject(Fault.UNAUTHORIZED_ONCE)
    with pytest.raises(AuthenticationError, match="401: Invalid or revoked API key"):
        panda.session_metrics.list()
    assert len(panda.session_metrics.list()) == 2
    kind.hang_up()


def test_a_project_id_is_written_as_the_service_knows_it():
    assert BearerToken(TOKEN, project_id=PROJECT_ID.upper()).project_id == PROJECT_ID
    assert BearerToken(TOKEN, project_id=uuid.UUID(PROJECT_ID)).project_id == PROJECT_ID


def test_in_process_the_same_credentials_work(kind):
    with Sandbox() as sandbox:
        panda = kind("http://sandbox.localhost", transport=sandbox.transport())
        assert len(panda.session_metrics.list()) == 2


# --- one provider, several clients ------------------------------------------------------------------------


@pytest.mark.parametrize("dual", [False, True])
def test_a_blocking_call_within_a_loop_whose_task_is_asking_the_provider_does_not_hang(url, dual):
    """A token object shared by both clients: the task that asks goes on only when the blocking call has returned."""

    async def main():
        asking, go_on, asked = asyncio.Event(), asyncio.Event(), []

        async def later():
            asking.set()
            await go_on.wait()
            return TOKEN

        def provider():
            asked.append(None)
            return TOKEN if dual and len(asked) > 1 else later()

        auth = BearerToken(provider, project_id=PROJECT_ID)
        async with AsyncPandaProbe(auth, base_url=url) as first:
            with PandaProbe(auth, base_url=url) as second:
                task = asyncio.create_task(first.session_metrics.list())
                await asking.wait()
                if dual:
                    assert second.session_metrics.list()
                else:
                    with pytest.raises(InvalidArgument, match="an async provider needs AsyncPandaProbe"):
                        second.session_metrics.list()
                go_on.set()
                assert await task
                assert second.session_metrics.list()  # with the token that the task has fetched

    thread = threading.Thread(target=asyncio.run, args=(main(),), daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()


def test_a_blocking_call_of_another_thread_waits_for_the_token_that_a_task_is_fetching(url):
    provider = Provider(TOKEN, delay=0.3)
    auth = BearerToken(provider.later, project_id=PROJECT_ID)

    async def main():
        async with AsyncPandaProbe(auth, base_url=url) as first:
            task = asyncio.create_task(first.session_metrics.list())
            await asyncio.sleep(0.1)
            with PandaProbe(auth, base_url=url) as second:
                assert await asyncio.to_thread(second.session_metrics.list)
            await task

    asyncio.run(main())
    assert provider.asked == 1
