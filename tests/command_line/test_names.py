"""A metric or a signal with a letter amiss is told with what was meant, before anything is sent or waited for."""

import pytest

METRIC = "agent_reliability"


@pytest.mark.parametrize(
    ("words", "flag"),
    [
        (("submit", "a", "--metric", "agent_reliabilty"), "--metric"),
        (("gate", "{run}", "--min", "agent_reliabilty=0.5"), "--min"),
        (("report", "{run}", "--min", "agent_reliabilty=0.5", "-o", "{file}"), "--min"),
    ],
)
def test_a_metric_that_the_service_does_not_have_is_refused(run, online, sandbox, tmp_path, words, flag):
    run_id = run("submit", "a", "--metric", METRIC, "--json").events("run")[0]["run_id"]
    file = tmp_path / "x.html"
    ran = run(*(word.format(run=run_id, file=file) for word in words))
    assert ran.code == 4
    assert ran.err == f"Error: {flag}: the service has no metric agent_reliabilty; did you mean {METRIC}?\n"
    assert sandbox.units_billed == 1
    assert not file.exists()


def test_a_metric_that_is_like_none_is_refused_with_all_that_there_are(run, online):
    said = run("submit", "a", "--metric", "zzz").err
    assert said == "Error: --metric: the service has no metric zzz; there are agent_consistency, agent_reliability\n"


@pytest.mark.parametrize("words", [("scores",), ("analytics", "worst"), ("analytics", "trend")])
def test_a_metric_with_a_letter_amiss_is_no_empty_list(run, online, words):
    ran = run(*words, "--metric", "agent_reliabilty")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == f"Error: --metric: the service has no metric agent_reliabilty; did you mean {METRIC}?\n"
    assert run(*words, "--metric", METRIC).code == 0


def test_scores_may_have_names_that_are_no_metrics(run, online):
    ran = run("scores", "--metric", "review")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_a_weight_of_an_unknown_signal_is_warned_of(run, online, more):
    ran = run("submit", "a", "--metric", METRIC, "--weight", "confidnce=0", "--weight", "coherence=1", *more)
    assert ran.code == 0
    assert ran.err.count("Warning: ") == 1
    assert "confidnce is not a known signal" in ran.err
    assert "did you mean confidence?" in ran.err


@pytest.mark.parametrize("words", [("create", "--cadence", "daily", "--name", "n"), ("edit", "{monitor}")])
def test_a_monitor_of_a_metric_or_weight_that_there_is_not_is_told_with_what_was_meant(run, online, words):
    made = ("monitors", "create", "--cadence", "daily", "--name", "n", "--metric", METRIC)
    words = ["monitors", *(word.format(monitor=run(*made).records[0]["id"]) for word in words)]
    ran = run(*words, "--metric", "agent_reliabilty")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == f"Error: --metric: the service has no metric agent_reliabilty; did you mean {METRIC}?\n"
    ran = run(*words, "--metric", METRIC, "--weight", "confidnce=0")
    assert (ran.code, ran.err.count("did you mean confidence?")) == (0, 1)


def test_a_variable_with_a_letter_amiss_is_warned_of_once(run, online, monkeypatch):
    monkeypatch.setenv("PANDAPROBE_ENVIRONMENT", "the vendor's own")
    assert run("metrics").err == ""
    monkeypatch.setenv("PANDAPROBE_TIMOUT", "3")
    ran = run("metrics")
    assert (ran.code, ran.err) == (
        0,
        "Warning: PANDAPROBE_TIMOUT is set, and nothing reads it; did you mean PANDAPROBE_TIMEOUT?\n",
    )
    assert run("config", "show").err == ran.err
    monkeypatch.setenv("PANDAPROBE_TIMEOUT", "3")
    assert run("metrics").err == ""


def test_a_key_of_the_file_with_a_letter_amiss_is_refused_before_a_key_goes_elsewhere(run, sandbox, tmp_path, online):
    (tmp_path / "c.yaml").write_text("endpointt: http://localhost:1\nenvironment: the vendor's own\n")
    ran = run("metrics", "--config", "c.yaml")
    assert (ran.code, ran.err) == (4, "Error: c.yaml: endpointt is not a key; did you mean endpoint?\n")
    assert sandbox.requests == []
    (tmp_path / "c.yaml").write_text("timeout: 3\ntimeouts: 4\n")
    assert run("metrics", "--config", "c.yaml").code == 0


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        ('metrics = ["agent_reliabilty"]', ("submit", "a"), "metrics"),
        ("minimums = { agent_reliabilty = 0.5 }", ("gate", "0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e"), "minimums"),
    ],
)
def test_a_metric_of_the_evaluation_file_is_told_by_its_key(run, online, tmp_path, content, words, said):
    (tmp_path / "pandaprobe-evals.toml").write_text(content)
    ran = run(*words)
    assert (ran.code, ran.out) == (4, "")
    assert f"Error: pandaprobe-evals.toml: {said}: the service has no metric agent_reliabilty; did you" in ran.err
