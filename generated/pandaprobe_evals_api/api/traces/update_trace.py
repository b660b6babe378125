# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_detail import ErrorDetail
from ...models.rate_limit_error import RateLimitError
from ...models.trace import Trace
from ...models.update_trace_request import UpdateTraceRequest
from ...models.validation_problem import ValidationProblem
from ...types import Response


def _get_kwargs(
    trace_id: UUID,
    *,
    body: UpdateTraceRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/traces/{trace_id}".format(
            trace_id=quote(str(trace_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | Trace | str | None
):
    if response.status_code == 200:
        response_200 = Trace.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = ErrorDetail.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ErrorDetail.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ErrorDetail.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = ErrorDetail.from_dict(response.json())

        return response_404

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
    ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | Trace | str
]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    trace_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: UpdateTraceRequest,
) -> Response[
    ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | Trace | str
]:
    """Change a trace

     Changes what is given, and leaves the rest: metadata is added to what there is, and tags take the
    place of those that there
    were. Null clears a field; this client sends it for what `clear` names alone.

    Args:
        trace_id (UUID):
        body (UpdateTraceRequest): What is to be changed of a trace. Unknown fields are ignored by
            the service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | Trace | str]
    """

    kwargs = _get_kwargs(
        trace_id=trace_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    trace_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: UpdateTraceRequest,
) -> (
    ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | Trace | str | None
):
    """Change a trace

     Changes what is given, and leaves the rest: metadata is added to what there is, and tags take the
    place of those that there
    were. Null clears a field; this client sends it for what `clear` names alone.

    Args:
        trace_id (UUID):
        body (UpdateTraceRequest): What is to be changed of a trace. Unknown fields are ignored by
            the service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | Trace | str
    """

    return sync_detailed(
        trace_id=trace_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    trace_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: UpdateTraceRequest,
) -> Response[
    ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | Trace | str
]:
    """Change a trace

     Changes what is given, and leaves the rest: metadata is added to what there is, and tags take the
    place of those that there
    were. Null clears a field; this client sends it for what `clear` names alone.

    Args:
        trace_id (UUID):
        body (UpdateTraceRequest): What is to be changed of a trace. Unknown fields are ignored by
            the service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | Trace | str]
    """

    kwargs = _get_kwargs(
        trace_id=trace_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    trace_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: UpdateTraceRequest,
) -> (
    ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | Trace | str | None
):
    """Change a trace

     Changes what is given, and leaves the rest: metadata is added to what there is, and tags take the
    place of those that there
    were. Null clears a field; this client sends it for what `clear` names alone.

    Args:
        trace_id (UUID):
        body (UpdateTraceRequest): What is to be changed of a trace. Unknown fields are ignored by
            the service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | Trace | str
    """

    return (
        await asyncio_detailed(
            trace_id=trace_id,
            client=client,
            body=body,
        )
    ).parsed
