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
    run_id: UUID,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/evaluations/trace-runs/{run_id}/retry".format(
            run_id=quote(str(run_id), safe=""),
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
    run_id: UUID,
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
    """Evaluate again what failed in a run

     Creates a NEW run over the pairs of trace and metric that failed in the given run, and bills those
    alone. Its
    `filters.retry_of` names the old run, `filters.trace_ids` the traces in an order of its own,
    `metric_names` every
    metric that failed; its name is `Retry: ` and the old run's name or id. Where that is over 255
    characters, expect a
    500, which any such name gives. A run that FAILED, or hangs, has no failed scores as a rule: create
    it anew.

    As with the other creates, the new run may exist although the answer was a 500 or never came.

    Args:
        run_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | EvalRun | QuotaError | RateLimitError | str]
    """

    kwargs = _get_kwargs(
        run_id=run_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    run_id: UUID,
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
    """Evaluate again what failed in a run

     Creates a NEW run over the pairs of trace and metric that failed in the given run, and bills those
    alone. Its
    `filters.retry_of` names the old run, `filters.trace_ids` the traces in an order of its own,
    `metric_names` every
    metric that failed; its name is `Retry: ` and the old run's name or id. Where that is over 255
    characters, expect a
    500, which any such name gives. A run that FAILED, or hangs, has no failed scores as a rule: create
    it anew.

    As with the other creates, the new run may exist although the answer was a 500 or never came.

    Args:
        run_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | EvalRun | QuotaError | RateLimitError | str
    """

    return sync_detailed(
        run_id=run_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    run_id: UUID,
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
    """Evaluate again what failed in a run

     Creates a NEW run over the pairs of trace and metric that failed in the given run, and bills those
    alone. Its
    `filters.retry_of` names the old run, `filters.trace_ids` the traces in an order of its own,
    `metric_names` every
    metric that failed; its name is `Retry: ` and the old run's name or id. Where that is over 255
    characters, expect a
    500, which any such name gives. A run that FAILED, or hangs, has no failed scores as a rule: create
    it anew.

    As with the other creates, the new run may exist although the answer was a 500 or never came.

    Args:
        run_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | EvalRun | QuotaError | RateLimitError | str]
    """

    kwargs = _get_kwargs(
        run_id=run_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    run_id: UUID,
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
    """Evaluate again what failed in a run

     Creates a NEW run over the pairs of trace and metric that failed in the given run, and bills those
    alone. Its
    `filters.retry_of` names the old run, `filters.trace_ids` the traces in an order of its own,
    `metric_names` every
    metric that failed; its name is `Retry: ` and the old run's name or id. Where that is over 255
    characters, expect a
    500, which any such name gives. A run that FAILED, or hangs, has no failed scores as a rule: create
    it anew.

    As with the other creates, the new run may exist although the answer was a 500 or never came.

    Args:
        run_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | EvalRun | QuotaError | RateLimitError | str
    """

    return (
        await asyncio_detailed(
            run_id=run_id,
            client=client,
        )
    ).parsed
