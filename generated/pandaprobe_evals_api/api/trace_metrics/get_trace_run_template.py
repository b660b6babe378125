# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_detail import ErrorDetail
from ...models.rate_limit_error import RateLimitError
from ...models.trace_metric_name import TraceMetricName
from ...models.trace_run_template import TraceRunTemplate
from ...models.validation_problem import ValidationProblem
from ...types import UNSET, Response


def _get_kwargs(
    *,
    metric: TraceMetricName,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_metric: str = metric
    params["metric"] = json_metric

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/evaluations/trace-runs/template",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TraceRunTemplate
    | str
    | None
):
    if response.status_code == 200:
        response_200 = TraceRunTemplate.from_dict(response.json())

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
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TraceRunTemplate
    | str
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
    metric: TraceMetricName,
) -> Response[
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TraceRunTemplate
    | str
]:
    """Read how a metric judges a trace

     The metric with its threshold and the prompts that the judge is given, and what a run over traces
    takes where it is
    not told otherwise: above all `model`, the service's default. Made for a form that people fill in.

    Args:
        metric (TraceMetricName): A metric for traces. All but `coherence`, which compares
            embeddings, ask a judge model. Ask `list_trace_metrics` what a
            deployment has.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceRunTemplate | str]
    """

    kwargs = _get_kwargs(
        metric=metric,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    metric: TraceMetricName,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TraceRunTemplate
    | str
    | None
):
    """Read how a metric judges a trace

     The metric with its threshold and the prompts that the judge is given, and what a run over traces
    takes where it is
    not told otherwise: above all `model`, the service's default. Made for a form that people fill in.

    Args:
        metric (TraceMetricName): A metric for traces. All but `coherence`, which compares
            embeddings, ask a judge model. Ask `list_trace_metrics` what a
            deployment has.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceRunTemplate | str
    """

    return sync_detailed(
        client=client,
        metric=metric,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    metric: TraceMetricName,
) -> Response[
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TraceRunTemplate
    | str
]:
    """Read how a metric judges a trace

     The metric with its threshold and the prompts that the judge is given, and what a run over traces
    takes where it is
    not told otherwise: above all `model`, the service's default. Made for a form that people fill in.

    Args:
        metric (TraceMetricName): A metric for traces. All but `coherence`, which compares
            embeddings, ask a judge model. Ask `list_trace_metrics` what a
            deployment has.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceRunTemplate | str]
    """

    kwargs = _get_kwargs(
        metric=metric,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    metric: TraceMetricName,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TraceRunTemplate
    | str
    | None
):
    """Read how a metric judges a trace

     The metric with its threshold and the prompts that the judge is given, and what a run over traces
    takes where it is
    not told otherwise: above all `model`, the service's default. Made for a form that people fill in.

    Args:
        metric (TraceMetricName): A metric for traces. All but `coherence`, which compares
            embeddings, ask a judge model. Ask `list_trace_metrics` what a
            deployment has.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceRunTemplate | str
    """

    return (
        await asyncio_detailed(
            client=client,
            metric=metric,
        )
    ).parsed
