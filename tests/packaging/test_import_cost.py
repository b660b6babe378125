"""What an import costs, as ratios to `import httpx` in the same run, and what is not loaded before it is needed."""

import json
import subprocess
import sys

import pytest

from tests.conftest import UNTRACED

PROGRAM = """
import sys, time
began = time.process_time()
{statement}
print(time.process_time() - began)
"""
# Limits are ratios. The package itself imports nothing; a client needs httpx, the generated models and asyncio.
LIMITS = {
    "import pandaprobe_evals": 1.35,
    "from pandaprobe_evals import OutcomeUnknown": 1.35,
    "from pandaprobe_evals import PandaProbe, AsyncPandaProbe, ApiKey": 1.75,
}
ROUNDS = 5


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=UNTRACED).stdout


@pytest.fixture(scope="module")
def cost():
    """Seconds of processor time for each statement: the least of some rounds, in turn, which other load cannot lower."""
    statements = ["import httpx", *LIMITS]
    rounds = [{each: json.loads(python(PROGRAM.format(statement=each))) for each in statements} for _ in range(ROUNDS)]
    return {each: min(measured[each] for measured in rounds) for each in statements}


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize(("statement", "limit"), LIMITS.items())
def test_an_import_costs_no_more_than_its_budget(statement, limit, cost):
    assert cost[statement] / cost["import httpx"] <= limit


def loaded_by(code: str) -> set[str]:
    return set(python(f"{code}\nimport sys; print(*sys.modules)").split())


def test_the_package_itself_loads_nothing_but_itself():
    names = {
        name.partition(".")[0] for name in loaded_by("import pandaprobe_evals") - loaded_by("import importlib, typing")
    }
    assert names == {"pandaprobe_evals"}


def test_a_client_loads_httpx_and_attrs_and_nothing_else_that_is_not_pythons_own():
    more = loaded_by("from pandaprobe_evals import PandaProbe, AsyncPandaProbe") - loaded_by("import httpx")
    foreign = {name.partition(".")[0] for name in more} - sys.stdlib_module_names
    assert foreign - {"attr", "attrs"} == {"pandaprobe_evals", "pandaprobe_evals_api"}
    assert not more & {"sqlite3", "multiprocessing", "concurrent.futures.process", "unittest"}


def test_what_waits_and_looks_need_is_loaded_by_the_first_of_them():
    later = {"waiting", "outcomes", "results", "provenance", "evidence", "signal_reads", "measured"}
    made = "from pandaprobe_evals import ApiKey, PandaProbe\nPandaProbe(ApiKey('sk_pp_a', project='a')).session_runs"
    assert not loaded_by(made) & {f"pandaprobe_evals.{name}" for name in later}


def test_the_sandbox_knows_nothing_of_the_client():
    loaded = loaded_by("import pandaprobe_sandbox")
    assert not {name for name in loaded if name.startswith(("pandaprobe_evals_api", "pandaprobe_evals.client"))}


def test_asyncio_is_loaded_by_whoever_uses_it():
    assert "asyncio" not in loaded_by("from pandaprobe_evals import PandaProbe, AsyncPandaProbe, ApiKey")


def test_what_only_creates_need_is_not_loaded_by_who_reads():
    assert not {name for name in loaded_by("from pandaprobe_evals import PandaProbe") if "creation" in name}
