"""Who else may answer in the service's place: each is said as what it is, and asked once more at most."""

import socket
import threading

import pytest
from pandaprobe_evals import (
    APIStatusError,
    BackoffPolicy,
    ConnectionFailed,
    ContractViolation,
    OutcomeUnknown,
    ServerError,
)

PAGE = b"<!DOCTYPE html><html><title>Log in</title></html>"
JSON = {"Content_Type": "application/json"}
RUN = "11111111-1111-4111-8111-111111111111"


@pytest.mark.parametrize("headers", [{"Content_Type": "text/html"}, JSON, {}])
def test_a_login_page_is_asked_once_more_and_called_one(kind, canned, headers):
    """It was asked six times over ten seconds."""
    canned.say(200, PAGE, **headers)
    panda = kind(canned.url)
    with pytest.raises(
        ContractViolation, match="A proxy or login page answers in the service's place; is the address right"
    ) as caught:
        panda.session_metrics.list()
    assert not caught.value.readable
    assert len(canned.seen) == len(caught.value.attempts) == 2
    kind.hang_up()


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (200, b"[NaN]", JSON),
        (200, b"[Infinity]", JSON),
        (200, "[]".encode("utf-16"), {"Content_Type": "application/json; charset=utf-16"}),
        (200, b'["\xe9"]', {"Content_Type": "application/json; charset=latin-1"}),
        (200, b'[{"name": "agent_rel', JSON),
        (200, b"", JSON),
        (200, b"[]", {"Content_Type": "text/plain"}),
        (204, b"", {}),
        (203, b"[]", JSON),
        (206, b"[]", JSON),
    ],
)
def test_a_good_answer_that_cannot_be_read_is_asked_once_more(kind, canned, status, body, headers):
    canned.say(status, body, **headers)
    with pytest.raises(
        ContractViolation, match=r"is the address right|Is the address right|a cache or proxy in between"
    ) as caught:
        kind(canned.url).session_metrics.list()
    assert len(canned.seen) == 2
    assert caught.value.status == status
    kind.hang_up()


def test_an_answer_that_cannot_be_unpacked_is_asked_once_more(kind, canned):
    canned.say(200, b"[]", Content_Encoding="gzip", **JSON)
    with pytest.raises(ConnectionFailed, match="DecodingError"):
        kind(canned.url).session_metrics.list()
    assert len(canned.seen) == 2
    kind.hang_up()


def test_one_that_can_be_read_the_second_time_is_read(kind, canned):
    canned.say(200, PAGE).say(200, [])
    assert kind(canned.url).session_metrics.list() == []
    kind.hang_up()


def test_a_create_that_meets_a_login_page_is_over_soon_and_makes_no_second(kind, canned):
    canned.say(200, PAGE)
    with pytest.raises(OutcomeUnknown, match="login page"):
        kind(canned.url).session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"])
    assert [method for method, *_ in canned.seen] == ["POST", "GET", "GET"]
    kind.hang_up()


def test_a_byte_order_mark_is_read_over(kind, canned):
    canned.say(200, b"\xef\xbb\xbf[]", **JSON)
    assert kind(canned.url).session_metrics.list() == []
    assert len(canned.seen) == 1
    canned.answers[:] = []
    canned.say(404, b'\xef\xbb\xbf{"detail": "Evaluation run not found"}', **JSON)
    with pytest.raises(APIStatusError, match="404: Evaluation run not found"):
        kind(canned.url).session_runs.get(RUN)
    kind.hang_up()


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (300, {}, "300: neither an answer of the service nor a redirect"),
        (304, {}, "304: Not Modified, although nothing was asked"),
        (305, {}, "305: neither"),
        (
            301,
            {"Location": "https://login.example/?token=hunter2"},
            "301: a redirect to https://login.example, which is not",
        ),
        (302, {"Location": "/login"}, "302: a redirect, which is not followed"),
        (307, {"Location": "http://[::1"}, "307: a redirect, which is not followed"),
        (308, {}, "308: a redirect, which is not followed"),
        (407, {}, "407: the proxy wants a name and a password"),
        (511, {"Content_Type": "text/html"}, "511: this network wants a login"),
    ],
)
def test_an_answer_that_is_final_is_said_as_what_it_is_and_not_asked_again(kind, canned, status, headers, said):
    canned.say(status, PAGE if status == 511 else b"", **headers)
    panda = kind(canned.url)
    calls = (
        panda.session_metrics.list,
        lambda: panda.session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"]),
        lambda: panda.session_runs.delete(RUN),
    )
    for call in calls:
        with pytest.raises(ServerError if status == 511 else APIStatusError, match=f"^{said}") as caught:
            call()
        assert "hunter2" not in str(caught.value)
    assert len(canned.seen) == len(calls)
    kind.hang_up()


@pytest.mark.parametrize(
    ("status", "asked"), [("407 Proxy Authentication Required", 1), ("403 Forbidden", 1), ("503 Busy", 6)]
)
def test_a_proxy_that_refuses_the_tunnel_is_asked_once(kind, monkeypatch, status, asked):
    taken = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    taken.append(connection.recv(65_536))
                    connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        said = "the proxy refuses: .* See HTTPS_PROXY" if asked == 1 else "ProxyError"
        with pytest.raises(ConnectionFailed, match=said):
            kind("https://service.example", backoff=BackoffPolicy(base=0.01)).session_metrics.list()
        kind.hang_up()
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()
    assert len(taken) == asked
    assert all(request.startswith(b"CONNECT service.example:443") for request in taken)


def test_a_client_that_gives_up_soon_does_so_only_while_nothing_has_answered(kind, canned):
    """What the command line sets: a mistyped address is told from a service that is away for a while."""
    backoff = BackoffPolicy(unreached_attempts=2, base=0.01)
    panda = kind("http://127.0.0.1:9", backoff=backoff)
    with pytest.raises(ConnectionFailed) as caught:
        panda.session_metrics.list()
    assert len(caught.value.attempts) == 2
    with pytest.raises(ConnectionFailed):
        panda.session_runs.wait(RUN)  # which would go on for five minutes
    canned.say(200, [])
    panda = kind(canned.url, backoff=backoff)
    panda.session_metrics.list()
    kind.hang_up()
    canned.close()
    panda = kind(canned.url, backoff=BackoffPolicy(base=0.01))
    with pytest.raises(ConnectionFailed) as caught:
        panda.session_metrics.list()
    assert len(caught.value.attempts) == 6


def test_so_few_attempts_are_refused(kind):
    with pytest.raises(ValueError, match="unreached_attempts"):
        BackoffPolicy(unreached_attempts=0)
