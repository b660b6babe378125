"""The sandbox as a transport of an httpx client, without a port."""

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from pandaprobe_sandbox import SandboxTransport


async def answer(send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_each_thread_has_one_event_loop_for_all_its_requests():
    loops = []

    async def app(scope, receive, send):
        loops.append(asyncio.get_running_loop())
        await asyncio.sleep(0.01)
        await answer(send)

    with httpx.Client(transport=SandboxTransport(app), base_url="http://sandbox") as http:

        def ask(_):
            return [http.get("/").status_code for _ in range(5)]

        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(ask, range(3))) == [[204] * 5] * 3
    assert len({id(loop) for loop in loops}) <= 3
    assert len(loops) == 15


def test_nothing_of_a_request_that_is_interrupted_goes_on_and_the_next_is_served():
    seen = []

    async def app(scope, receive, send):
        if not seen:
            seen.append("began")
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                seen.append("stopped")
                raise
        await answer(send)

    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with httpx.Client(transport=SandboxTransport(app), base_url="http://sandbox") as http:
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            with pytest.raises(KeyboardInterrupt):
                http.get("/")
            assert seen == ["began", "stopped"]
            assert http.get("/").status_code == 204
    finally:
        signal.signal(signal.SIGALRM, before)
