"""An answer that repeats the credentials shows them to nobody: no error, attempt, log, pickle or frame, in whatever form."""

import base64
import codecs
import functools
import html
import io
import json
import logging
import pickle
import re
import textwrap
import threading
import time
import timeit
import traceback
from urllib.parse import quote

import httpx
import pytest
from pandaprobe_evals import ApiKey, BearerToken, OutcomeUnknown, PandaProbeError
from pandaprobe_evals.masking import MASK, Mask
from pandaprobe_evals.policy import BackoffPolicy
from pandaprobe_sandbox import PROJECT_ID, PROJECT_NAME

KEY = "sk_pp_" + "d15c105e4a7b" * 5 + "beef"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.h0l+Yc/ow~s4R3t00t3Ll-An_y0ne=="
FAST = BackoffPolicy(base=0.01, cap=0.01, settle=0.02, settle_answered=0.02, look_every=0.01, max_attempts=2)

FORMS = {
    "as it is": lambda it: it,
    "in a header": lambda it: f"X-API-Key: {it}\r\nHost: x",
    "in capitals": str.upper,
    "of a URL": lambda it: f"/login?next={quote(f'/a?key={it}&b=1', safe='')}",
    "of a URL, twice": lambda it: quote(quote(it, safe=""), safe=""),
    "of a URL, each byte": lambda it: "".join(f"%{ord(c):02x}" for c in it),
    "of JSON": lambda it: json.dumps(f'say "{it}"\n'),
    "of JSON, twice": lambda it: json.dumps(json.dumps({"headers": {"x-api-key": it}})),
    "of JSON, escaped": lambda it: "".join(f"\\u{ord(c):04x}" for c in it),
    "of JSON, careful of HTML": lambda it: it.replace("/", "\\/").replace("+", "\\u002b").replace("=", "\\u003d"),
    "of HTML": lambda it: html.escape(f"<b>{it}</b>"),
    "of HTML, each character": lambda it: "".join(f"&#{ord(c)};" for c in it),
    "of HTML, with zeros": lambda it: "".join(f"&#{ord(c):07};" for c in it),
    "of HTML, in hex": lambda it: "".join(f"&#x{ord(c):X};" for c in it),
    "repr of bytes": lambda it: repr({"x-api-key": it.encode()}),
    "base64": lambda it: base64.b64encode(it.encode()).decode(),
    "base64, of a header": lambda it: base64.b64encode(f"x-api-key: {it}".encode()).decode(),
    "base64, of a page": lambda it: base64.b64encode(
        f"GET / HTTP/1.1\r\nAuthorization: Bearer {it}\r\n".encode()
    ).decode(),
    "base64, in lines": lambda it: "\n".join(textwrap.wrap(base64.b64encode(f"k: {it}".encode()).decode(), 76)),
    "base64, for URLs": lambda it: base64.urlsafe_b64encode(f"?k={it}".encode()).decode().rstrip("="),
    "base64, twice": lambda it: base64.b64encode(base64.b64encode(f"a={it}".encode())).decode(),
    "hex": lambda it: it.encode().hex(),
    "hex, with colons": lambda it: ":".join(f"{ord(c):02X}" for c in it),
    "UTF-16": lambda it: it.encode("utf-16-le").decode("latin-1"),
    "its beginning": lambda it: f"{it[:20]}...",
    "its end": lambda it: f"...{it[-20:]}",
    "in lines": lambda it: "\n".join(textwrap.wrap(it, 20)),
    "rot nothing": lambda it: codecs.encode(it, "unicode_escape").decode(),
}


def windows(secret):
    return {
        text[at : at + 24]
        for text in (secret, *(form(secret) for form in FORMS.values()))
        for at in range(len(text) - 23)
    }


@functools.cache
def telling(secret):
    """What gives a secret away, in any form that the tests make, and is not of the form itself."""
    return windows(secret) - windows("".join("zy"[number % 2] for number in range(len(secret))))


def shows(text, secret):
    """What a text gives away of a secret."""
    return [part for part in telling(secret) if part in text]


@pytest.fixture(params=["key", "token", "provider"])
def given(request):
    """A secret, and the credentials that hold it."""
    if request.param == "key":
        return KEY, ApiKey(KEY, project=PROJECT_NAME)
    return TOKEN, BearerToken(TOKEN if request.param == "token" else lambda: TOKEN, project_id=PROJECT_ID)


def spilled(error):
    """Everything that a thorough error reporter writes down: messages, attributes, pickles, every frame's variables."""
    out = io.StringIO()
    out.writelines(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    seen, todo = set(), [error]
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        out.write(f"{one} {one!r} {vars(one)!r}")
        if isinstance(one, PandaProbeError):
            out.write(pickle.dumps(one, 0).decode("latin-1"))
        for frame, _ in traceback.walk_tb(one.__traceback__):
            for value in frame.f_locals.values():
                out.write(repr(value))
                headers = getattr(value, "headers", None)
                out.write(repr(getattr(headers, "raw", headers)))
                out.write(repr(getattr(value, "content", None) if isinstance(value, httpx.Response) else None))
                ours = type(value).__module__.startswith("pandaprobe_evals.")
                out.write(repr(getattr(value, "__dict__", None)) if ours else "")
        todo += [one.__cause__, one.__context__]
    return out.getvalue()


def caught_from(call):
    """What a call raises, without the frames of the test, which knows the secret."""
    with pytest.raises(Exception) as caught:  # noqa: PT011  (whatever it is, it shows nothing)
        call()
    return caught.value.with_traceback(caught.value.__traceback__.tb_next)


CREATE = {"session_ids": ["a"], "metrics": ["agent_reliability"]}


@pytest.mark.parametrize("where", ["detail", "error", "field", "page", "header", "body that breaks the contract"])
def test_no_form_of_an_echo_reaches_an_error(kind, canned, given, caplog, where):
    caplog.set_level(logging.DEBUG, "pandaprobe_evals")
    secret, auth = given
    echo = "\n".join(form(secret) for form in FORMS.values())
    match where:
        case "detail":
            canned.say(401, {"detail": echo})
        case "error":
            canned.say(429, {"error": echo}, Retry_After="9")
        case "field":
            canned.say(422, {"errors": [{"field": echo, "message": f"what is {echo}?"}]})
        case "page":
            canned.say(502, f"<html><pre>{echo}</pre></html>".encode(), Content_Type="text/html")
        case "header":
            line = re.sub(r"[^!-~]", " ", echo)
            canned.say(500, {"detail": "x"}, X_Request_ID=line, X_Debug=line)
        case _:
            canned.say(200, [{"name": echo}])
    panda = kind(canned.url, auth, backoff=FAST, deadline=2)
    for call in (panda.session_metrics.list, panda.session_runs.create_batch):
        error = caught_from(
            functools.partial(call, **(CREATE if call != panda.session_metrics.list else {}), deadline=0.5)
        )
        assert not shows(spilled(error), secret)
    assert not shows(caplog.text, secret)
    kind.hang_up()


def test_the_answer_of_a_lost_create_is_masked(kind, canned, given):
    secret, auth = given
    canned.say(502, f"<pre>X-API-Key: {secret}</pre>".encode(), Content_Type="text/html")
    error = caught_from(lambda: kind(canned.url, auth, backoff=FAST).session_runs.create_batch(**CREATE, deadline=0.3))
    assert isinstance(error, OutcomeUnknown)
    assert error.answer == f"<pre>X-API-Key: {MASK}</pre>"


def test_the_bare_functions_give_back_masked_errors(kind, canned, given):
    from pandaprobe_evals_api.api.session_metrics import list_session_metrics

    secret, auth = given
    canned.say(401, {"detail": f"unknown: {secret}"}, X_Debug=secret)
    answer = kind.bare(kind(canned.url, auth), list_session_metrics)
    assert answer.parsed.detail == f"unknown: {MASK}"
    assert answer.content == f'{{"detail": "unknown: {MASK}"}}'.encode()
    assert answer.headers["x-debug"] == MASK


def test_a_garbled_status_line_is_masked(kind, given, undertaker):
    import socket

    secret, auth = given
    listener = socket.create_server(("127.0.0.1", 0))

    def answer():
        for _ in range(2):
            connection, _ = listener.accept()
            connection.recv(65_536)
            connection.sendall(f"key {secret}\r\n\r\n".encode())
            connection.close()

    threading.Thread(target=answer, daemon=True).start()
    panda = kind(f"http://127.0.0.1:{listener.getsockname()[1]}", auth, backoff=FAST)
    error = caught_from(panda.session_metrics.list)
    assert "illegal status line" in str(error)
    assert not shows(spilled(error), secret)
    listener.close()


def test_a_good_answer_is_data_and_stays_as_it_came(kind, canned, given):
    secret, auth = given
    metric = {"name": secret, "description": f"measures {secret}", "category": "session"}
    canned.say(200, [metric])
    panda = kind(canned.url, auth)
    try:
        found = panda.session_metrics.list()
    except PandaProbeError as error:
        pytest.fail(f"{error}")
    assert found[0].name == secret


def test_tokens_that_were_renewed_are_masked_too(kind, canned):
    old, new = "first-" + TOKEN[::-1], TOKEN
    tokens = [old, new]
    canned.say(401, {"detail": f"{old} has expired"}).say(403, {"detail": f"{old} and {new} are one user's"})
    error = caught_from(
        kind(canned.url, BearerToken(lambda: tokens.pop(0), project_id=PROJECT_ID)).session_metrics.list
    )
    assert error.detail == f"{MASK} and {MASK} are one user's"


class Broken(Exception):
    """Of a transport of the user's own."""


@pytest.mark.parametrize("how", [Broken("x"), KeyboardInterrupt(), httpx.LocalProtocolError("x"), MemoryError()])
def test_no_frame_below_holds_the_request_whatever_ends_it(kind, given, how):
    """The transport keeps the headers in its own variables, as httpcore and h11 do."""
    secret, auth = given

    def send(request):
        kept = list(request.headers.raw)  # noqa: F841  (what is looked for)
        try:
            raise ValueError("a cause")
        except ValueError as cause:
            raise how from cause

    panda = kind("https://service.example", auth, transport=httpx.MockTransport(send))
    with pytest.raises(type(how)) as caught:
        panda.session_metrics.list()
    error = caught.value.with_traceback(caught.value.__traceback__.tb_next)
    assert "in send" in "".join(traceback.format_exception(error))  # where it happened is still told
    assert not shows(spilled(error), secret)


def test_what_was_handled_before_a_call_keeps_its_frames(kind, given):
    _, auth = given

    def send(_):
        raise Broken

    panda = kind("https://service.example", auth, transport=httpx.MockTransport(send))

    def fail():
        mine = "kept"  # noqa: F841  (what is looked for)
        raise LookupError

    try:
        fail()
    except LookupError as error:
        with pytest.raises(Broken):
            panda.session_metrics.list()
        frames = [frame.f_locals for frame, _ in traceback.walk_tb(error.__traceback__)]
    assert frames[-1]["mine"] == "kept"


@pytest.mark.parametrize("trouble", ["down", "slow", "cut", "refused", "status"])
def test_a_request_that_is_over_shows_no_credentials(kind, canned, given, trouble):
    secret, auth = given
    seen = []
    make = httpx.AsyncClient if kind.is_async else httpx.Client

    async def akeep(request):
        seen.append(request)

    own = make(event_hooks={"request": [akeep if kind.is_async else seen.append]})
    canned.say(403, {"detail": "no"}) if trouble != "cut" else canned.say(200, b"[", Content_Length="9")
    address = "http://127.0.0.1:9" if trouble == "down" else canned.url
    panda = kind(address, auth, http_client=own, backoff=FAST, timeout=1e-6 if trouble == "slow" else 0.3)
    call = (lambda: panda.session_runs.get("nope")) if trouble == "refused" else panda.session_metrics.list
    error = caught_from(call)
    assert not shows(spilled(error), secret)
    assert all(secret not in repr(request.headers.raw) for request in seen)
    assert seen or trouble == "refused"
    kind.run(own.aclose()) if kind.is_async else own.close()


@pytest.mark.parametrize("secret", [KEY, TOKEN], ids=["key", "token"])
@pytest.mark.parametrize("form", FORMS)
def test_a_mask_leaves_json_json_and_what_is_around_as_it_was(form, secret):
    body = json.dumps({"detail": f"before {FORMS[form](secret)} after", "code": 7})
    found = json.loads(Mask(lambda: [secret])(body))
    assert not shows(json.dumps(found), secret)
    assert found["code"] == 7
    assert found["detail"].startswith("before ")
    assert found["detail"].endswith(" after")
    assert MASK in found["detail"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Run not found: 3c90c3cc-0d44-4b50-8888-8dd25736052a",
        "API key sk_pp_d15c1... is revoked",
        "sk_pp_0000000000000000000000000000000000000000000000000000000000000000",
        base64.b64encode(b"something else that is long enough").decode(),
        "%E2%82%AC &euro; \\u20ac \u20ac",
    ],
)
def test_a_mask_leaves_what_is_no_credential(text):
    assert Mask(lambda: [KEY, TOKEN])(text) is text


def test_a_short_secret_is_masked_where_it_stands_and_a_tiny_one_is_in_every_text():
    assert Mask(lambda: ["hunter2"])("key hunter2, aHVudGVyMg==, HUNTER2") == f"key {MASK}, {MASK}, {MASK}"
    assert Mask(lambda: ["no"])("no, not that") == "no, not that"


def test_a_number_that_no_character_has_hides_nothing_and_breaks_nothing():
    hidden = "".join(f"&#{ord(character)};" for character in KEY)
    for number in ("9" * 5000, "0" * 5000 + "65"):
        assert MASK in Mask(lambda: [KEY])(f"&#{number};{hidden}")


SLOW = {
    "backslashes": "\\",
    "backslashes and letters": "\\a",
    "half characters": "&#1",
    "ampersands": "&a",
    "percent signs": "%25",
    "backslashes of a URL": "%5c",
    "base64": base64.b64encode(base64.b64encode(b"\\" * 300)).decode() + " ",
}


@pytest.mark.parametrize("unit", SLOW.values(), ids=SLOW)
def test_a_page_that_is_made_to_be_slow_to_look_through_is_not_much_slower_than_another(unit):
    """It holds up the whole process, whatever the deadline says."""
    mask, length = Mask(lambda: [KEY]), 10_000

    def seconds(part):
        text = (part * length)[:length]
        return min(timeit.repeat(lambda: mask(text), number=1, repeat=2, timer=time.process_time))

    assert seconds(unit) < 30 * seconds("error ")
