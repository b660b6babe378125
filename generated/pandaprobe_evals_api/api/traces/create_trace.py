# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.create_trace_request import CreateTraceRequest
from ...models.error_detail import ErrorDetail
from ...models.rate_limit_error import RateLimitError
from ...models.trace_accepted import TraceAccepted
from ...models.validation_problem import ValidationProblem
from ...types import Response


def _get_kwargs(
    *,
    body: CreateTraceRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/traces",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TraceAccepted
    | str
    | None
):
    if response.status_code == 202:
        response_202 = TraceAccepted.from_dict(response.json())

        return response_202

    if response.status_code == 400:
        response_400 = ErrorDetail.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ErrorDetail.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ErrorDetail.from_dict(response.json())

        return response_403

    if response.status_code == 405:
        response_405 = ErrorDetail.from_dict(response.json())

        return response_405

    if response.status_code == 422:

        def _parse_response_422(data: object) -> ErrorDetail | ValidationProblem:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_unprocessable_entity_type_0 = (
                    ValidationProblem.from_dict(data)
                )

                return componentsschemas_unprocessable_entity_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_unprocessable_entity_type_1 = ErrorDetail.from_dict(data)

            return componentsschemas_unprocessable_entity_type_1

        response_422 = _parse_response_422(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = RateLimitError.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = response.text
        return response_500

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[
    ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceAccepted | str
]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CreateTraceRequest,
) -> Response[
    ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceAccepted | str
]:
    """Send a trace

     Hands a trace in, for it to be stored a moment later: until then it cannot be read, and a run over
    it finds nothing.
    For agents there are tracing packages, which do this by themselves.

    A trace of an id that is known already is added to: tags and metadata are united, and of the rest
    what is not null
    replaces what there was. So twice is as good as once, where the trace and its spans have ids of
    their own; this client
    makes those that are not given. But each time is billed, as one more of the plan's `traces`.

    Args:
        body (CreateTraceRequest): A trace that is sent. Unknown fields are ignored by the
            service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceAccepted | str]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: CreateTraceRequest,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TraceAccepted
    | str
    | None
):
    """Send a trace

     Hands a trace in, for it to be stored a moment later: until then it cannot be read, and a run over
    it finds nothing.
    For agents there are tracing packages, which do this by themselves.

    A trace of an id that is known already is added to: tags and metadata are united, and of the rest
    what is not null
    replaces what there was. So twice is as good as once, where the trace and its spans have ids of
    their own; this client
    makes those that are not given. But each time is billed, as one more of the plan's `traces`.

    Args:
        body (CreateTraceRequest): A trace that is sent. Unknown fields are ignored by the
            service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceAccepted | str
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CreateTraceRequest,
) -> Response[
    ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceAccepted | str
]:
    """Send a trace

     Hands a trace in, for it to be stored a moment later: until then it cannot be read, and a run over
    it finds nothing.
    For agents there are tracing packages, which do this by themselves.

    A trace of an id that is known already is added to: tags and metadata are united, and of the rest
    what is not null
    replaces what there was. So twice is as good as once, where the trace and its spans have ids of
    their own; this client
    makes those that are not given. But each time is billed, as one more of the plan's `traces`.

    Args:
        body (CreateTraceRequest): A trace that is sent. Unknown fields are ignored by the
            service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceAccepted | str]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: CreateTraceRequest,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TraceAccepted
    | str
    | None
):
    """Send a trace

     Hands a trace in, for it to be stored a moment later: until then it cannot be read, and a run over
    it finds nothing.
    For agents there are tracing packages, which do this by themselves.

    A trace of an id that is known already is added to: tags and metadata are united, and of the rest
    what is not null
    replaces what there was. So twice is as good as once, where the trace and its spans have ids of
    their own; this client
    makes those that are not given. But each time is billed, as one more of the plan's `traces`.

    Args:
        body (CreateTraceRequest): A trace that is sent. Unknown fields are ignored by the
            service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceAccepted | str
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
