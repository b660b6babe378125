"""Which chunk of a large submit became which run: a SQLite file that outlives the process that writes it.

A ledger is filled once, with every session id in order and none twice, and then worked off by one process or several. What
makes it safe to kill any of them at any moment:

- Before a chunk's create is sent, the ledger says that it may have been (`begin`), on disk. After the answer it says which
  run the chunk became (`made`). A chunk between the two is in doubt: a process that takes it over first looks for its run.
- A chunk is one process's at a time. That process holds a lock beside the ledger, which the operating system lifts when it
  dies; only then is its chunk another's. No lease can run out under a process that is merely slow.
- Nothing is sent before the input was read to its end. Until then the ledger says where it is to be read from.
- A ledger is one file on one machine, by whatever name it is opened. A copy would make every run twice: it is refused until
  somebody says that the original is not worked on any more.
- Every row carries a checksum. A ledger that was damaged or edited is refused as a whole, in words.

The ids of each chunk are JSON in a row of their own, so that only one chunk at a time is in memory.
"""

from .book import Ledger
from .database import LedgerUnusable
from .duplicates import distinct
from .plan import LONGEST_NAME, Chunk, Line, Plan

__all__ = ["LONGEST_NAME", "Chunk", "Ledger", "LedgerUnusable", "Line", "Plan", "distinct"]
