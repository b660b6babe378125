"""The command line, as people meet it."""

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
    assert "pip install 'pandaprobe-evals[cli]'" in run.stderr
    assert "Traceback" not in run.stderr


def test_without_the_sandboxs_extra_it_says_what_to_install():
    code = (
        "import sys; sys.modules['fastapi'] = None; sys.argv = ['pandaprobe-evals', 'sandbox']; "
        "from pandaprobe_evals.cli import main; main()"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "pip install 'pandaprobe-evals[sandbox]'" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("folder", "marker", "said"),
    [
        ("venv", "pyvenv.cfg", "pip install 'pandaprobe-evals[cli]'"),
        ("uv/tools/pandaprobe-evals", "uv-receipt.toml", "uv tool install 'pandaprobe-evals[cli]'"),
        ("pipx/venvs/pandaprobe-evals", "pipx_metadata.json", "pipx install --force 'pandaprobe-evals[cli]'"),
        ("uv/archive-v0/ux2Uao02", "pyvenv.cfg", "uvx --from 'pandaprobe-evals[cli]' pandaprobe-evals"),
    ],
)
def test_an_extra_is_installed_by_what_made_the_environment(tmp_path, folder, marker, said):
    environment = Path(tmp_path, folder)
    environment.mkdir(parents=True)
    (environment / marker).touch()
    assert install("cli", environment) == said
