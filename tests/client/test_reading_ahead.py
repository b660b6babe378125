"""Pages that are read at the same time: as few requests, each item once, and no more kept however long the list is."""

import gc
import itertools
import signal
import subprocess
import sys
import threading
import time
import weakref
from contextlib import suppress
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandaprobe_evals import ApiKey, InvalidArgument, PandaProbe, PandaProbeError, contract, paging
from pandaprobe_evals.flow import AtOnce, Emit
from pandaprobe_evals_api.models import SessionScore
from pandaprobe_sandbox import API_KEY, PROJECT_NAME, HeldClock, Sandbox

from bench.scored import Handler, Server, run_id, session_id

SCORES = contract.operations()["list_session_scores"]


class Item:
    """One of a list."""

    def __init__(self, number):
        self.id = number


class Shelf:
    """A list as a service has it, and whoever reads it through `pages_of`, page after page."""

    def __init__(self, count, size=5):
        self.items, self.size, self.made = list(range(count))[::-1], size, count
        self.batches = []

    def add(self, count=1):
        for _ in range(count):
            self.items.insert(0, self.made)
            self.made += 1

    def page(self, offset):
        found = [Item(number) for number in self.items[offset : offset + self.size]]
        return SimpleNamespace(items=found, total=len(self.items), limit=self.size, offset=offset)

    def read(self, at_once, *, order=list, before=lambda: None):
        """The items. Calls that are made at once are answered in an `order`; `before` each of them something may happen."""
        steps = paging.pages_of(SCORES, {}, at_once=at_once, time=time.time)
        step = next(steps, None)
        while step is not None:
            answer = None
            if isinstance(step, Emit):
                yield from step.page.items
            else:
                calls = step.calls if isinstance(step, AtOnce) else (step,)
                self.batches.append(len(calls))
                answers = {}
                for place in order(range(len(calls))):
                    before()
                    answers[place] = self.page(calls[place].arguments.get("offset", 0))
                answer = [answers[place] for place in range(len(calls))]
                answer = answer if isinstance(step, AtOnce) else answer[0]
            try:
                step = steps.send(answer)
            except StopIteration:
                return


def numbers(items):
    return [item.id for item in items]


# --- what is asked for ---


def test_the_first_page_is_read_alone_and_then_twice_as_many_each_time():
    shelf = Shelf(5 * 40)
    reader = shelf.read(8)
    first = next(reader)
    assert shelf.batches == [1]
    assert [first.id, *numbers(reader)] == shelf.items
    assert shelf.batches == [1, 2, 4, 8, 8, 8, 8, 1]


@pytest.mark.parametrize("at_once", [1, 2, 3, 8, 100])
@pytest.mark.parametrize("count", [0, 1, 4, 5, 6, 10, 11, 99])
def test_pages_at_once_are_no_more_requests(count, at_once):
    shelf = Shelf(count)
    assert numbers(shelf.read(at_once)) == shelf.items
    assert sum(shelf.batches) == max(1, -(-count // 5))
    assert max(shelf.batches) <= at_once


def test_once_the_list_changes_all_the_time_few_pages_are_read_in_vain():
    shelf = Shelf(400)
    known = list(shelf.items)
    reader = shelf.read(8, before=lambda: shelf.add(5 < len(shelf.batches) < 40))
    assert numbers(reader) == known
    assert shelf.batches[:5] == [1, 2, 4, 8, 8]
    assert shelf.batches[6:10] == [1, 2, 1, 2]


def test_pages_that_are_shorter_than_the_first_hide_nothing():
    shelf = Shelf(100)
    page = shelf.page

    def shorter(offset):
        found = page(offset)
        found.items = found.items[: 4 if offset else 5]
        return found

    shelf.page = shorter
    assert numbers(shelf.read(8)) == shelf.items


@given(
    count=st.integers(0, 60),
    size=st.integers(1, 7),
    at_once=st.integers(1, 8),
    adds=st.booleans(),
    changes=st.dictionaries(st.integers(0, 40), st.integers(0, 70), max_size=12),
    seed=st.randoms(use_true_random=False),
)
@settings(deadline=None, max_examples=300)
def test_what_stays_is_given_once_in_whatever_order_pages_are_answered(count, size, at_once, adds, changes, seed):
    """Between any two answers items are added in front, or any are deleted; both at once can cancel out in the total."""
    shelf, request = Shelf(count, size), itertools.count()
    known, gone = list(shelf.items), set()

    def change():
        place = changes.get(next(request))
        if place is not None and adds:
            shelf.add(1 + place % 4)
        elif place is not None and place < len(shelf.items):
            gone.add(shelf.items.pop(place))

    seen = numbers(shelf.read(at_once, order=lambda places: seed.sample(places, len(places)), before=change))
    assert len(seen) == len(set(seen))
    assert [each for each in seen if each in known and each not in gone] == [each for each in known if each not in gone]


@pytest.mark.parametrize("at_once", [1, 4])
def test_many_that_are_deleted_further_down_hide_none_that_stay(at_once):
    shelf = Shelf(400)
    known, seen = list(shelf.items), []
    for item in shelf.read(at_once):
        seen.append(item.id)
        if len(seen) == 200:
            del shelf.items[300:]
    assert seen == known[:300]


@pytest.mark.parametrize("at_once", [1, 4])
def test_many_that_are_added_in_front_hide_none_that_were_there(at_once):
    shelf = Shelf(400)
    known, seen = list(shelf.items), []
    for item in shelf.read(at_once):
        seen.append(item.id)
        if len(seen) == 200:
            shelf.add(100)
    assert seen == known


# --- what is kept ---


def most_alive(count, monkeypatch, at_once=4):
    """The most items, and the most of their ids, that were alive at once while a list was read."""
    monkeypatch.setattr(paging, "KEPT", 50)
    shelf, alive, most = Shelf(count), weakref.WeakSet(), [0, 0]

    class Id:
        def __init__(self, number):
            self.number = number

        def __hash__(self):
            return self.number

        def __eq__(self, other):
            return self.number == other.number

    page, ids = shelf.page, weakref.WeakSet()

    def watched(offset):
        found = page(offset)
        for item in found.items:
            item.id = Id(item.id)
            alive.add(item)
            ids.add(item.id)
        most[:] = max(most[0], len(alive)), max(most[1], len(ids))
        return found

    shelf.page = watched
    for _ in shelf.read(at_once):
        pass
    return most


def test_ten_times_the_items_keep_no_more_of_them_nor_of_their_ids(monkeypatch):
    items, ids = most_alive(500, monkeypatch)
    assert items <= (4 + 1) * 5
    assert ids <= 2 * 50 + 60
    assert most_alive(5_000, monkeypatch) == [items, ids]


def test_more_that_came_than_are_kept_are_passed_over(monkeypatch):
    monkeypatch.setattr(paging, "KEPT", 50)
    shelf = Shelf(400)
    known, seen = list(shelf.items), []
    for item in shelf.read(4):
        seen.append(item.id)
        if len(seen) == 200:
            shelf.add(300)
    assert seen == known


# --- real clients and a real server ---


class Counting(Handler):
    """Prepared scores of one run, and how many requests are under way."""

    def do_GET(self):  # noqa: N802  (the name is http.server's)
        server = self.server
        with server.lock:
            server.asked.append(self.path)
            server.under_way += 1
            server.most = max(server.most, server.under_way)
        try:
            time.sleep(server.slow)
            if "offset" in self.path:
                server.held.wait(60)
            if server.broken and f"offset={server.broken}" in self.path:
                self.send_response(418)
                self.send_header("Content-Length", "3")
                self.end_headers()
                self.wfile.write(b"tea")
            else:
                with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has given up
                    super().do_GET()
        finally:
            with server.lock:
                server.under_way -= 1


@pytest.fixture
def scored():
    """Makes servers of one run's scores, two for each session."""
    made = []

    def serve(scores, slow=0.0, broken=0):
        class Here(Counting):
            pass

        Here.runs, Here.sessions = 1, scores // 2
        server = Server(("127.0.0.1", 0), Here)
        server.lock, server.asked, server.under_way, server.most = threading.Lock(), [], 0, 0
        server.slow, server.broken, server.held = slow, broken, threading.Event()
        server.held.set()
        server.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        made.append(server)
        return server

    yield serve
    for server in made:
        server.shutdown()
        server.server_close()


def reading(kind, server, **options):
    panda = kind(server.url)
    return panda.session_scores.list(eval_run_id=run_id(0), **options)


def test_a_run_s_scores_come_in_the_service_s_order_by_as_few_requests_of_which_some_are_under_way(kind, scored):
    server = scored(1_990, slow=0.05)
    found = [score.session_id for score in reading(kind, server, page_size=100, pages_at_once=8)]
    assert found == [session_id(0, place // 2) for place in range(1_990)]
    assert len(server.asked) == 20
    assert 4 <= server.most <= 8
    kind.hang_up()


def test_the_first_score_is_there_after_one_request_and_whoever_stops_makes_no_more(kind, scored):
    server = scored(1_000)
    scores = iter(reading(kind, server, page_size=50, pages_at_once=8))
    next(scores)
    assert len(server.asked) == 1
    list(itertools.islice(scores, 50))
    assert len(server.asked) == 3
    scores.close()
    time.sleep(0.05)
    assert len(server.asked) == 3
    kind.hang_up()


def test_what_came_before_a_page_that_fails_is_given_and_then_its_error_raised(kind, scored):
    server = scored(1_000, broken=300)
    seen = []
    with pytest.raises(PandaProbeError, match="418: tea"):
        seen.extend(score.id for score in reading(kind, server, page_size=50, pages_at_once=8))
    assert len(seen) == len(set(seen)) == 300
    kind.hang_up()


@pytest.mark.slow
def test_ten_times_the_scores_keep_as_many_alive(kind, scored):
    most = []
    gc.collect()  # what other tests left
    for number in (600, 6_000):
        server, highest = scored(number), 0
        for place, _ in enumerate(reading(kind, server, page_size=50, pages_at_once=4)):
            if place % 50 == 0 and place > 300:
                highest = max(highest, sum(type(each) is SessionScore for each in gc.get_objects()))
        most.append(highest)
    assert 50 <= most[1] <= most[0] <= 6 * 50
    kind.hang_up()


def test_the_limit_of_reads_is_kept_to_by_pages_that_are_read_at_once(kind):
    clock = HeldClock()
    with Sandbox(clock=clock, read_limit=(20, 60.0)) as sandbox, sandbox.serve() as url:
        panda = kind(url, clock=clock)
        panda.session_runs.create_batch(session_ids=[f"s{n}" for n in range(100)], metrics=["agent_reliability"])
        clock.advance(60)
        began = clock.now()
        scores = list(panda.session_scores.list(page_size=2, pages_at_once=8))
        kind.hang_up()
        asked = [request.status for request in sandbox.requests if request.operation == "list_session_scores"]
    assert len({score.id for score in scores}) == len(scores) == 100
    assert asked.count(200) == 50
    assert asked.count(429) <= 20
    assert 120 <= clock.now() - began < 240


READS = """
import sys
from pandaprobe_evals import ApiKey, PandaProbe
with PandaProbe(ApiKey("sk_pp_a", "a"), base_url=sys.argv[1]) as panda:
    for score in panda.session_scores.list(page_size=50, pages_at_once=8):
        print(score.id, flush=True)
"""


def test_a_program_that_is_interrupted_does_not_wait_for_the_pages_that_are_under_way(scored):
    server = scored(1_000)
    server.held.clear()
    with subprocess.Popen([sys.executable, "-c", READS, server.url], stdout=-1, stderr=-1, text=True) as program:
        try:
            while len(server.asked) < 3:
                time.sleep(0.01)
            program.send_signal(signal.SIGINT)
            out, err = program.communicate(timeout=30)  # the pages are held for longer
        finally:
            program.kill()
            server.held.set()
    assert (len(out.split()), err.splitlines()[-1]) == (50, "KeyboardInterrupt")


def test_a_deadline_is_for_all_pages_however_many_are_read_at_once(kind, scored):
    server = scored(1_000, slow=0.1)
    with pytest.raises(PandaProbeError, match="deadline"):
        list(reading(kind, server, page_size=5, pages_at_once=4, deadline=0.5))
    assert len(server.asked) < 40
    kind.hang_up()


def test_each_attempt_is_recorded_once_where_pages_share_a_deadline(scored):
    server = scored(1_000, slow=0.01)
    with PandaProbe(ApiKey(API_KEY, project=PROJECT_NAME), base_url=server.url) as panda, panda.recording() as attempts:
        list(panda.session_scores.list(page_size=50, pages_at_once=8, deadline=60))
    assert len(attempts) == len(server.asked) == 20


@pytest.mark.parametrize("given", [0, 101, -1, True, 1.0, "8"])
def test_a_number_of_pages_that_makes_no_sense_is_refused_before_anything_is_sent(kind, unasked, given):
    with pytest.raises(InvalidArgument, match="pages_at_once"):
        kind(unasked).session_scores.list(pages_at_once=given)


def test_only_lists_have_pages(kind, unasked):
    with pytest.raises(TypeError, match="pages_at_once"):
        kind(unasked).session_runs.get(run_id(0), pages_at_once=2)
    with pytest.raises(TypeError, match=r"deadline, pages_at_once, timeout\)"):
        kind(unasked).session_runs.list(pages=2)
