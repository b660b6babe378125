"""The live view on stderr: a bar and the figures of what is under way; without a terminal a line now and then."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pandaprobe_evals.errors import counted

from .output import Output
from .window import Window, duration

if TYPE_CHECKING:
    from pandaprobe_evals import PandaProbe, Progress

EVERY = 30.0
"""Seconds between two lines without a terminal."""


class View:
    """Shows one phase after the other, for as long as its `with` block lasts."""

    def __init__(self, out: Output, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._out, self._clock = out, clock
        self._bars: Any = None
        self._task: Any = None
        self._told = clock()
        self._title, self._total = "", 0
        self._figures: Callable[[], str] = str

    def __enter__(self) -> Self:
        if self._out.live:
            from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
            from rich.text import Text

            class Figures(ProgressColumn):
                """Asked for anew with each refresh, so that a clock in them runs."""

                def render(self, task: Task) -> Text:
                    return Text(task.fields["figures"](), no_wrap=True, overflow="ellipsis")

            self._bars = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=10),
                TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
                Figures(),
                console=self._out.messages,
                refresh_per_second=4,
                transient=True,
            )
            self._bars.start()
        return self

    def phase(self, title: str, total: int, figures: Callable[[], str], done: int = 0) -> None:
        """Begin a phase.

        Args:
            title: What is done, such as "creating runs".
            total: How much there is to do.
            figures: What to write behind the bar, asked often.
            done: How much is done already.
        """
        self._title, self._total, self._figures = title, total, figures
        if self._bars:
            if self._task is not None:
                self._bars.remove_task(self._task)
            self._task = self._bars.add_task(title, total=total, completed=done, figures=figures)

    def at(self, done: int, total: int | None = None) -> None:
        """Say how much is done."""
        self._total = self._total if total is None else total
        if self._bars:
            self._bars.update(self._task, completed=done, total=self._total)
        elif self._clock() - self._told >= EVERY:
            self._told = self._clock()
            self._out.say(f"{self._title}: {done:,}/{self._total:,} {self._figures()}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            self._bars.stop()


def window_of(panda: "PandaProbe") -> Window:
    """The window of creates, as it stands."""
    seen = panda.rate_limit()
    if seen is None:  # not paced
        return Window(1, 0.0, 1, 0.0)
    return Window(seen.limit, seen.window, seen.free_now, max(seen.next_free_in, seen.gate_in))


@dataclass
class Creating:
    """The figures of a submit under way."""

    panda: "PandaProbe"
    total: int
    """Runs to make here and elsewhere."""
    done: int = 0
    made: int = 0
    """Of these, by this process."""
    units: int = 0
    began: float = field(default_factory=time.monotonic)

    def __str__(self) -> str:
        taken = time.monotonic() - self.began
        window = window_of(self.panda)
        left = self.total - self.done
        needs = max(window.needs(left), taken / self.made * left if self.made else 0.0)
        parts: list[str] = []
        if left and not window.free and window.reopens_in > 0:
            until = time.strftime("%H:%M:%S", time.localtime(time.time() + window.reopens_in))
            parts.append(f"waiting for the window until {until}")
        if self.made:
            parts.append(f"{duration(needs)} left")
        parts.append(f"{self.units:,} units")
        if self.made and taken:
            parts.append(f"{self.made / taken:.1f} runs/s")
        return "  ".join(parts)


@dataclass
class Waiting:
    """The figures of a wait."""

    runs: int
    target: str
    before: int = 0
    """Runs that were done before this wait."""
    seen: "Progress | None" = None
    began: float = field(default_factory=time.monotonic)
    started_with: int | None = None

    def take(self, seen: "Progress") -> None:
        """What a look has found."""
        self.seen = seen
        if self.started_with is None:
            self.started_with, self.began = seen.targets_done, time.monotonic()

    def __str__(self) -> str:
        if self.seen is None:
            return f"{self.before}/{counted(self.runs, 'run')}"
        parts = [f"{self.before + self.seen.done}/{counted(self.runs, 'run')}"]
        rate = (self.seen.targets_done - (self.started_with or 0)) / max(time.monotonic() - self.began, 1e-3)
        if rate > 0:
            parts.append(f"{rate:,.0f} {self.target}s/s")
            if self.before + self.seen.total == self.runs:
                parts.append(f"{duration((self.seen.targets_total - self.seen.targets_done) / rate)} left")
        if self.seen.failed_pairs:
            parts.append(f"{counted(self.seen.failed_pairs, 'pair')} failed")
        return "  ".join(parts)
