"""The settings that the command line reads, read in Python."""

import builtins
import re
import subprocess
import sys
import traceback

import pytest
from pandaprobe_evals import AsyncPandaProbe, InvalidArgument, PandaProbe
from pandaprobe_evals.extras import install
from pandaprobe_evals.settings import VARIABLES

KEY = "sk_pp_" + "0" * 60 + "beef"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home folder with nothing in it, and no variable set."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for variable in VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)
    return tmp_path


@pytest.fixture
def vendors_file(home):
    file = home / ".pandaprobe" / "config.yaml"
    file.parent.mkdir()
    file.write_text(f"api_key: {KEY}\nproject_name: from file\nendpoint: http://127.0.0.1:9\ntimeout: 7\nother: 1\n")
    return file


@pytest.mark.parametrize("kind", [PandaProbe, AsyncPandaProbe])
def test_the_vendors_file_suffices_and_variables_and_options_win_over_it(kind, vendors_file, monkeypatch):
    panda = kind.from_config()
    assert panda.base_url == "http://127.0.0.1:9"
    assert panda.project == "from file"
    monkeypatch.setenv("PANDAPROBE_PROJECT_NAME", "from variable")
    panda = kind.from_config(base_url="http://127.0.0.1:8")
    assert (panda.base_url, panda.project) == ("http://127.0.0.1:8", "from variable")


def test_another_file_can_be_named_and_must_be_there(tmp_path, vendors_file):
    other = tmp_path / "other.yaml"
    with pytest.raises(InvalidArgument, match=r"other\.yaml: cannot be read"):
        PandaProbe.from_config(other)
    other.write_text(f"api_key: {KEY}\nproject_name: elsewhere\n")
    assert PandaProbe.from_config(str(other)).project == "elsewhere"


ENDED = [
    ("", {"PANDAPROBE_TIMEOUT": "soon"}),
    ("", {"PANDAPROBE_ENDPOINT": "::"}),
    ("", {"PANDAPROBE_TOKEN": "t", "PANDAPROBE_PROJECT_ID": "i"}),
    ("project_name: [x", {}),
    ("project_name: [x]", {}),
    ("project_name: true", {}),
    ("project_name: '-'", {}),
    ("- x", {}),
    ("\xff", {}),
    ("", {}),
]


@pytest.mark.parametrize(("line", "variables"), ENDED, ids=str)
@pytest.mark.parametrize("of", ["file", "environment"])
def test_no_frame_of_ours_shows_the_key_whatever_is_wrong_with_the_settings(home, monkeypatch, line, variables, of):
    """As a reporter of local variables would write them down, through causes and contexts."""
    file = home / "config.yaml"
    file.write_bytes((f"api_key: {KEY}\n{line}\n" if of == "file" else f"{line}\n").encode("latin-1"))
    given = {"PANDAPROBE_API_KEY": KEY} if of == "environment" else {}
    for name, value in {**given, **variables}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InvalidArgument) as caught:
        PandaProbe.from_config(file)
    shown, todo = [], [caught.value]
    while todo:
        error = todo.pop()
        shown.append(str(error))
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename != __file__]
        shown += [repr(value) for frame in frames for value in frame.f_locals.values()]
        todo += [each for each in (error.__cause__, error.__context__) if each]
    assert not [text for text in shown if KEY in text]


def test_without_credentials_each_way_says_what_else_there_is(home):
    with pytest.raises(
        InvalidArgument, match=r"no credentials.*from_config\(\) reads ~/\.pandaprobe/config\.yaml as well"
    ):
        PandaProbe.from_env()
    with pytest.raises(InvalidArgument, match=rf"no credentials.*api_key and project_name into {home}"):
        PandaProbe.from_config()


def test_without_the_extra_a_file_says_what_to_install_and_no_file_needs_none(vendors_file, monkeypatch):
    true = builtins.__import__

    def without_yaml(name, *rest, **more):
        if name == "yaml":
            raise ModuleNotFoundError("No module named 'yaml'", name="yaml")
        return true(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_yaml)
    with pytest.raises(ModuleNotFoundError, match=rf"config\.yaml.*needs yaml: {re.escape(install('cli'))}"):
        PandaProbe.from_config()
    vendors_file.unlink()
    monkeypatch.setenv("PANDAPROBE_API_KEY", KEY)
    monkeypatch.setenv("PANDAPROBE_PROJECT_NAME", "agents")
    assert PandaProbe.from_config().project == "agents"


def test_python_and_the_command_line_settle_on_the_same(vendors_file):
    shown = subprocess.run(
        [sys.executable, "-m", "pandaprobe_evals.cli", "config", "show", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    panda = PandaProbe.from_config()
    assert f'"value": "{panda.base_url}"' in shown.stdout
    assert f'"value": "{panda.project}"' in shown.stdout
