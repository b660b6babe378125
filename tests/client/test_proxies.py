"""Proxies of the environment: they carry what is for other machines, and see nothing of what is for this one."""

import os
import subprocess
import sys

import httpx
import pytest
from pandaprobe_evals import ConnectionFailed, InvalidArgument
from pandaprobe_evals.proxies import proxy_for
from pandaprobe_sandbox import API_KEY, PROJECT_NAME

VARIABLES = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
REACHED = ["127.0.0.1", "127.1", "0x7f.1", "017700000001", "2130706433", "localhost", "LOCALHOST", "0.0.0.0", "0"]
"""This machine, in spellings by which every resolver finds it."""
NAMED = [
    "127.9.9.9",
    "localhost.",
    "panda.localhost",
    "Panda.LocalHost.",
    "127.0.0.1.",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::FFFF:7f00:1]",
    "[::ffff:127.9.9.9]",
]
"""This machine, in spellings by which some find it."""


@pytest.fixture
def proxy(canned, monkeypatch):
    """A proxy that answers by itself and keeps what it was asked."""
    for name in (*VARIABLES, "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    return canned.say(200, [])


def test_a_proxy_of_the_environment_is_used_for_another_machine(kind, proxy, monkeypatch):
    monkeypatch.setenv("http_proxy", proxy.url)
    assert kind("http://service.example", allow_http=True).session_metrics.list() == []
    assert proxy.seen[0][1] == "http://service.example/evaluations/session-metrics"
    kind.hang_up()


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("host", REACHED)
def test_what_is_for_this_machine_reaches_it_without_a_proxy(kind, proxy, url, sandbox, monkeypatch, variable, host):
    monkeypatch.setenv(variable, proxy.url)
    assert len(kind(url.replace("127.0.0.1", host)).session_metrics.list()) == 2
    assert proxy.seen == []
    assert len(sandbox.requests) == 1
    kind.hang_up()


@pytest.mark.parametrize("host", NAMED)
def test_a_proxy_sees_nothing_of_what_is_for_this_machine_whether_or_not_it_is_found(kind, proxy, monkeypatch, host):
    for variable in VARIABLES:
        monkeypatch.setenv(variable, proxy.url)
    with pytest.raises(ConnectionFailed):
        kind(f"http://{host}:9", deadline=0.3).session_metrics.list()
    assert proxy.seen == []


@pytest.mark.slow
@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("words", [["metrics"], ["doctor"], ["contract", "check"]], ids=" ".join)
def test_no_command_shows_the_key_to_a_proxy(proxy, url, sandbox, variable, words):
    settings = {"PANDAPROBE_API_KEY": API_KEY, "PANDAPROBE_PROJECT_NAME": PROJECT_NAME, "PANDAPROBE_ENDPOINT": url}
    subprocess.run(
        [sys.executable, "-m", "pandaprobe_evals.cli", *words],
        env={**os.environ, **settings, variable: proxy.url},
        check=words != ["contract", "check"],
        capture_output=True,
        timeout=120,
    )
    assert proxy.seen == []
    assert sandbox.requests


def test_the_specification_of_a_service_on_this_machine_is_read_without_a_proxy(proxy, url, monkeypatch):
    import pandaprobe_conformance as conformance

    monkeypatch.setenv("http_proxy", proxy.url)
    with pytest.raises(conformance.NotComparable, match="answers 404"):
        conformance.read(f"{url}/nothing")
    assert proxy.seen == []


# --- what the environment says wrongly, or in ways of its own -------------------------------------------


@pytest.mark.parametrize(
    ("host", "excepted"),
    [
        ("[fd00::7]", "fd00::/8"),
        ("[fd00::7]", "[fd00::7]"),
        ("[fd00::7]", "[fd00::7]:9"),
        ("[fd00::7]", "fd00:0:0::7"),
        ("[fd00::7]", "[fd00::]/8"),
        ("10.1.2.3", "10.0.0.0/8"),
        ("167838211", "10.0.0.0/8"),
        ("[::ffff:10.1.2.3]", "10.0.0.0/8"),
        ("10.1.2.3", "[::ffff:10.1.2.3]"),
        ("xn--mnchen-3ya.example", "münchen.example"),
        ("10.1.2.3", "10.1.2.3:9"),
        ("a.service.example", "service.example"),
        ("a.service.example", ".service.example"),
        ("a.service.example", "*.service.example"),
        ("A.Service.Example", "other.example, a.SERVICE.example."),
        ("a.service.example", "http://a.service.example"),
        ("a.service.example", "*"),
    ],
)
def test_what_no_proxy_has_is_reached_without_a_proxy(proxy, monkeypatch, host, excepted):
    monkeypatch.setenv("http_proxy", proxy.url)
    assert proxy_for(httpx.URL(f"http://{host}:9")).source == "http_proxy"
    monkeypatch.setenv("NO_PROXY", excepted)
    assert proxy_for(httpx.URL(f"http://{host}:9")) is None


@pytest.mark.parametrize(
    "excepted",
    ["fe80::/10", "[::1]", "10.0.0.0/99", "[", ":::", "a..b", "10.1.2.3:8080", "nother.example", ",,", "\u2603"],
)
def test_what_no_proxy_has_not_goes_through_the_proxy(kind, proxy, monkeypatch, excepted):
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("NO_PROXY", excepted)
    assert kind("http://another.example", allow_http=True).session_metrics.list() == []
    assert len(proxy.seen) == 1
    kind.hang_up()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:9", r"pip install 'httpx\[socks\]'"),
        ("HTTPS_PROXY", "socks5h://127.0.0.1:9", r"pip install 'httpx\[socks\]'"),
        ("https_proxy", "socks4://127.0.0.1:9", "'socks4' is not a kind of proxy"),
        ("https_proxy", "http://127.0.0.1:70000", "port 70000 is not one from 1 to 65535"),
        ("https_proxy", "http://u:hunter2@[::1", "cannot be read"),
        ("https_proxy", "http://a..b:9", "empty part"),
        ("https_proxy", "http://", "has no host"),
        ("https_proxy", "'http://127.0.0.1:9'", "in quotes"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named(kind, proxy, monkeypatch, variable, value, said):
    monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidArgument, match=f"^{variable}: .*{said}") as caught:
        kind("https://service.example")
    assert "hunter2" not in str(caught.value)
    monkeypatch.setenv("NO_PROXY", "service.example")
    kind("https://service.example")  # which has no use for it


def test_a_proxy_that_is_not_used_may_be_whatever_it_is(kind, proxy, monkeypatch, url):
    for variable in ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(variable, "socks9://:::")
    assert kind(url).session_metrics.list()
    kind.hang_up()
