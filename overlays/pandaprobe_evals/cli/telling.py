"""What a command says while nothing comes: a line for each attempt without an answer; with -v and -vv the library's log."""

import logging
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from .output import Output

AFTER = 2.0
"""Seconds without an answer that need no word."""
_LOG = logging.getLogger("pandaprobe_evals")
_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


class _Silence(logging.Handler):
    """Notes from the transport's log which call of each thread has no answer, and says so once for each attempt."""

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self._say = say
        self._open: dict[int, tuple[float, str, bool]] = {}
        self._over = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        thread = record.thread or 0
        state = getattr(record, "call", None)
        if state == "over":
            self._open.pop(thread, None)
        elif state:
            since = self._open[thread][0] if thread in self._open else time.monotonic()
            self._open[thread] = since, state, False

    def watch(self) -> None:
        """Look until it is over."""
        while not self._over.wait(0.1):
            for thread, (since, state, told) in list(self._open.items()):
                if not told and time.monotonic() - since >= AFTER:
                    self._say(f"No answer yet, {state}")
                    self._open[thread] = since, state, True

    def close(self) -> None:
        """End the watch."""
        self._over.set()
        super().close()


class _Lines(logging.Handler):
    def __init__(self, say: Callable[[str], None], level: int) -> None:
        super().__init__(level)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        self._say(f"{time.strftime('%H:%M:%S', time.gmtime(record.created))} UTC {self.format(record)}")


@contextmanager
def telling(out: Output, verbose: int) -> Generator[None]:
    """Within the block, say on stderr what the library has to say."""
    handlers = [_Silence(out.say), _Lines(out.say, _LEVELS[min(verbose, 2)])]
    before = _LOG.level
    _LOG.setLevel(1)  # what is under way, too
    for handler in handlers:
        _LOG.addHandler(handler)
    threading.Thread(target=handlers[0].watch, daemon=True).start()  # type: ignore[attr-defined]  # the first is a _Silence
    try:
        yield
    finally:
        _LOG.setLevel(before)
        for handler in handlers:
            _LOG.removeHandler(handler)
            handler.close()
