"""What a create by filters says of its filters is compared with what was meant: one that is left out bills a project."""

import json

import httpx
import pytest
from pandaprobe_evals import BackoffPolicy, ContractViolation, InvalidArgument, OutcomeUnknown
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


class Dropping(Lying):
    """A service that drops a filter, and whose answers to creates are lost."""

    def _changed(self, request, answer):
        if request.method == "POST":
            raise httpx.ReadError("broken off", request=request)
        return answer

    def handle_request(self, request):
        return super().handle_request(self._dropped(request))

    async def handle_async_request(self, request):
        return await super().handle_async_request(self._dropped(request))

    def _dropped(self, request):
        if request.method != "POST":
            return request
        body = json.loads(request.read())
        self.change(body["filters"])
        headers = {name: value for name, value in request.headers.items() if name != "content-length"}
        return httpx.Request("POST", request.url, headers=headers, json=body)


@by_each
def test_a_lost_create_whose_filters_are_not_kept_is_never_sent_again(asked, create, kind):
    transport = Dropping(asked.sandbox.transport(), lambda filters: filters.pop("tags"))
    quick = BackoffPolicy(settle=0.05, look_every=0.02)
    panda = kind("http://dropping.localhost", transport=transport, backoff=quick, pacing="off")
    resource, method = create.split(".")
    make = getattr(getattr(panda, resource), method)
    with pytest.raises(OutcomeUnknown, match="or from some of them, and nothing tells") as unknown:
        make(**CREATES[create], **FILTERS)
    [made] = getattr(panda, resource).list()
    assert unknown.value.candidates == (str(made.id),)
    assert ("the monitor may" if resource == "monitors" else "the run may") in str(unknown.value)
    with pytest.raises(ContractViolation, match="did not keep tags") as told:  # a mark tells whose it is
        make(**CREATES[create], **FILTERS, marker=True)
    newest, older = getattr(panda, resource).list()
    assert (told.value.run_id, older.id) == (str(newest.id), made.id)


@by_each
def test_a_misspelt_filter_is_refused_before_anything_is_sent(asked, create):
    with pytest.raises((InvalidArgument, TypeError), match="tgas"):
        asked(create, lambda filters: None, tgas=["production"])
    assert asked.sandbox.units_billed == 0
