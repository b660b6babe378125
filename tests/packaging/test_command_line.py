"""The command line, as people meet it."""

import json
import subprocess
import sys
from pathlib import Path

import pandaprobe_evals
import pytest
from pandaprobe_evals.extras import install


def command(*words, **more):
    return subprocess.run(
        [sys.executable, "-m", "pandaprobe_evals.cli", *words], capture_output=True, text=True, check=False, **more
    )


def test_it_says_its_version_and_lists_its_commands():
    assert command("--version").stdout.strip() == pandaprobe_evals.__version__
    assert "sandbox" in command("--help").stdout


def test_a_misspelt_option_is_refused_with_the_right_one():
    run = command("sandbox", "--prt", "1")
    assert run.returncode == 4  # 2 would say that the credentials are bad
    assert "--port" in run.stderr
    assert "Traceback" not in run.stderr


def test_without_its_extra_it_says_what_to_install():
    code = "import sys; sys.modules['typer'] = None; from pandaprobe_evals.cli import main; main()"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert install("cli") in run.stderr
    assert "Traceback" not in run.stderr


def test_without_the_sandboxs_extra_it_says_what_to_install():
    code = (
        "import sys; sys.modules['fastapi'] = None; sys.argv = ['pandaprobe-evals', 'sandbox']; "
        "from pandaprobe_evals.cli import main; main()"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert install("sandbox") in run.stderr
    assert "Traceback" not in run.stderr


def distribution(folder, monkeypatch, **direct_url):
    """This distribution as an installer leaves it: with a library of its extra `stats`, and none of `sandbox`."""
    wanted = ["scipy; extra == 'stats'", "nope; extra == 'cli'", "neither; extra == 'sandbox'"]
    for name, requires in (("pandaprobe_evals", wanted), ("scipy", [])):
        (folder / f"{name}-0.dist-info").mkdir()
        lines = [f"Name: {name}", "Version: 0", *(f"Requires-Dist: {each}" for each in requires)]
        (folder / f"{name}-0.dist-info" / "METADATA").write_text("\n".join(lines))
    (folder / "pandaprobe_evals-0.dist-info" / "direct_url.json").write_text(json.dumps(direct_url))
    monkeypatch.syspath_prepend(folder)


@pytest.mark.parametrize(
    ("folder", "marker", "said"),
    [
        ("uv/tools/pandaprobe-evals", "uv-receipt.toml", "uv tool install --force 'pandaprobe-evals[stats,cli]'"),
        ("pipx/venvs/pandaprobe-evals", "pipx_metadata.json", "pipx install --force 'pandaprobe-evals[stats,cli]'"),
        ("uv/archive-v0/ux2Uao02", "pyvenv.cfg", "uvx --from 'pandaprobe-evals[stats,cli]' pandaprobe-evals"),
    ],
)
def test_a_tool_is_made_anew_with_the_extras_that_it_has(tmp_path, monkeypatch, folder, marker, said):
    distribution(tmp_path, monkeypatch)
    environment = Path(tmp_path, folder)
    environment.mkdir(parents=True)
    (environment / marker).touch()
    assert install("cli", environment) == said


@pytest.mark.parametrize(
    ("direct_url", "said"),
    [
        ({}, "'pandaprobe-evals[cli]'"),
        ({"url": "file:///a/b.whl", "archive_info": {}}, "'pandaprobe-evals[cli] @ file:///a/b.whl'"),
        ({"url": "file:///a/b", "dir_info": {}}, "'pandaprobe-evals[cli] @ file:///a/b'"),
        ({"url": "file:///a/b", "dir_info": {"editable": True}}, "-e '/a/b[cli]'"),
        (
            {"url": "https://git.example/a", "vcs_info": {"vcs": "git", "commit_id": "c0ffee"}},
            "'pandaprobe-evals[cli] @ git+https://git.example/a@c0ffee'",
        ),
    ],
)
def test_an_extra_is_installed_from_where_the_distribution_came(tmp_path, monkeypatch, direct_url, said):
    distribution(tmp_path, monkeypatch, **direct_url)
    assert install("cli").endswith(f" install {said}")


def test_it_is_installed_by_the_pip_of_this_environment_whichever_one_the_shell_finds(tmp_path, monkeypatch):
    distribution(tmp_path, monkeypatch)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert install("cli").startswith("pip install ")
    (tmp_path / "pip").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert install("cli").startswith(f"{sys.executable} -m pip install ")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert install("cli").startswith(f"uv pip install --python {sys.executable} ")
