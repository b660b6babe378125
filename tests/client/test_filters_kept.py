"""What a create by filters says of its filters is compared with what was meant: one that is left out bills a project."""

import json

import httpx
import pytest
from pandaprobe_evals import ContractViolation, InvalidArgument
from pandaprobe_sandbox import Sandbox

STARTED = "2026-11-16T00:00:00+00:00"
TRACE = {
    "trace_id": "b7c9a0de-3f6c-4b43-9e0c-1a2b3c4d5e6f",
    "name": "turn",
    "tags": ["production"],
    "started_at": STARTED,
}
FILTERS = {"tags": ["production"], "date_from": "2026-11-15T23:00:00-01:00"}
CREATES = {
    "session_runs.create": {"metrics": ["agent_reliability"]},
    "trace_runs.create": {"metrics": ["task_completion"]},
    "monitors.create": {"name": "n", "target_type": "SESSION", "metrics": ["agent_reliability"], "cadence": "daily"},
}
by_each = pytest.mark.parametrize("create", CREATES)


class Lying(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Changes what the answers to creates say of their filters."""

    def __init__(self, transport, change):
        self.transport, self.change = transport, change

    def handle_request(self, request):
        answer = self.transport.handle_request(request)
        answer.read()
        return self._changed(request, answer)

    async def handle_async_request(self, request):
        answer = await self.transport.handle_async_request(request)
        await answer.aread()
        return self._changed(request, answer)

    def _changed(self, request, answer):
        if request.method != "POST":
            return answer
        item = json.loads(answer.content)
        self.change(item["filters"])
        return httpx.Response(answer.status_code, headers={"Content-Type": "application/json"}, json=item)


@pytest.fixture
def asked(kind):
    """Creates one by filters, at a service that changes what it says of them."""

    def ask(create, change, **filters):
        panda = kind("http://filters.localhost", transport=Lying(sandbox.transport(), change))
        resource, method = create.split(".")
        return getattr(getattr(panda, resource), method)(**CREATES[create], **filters)

    with Sandbox(speed=1000) as sandbox:
        sandbox.add_session("chat-1", tags=["production"], started_at=STARTED)
        kind("http://filters.localhost", transport=sandbox.transport()).traces.create(**TRACE)
        ask.sandbox = sandbox
        yield ask


@by_each
def test_filters_that_are_kept_are_no_matter(asked, create):
    made = asked(create, lambda filters: None, **FILTERS)
    assert (made.filters.to_dict()["tags"], made.reconciled) == (["production"], False)


@by_each
def test_the_same_time_in_other_words_is_kept(asked, create):
    assert not asked(create, lambda filters: filters.update(date_from=STARTED, new_to_us=1), **FILTERS).reconciled


@by_each
@pytest.mark.parametrize(
    "change",
    [
        lambda filters: filters.pop("tags"),
        lambda filters: filters.update(tags=None),
        lambda filters: filters.update(tags=["production", "staging"]),
        lambda filters: filters.clear(),
    ],
)
def test_a_filter_that_is_not_kept_is_told_with_the_id_of_what_was_made(asked, create, change, kind):
    with pytest.raises(
        ContractViolation, match=r"did not keep .*tags.*more than was meant.*do not create it again"
    ) as told:
        asked(create, change, **FILTERS)
    panda = kind("http://filters.localhost", transport=asked.sandbox.transport())
    resource = getattr(panda, create.split(".")[0])
    [made] = resource.list()
    assert told.value.run_id == str(made.id)
    assert str(made.id) in str(told.value)
    if create != "monitors.create":
        assert resource.resolve(told.value).id == made.id


@by_each
def test_a_misspelt_filter_is_refused_before_anything_is_sent(asked, create):
    with pytest.raises((InvalidArgument, TypeError), match="tgas"):
        asked(create, lambda filters: None, tgas=["production"])
    assert asked.sandbox.units_billed == 0
