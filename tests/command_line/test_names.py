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
