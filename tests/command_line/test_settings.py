"""Where settings come from on the command line, and that secrets stay secret."""

import pytest

KEY = "sk_pp_" + "0" * 60 + "beef"


def shown(ran):
    assert ran.code == 0, ran.err
    return {row["setting"]: (row["value"], row["source"]) for row in ran.records}


def test_flags_win_over_variables_these_over_the_file_and_that_over_defaults(run, home):
    config = home / ".pandaprobe" / "config.yaml"
    config.write_text(
        f"api_key: {KEY}\nproject_name: from file\nendpoint: https://file.example\ntimeout: 7\nother: 1\n"
    )
    env = {"PANDAPROBE_PROJECT_NAME": "from variable", "PANDAPROBE_ENDPOINT": "https://variable.example"}
    assert shown(run("config", "show", "--endpoint", "https://flag.example", env=env)) == {
        "api_key": ("sk_pp_...beef", f"api_key in {config}"),
        "project_name": ("from variable", "PANDAPROBE_PROJECT_NAME"),
        "token": (None, None),
        "project_id": (None, None),
        "endpoint": ("https://flag.example", "--endpoint"),
        "timeout": ("7", f"timeout in {config}"),
    }
    assert shown(run("config", "show", env={"HOME": "/nonexistent"}))["endpoint"] == (
        "https://api.pandaprobe.com",
        "default",
    )


def test_a_token_in_the_environment_is_not_mixed_with_a_key_in_the_file(run, home):
    (home / ".pandaprobe" / "config.yaml").write_text(f"api_key: {KEY}\nproject_name: agents\n")
    env = {"PANDAPROBE_TOKEN": "t" * 50, "PANDAPROBE_PROJECT_ID": "11111111-1111-4111-8111-111111111111"}
    found = shown(run("config", "show", env=env))
    assert found["api_key"] == found["project_name"] == (None, None)
    assert found["token"] == ("...tttt", "PANDAPROBE_TOKEN")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"api_key: [{KEY}", "is not valid YAML"),
        (f"- {KEY}", "needs lines such as"),
        (f"api_key: [{KEY}]", "api_key is neither text nor a number"),
        (b"\xff\xfe\x00", "is not valid YAML"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_not_quoted(run, tmp_path, content, said):
    file = tmp_path / "settings.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    ran = run("config", "show", "--config", file)
    assert (ran.code, ran.out) == (4, "")
    assert str(file) in ran.err
    assert said in ran.err
    assert KEY not in ran.err


def test_a_named_file_that_is_not_there_is_an_error(run):
    ran = run("config", "show", "--config", "nowhere.yaml")
    assert (ran.code, ran.out) == (4, "")
    assert "nowhere.yaml: cannot be read: No such file" in ran.err


def test_an_address_where_nobody_answers_is_said_soon_with_where_to_look(run):
    env = {"PANDAPROBE_API_KEY": KEY, "PANDAPROBE_PROJECT_NAME": "x", "PANDAPROBE_ENDPOINT": "http://127.0.0.1:9"}
    for words in (["metrics"], ["watch", "11111111-1111-4111-8111-111111111111"], ["submit", "--metric", "x", "a"]):
        ran = run(*words, env=env)
        assert ran.code == 1, ran.err
        assert "2 attempts in" in ran.err
        assert "`pandaprobe-evals doctor` looks into it" in ran.err
