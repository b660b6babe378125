"""The ledger by itself: what it takes in, whose a chunk is, and what is in doubt."""

import contextlib
import json
import multiprocessing
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandaprobe_evals import InvalidArgument
from pandaprobe_evals.ledger import Ledger, LedgerUnusable, Plan
from pandaprobe_evals.ledger.origin import Origin

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


def edited(path, *statements):
    """What somebody does to a ledger by SQLite's own tool."""
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        for statement in statements:
            db.execute(statement)


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
        assert [str(file) for file in filled.parent.glob("*.alive")] == [json.loads(book._presence.name)]
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


def test_what_is_to_be_done_once_is_done_by_one_and_by_another_where_that_one_gave_up(path):
    done, begun = [], threading.Event()

    def wait_for(book):
        begun.set()
        with book.once("fresh") as to_do:
            done.append(to_do)

    with Ledger.create(path, plan(after={"fresh": True})) as one, Ledger.open(path) as other:
        thread = threading.Thread(target=wait_for, args=(other,))
        with contextlib.suppress(ZeroDivisionError), one.once("fresh") as to_do:
            assert to_do
            thread.start()
            assert begun.wait(60)
            thread.join(0.5)
            assert done == [], "it waits"
            raise ZeroDivisionError
        thread.join(60)
        assert done == [True]
        with one.once("fresh") as to_do:
            assert not to_do, "it is done"
    with Ledger.open(path) as third:
        assert third.plan.after == {"fresh": False}
    assert [each.name for each in path.parent.iterdir()] == [path.name]


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
    edited(filled, "update plan set format = 99")
    with pytest.raises(InvalidArgument, match="another version's format"):
        Ledger.open(filled)


def test_nobody_else_may_read_a_ledger_or_look_into_the_folder_that_was_made_for_it(tmp_path):
    path = tmp_path / "made" / "for" / "l"
    before = os.umask(0)
    try:
        with Ledger.create(path, plan()) as book:
            book.fill("abc")
            book.claim()
            modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
            assert set(modes.values()) == {0o600}, modes
    finally:
        os.umask(before)
    assert [folder.stat().st_mode & 0o777 for folder in (path.parent, path.parent.parent)] == [0o700, 0o700]
    path.chmod(0o644)
    with Ledger.open(path):
        assert path.stat().st_mode & 0o777 == 0o600


# --- which file it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize("link", ["symlink", "hard link"])
def test_a_ledger_is_one_by_whatever_name_it_is_opened(filled, tmp_path, link):
    other = tmp_path / "else" / "b"
    other.parent.mkdir()
    (other.symlink_to if link == "symlink" else other.hardlink_to)(filled)
    with Ledger.open(filled) as one, Ledger.open(other) as two:
        assert [one.claim().number, two.claim().number, one.claim().number] == [1, 2, 3]
        one.begin(1, 1.0)
        assert (one.claim(), two.claim()) == (None, None)
    assert [file.name for file in other.parent.iterdir()] == ["b"]


def test_a_ledger_may_be_renamed_between_two_resumes(filled, tmp_path):
    moved = tmp_path / "else" / "b"
    moved.parent.mkdir()
    filled.rename(moved)
    with Ledger.open(moved) as book:
        assert book.claim().number == 1
    with Ledger.open(moved) as book:
        assert book.claim().number == 1


def test_who_works_on_a_ledger_that_is_moved_away_stops_and_its_chunk_is_not_anothers(filled, tmp_path):
    with Ledger.open(filled) as one:
        one.claim()
        one.begin(1, 1.0)
        moved = filled.rename(tmp_path / "b")
        with Ledger.open(moved) as two:
            assert [two.claim().number, two.claim().number, two.claim()] == [2, 3, None]
            with pytest.raises(LedgerUnusable, match="was moved or deleted"):
                one.claim()


def test_a_ledger_with_two_names_of_which_neither_is_the_first_is_refused(filled, tmp_path):
    for name in "bc":
        (tmp_path / name).hardlink_to(filled)
    filled.unlink()
    with pytest.raises(InvalidArgument, match="delete all names but one"):
        Ledger.open(tmp_path / "b")
    (tmp_path / "c").unlink()
    with Ledger.open(tmp_path / "b") as book:
        assert book.claim().number == 1


def test_a_copy_is_refused_until_the_original_is_gone_and_then_looks_for_every_run(filled, tmp_path):
    copy = tmp_path / "copy"
    shutil.copy2(filled, copy)
    for moved in (None, 1.0):
        with pytest.raises(InvalidArgument, match="is a copy of"):
            Ledger.open(copy, moved=moved)
    filled.unlink()
    with pytest.raises(InvalidArgument, match="add --moved"):
        Ledger.open(copy)
    began = time.time()
    with Ledger.open(copy, moved=7.0) as book:
        chunk = book.claim()
        assert chunk.begun < began - 80_000
        assert chunk.settled_at == pytest.approx(began + 7, abs=5)
    with Ledger.open(copy) as book:  # it is the ledger from now on
        assert book.claim().begun is not None


def test_a_copy_on_another_machine_is_refused_and_who_works_on_the_original_sees_that_it_was_taken_over(
    filled, monkeypatch
):
    with Ledger.open(filled) as here:
        assert here.claim().number == 1
        with monkeypatch.context() as there:  # over a network file system
            there.setattr("pandaprobe_evals.ledger.origin._boot", lambda: "another")
            there.setattr("pandaprobe_evals.ledger.origin._machine", lambda: "another")
            with pytest.raises(
                InvalidArgument, match=r"elsewhere. If nothing works on the original any more, add --moved"
            ):
                Ledger.open(filled)
            Ledger.open(filled, moved=1.0).close()
        with pytest.raises(LedgerUnusable, match="was taken over"):
            here.claim()


def test_a_restart_of_the_machine_may_number_its_disks_anew(filled, monkeypatch):
    monkeypatch.setattr("pandaprobe_evals.ledger.origin._boot", lambda: "the next")
    recorded = Origin.of(filled)
    monkeypatch.setattr(Origin, "of", lambda path: replace(recorded, device=recorded.device + 1))
    with Ledger.open(filled) as book:
        assert book.claim().number == 1


def _begin_same(path, ready, go, results):
    ready.release()
    go.wait()
    try:
        with Ledger.create(path, plan()) as book:
            book.fill("abcde")
            results.put("created")
    except InvalidArgument as error:
        results.put(str(error))


@pytest.mark.parametrize("trials", [5, pytest.param(20, marks=pytest.mark.slow)])
def test_of_several_who_begin_one_ledger_at_once_one_does(tmp_path, trials):
    context = multiprocessing.get_context("fork")
    for trial in range(trials):
        path = tmp_path / f"l{trial}"
        ready, go, results = context.Semaphore(0), context.Event(), context.Queue()
        processes = [context.Process(target=_begin_same, args=(path, ready, go, results)) for _ in range(3)]
        for process in processes:
            process.start()
        for _ in processes:
            ready.acquire()
        go.set()
        told = sorted(results.get(timeout=60) for _ in processes)
        for process in processes:
            process.join()
        assert told == sorted(["created", *[f"{path} already exists; resume it, or name another ledger"] * 2])
        with Ledger.open(path) as book:
            assert len(book) == 3
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(f"l{trial}" for trial in range(trials))


def test_a_ledger_that_was_filled_meanwhile_is_not_filled_again(path):
    with Ledger.create(path, plan()) as one, Ledger.open(path) as other:
        one.fill("abcde")
        one.made(1, "run-1")
        other.fill("xyz")
        assert list(other.session_ids()) == list("abcde")
        assert other.run_ids() == ["run-1"]


# --- damaged and edited --------------------------------------------------------------------------------

EDITS = {
    "chunks deleted": ["delete from chunks where number > 1"],
    "all chunks deleted": ["delete from chunks"],
    "a chunk deleted and the others numbered anew": [
        "delete from chunks where number = 1",
        "update chunks set number = -number",
        "update chunks set number = -number - 1",
    ],
    "a chunk twice": [
        "insert into chunks select number + 1000, sessions, ids, digest, null, null, null, null, seal from chunks limit 1"
    ],
    "ids that are no JSON": ["update chunks set ids = 'nonsense' where number = 2"],
    "ids that are other JSON": ["update chunks set ids = '{}' where number = 2"],
    "an id changed": ["update chunks set ids = '[\"x\"' || substr(ids, 5)"],
    "an id left out": ["update chunks set ids = '[\"c\"]', sessions = 1 where number = 2"],
    "ids that are bytes": ["update chunks set ids = x'ff00' where number = 2"],
    "ids that are not UTF-8": ["update chunks set ids = cast(x'5b22ff225d' as text) where number = 2"],
    "sessions that are text": ["update chunks set sessions = 'two' where number = 2"],
    "begun that is text": ["update chunks set begun = 'yesterday' where number = 2"],
    "begun taken back": ["update chunks set begun = null"],
    "an owner that is none": ["update chunks set owner = 'me' where number = 2"],
    "an owner that is a number": ["update chunks set owner = 7 where number = 2"],
    "a run that is none": ["update chunks set run_id = 'no run' where number = 2"],
    "a run taken back": ["update chunks set run_id = null"],
    "one run for two chunks": ["update chunks set run_id = (select run_id from chunks where number = 1)"],
    "no plan": ["delete from plan"],
    "two plans": ["insert into plan select * from plan"],
    "a plan that is no JSON": ["update plan set content = 'nonsense'"],
    "a plan that is null": ["update plan set content = null"],
    "a plan without metrics": ["update plan set content = '{}'"],
    "another project": ["update plan set content = replace(content, 'project', 'project2')"],
    "another job": ["update plan set job = 'another'"],
    "no origin": ["update plan set origin = null"],
    "an origin that is none": ["update plan set origin = '[1]'"],
    "counts that are null": ["update plan set sessions = null, chunks = null"],
    "counts that are text": ["update plan set chunks = 'many'"],
    "not filled any more": ["update plan set filled = 0"],
    "no table of chunks": ["drop table chunks"],
    "no table of plans": ["drop table plan"],
    "a column less": ["alter table chunks drop column settled_at"],
    "a null for a format": ["update plan set format = null"],
}


@pytest.mark.parametrize("edits", EDITS.values(), ids=EDITS)
def test_an_edited_ledger_is_refused_in_words(filled, edits):
    with Ledger.open(filled) as book:
        book.claim()
        book.begin(1, 5.0)
        book.made(1, "run-1")
        book.claim()
        book.begin(2, 6.0)
    edited(filled, *edits)
    with pytest.raises(
        InvalidArgument, match=r"was damaged or edited: .+Nothing was sent|not a ledger|another version"
    ):
        Ledger.open(filled)


def test_a_complaint_names_what_is_missing(filled):
    edited(filled, "delete from chunks where number = 2")
    with pytest.raises(InvalidArgument, match="1 of 3 chunks is missing, 2; 3 of 5 sessions are as they were written"):
        Ledger.open(filled)


def test_whatever_byte_of_a_ledger_is_damaged_it_is_whole_or_refused(tmp_path):
    """Cut anywhere, and overwritten anywhere: never another error, never another content."""
    path = tmp_path / "l"
    with Ledger.create(path, plan(chunk=50)) as book:
        book.fill(f"session-{number}" for number in range(500))
        whole = list(book.session_ids())
    content = path.read_bytes()
    refused = sound = tried = 0
    open_before = _open_files()
    for at in [*range(0, len(content), 997), *range(100)]:
        for damaged in (content[:at], content[:at] + b"\xa7" * 16 + content[at + 16 :]):
            path.write_bytes(damaged)
            tried += 1
            try:
                with Ledger.open(path) as book:
                    assert list(book.session_ids()) == whole
                    assert book.run_ids() == []
            except (InvalidArgument, LedgerUnusable) as error:
                refused += str(path) in str(error)
            else:
                sound += 1
    assert refused + sound == tried
    assert refused > 50
    assert _open_files() <= open_before


def _open_files():
    """How many files this process has open, where the system tells: a refused ledger's is none of them."""
    told = pathlib.Path("/proc/self/fd")
    return len(list(told.iterdir())) if told.exists() else 0


def _folder(path):
    path.mkdir()


def _pipe(path):
    os.mkfifo(path)


def _foreign(path):
    edited(path, "create table plan (a integer)", "insert into plan values (1)")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_folder, "is a folder, not a ledger"),
        (_pipe, "is not an ordinary file"),
        (_foreign, "is not a ledger"),
        (lambda path: path.touch(), "is empty, so not a ledger"),
        (lambda path: path.write_text("s-1\ns-2\n" * 200), "is not a ledger"),
        (lambda path: path.write_bytes(b"SQLite format 3\0"), "is not a ledger|damaged"),
        (lambda path: path.symlink_to("nowhere"), "there is no such file"),
        (lambda path: None, "there is no such file"),
    ],
)
def test_what_is_no_ledger_is_said_to_be_none(path, make, said):
    make(path)
    with pytest.raises(InvalidArgument, match=said):
        Ledger.open(path)


def test_a_disk_that_takes_no_more_is_said_with_the_path(filled, tmp_path):
    """A limit on the size of files stands for a full disk: the same failed write."""
    code = (
        "import resource, sys; from pathlib import Path; from pandaprobe_evals.ledger import Ledger, LedgerUnusable\n"
        "with Ledger.open(Path(sys.argv[1])) as book:\n"
        "    book._presence.show(); resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "    try: book.claim()\n"
        "    except LedgerUnusable as error: print(error)\n"
    )
    said = subprocess.run([sys.executable, "-c", code, filled], capture_output=True, text=True, check=True)
    assert str(filled) in said.stdout, said.stderr
    assert "is it full" in said.stdout
    with Ledger.open(filled) as book:
        assert book.claim().number == 1


def test_a_disk_that_is_full_while_the_ids_are_read_leaves_nothing_behind(tmp_path):
    code = (
        "import resource, sys; from pathlib import Path; from pandaprobe_evals.ledger import Ledger, Plan\n"
        "book = Ledger.create(Path(sys.argv[1]), Plan(base_url='https://x', project='p', metrics=('m',), chunk=1000))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try: book.fill('x' * 1000 + str(number) for number in range(20_000))\n"
        "except Exception as error: print(error)\n"
        "book.remove()\n"
    )
    said = subprocess.run([sys.executable, "-c", code, tmp_path / "l"], capture_output=True, text=True, check=True)
    assert said.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_journal_that_another_ledger_left_is_not_taken_for_the_new_ones(path):
    path.with_name("l-journal").write_bytes(b"left behind")
    with pytest.raises(InvalidArgument, match="l-journal is there, of a ledger"):
        Ledger.create(path, plan())


def test_no_room_for_temporary_files_names_their_folder(tmp_path):
    code = (
        "import resource; from pandaprobe_evals.ledger import distinct\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "with distinct() as is_new: [is_new('x' * 10_000 + str(n)) for n in range(10_000)]\n"
    )
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env)
    assert f"{tmp_path}: no temporary file for finding duplicates" in said.stderr
