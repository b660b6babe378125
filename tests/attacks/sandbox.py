"""The sandbox is told to stop, at any moment and again and again."""

from tests.sandbox.stopping import deaf, stopped_at_line, stormed

from .attack import Attack, Result


def _lines() -> Result:
    lines = range(1, 10)
    heard = sum(map(stopped_at_line, lines))
    return Result(f"{heard} of {len(lines)} stopped", heard == len(lines))


def _storms() -> Result:
    count = 20
    heard = sum(stormed() for _ in range(count))
    return Result(f"{heard} of {count} stopped", heard == count)


def _moments() -> Result:
    count = 40
    never = deaf(count, seed=11)
    return Result(f"{never} of {count} deaf", never == 0)


ATTACKS = [
    Attack("SIGTERM between any two lines of its waiting", "all sandboxes stop", _lines),
    Attack("one SIGTERM and Ctrl-C upon another", "all sandboxes stop", _storms),
    Attack("a signal at a moment of chance, start-up included", "no sandbox is deaf", _moments),
]
