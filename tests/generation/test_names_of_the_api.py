"""No operation's id and no path of the API stands in the client's code, but for these, each with its reason."""

import ast
from pathlib import Path

import pandaprobe_evals
from pandaprobe_evals import contract

FOLDER = Path(pandaprobe_evals.__file__).parent
REASONS = {
    (
        "base_client.py",
        "create_batch_session_eval_run",
    ): "the default of `rate_limit()`: the create that most programs make",
    ("submission.py", "create_batch_session_eval_run"): "what `submit` makes of session ids",
    ("submission.py", "create_batch_trace_eval_run"): "what `submit` makes of trace ids",
    ("cli/doctor.py", "list_session_eval_runs"): "its path shows whether the service asks for credentials",
    ("cli/monitor_edits.py", "create_monitor"): "what the command's options may be is said by this operation",
    ("cli/monitor_edits.py", "update_monitor"): "what the command's options may be is said by this operation",
}


def test_the_ids_and_paths_of_operations_in_the_code_are_these() -> None:
    names = contract.operations().keys() | {each.path for each in contract.operations().values()}
    found = {
        (module.relative_to(FOLDER).as_posix(), node.value)
        for module in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in names
    }
    assert found == REASONS.keys()
