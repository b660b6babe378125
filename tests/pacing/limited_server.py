"""A tiny HTTP service with a fixed window and jittery latency: `python limited_server.py LIMIT SECONDS LOW HIGH`.

Prints its port. `POST /` counts a request of the one credential, `GET /` answers with what was counted, per window.
"""

import asyncio
import json
import random
import sys
import time


class Service:
    def __init__(self, limit: int, seconds: float, low: float, high: float) -> None:
        self.limit, self.seconds, self.low, self.high = limit, seconds, low, high
        self.ends = -1.0
        self.windows: list[dict[str, float]] = []
        self.times: list[float] = []

    def count(self) -> bool:
        now = time.monotonic()
        if now > self.ends:
            self.ends = now + self.seconds + random.uniform(0, 0.001)
            self.windows.append({"opened": now, "accepted": 0, "rejected": 0})
        ok = self.windows[-1]["accepted"] < self.limit
        self.windows[-1]["accepted" if ok else "rejected"] += 1
        return ok

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                while (await reader.readline()).strip():
                    pass
                if line.startswith(b"GET"):
                    status, body = 200, json.dumps(self.windows)
                else:
                    await asyncio.sleep(random.uniform(self.low, self.high) / 2)
                    ok = self.count()
                    await asyncio.sleep(random.uniform(self.low, self.high) / 2)
                    text = f"Rate limit exceeded: {self.limit} per {self.seconds:g} second"
                    status, body = (202, "{}") if ok else (429, json.dumps({"error": text}))
                data = body.encode()
                writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (status, len(data), data))
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


async def main() -> None:
    limit, seconds, low, high = (float(x) for x in sys.argv[1:])
    server = await asyncio.start_server(Service(int(limit), seconds, low, high).serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
