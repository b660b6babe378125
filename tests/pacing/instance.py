"""One instance of a program that sends creates: `python instance.py ENGINE WHERE LIMIT SECONDS PORT JOBS [async]`.

Prints the results as JSON: answers by status, and the longest that one acquire or completion took beyond its pause.
"""

import asyncio
import http.client
import json
import logging
import sys
import threading
import time
from collections import Counter

from pandaprobe_evals.pacing import COUNTED, REJECTED, Engine, RateLimiter, RateLimiters
from pandaprobe_evals.pacing.redis import RedisStore
from pandaprobe_evals.pacing.sqlite import SqliteStore
from pandaprobe_evals.too_many import understood

WORKERS = 8


def engine(kind: str, where: str) -> str | Engine:
    return {"memory": lambda: "memory", "sqlite": lambda: SqliteStore(where), "redis": lambda: RedisStore(where)}[
        kind
    ]()


class Run:
    def __init__(self, limiter: RateLimiter, port: int, jobs: int) -> None:
        self.limiter, self.port = limiter, port
        self.jobs = list(range(jobs))
        self.seen: Counter[int] = Counter()
        self.finished = 0.0

    def _outcome(self, status: int, text: str):
        self.seen[status] += 1
        self.finished = time.monotonic()
        if status == 429:
            self.jobs.append(0)
            return REJECTED(understood(json.loads(text)).limit)
        return COUNTED

    def thread(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        while self.jobs:
            try:
                self.jobs.pop()
            except IndexError:
                break
            ticket = self.limiter.acquire(60)
            connection.request("POST", "/")
            answer = connection.getresponse()
            self.limiter.complete(ticket, self._outcome(answer.status, answer.read().decode()))

    def threads(self) -> None:
        crew = [threading.Thread(target=self.thread) for _ in range(WORKERS)]
        for one in crew:
            one.start()
        for one in crew:
            one.join()

    async def task(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        while self.jobs:
            self.jobs.pop()
            ticket = await self.limiter.aacquire(60)
            writer.write(b"POST / HTTP/1.1\r\n\r\n")
            status = int((await reader.readline()).split()[1])
            length = int((await reader.readline()).split()[1])
            await reader.readline()
            text = (await reader.readexactly(length)).decode()
            await self.limiter.acomplete(ticket, self._outcome(status, text))
        writer.close()

    async def tasks(self) -> None:
        await asyncio.gather(*(self.task() for _ in range(WORKERS)))


def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    kind, where, limit, seconds, port, jobs, *how = sys.argv[1:]
    limiter = RateLimiters("credential", {"create": (int(limit), float(seconds))}, engine=engine(kind, where)).of(
        "create", "/"
    )
    assert limiter
    run = Run(limiter, int(port), int(jobs))
    begun = time.monotonic()
    if how:
        asyncio.run(run.tasks())
    else:
        run.threads()
    print(json.dumps({"statuses": run.seen, "begun": begun, "finished": run.finished}))


if __name__ == "__main__":
    main()
