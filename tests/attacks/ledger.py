"""One ledger under several names, begun by several processes, copied, damaged and edited."""

import contextlib
import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pandaprobe_evals import PandaProbeError
from pandaprobe_evals.ledger import Ledger, Plan
from pandaprobe_sandbox import API_KEY, PROJECT_NAME, Sandbox

from .attack import Attack, Result

CHUNKS, SIZE, PAIRS = 20, 20, 150
SUBMIT = ("--metric", "agent_reliability", "--chunk", SIZE, "--rate-limit", "100000/60", "--settle", "1")


@contextlib.contextmanager
def world():
    """A sandbox on a port, a folder with a ledger for it, and how to start the command line there."""
    with (
        Sandbox(speed=1000, rate_limit=None, read_limit=None) as sandbox,
        sandbox.serve() as url,
        tempfile.TemporaryDirectory() as name,
    ):
        folder = Path(name)
        (folder / "ids.txt").write_text("".join(f"s-{number}\n" for number in range(CHUNKS * SIZE)))
        own = {"PANDAPROBE_ENDPOINT": url, "PANDAPROBE_API_KEY": API_KEY, "PANDAPROBE_PROJECT_NAME": PROJECT_NAME}
        env = {**os.environ, **own, "HOME": name, "XDG_STATE_HOME": f"{name}/state"}

        def start(*words, inside=""):
            command = [sys.executable, "-m", "pandaprobe_evals.cli", *map(str, words)]
            if inside:  # a mount namespace of its own, after these commands in it
                command = ["unshare", "-m", "sh", "-c", f'({inside}) && exec "$@"', "sh", *command]
            return subprocess.Popen(
                command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )

        def run(*words):
            with start(*words) as process:
                _, said = process.communicate()
            return process.returncode, said

        assert run("submit", "--from", "ids.txt", *SUBMIT, "--ledger", "a.ledger", "--prepare")[0] == 0
        yield sandbox, folder, start, run


def made(sandbox):
    return sandbox.units_billed // SIZE


def two_names(make, name="other/b.ledger"):
    def attack():
        with world() as (sandbox, folder, start, _):
            (folder / "other").mkdir()
            make(folder / "other" / "b.ledger", folder / "a.ledger")
            sandbox.inject("slow", times=1000, operation="create_batch_session_eval_run", delay=0.03)
            with contextlib.ExitStack() as stack:
                words = SUBMIT[4:]
                names = ("a.ledger", name, "a.ledger", name)
                processes = [stack.enter_context(start("resume", name, *words)) for name in names]
                for process in processes:
                    process.communicate()
            codes = [process.returncode for process in processes]
            return Result(
                f"{made(sandbox)} runs for {CHUNKS} chunks, exits {codes}", made(sandbox) == CHUNKS and not any(codes)
            )

    return attack


def _folder_link(path, original):
    path.with_name("link").symlink_to(original.parent, target_is_directory=True)


def other_mounts():
    """Resume in a mount namespace where the first process's folder is hidden, and the ledger has another name."""
    if os.geteuid() or not shutil.which("unshare"):
        return Result("not tried: it takes root and unshare", held=True)
    told, held = [], True
    for name, mount in (
        ("other/a.ledger", "mount --bind inner other"),
        ("other/b.ledger", "touch other/b.ledger; mount --bind inner/a.ledger other/b.ledger"),
    ):
        with world() as (sandbox, folder, start, _):
            (folder / "other").mkdir()
            (folder / "inner").mkdir()
            (folder / "a.ledger").rename(folder / "inner" / "a.ledger")
            sandbox.inject("slow", times=1000, operation="create_batch_session_eval_run", delay=0.2)
            with start("resume", "inner/a.ledger", *SUBMIT[4:]) as first:
                while made(sandbox) < 3:
                    time.sleep(0.01)
                inside = f"{mount}; mount -t tmpfs none inner"
                with start("resume", name, *SUBMIT[4:], inside=inside) as second:
                    second.communicate()
                first.communicate()
            held &= made(sandbox) == CHUNKS and second.returncode == 0
            told.append(f"{made(sandbox)} runs, exits {[first.returncode, second.returncode]}")
    return Result("; ".join(told), held)


def copies():
    with world() as (sandbox, folder, _, run):
        for name in ("copy.ledger", "backup.ledger"):
            shutil.copy2(folder / "a.ledger", folder / name)
        refused = run("resume", "copy.ledger", *SUBMIT[4:])[0]
        whole = run("resume", "a.ledger", *SUBMIT[4:])[0]
        (folder / "a.ledger").unlink()
        again = run("resume", "copy.ledger", *SUBMIT[4:])[0]
        moved = run("resume", "backup.ledger", "--moved", *SUBMIT[4:])[0]
        codes = [refused, whole, again, moved]
        return Result(
            f"{made(sandbox)} runs for {CHUNKS} chunks, exits {codes}", (made(sandbox), codes) == (CHUNKS, [4, 0, 4, 0])
        )


def _begin(path, barrier, told):
    barrier.wait()
    try:
        with Ledger.create(path, Plan(base_url="https://x", project="p", metrics=("m",), chunk=2)) as book:
            book.fill(f"{os.getpid()}-{number}" for number in range(5))
            told.put(list(book.session_ids()))
    except PandaProbeError:
        told.put(None)


def race():
    context = multiprocessing.get_context("fork")
    both = neither = lost = 0
    with tempfile.TemporaryDirectory() as folder:
        for trial in range(PAIRS):
            path, barrier, told = Path(folder) / f"{trial}.ledger", context.Barrier(2), context.Queue()
            pair = [context.Process(target=_begin, args=(path, barrier, told)) for _ in range(2)]
            for process in pair:
                process.start()
            won = [ids for ids in (told.get(timeout=60) for _ in pair) if ids]
            for process in pair:
                process.join()
            both, neither = both + (len(won) > 1), neither + (not won)
            with Ledger.open(path) as book:
                lost += list(book.session_ids()) not in won
    return Result(
        f"{both} of {PAIRS} created twice, {neither} by nobody, {lost} with another's chunks",
        both + neither + lost == 0,
    )


def content(path):
    """All that a SQLite file says; None where it cannot be read."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as db:
            return list(db.iterdump())
    except sqlite3.Error:
        return None


def damage():
    """Each edit of the tests, and each tenth of the file cut and overwritten, by the real command."""
    from tests.command_line.test_ledger import EDITS

    def edit(statements):
        def done(path):
            with contextlib.closing(sqlite3.connect(path)) as db, db:
                for statement in statements:
                    db.execute(statement)

        return done

    def cut(part):
        return lambda path: path.write_bytes(path.read_bytes()[: part * path.stat().st_size // 10])

    def smear(part):
        def done(path):
            content, at = path.read_bytes(), part * path.stat().st_size // 10
            path.write_bytes(content[:at] + b"\xa7" * 64 + content[at + 64 :])

        return done

    kinds = [*(edit(statements) for statements in EDITS.values()), *map(cut, range(10)), *map(smear, range(10))]
    tracebacks = passed = refused = harmless = 0
    with world() as (sandbox, folder, _, run):
        sandbox.inject("pass", times=5, operation="create_batch_session_eval_run")
        sandbox.inject("status", operation="create_batch_session_eval_run", code=403, body='{"detail": "no"}')
        run("resume", "a.ledger", *SUBMIT[4:])  # broken off after five
        whole = (folder / "a.ledger").read_bytes()
        (folder / "whole").write_bytes(whole)
        for kind in kinds:
            (folder / "a.ledger").write_bytes(whole)
            kind(folder / "a.ledger")
            if content(folder / "a.ledger") == content(folder / "whole"):  # only where nothing is written
                harmless += 1
                continue
            code, said = run("resume", "a.ledger", *SUBMIT[4:])
            tracebacks += "Traceback" in said
            refused += code == 4 and "a.ledger" in said
            passed += code == 0
        billed = made(sandbox) - 5
    told = f"{refused} of {len(kinds)} refused in words, {harmless} without effect, {tracebacks} tracebacks"
    held = refused + harmless == len(kinds) and not (tracebacks or billed or passed)
    return Result(f"{told}, {passed} passed, {billed} runs billed", held)


ATTACKS = [
    Attack("a symlink in another folder", f"{CHUNKS} runs for {CHUNKS} chunks", two_names(Path.symlink_to)),
    Attack(
        "a symlink to its folder", f"{CHUNKS} runs for {CHUNKS} chunks", two_names(_folder_link, "other/link/a.ledger")
    ),
    Attack("another mount, from which the first is not seen", f"{CHUNKS} runs for {CHUNKS} chunks", other_mounts),
    Attack("a hard link in another folder", f"{CHUNKS} runs for {CHUNKS} chunks", two_names(Path.hardlink_to)),
    Attack("copies beside and after the original", f"{CHUNKS} runs for {CHUNKS} chunks; copies refused", copies),
    Attack("two processes begin one ledger at once", f"0 of {PAIRS} created twice", race),
    Attack("damaged and edited ledgers", "no traceback, nothing billed, none passed", damage),
]
