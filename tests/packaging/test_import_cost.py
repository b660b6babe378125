"""What an import loads and makes, counted: modules and made classes are its cost, whatever else the machine does meanwhile.

Its time, as a ratio to that of `import httpx`, is in `make bench ARGS="--only c"`.
"""

import json
import subprocess
import sys

from tests.conftest import UNTRACED

CLIENT = "from pandaprobe_evals import PandaProbe, AsyncPandaProbe, ApiKey"
MODULES = 48
"""Modules that the names of a client load beyond httpx; each is read, unmarshalled and run."""
DATACLASSES = 15
"""Dataclasses among them: the methods of each are compiled anew by every program, which a `NamedTuple`'s are not."""
MADE = """
import dataclasses, json, sys
ours = [module for name, module in sys.modules.items() if name.partition(".")[0].startswith("pandaprobe_")]
classes = {each for module in ours for each in vars(module).values() if isinstance(each, type)}
print(json.dumps(sorted({each.__name__ for each in classes if dataclasses.is_dataclass(each) and "__init__" in vars(each)})))
"""


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=UNTRACED).stdout


def loaded_by(code: str) -> set[str]:
    return set(python(f"{code}\nimport sys; print(*sys.modules)").split())


def test_the_package_itself_loads_nothing_but_itself():
    names = {
        name.partition(".")[0] for name in loaded_by("import pandaprobe_evals") - loaded_by("import importlib, typing")
    }
    assert names == {"pandaprobe_evals"}


def test_a_client_loads_httpx_and_nothing_else_that_is_not_pythons_own():
    more = loaded_by(CLIENT) - loaded_by("import httpx")
    assert {name.partition(".")[0] for name in more} - sys.stdlib_module_names == {
        "pandaprobe_evals",
        "pandaprobe_evals_api",
    }
    assert len(more) <= MODULES, sorted(more)
    assert not more & {"sqlite3", "multiprocessing", "concurrent.futures", "unittest", "importlib.resources"}


def test_a_client_makes_few_classes_whose_methods_are_compiled_anew_each_time():
    made = json.loads(python(f"{CLIENT}\n{MADE}"))
    assert len(made) <= DATACLASSES, made


def test_a_client_that_is_made_has_no_generated_model_yet():
    made = "from pandaprobe_evals import ApiKey, PandaProbe\nPandaProbe(ApiKey('sk_pp_a', project='a'))"
    generated = {name for name in loaded_by(made) if name.startswith("pandaprobe_evals_api.")}
    assert {name.split(".")[1] for name in generated} == {"models", "resources"}
    assert not {name for name in generated if name.startswith("pandaprobe_evals_api.models.")}


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
