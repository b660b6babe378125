"""The ledger by itself: what it takes in, whose a chunk is, and what is in doubt."""

import multiprocessing
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandaprobe_evals import InvalidArgument
from pandaprobe_evals.ledger import Ledger, Plan

FORK = multiprocessing.get_context("spawn")


def plan(**more):
    return Plan(**{"base_url": "https://x", "project": "p", "metrics": ("m",), "chunk": 2, **more})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "l"


@pytest.fixture
def filled(path):
    """A ledger with chunks (a b), (c d) and (e)."""
    with Ledger.create(path, plan(name="nightly")) as book:
        book.fill("abcde")
    return path


@settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))
@given(
    ids=st.lists(st.text("ab\u00e9'\"\n, ", min_size=1, max_size=3), min_size=1, max_size=30), chunk=st.integers(1, 7)
)
def test_every_id_is_kept_once_in_order_whatever_the_chunks(tmp_path_factory, ids, chunk):
    path = tmp_path_factory.mktemp("l") / "l"
    with Ledger.create(path, plan(chunk=chunk)) as book:
        book.fill(iter(ids))
        once = list(dict.fromkeys(ids))
        assert list(book.session_ids()) == once
        assert (book.sessions, book.duplicates) == (len(once), len(ids) - len(once))
        assert [line.sessions for line in book.lines()] == [
            len(once[i : i + chunk]) for i in range(0, len(once), chunk)
        ]


def test_a_ledger_that_cannot_be_filled_stays_empty(path):
    def broken():
        yield "a"
        yield "b"
        yield "c"
        raise InvalidArgument("line 4")

    with Ledger.create(path, plan()) as book:
        with pytest.raises(InvalidArgument, match="line 4"):
            book.fill(broken())
        with pytest.raises(InvalidArgument, match="too many"):
            book.fill("abc", most=2, too_many="too many")
        assert (len(book), book.filled) == (0, False)
        book.fill("abc", most=3)
        assert (len(book), book.filled) == (2, True)


def test_what_was_begun_and_has_no_run_is_in_doubt_and_comes_first(filled):
    with Ledger.open(filled) as book:
        assert [book.claim().number, book.claim().number] == [1, 2]
        book.begin(2, 1000.5)
    with Ledger.open(filled) as book:
        assert [line.in_doubt for line in book.lines()] == [False, True, False]
        first, second, third = book.claim(), book.claim(), book.claim()
        assert [(chunk.number, chunk.begun) for chunk in (first, second, third)] == [(1, None), (2, 1000.5), (3, None)]
        assert book.claim() is None


def test_a_chunk_of_the_living_is_left_to_them(filled):
    with Ledger.open(filled) as one, Ledger.open(filled) as other:
        assert one.claim().number == 1
        one.begin(1, 1.0)
        assert [other.claim().number, other.claim().number] == [2, 3]
        assert other.claim() is None
        one.leave(1, 99.0)  # its outcome could not be found out
        chunk = other.claim()
        assert (chunk.number, chunk.begun, chunk.settled_at) == (1, 1.0, 99.0)


def _claim_and_hang(path, claimed):
    book = Ledger.open(path)
    chunk = book.claim()
    book.begin(chunk.number, 7.0)
    claimed.set()
    multiprocessing.Event().wait()


def test_a_chunk_of_the_dead_is_anothers_and_what_they_sent_last_is_not_settled(filled):
    claimed = FORK.Event()
    process = FORK.Process(target=_claim_and_hang, args=(filled, claimed))
    process.start()
    assert claimed.wait(60)
    with Ledger.open(filled) as book:
        assert book.claim().number == 2
        process.kill()
        process.join()
        chunk = book.claim()
        assert (chunk.number, chunk.begun, chunk.settled_at) == (1, 7.0, None)
        assert not [
            file for file in filled.parent.glob("*.alive") if not file.name.endswith(f"{book._presence.name}.alive")
        ]
    assert [file.name for file in filled.parent.iterdir()] == ["l"]


def test_what_is_known_not_to_have_made_a_run_is_sent_as_if_for_the_first_time(filled):
    with Ledger.open(filled) as book:
        book.claim()
        book.begin(1, 5.0)
        book.not_made(1)
        chunk = book.claim()
        assert (chunk.number, chunk.begun) == (1, None)
        book.made(1, "run-1")
        assert book.run_ids() == ["run-1"]
        assert book.open_chunks() == 2


def test_names_tell_the_runs_of_one_ledger_apart_from_all_others(filled, tmp_path):
    with Ledger.open(filled) as book:
        assert [book.run_name(number) for number in (1, 3)] == [
            f"nightly 1/3 [{book.job}]",
            f"nightly 3/3 [{book.job}]",
        ]
        job = book.job
    with Ledger.create(tmp_path / "other", plan(chunk=5)) as other:
        other.fill("abcde")
        assert other.job != job
        assert other.run_name(1) is None  # a single run is named as asked: not at all


def test_a_ledger_of_another_format_is_refused(filled):
    with sqlite3.connect(filled) as db:
        db.execute("update plan set format = 99")
    db.close()
    with pytest.raises(InvalidArgument, match="another version's format"):
        Ledger.open(filled)


def test_nobody_else_may_read_a_ledger(filled):
    assert filled.stat().st_mode & 0o077 == 0
