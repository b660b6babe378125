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
`client_of` makes clients with other credentials. The fixtures need the extra `[sandbox]`. `assert_good` fails a test whose
sessions or traces are not good enough; it needs none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pandaprobe_sandbox import HeldClock, Sandbox

    from . import AsyncPandaProbe, PandaProbe
    from .outcomes import RunOutcome

__all__ = ["assert_good", "async_client_of", "client_of"]

_PROJECT = "tests"
_WORST = 5
"""Sessions or traces that a failure names."""


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


def assert_good(
    outcomes: RunOutcome[Any] | Iterable[RunOutcome[Any]],
    minimums: Mapping[str, float],
    *,
    baseline: Any = None,
    max_drop: float = 0.0,
    **options: Any,
) -> None:
    """Fail a test unless runs are good enough, whoever evaluated them: the service, or the sandbox.

    Args:
        outcomes: What `wait` returned of a run or of several, over sessions or traces.
        minimums: The least that each metric must reach, by its name, from 0 to 1.
        baseline: `Results`, outcomes or the path of a results file; a metric must not be worse than there. Needs `[stats]`.
        max_drop: How far a metric's mean may drop against `baseline`, from 0 to 1.
        options: Those of `judge`, such as `quantile=0.1`.

    Raises:
        AssertionError: They are not; says why, and names the worst sessions or traces with the service's reasons.
        InvalidArgument: A minimum makes no sense, or the baseline cannot be read.
    """
    __tracebackhide__ = True
    from . import Results, compare, judge
    from .outcomes import RunOutcome

    given = [outcomes] if isinstance(outcomes, RunOutcome) else list(outcomes)
    said = [str(reason) for reason in judge(given, minimums, **options).reasons]
    if baseline is not None:
        found = compare(baseline, Results.of(given), metrics=[*minimums], max_drop=max_drop)
        said += [f"against the baseline, {metric}" for metric in found.metrics if metric.word == "worse"]
    if said:
        worst = "\n".join(f"- {line}" for line in _worst(given, minimums))
        raise AssertionError("\n".join(["not good enough", *(f"- {line}" for line in said), "the worst:", worst]))


def _worst(outcomes: Iterable[RunOutcome[Any]], minimums: Mapping[str, float]) -> Iterator[str]:
    """What was measured worst, or not at all, in words; what got no value first."""
    from .errors import clip

    rows = [row for outcome in outcomes for row in outcome.to_dicts() if row["metric"] in minimums]
    rows.sort(key=lambda row: -1 if row["value"] is None else row["value"] - minimums[row["metric"]])
    for row in rows[:_WORST]:
        value = "no value" if row["value"] is None else f"{row['value']:.4g}"
        why = clip(row["reason"] or "no reason was given", 300)
        yield f"{row.get('session_id') or row['trace_id']}, {row['metric']}: {value} ({row['kind']}): {why}"


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
