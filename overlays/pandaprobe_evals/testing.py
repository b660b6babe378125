"""PandaProbe in your own tests: a pytest plugin with an embedded service, its faults, and time that is not waited for.

Installed with the package, by the entry point `pytest11`; it loads nothing before a test asks for one of its fixtures.

=========================  ============================================================================================
fixture
=========================  ============================================================================================
`pandaprobe_sandbox`       an embedded PandaProbe, new for each test, with `inject(fault)` and all it has met (`requests`)
`pandaprobe_clock`         its clock, held: time passes when a client sleeps, which takes none, or by `advance(seconds)`
`pandaprobe_client`        a `PandaProbe` of it, in process, that lives by that clock
`pandaprobe_async_client`  the same for asyncio
`pandaprobe_url`           the sandbox on a port, for programs and clients of your own: its address, which the environment
                           variables name as well; from then on its clock runs
=========================  ============================================================================================

`@pytest.mark.pandaprobe(rate_limit=None, ...)` gives the sandbox of a test arguments of its own (see `Sandbox`), and
`client_of` makes clients with other credentials. Needs the extra `[sandbox]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pandaprobe_sandbox import HeldClock, Sandbox

    from . import AsyncPandaProbe, PandaProbe

__all__ = ["async_client_of", "client_of"]

_PROJECT = "tests"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "pandaprobe(**options): arguments for the Sandbox of this test")


@pytest.fixture
def pandaprobe_clock() -> HeldClock:
    """The time of the sandbox and of its clients in process."""
    try:
        from pandaprobe_sandbox import HeldClock
    except ModuleNotFoundError as error:
        pytest.fail(str(error), pytrace=False)  # says what to install
    return HeldClock()


@pytest.fixture
def pandaprobe_sandbox(request: pytest.FixtureRequest, pandaprobe_clock: HeldClock) -> Iterator[Sandbox]:
    """An embedded PandaProbe that no other test has seen."""
    from pandaprobe_sandbox import Sandbox

    options: dict[str, Any] = {"clock": pandaprobe_clock}
    for mark in reversed(list(request.node.iter_markers("pandaprobe"))):  # the nearest to the test has the last word
        options |= mark.kwargs
    with Sandbox(**options) as sandbox:
        yield sandbox


@pytest.fixture
def pandaprobe_client(pandaprobe_sandbox: Sandbox) -> Iterator[PandaProbe]:
    """A client of the sandbox, in process."""
    with client_of(pandaprobe_sandbox) as client:
        yield client


@pytest.fixture
def pandaprobe_async_client(pandaprobe_sandbox: Sandbox) -> AsyncPandaProbe:
    """The same for asyncio, with whatever plugin runs your coroutines. In process there is no connection to close."""
    return async_client_of(pandaprobe_sandbox)


@pytest.fixture
def pandaprobe_url(
    pandaprobe_sandbox: Sandbox, pandaprobe_clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The sandbox's address on a port of this machine, which `from_env()` and the command line find by themselves."""
    from pandaprobe_sandbox import API_KEY

    from .settings import VARIABLES

    with pandaprobe_sandbox.serve() as url:
        given = {"endpoint": url, "api_key": API_KEY, "project_name": _PROJECT}
        for setting, variable in VARIABLES.items():
            if setting in given:
                monkeypatch.setenv(variable, given[setting])
            else:
                monkeypatch.delenv(variable, raising=False)
        pandaprobe_clock.release()
        yield url


def client_of(sandbox: Sandbox, api_key: str | None = None, *, project: str = _PROJECT, **options: Any) -> PandaProbe:
    """A client of a sandbox whose clock is held: in process, and living by that clock.

    Args:
        sandbox: As `pandaprobe_sandbox` is one.
        api_key: One of the keys of `pandaprobe_sandbox`, such as `HOBBY_API_KEY`; None for the one that may do all.
        project: The project's name; what one project has, others do not see.
        options: Those of `PandaProbe`.
    """
    from . import PandaProbe

    return PandaProbe(**_options(sandbox, api_key, project), **options)


def async_client_of(
    sandbox: Sandbox, api_key: str | None = None, *, project: str = _PROJECT, **options: Any
) -> AsyncPandaProbe:
    """As `client_of`, for asyncio."""
    from . import AsyncPandaProbe

    return AsyncPandaProbe(**_options(sandbox, api_key, project), **options)


def _options(sandbox: Sandbox, api_key: str | None, project: str) -> dict[str, Any]:
    from pandaprobe_sandbox import API_KEY, HeldClock, SandboxTransport

    from . import ApiKey

    if not isinstance(sandbox.clock, HeldClock):
        raise TypeError("the sandbox runs on the machine's clock: make it with clock=HeldClock()")
    return {
        "auth": ApiKey(api_key or API_KEY, project=project),
        "base_url": f"http://{sandbox.host}",
        "transport": SandboxTransport(sandbox.app, sandbox.clock),
        "clock": sandbox.clock,
    }
