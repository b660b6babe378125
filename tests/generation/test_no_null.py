"""A null that breaks more than its request: a monitor's filters. tests/client/test_monitors.py holds the client to it."""

import json

import pytest

from tests.contract.fuzzing import NO_NULL, without_deadly_null
from tests.contract.layer import Exchange


def sent(operation, body):
    """A body as it goes on to the sandbox, whoever made it up."""
    exchange = Exchange(None, "PATCH", "/", {}, {}, json.dumps(body).encode(), operation)
    without_deadly_null(exchange)
    return json.loads(exchange.body)


def test_the_mark_is_where_the_service_is_known_to_break():
    marked = {(operation, name) for operation, names in NO_NULL.items() for name in names}
    assert marked == {("update_monitor", "filters")}


@pytest.mark.parametrize("rest", [{}, {"name": None}, {"metrics": ["agent_reliability"]}])
def test_the_fuzz_sends_it_never_and_all_else_as_it_is(rest):
    assert sent("update_monitor", {**rest, "filters": None}) == rest
    assert sent("update_monitor", {**rest, "filters": {"tags": None}}) == {**rest, "filters": {"tags": None}}
    assert sent("create_monitor", {**rest, "filters": None}) == {**rest, "filters": None}
