"""`gate --junit`, read by a parser that is not ours."""

import pytest
from junitparser import Failure, JUnitXml
from pandaprobe_evals.cli.junit import document
from pandaprobe_evals.verdict import Reason, judge

from tests.judging.made import outcome


@pytest.mark.parametrize("least", ["0", "1"])
def test_a_case_is_a_metric_and_the_exit_code_stays(run, online, tmp_path, least):
    run_id = run("submit", "chat-21", "--metric", "agent_reliability", "--json").events("run")[0]["run_id"]
    words = ("gate", run_id, "--min", f"agent_reliability={least}")
    assert run(*words, "--junit", "gate.xml").code == run(*words).code
    (suite,) = JUnitXml.fromfile(str(tmp_path / "gate.xml"))
    assert {case.name: case.is_failure for case in suite} == {"agent_reliability": least == "1", "runs": False}
    assert (suite.tests, suite.failures) == (2, int(least == "1"))


def test_any_text_survives_as_xml(tmp_path):
    verdict = judge(outcome({"a": 0.1}), {"agent_reliability": 0.5})
    hostile = "agent_reliability: ]]></failure> & <b> \x00\x1b\ud800 \ufffe ä\u2028"
    (tmp_path / "x.xml").write_text(document(verdict, [str(Reason(hostile)), "run x failed"]), encoding="utf-8")
    (suite,) = JUnitXml.fromfile(str(tmp_path / "x.xml"))
    failures = [result for case in suite for result in case.result if isinstance(result, Failure)]
    assert failures[0].message.startswith("agent_reliability: ]]></failure> & <b> ")
    assert (len(failures), failures[1].message) == (2, "run x failed")
