"""A long list is made models piece by piece: as if it were read whole, whatever is in it and whatever is wrong with it."""

import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandaprobe_evals import ApiKey, BackoffPolicy, ContractViolation, PandaProbe, ServerError, contract
from pandaprobe_evals.contract import PIECE, Unreadable, check_pieces, operations, parse_json, parse_pieces

from bench.scored import run_id, score

NUMBER = 200
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "a", "{", '"id"', "ü"]), inner),
    max_leaves=6,
)


def beginning_alike(values):
    """Objects whose first name is the same."""
    rest = st.dictionaries(st.sampled_from(["a", "},{"]), values)
    return st.tuples(values, rest).map(lambda both: {"id": both[0], **both[1]})


ITEMS = st.lists(beginning_alike(VALUES), min_size=1, max_size=20)
SPACES = st.text(" \t\r\n", max_size=2).map(str.encode)
SIZES = st.integers(1, 200)


@st.composite
def bodies(draw, lists):
    """A list as bytes, in one of the ways in which JSON is written."""
    separators = draw(st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", " :\t")]))
    said = json.dumps(draw(lists), ensure_ascii=draw(st.booleans()), separators=separators)
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + draw(SPACES) + said.encode() + draw(SPACES)


def in_pieces(body, size):
    """What is read by pieces, and how many there were; None where it is not."""
    try:
        pieces = list(parse_pieces(body, size))
    except Unreadable:
        return None, 0
    return [item for piece in pieces for item in piece], len(pieces)


def whole(body):
    try:
        return parse_json(body)
    except Unreadable:
        return None


@given(bodies(st.lists(VALUES, max_size=8) | ITEMS | st.lists(ITEMS, max_size=3)), SIZES)
def test_what_is_read_by_pieces_is_the_list(body, size):
    items, _ = in_pieces(body, size)
    assert items is None or repr(items) == repr(json.loads(body.decode("utf-8-sig")))


@given(bodies(st.lists(beginning_alike(st.text(max_size=20) | st.floats(0, 1)), min_size=10, max_size=30)))
def test_a_list_of_objects_that_begin_alike_is_read_by_pieces(body):
    items, pieces = in_pieces(body, 1_000)
    assert items == whole(body)
    assert pieces > 1 or len(body) <= 1_010


@given(bodies(ITEMS), SIZES, st.data())
def test_what_is_cut_off_is_not_read(body, size, data):
    body = body.rstrip()
    cut = data.draw(st.integers(0, len(body) - 1))
    assert in_pieces(body[:cut], size) == (None, 0)


@given(bodies(ITEMS), SIZES, st.data())
def test_what_is_garbled_is_read_as_it_is_whole_or_not(body, size, data):
    at = data.draw(st.integers(0, len(body)))
    said = body[:at] + data.draw(st.sampled_from([b",", b"]", b"[", b"}", b'"', b"\xff", b"NaN", b'{"id"'])) + body[at:]
    items, _ = in_pieces(said, size)
    assert items is None or repr(items) == repr(whole(said))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"[]",
        b"{}",
        b"[1]",
        b'[{"id":"\xff"}]',
        b'[{"id":NaN}]',
        b'[{"id":1},]',
        b'[{"id":1},,{"id":2}]',
        b'[{"id":1}]]',
        b'[{"id":1}],[{"id":2}]',
    ],
)
def test_what_is_no_list_of_objects_is_not_read(body):
    for size in range(1, 30):
        assert in_pieces(body, size) == (None, 0)


def long(**last):
    """Scores in more bytes than a piece has, the last one changed."""
    said = [score(0, each) for each in range(NUMBER)]
    said[-1] |= last
    return said


def read(content, content_type="application/json"):
    """What a client makes of an answer, and the number of its requests."""
    asked = []

    def answer(request):
        asked.append(request)
        return httpx.Response(200, content=content, headers={"Content-Type": content_type})

    backoff = BackoffPolicy(max_attempts=2, base=0)
    transport = httpx.MockTransport(answer)
    with PandaProbe(
        ApiKey("sk_pp_a", "a"), base_url="http://127.0.0.1:9", transport=transport, backoff=backoff
    ) as panda:
        try:
            return panda.session_runs.scores(run_id(0)), len(asked)
        except (ContractViolation, ServerError) as error:
            return error, len(asked)


@pytest.fixture
def by_pieces(monkeypatch):
    """How often a list was read by pieces, to its end."""
    times = []

    def counted(*given):
        yield from check_pieces(*given)
        times.append(given)

    monkeypatch.setattr(contract, "check_pieces", counted)
    return times


def test_a_long_list_is_made_the_models_that_a_short_one_is(by_pieces):
    said = long()
    found, requests = read(json.dumps(said).encode())
    assert (len(by_pieces), requests) == (1, 1)
    short = [read(json.dumps([each]).encode())[0][0] for each in said]
    assert len(by_pieces) == 1
    assert found == short


def test_an_item_that_breaks_the_contract_is_told_as_of_a_list_that_is_read_whole(by_pieces):
    body = json.dumps(long(value=7)).encode()
    error, requests = read(body)
    assert (by_pieces, requests) == ([], 1)
    assert isinstance(error, ContractViolation)
    assert error.pointer == f"/{NUMBER - 1}/value"
    with pytest.raises(ContractViolation) as told:
        contract.check(operations()["list_session_eval_run_scores"], 200, "application/json", body)
    assert (error.message, error.expected, error.value) == (told.value.message, told.value.expected, told.value.value)


def test_an_answer_that_is_cut_off_is_asked_for_again(by_pieces):
    body = json.dumps(long()).encode()
    assert len(body) > 2 * PIECE
    for cut in (PIECE + 1, 2 * PIECE, len(body) - 1):
        error, requests = read(body[:cut])
        assert "is not JSON" in str(error)
        assert requests > 1
    assert not by_pieces


def test_json_that_is_called_another_type_is_refused(by_pieces):
    error, _ = read(json.dumps(long()).encode(), "text/html")
    assert "text/html" in str(error)
    assert not by_pieces


def test_whoever_asks_the_answer_for_its_json_gets_json():
    seen = []
    body = json.dumps(long()).encode()
    answer = httpx.MockTransport(
        lambda _: httpx.Response(200, content=body, headers={"Content-Type": "application/json"})
    )
    with PandaProbe(ApiKey("sk_pp_a", "a"), base_url="http://127.0.0.1:9", transport=answer) as panda:
        panda.api.get_httpx_client().event_hooks = {"response": [lambda response: seen.append(response.json())]}
        found = panda.session_runs.scores(run_id(0))
    assert seen == [json.loads(body)]
    assert len(found) == NUMBER
