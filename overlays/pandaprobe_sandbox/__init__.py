"""An embedded PandaProbe: the service's behaviour on your machine, with faults on demand and a clock you can hold.

    sandbox = Sandbox(speed=50)
    with sandbox.serve() as base_url:
        ...                                   # any client, with API_KEY and any project name
    sandbox.inject(Fault.COMMIT_THEN_DROP)    # the next request is handled, its answer is lost

It is written by hand from observations of the service and shares no code with the client that it tests.
`Fault` lists what can go wrong (details in `faults`), the first lines of `worker` say which session ids do what.
"""

from pandaprobe_evals.extras import needed_for

with needed_for("the sandbox", "sandbox"):
    from .auth import (
        API_KEY,
        EXPIRED_API_KEY,
        FORBIDDEN_API_KEY,
        HOBBY_API_KEY,
        INACTIVE_API_KEY,
        PROJECT_ID,
        PROJECT_NAME,
        TOKEN,
    )
    from .clock import Clock, HeldClock
    from .faults import Fault
    from .server import Sandbox, run
    from .transport import SandboxTransport
    from .wire import RecordedRequest

__all__ = [
    "API_KEY",
    "EXPIRED_API_KEY",
    "FORBIDDEN_API_KEY",
    "HOBBY_API_KEY",
    "INACTIVE_API_KEY",
    "PROJECT_ID",
    "PROJECT_NAME",
    "TOKEN",
    "Clock",
    "Fault",
    "HeldClock",
    "RecordedRequest",
    "Sandbox",
    "SandboxTransport",
    "run",
]
