"""No operation's id, path or field of the API stands in the client's code, but for these, each with its reason."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

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
ROWS = "a column of what is kept or printed, called as the field is"
OPTION = "an argument of a method: what its option is called, and says"
LINE = "a line of the command's own output or input, called as the field is"
FIELDS = {
    "checks.py": ({"run_id"}, "what an argument is called in a complaint, where its caller says nothing else"),
    "cli/exits.py": (
        {"date_from", "date_to", "eval_run_id", "run_id", "session_id", "signal_weights"},
        "an argument of a method: a complaint about it is told as one about its option",
    ),
    "cli/monitor_edits.py": (
        {
            "date_from",
            "date_to",
            "has_error",
            "min_trace_count",
            "only_if_changed",
            "sampling_rate",
            "session_id",
            "signal_weights",
            "target_type",
            "user_id",
        },
        OPTION,
    ),
    "cli/monitors.py": ({"last_run_at", "last_run_id", "monitor_id"}, LINE),
    "cli/plain.py": (
        {
            "date_from",
            "date_to",
            "limit",
            "metric_name",
            "signal_weights",
            "started_after",
            "started_before",
            "target_type",
        },
        "arguments that the command line checks: a window's ends, what may be misspelt, how many",
    ),
    "cli/resources.py": (
        {"run_id", "session_id", "trace_count", "trace_id"},
        "what `--ids` prints, and how one session is shown",
    ),
    "cli/results.py": ({"error_message", "run_id"}, LINE),
    "cli/run_ids.py": ({"eval_run_id", "metric_names", "run_id"}, LINE),
    "cli/sandbox.py": ({"total_targets", "total_traces"}, "the sandbox can be an older deployment"),
    "cli/sources.py": ({"session_ids"}, "what a complaint about the ids that were typed names"),
    "cli/submit.py": ({"signal_weights"}, OPTION),
    "cli/work.py": ({"error_message", "run_id"}, LINE),
    "exports.py": ({"created_at"}, ROWS),
    "ledger": ({"session_ids", "trace_ids", "signal_weights"}, "the create of a chunk, as the ledger keeps it"),
    "measured.py": ({"trace_id", "eval_run_id"}, "the copy of signals that are deleted has them as the service does"),
    "outcomes.py": ({"run_id", "created_at"}, ROWS),
    "report": ({"session_ids", "trace_ids", "signal_weights"}, "a run's filters that have a line of their own"),
    "results.py": ({"session_id", "trace_id", "created_at", "run_id"}, ROWS),
    "runs.py": ({"run_id", "target_type"}, "what kind a run is of is told by `target_type`, and `x-runs` says so"),
    "settings.py": ({"project_id"}, "a setting, called as the vendor's configuration file does"),
    "signal_reads.py": ({"trace_id", "eval_run_id"}, "arguments of the list that `x-runs` names for signals"),
    "submission.py": ({"session_ids"}, "the argument of its create"),
    "testing.py": ({"session_id", "trace_id"}, ROWS),
    "waiting": ({"limit", "offset", "run_id"}, "arguments of the lists and reads that `x-runs` names"),
}
"""By module or folder, the fields and parameters that stand in it as text; `cli/columns.py`, the columns of tables, is left
out. Of names without an underscore only those of paging are looked for: `name` or `status` is a word of anybody's."""


def test_the_ids_and_paths_of_operations_in_the_code_are_these() -> None:
    names = contract.operations().keys() | {each.path for each in contract.operations().values()}
    found = {
        (module.relative_to(FOLDER).as_posix(), node.value)
        for module in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in names
    }
    assert found == REASONS.keys()


def test_the_fields_in_the_code_are_these() -> None:
    fields = {name for name in (*properties(contract.document()), *parameters()) if "_" in name} | {"limit", "offset"}
    found: dict[str, set[str]] = {}
    for module in FOLDER.rglob("*.py"):
        path = module.relative_to(FOLDER)
        name = path.as_posix() if path.parts[0] == "cli" else path.parts[0]
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if name != "cli/columns.py" and isinstance(node, ast.Constant) and node.value in fields:
                found.setdefault(name, set()).add(str(node.value))
    assert found == {name: said for name, (said, _) in FIELDS.items()}


def properties(node: Any) -> Iterator[str]:
    """The names of all fields of a document."""
    for part in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from properties(part)
    if isinstance(node, Mapping) and isinstance(node.get("properties"), Mapping):
        yield from node["properties"]


def parameters() -> Iterator[str]:
    return (each["name"] for operation in contract.operations().values() for each in operation.parameters)
