# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_detail import ErrorDetail
from ...models.eval_run import EvalRun
from ...models.quota_error import QuotaError
from ...models.rate_limit_error import RateLimitError
from ...models.validation_problem import ValidationProblem
from ...types import Response


def _get_kwargs(
    monitor_id: UUID,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/evaluations/monitors/{monitor_id}/trigger".format(
            monitor_id=quote(str(monitor_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | EvalRun
    | QuotaError
    | RateLimitError
    | str
    | None
):
    if response.status_code == 202:
        response_202 = EvalRun.from_dict(response.json())

        return response_202

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

        def _parse_response_429(data: object) -> QuotaError | RateLimitError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_429_type_0 = RateLimitError.from_dict(data)

                return response_429_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            response_429_type_1 = QuotaError.from_dict(data)

            return response_429_type_1

        response_429 = _parse_response_429(response.json())

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
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | EvalRun
    | QuotaError
    | RateLimitError
    | str
]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    monitor_id: UUID,
    *,
    client: AuthenticatedClient | Client,
) -> Response[
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | EvalRun
    | QuotaError
    | RateLimitError
    | str
]:
    """Let a monitor run now

     Creates a run over everything that the monitor's filters match, or over its sample, whatever its
    cadence, `only_if_changed`
    and state. It is billed like any other run, to `session_evals` or `trace_evals`. It counts as the
    monitor's last run: the
    next one is one cadence from now, of a paused monitor too.

    As with the other creates, the run may exist although the answer was a 500 or never came. It is
    found again among the
    monitor's runs; one that the scheduler made in the same seconds cannot be told from it.

    Args:
        monitor_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | EvalRun | QuotaError | RateLimitError | str]
    """

    kwargs = _get_kwargs(
        monitor_id=monitor_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    monitor_id: UUID,
    *,
    client: AuthenticatedClient | Client,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | EvalRun
    | QuotaError
    | RateLimitError
    | str
    | None
):
    """Let a monitor run now

     Creates a run over everything that the monitor's filters match, or over its sample, whatever its
    cadence, `only_if_changed`
    and state. It is billed like any other run, to `session_evals` or `trace_evals`. It counts as the
    monitor's last run: the
    next one is one cadence from now, of a paused monitor too.

    As with the other creates, the run may exist although the answer was a 500 or never came. It is
    found again among the
    monitor's runs; one that the scheduler made in the same seconds cannot be told from it.

    Args:
        monitor_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | EvalRun | QuotaError | RateLimitError | str
    """

    return sync_detailed(
        monitor_id=monitor_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    monitor_id: UUID,
    *,
    client: AuthenticatedClient | Client,
) -> Response[
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | EvalRun
    | QuotaError
    | RateLimitError
    | str
]:
    """Let a monitor run now

     Creates a run over everything that the monitor's filters match, or over its sample, whatever its
    cadence, `only_if_changed`
    and state. It is billed like any other run, to `session_evals` or `trace_evals`. It counts as the
    monitor's last run: the
    next one is one cadence from now, of a paused monitor too.

    As with the other creates, the run may exist although the answer was a 500 or never came. It is
    found again among the
    monitor's runs; one that the scheduler made in the same seconds cannot be told from it.

    Args:
        monitor_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | EvalRun | QuotaError | RateLimitError | str]
    """

    kwargs = _get_kwargs(
        monitor_id=monitor_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    monitor_id: UUID,
    *,
    client: AuthenticatedClient | Client,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | EvalRun
    | QuotaError
    | RateLimitError
    | str
    | None
):
    """Let a monitor run now

     Creates a run over everything that the monitor's filters match, or over its sample, whatever its
    cadence, `only_if_changed`
    and state. It is billed like any other run, to `session_evals` or `trace_evals`. It counts as the
    monitor's last run: the
    next one is one cadence from now, of a paused monitor too.

    As with the other creates, the run may exist although the answer was a 500 or never came. It is
    found again among the
    monitor's runs; one that the scheduler made in the same seconds cannot be told from it.

    Args:
        monitor_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | EvalRun | QuotaError | RateLimitError | str
    """

    return (
        await asyncio_detailed(
            monitor_id=monitor_id,
            client=client,
        )
    ).parsed
