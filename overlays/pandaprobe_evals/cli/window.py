"""How long the rate limit makes creates take. Pure."""

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True)
class Window:
    """The rate limit as it stands."""

    limit: int
    """Creates in a window, of those that are ours to use."""
    seconds: float
    free: int
    """Creates that are left in this window."""
    reopens_in: float = 0.0
    """Seconds until there are more."""

    def needs(self, creates: int) -> float:
        """Seconds until the last of so many creates may be sent, at the earliest."""
        if creates <= self.free:
            return 0.0
        return self.reopens_in + (ceil((creates - self.free) / self.limit) - 1) * self.seconds


def duration(seconds: float) -> str:
    """A time for people: 0:07, 12:30, 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
