# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_detail import ErrorDetail
from ...models.eval_run_page import EvalRunPage
from ...models.eval_run_status import EvalRunStatus
from ...models.rate_limit_error import RateLimitError
from ...models.validation_problem import ValidationProblem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    status: EvalRunStatus | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status

    params["status"] = json_status

    params["limit"] = limit

    params["offset"] = offset

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/evaluations/trace-runs",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | EvalRunPage
    | RateLimitError
    | str
    | None
):
    if response.status_code == 200:
        response_200 = EvalRunPage.from_dict(response.json())

        return response_200

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
    ErrorDetail | ErrorDetail | ValidationProblem | EvalRunPage | RateLimitError | str
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
    status: EvalRunStatus | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> Response[
    ErrorDetail | ErrorDetail | ValidationProblem | EvalRunPage | RateLimitError | str
]:
    """List runs over traces, newest first

     One page of the project's runs over traces, those of monitors included. Every run on it repeats all
    ids it was created from, so that a page of
    large runs can weigh many megabytes: ask for few at a time.

    Args:
        status (EvalRunStatus | Unset): `PENDING` waits for a worker, `RUNNING` is at work,
            `COMPLETED` has handled every session (not
            necessarily well), `FAILED` broke, and may come back to `RUNNING`.
        limit (int | Unset):
        offset (int | Unset): How many to pass over, at most 2^63-1: the service breaks on more.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | EvalRunPage | RateLimitError | str]
    """

    kwargs = _get_kwargs(
        status=status,
        limit=limit,
        offset=offset,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    status: EvalRunStatus | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | EvalRunPage
    | RateLimitError
    | str
    | None
):
    """List runs over traces, newest first

     One page of the project's runs over traces, those of monitors included. Every run on it repeats all
    ids it was created from, so that a page of
    large runs can weigh many megabytes: ask for few at a time.

    Args:
        status (EvalRunStatus | Unset): `PENDING` waits for a worker, `RUNNING` is at work,
            `COMPLETED` has handled every session (not
            necessarily well), `FAILED` broke, and may come back to `RUNNING`.
        limit (int | Unset):
        offset (int | Unset): How many to pass over, at most 2^63-1: the service breaks on more.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | EvalRunPage | RateLimitError | str
    """

    return sync_detailed(
        client=client,
        status=status,
        limit=limit,
        offset=offset,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    status: EvalRunStatus | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> Response[
    ErrorDetail | ErrorDetail | ValidationProblem | EvalRunPage | RateLimitError | str
]:
    """List runs over traces, newest first

     One page of the project's runs over traces, those of monitors included. Every run on it repeats all
    ids it was created from, so that a page of
    large runs can weigh many megabytes: ask for few at a time.

    Args:
        status (EvalRunStatus | Unset): `PENDING` waits for a worker, `RUNNING` is at work,
            `COMPLETED` has handled every session (not
            necessarily well), `FAILED` broke, and may come back to `RUNNING`.
        limit (int | Unset):
        offset (int | Unset): How many to pass over, at most 2^63-1: the service breaks on more.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | EvalRunPage | RateLimitError | str]
    """

    kwargs = _get_kwargs(
        status=status,
        limit=limit,
        offset=offset,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    status: EvalRunStatus | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | EvalRunPage
    | RateLimitError
    | str
    | None
):
    """List runs over traces, newest first

     One page of the project's runs over traces, those of monitors included. Every run on it repeats all
    ids it was created from, so that a page of
    large runs can weigh many megabytes: ask for few at a time.

    Args:
        status (EvalRunStatus | Unset): `PENDING` waits for a worker, `RUNNING` is at work,
            `COMPLETED` has handled every session (not
            necessarily well), `FAILED` broke, and may come back to `RUNNING`.
        limit (int | Unset):
        offset (int | Unset): How many to pass over, at most 2^63-1: the service breaks on more.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | EvalRunPage | RateLimitError | str
    """

    return (
        await asyncio_detailed(
            client=client,
            status=status,
            limit=limit,
            offset=offset,
        )
    ).parsed
