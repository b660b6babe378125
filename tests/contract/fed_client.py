"""The real client in all its forms, above a respx router that answers what it is told to."""

import asyncio
import importlib
import inspect
import itertools
import operator

import httpx
import respx
from pandaprobe_evals import ApiKey, AsyncPandaProbe, PandaProbe
from pandaprobe_evals.policy import BackoffPolicy
from pandaprobe_evals_api import models
from pandaprobe_sandbox import HeldClock

from . import recorder
from .calling import as_generated, called, is_paged, parameters_of, will_do
from .document import OPERATIONS, sendable

ONCE = BackoffPolicy(max_attempts=1, base=0, settle=0, settle_answered=0, look_every=0)
WAYS = ("client", "async client", "functions", "async functions")
"""How users call an operation: by a method of either client, or by a bare generated function."""

_numbers = itertools.count(1)


def answering(status, content=b"", content_type="application/json"):
    """A router that gives this answer to whatever is sent."""
    headers = [("content-type", content_type)]
    router = respx.Router(assert_all_called=False)
    router.route().mock(return_value=httpx.Response(status, content=content, headers=headers))
    return router


def ask(way, operation, router, arguments=None, *, auth=None, rate_limit=(1000, 0.001), deadline=30):
    """Call an operation, by a client of a credential of its own, which pacing (by the rate limit given) forgets at once.

    Returns the parsed answer; of a list the first page, None where it is empty.
    """
    asynchronous = way.startswith("async")
    make = AsyncPandaProbe if asynchronous else PandaProbe
    panda = make(
        auth or ApiKey(f"sk_pp_{next(_numbers):064x}", project="x"),
        base_url="http://localhost:8000",
        transport=httpx.MockTransport(_seen_as_sent(router.async_handler if asynchronous else router.handler)),
        rate_limit=rate_limit,
        backoff=ONCE,
        deadline=deadline,
        clock=HeldClock(),  # on a busy machine, too, a deadline is only met by who waits for it
    )
    try:
        return _called(panda, way, operation, arguments)
    finally:
        for call in router.calls:
            recorder.call(operation, call.request, call.response)


def _seen_as_sent(handler):
    """Hands on a copy of each request: the client takes the credentials off its own as soon as it is done."""
    return lambda request: handler(
        httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
    )


def _called(panda, way, operation, arguments):
    call = _function if way.endswith("functions") else _method
    if way.startswith("async"):
        return asyncio.run(_awaited(panda, lambda: call(panda, operation, arguments)))
    with panda:
        result = call(panda, operation, arguments)
        return next(result, None) if inspect.isgenerator(result) else result


async def _awaited(panda, call):
    async with panda:
        result = call()
        return await anext(result, None) if inspect.isasyncgen(result) else await result


def _method(panda, operation, arguments):
    method = operator.attrgetter(called(operation))(panda)
    result = method(**(will_do(operation) if arguments is None else arguments))
    return result.pages() if is_paged(operation) else result


def _function(panda, operation, arguments):
    *_, node = OPERATIONS[operation]
    module = importlib.import_module(f"pandaprobe_evals_api.api.{node['tags'][0]}.{operation}")
    if arguments is None:
        needed = [each for each in parameters_of(operation) if each.get("required")]
        arguments = {each["name"]: as_generated(operation, each["name"], each["example"]) for each in needed}
        if "requestBody" in node:
            arguments["body"] = body_of(operation, sendable(operation)["json"])
    call = module.asyncio if isinstance(panda, AsyncPandaProbe) else module.sync
    return call(client=panda.api, **arguments)


def body_of(operation, value):
    """A request's body as the generated class."""
    schema = OPERATIONS[operation][2]["requestBody"]["content"]["application/json"]["schema"]
    if "items" in schema:
        return [_model(schema["items"]).from_dict(each) for each in value]
    return _model(schema).from_dict(value)


def _model(schema):
    return getattr(models, schema["$ref"].rpartition("/")[2])
