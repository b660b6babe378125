# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.create_trace_score_request import CreateTraceScoreRequest
from ...models.error_detail import ErrorDetail
from ...models.rate_limit_error import RateLimitError
from ...models.trace_score import TraceScore
from ...models.validation_problem import ValidationProblem
from ...types import Response


def _get_kwargs(
    *,
    body: CreateTraceScoreRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/evaluations/trace-scores",
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
    | TraceScore
    | str
    | None
):
    if response.status_code == 201:
        response_201 = TraceScore.from_dict(response.json())

        return response_201

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
    ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceScore | str
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
    body: CreateTraceScoreRequest,
) -> Response[
    ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceScore | str
]:
    """Give a trace a score

     Adds a score of a person's or of other software. Each call adds one, also of the same name. It costs
    nothing.

    A trace that is not known, or was accepted and is not stored yet, is answered with 500.

    A score that is called like a signal is taken for a measurement by every later session run over that
    trace.

    Args:
        body (CreateTraceScoreRequest): A score that is given to a trace. Unknown fields are
            ignored by the service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceScore | str]
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
    body: CreateTraceScoreRequest,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TraceScore
    | str
    | None
):
    """Give a trace a score

     Adds a score of a person's or of other software. Each call adds one, also of the same name. It costs
    nothing.

    A trace that is not known, or was accepted and is not stored yet, is answered with 500.

    A score that is called like a signal is taken for a measurement by every later session run over that
    trace.

    Args:
        body (CreateTraceScoreRequest): A score that is given to a trace. Unknown fields are
            ignored by the service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceScore | str
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CreateTraceScoreRequest,
) -> Response[
    ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceScore | str
]:
    """Give a trace a score

     Adds a score of a person's or of other software. Each call adds one, also of the same name. It costs
    nothing.

    A trace that is not known, or was accepted and is not stored yet, is answered with 500.

    A score that is called like a signal is taken for a measurement by every later session run over that
    trace.

    Args:
        body (CreateTraceScoreRequest): A score that is given to a trace. Unknown fields are
            ignored by the service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceScore | str]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: CreateTraceScoreRequest,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TraceScore
    | str
    | None
):
    """Give a trace a score

     Adds a score of a person's or of other software. Each call adds one, also of the same name. It costs
    nothing.

    A trace that is not known, or was accepted and is not stored yet, is answered with 500.

    A score that is called like a signal is taken for a measurement by every later session run over that
    trace.

    Args:
        body (CreateTraceScoreRequest): A score that is given to a trace. Unknown fields are
            ignored by the service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceScore | str
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
