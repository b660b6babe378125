"""An address, a key or a project that was mistyped or copied with too much is refused before anything is sent to anybody."""

import socket

import pytest
from pandaprobe_evals import ApiKey, BearerToken, InvalidArgument, PandaProbeError
from pandaprobe_sandbox import API_KEY

WRONG = {
    "port above 65535": ("https://localhost:65536", "port 65536 is not one from 1 to 65535"),
    "port that is another's minus 65536": ("http://127.0.0.1:{port+65536}", "is not one from 1 to 65535"),
    "port of six digits": ("http://127.0.0.1:123456", "cannot be read|is not one from 1 to 65535"),
    "port 0": ("https://localhost:0", "port 0 is not one from 1 to 65535"),
    "port that is none": ("https://localhost:http", "cannot be read: Invalid port"),
    "negative port": ("https://localhost:-1", "port -1 is not one from 1 to 65535"),
    "empty label": ("https://api..example.com", "empty part between its dots"),
    "leading dot": ("https://.example.com", "empty part between its dots"),
    "two dots at the end": ("https://example.com..", "empty part between its dots"),
    "long label": (f"https://{'a' * 64}.example.com", "has 64 characters; 63 is the most"),
    "long name": (f"https://{'.'.join(['a' * 60] * 5)}", "has 304 characters; 253 is the most"),
    "space in the host": ("https://api example.com", "white space"),
    "space before": (" https://api.example.com", "white space"),
    "line break after": ("https://api.example.com\n", "white space"),
    "no-break space": ("https://api.example.com\u00a0", "white space"),
    "tab": ("https://api\t.example.com", "white space"),
    "invisible": ("https://api\u200b.example.com", "control character"),
    "query": ("https://api.example.com/?project=x", r"has a query; leave out everything from the '\?' on"),
    "empty query": ("https://api.example.com?", "has a query"),
    "fragment": ("https://api.example.com/#/runs", "has a fragment; leave out everything from the '#' on"),
    "user": ("https://hunter2@api.example.com", "a user name or password in it"),
    "password with a slash": ("https://u:hun/ter2@api.example.com", "cannot be read$"),
    "no scheme": ("api.example.com", "has no scheme; write https://api.example.com"),
    "no scheme, this machine": ("localhost:8000/v1", "has no scheme; write http://localhost:8000/v1"),
    "relative scheme": ("//api.example.com", "has no scheme; write https://api.example.com"),
    "one slash": ("https:/api.example.com", "has no scheme; write it like https://"),
    "a key": (API_KEY, "what was given has no scheme"),
    "ftp": ("ftp://api.example.com", "is not an http or https address"),
    "twice": ("https://https://api.example.com", "has two schemes"),
    "no host": ("https://", "is not an http or https address"),
    "only a path": ("https:///v1", "is not an http or https address"),
    "quotes": ('"https://api.example.com"', "is in quotes; leave them out"),
    "single quotes": ("'https://api.example.com'", "is in quotes; leave them out"),
    "IPv6 zone": ("https://[fe80::1%25eth0]:8000", "names a network interface"),
    "IPv6 without brackets": ("http://::1:8000", "cannot be read"),
    "IPv6 cut off": ("http://[::1", "cannot be read"),
    "IPv6 that is none": ("https://[fe80::zz]", "cannot be read|has a character"),
    "IPv4 that is none": ("https://256.1.1.1", "cannot be read"),
    "emoji": ("https://\N{SNOWMAN}.example", "cannot be read: Invalid IDNA"),
    "bad punycode": ("https://xn--a.example", "cannot be read"),
    "percent": ("https://%41.example.com", "has a character that host names cannot have"),
    "brackets": ("https://<host>.example.com", "has a character that host names cannot have"),
    "comma": ("https://a.example.com,b.example.com", "has a character that host names cannot have"),
    "dash at an end": ("https://-a.example.com", "'-' at an end"),
    "backslash": ("https://api.example.com\\v1", "backslash"),
}  # fmt: skip


@pytest.mark.parametrize(("address", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_address_is_refused_at_once_with_what_to_do(kind, address, said):
    address = address.replace("{port+65536}", str(8000 + 65_536))
    with pytest.raises(InvalidArgument, match=rf"^base_url: .*({said})") as caught:
        kind(address, allow_http=True)
    for secret in ("hunter2", "hun/ter2", API_KEY):
        assert secret not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "https://api.example.com:65535", "https://api.example.com.", "https://my_service", "https://a--b.example",
        "https://xn--bcher-kva.example", "https://[2001:db8::1]:8443/base", "https://10.0.0.1",
        f"https://{'a' * 63}.example.com", "https://gateway.example/@team/v1",
    ],
)  # fmt: skip
def test_an_unusual_address_that_works_is_taken(kind, address):
    assert kind(address).base_url == address


def test_an_international_name_is_taken_as_the_resolver_knows_it(kind):
    assert kind("https://b\u00fccher.example").base_url == "https://xn--bcher-kva.example"


def test_nothing_is_sent_to_the_port_that_is_left_of_one_above_65535(kind):
    """A blocking connect takes the port modulo 65536: whoever listens there would get the key."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        with pytest.raises(InvalidArgument):
            kind(f"http://127.0.0.1:{listener.getsockname()[1] + 65_536}").session_metrics.list(deadline=1)
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize("quote", ['""', "''", "``", "\u201c\u201d"])
def test_quotes_around_credentials_are_named(quote):
    for make, said in (
        (lambda text: ApiKey(text, project="x"), "^key: it is in quotes; leave them out"),
        (lambda text: BearerToken(text, project_id="11111111-1111-4111-8111-111111111111"), "^token: it is in quotes"),
        (lambda text: ApiKey(API_KEY, project=text), r"^project: .*\. It is in quotes; leave them out"),
        (lambda text: BearerToken("t", project_id=text), r"^project_id: .*\. It is in quotes; leave them out"),
    ):
        with pytest.raises(InvalidArgument, match=said) as caught:
            make(f"{quote[0]}{API_KEY}{quote[1]}")
        if "project" not in said:
            assert API_KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("$PANDAPROBE_API_KEY", "placeholder"),
        ("${KEY}", "placeholder"),
        ("<your key>", "placeholder"),
        ("{{ key }}", "placeholder"),
        (f"Bearer {API_KEY}", "leave out the word Bearer"),
        (7, "must be a str"),
        ("", "is empty"),
    ],
)
def test_what_stands_where_a_key_should_is_named(key, said):
    with pytest.raises(InvalidArgument, match=f"^key: .*{said}"):
        ApiKey(key, project="x")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PANDAPROBE_ENDPOINT", "https://api.example.com:70000"),
        ("PANDAPROBE_ENDPOINT", "api.example.com"),
        ("PANDAPROBE_API_KEY", f'"{API_KEY}"'),
        ("PANDAPROBE_PROJECT_NAME", '"my agents"'),
    ],
)
def test_a_wrong_variable_is_named(kind, variable, value):
    environ = {"PANDAPROBE_API_KEY": API_KEY, "PANDAPROBE_PROJECT_NAME": "my agents", variable: value}
    with pytest.raises(PandaProbeError, match=f"^{variable}: ") as caught:
        kind.from_env(environ)
    assert API_KEY not in str(caught.value)
