# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_detail import ErrorDetail
from ...models.granularity import Granularity
from ...models.model_usage import ModelUsage
from ...models.rate_limit_error import RateLimitError
from ...models.trace_analytics_metric import (
    TraceAnalyticsMetric,
)
from ...models.trace_usage import TraceUsage
from ...models.trace_volume import TraceVolume
from ...models.validation_problem import ValidationProblem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    started_after: datetime.datetime,
    started_before: datetime.datetime,
    metric: TraceAnalyticsMetric | Unset = UNSET,
    granularity: Granularity | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_started_after = started_after.isoformat()
    params["started_after"] = json_started_after

    json_started_before = started_before.isoformat()
    params["started_before"] = json_started_before

    json_metric: str | Unset = UNSET
    if not isinstance(metric, Unset):
        json_metric = metric

    params["metric"] = json_metric

    json_granularity: str | Unset = UNSET
    if not isinstance(granularity, Unset):
        json_granularity = granularity

    params["granularity"] = json_granularity

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/traces/analytics",
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
    | list[ModelUsage]
    | list[TraceUsage]
    | list[TraceVolume]
    | str
    | None
):
    if response.status_code == 200:

        def _parse_response_200(
            data: object,
        ) -> list[ModelUsage] | list[TraceUsage] | list[TraceVolume]:
            try:
                if not isinstance(data, list):
                    raise TypeError()
                response_200_type_0 = []
                _response_200_type_0 = data
                for response_200_type_0_item_data in _response_200_type_0:
                    response_200_type_0_item = TraceVolume.from_dict(
                        response_200_type_0_item_data
                    )

                    response_200_type_0.append(response_200_type_0_item)

                return response_200_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, list):
                    raise TypeError()
                response_200_type_1 = []
                _response_200_type_1 = data
                for response_200_type_1_item_data in _response_200_type_1:
                    response_200_type_1_item = TraceUsage.from_dict(
                        response_200_type_1_item_data
                    )

                    response_200_type_1.append(response_200_type_1_item)

                return response_200_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, list):
                raise TypeError()
            response_200_type_2 = []
            _response_200_type_2 = data
            for response_200_type_2_item_data in _response_200_type_2:
                response_200_type_2_item = ModelUsage.from_dict(
                    response_200_type_2_item_data
                )

                response_200_type_2.append(response_200_type_2_item)

            return response_200_type_2

        response_200 = _parse_response_200(response.json())

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
    | list[ModelUsage]
    | list[TraceUsage]
    | list[TraceVolume]
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
    started_after: datetime.datetime,
    started_before: datetime.datetime,
    metric: TraceAnalyticsMetric | Unset = UNSET,
    granularity: Granularity | Unset = UNSET,
) -> Response[
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | list[ModelUsage]
    | list[TraceUsage]
    | list[TraceVolume]
    | str
]:
    """Add traces up over time

     What the traces of each bucket come to, by when they started: how many, failed ones and latencies
    for `volume`, `errors`
    and `latency`; tokens and costs for `tokens` and `cost`. For `models` there are no buckets, but one
    row for each model.
    Buckets are in UTC, weeks begin on Monday, and buckets without a trace are left out.

    Args:
        started_after (datetime.datetime): A time, ISO 8601. One without its offset from UTC, and
            a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        started_before (datetime.datetime): A time, ISO 8601. One without its offset from UTC, and
            a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        metric (TraceAnalyticsMetric | Unset): What traces are added up by.
        granularity (Granularity | Unset): How long a bucket is, in UTC; a week begins on Monday.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | list[ModelUsage] | list[TraceUsage] | list[TraceVolume] | str]
    """

    kwargs = _get_kwargs(
        started_after=started_after,
        started_before=started_before,
        metric=metric,
        granularity=granularity,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    started_after: datetime.datetime,
    started_before: datetime.datetime,
    metric: TraceAnalyticsMetric | Unset = UNSET,
    granularity: Granularity | Unset = UNSET,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | list[ModelUsage]
    | list[TraceUsage]
    | list[TraceVolume]
    | str
    | None
):
    """Add traces up over time

     What the traces of each bucket come to, by when they started: how many, failed ones and latencies
    for `volume`, `errors`
    and `latency`; tokens and costs for `tokens` and `cost`. For `models` there are no buckets, but one
    row for each model.
    Buckets are in UTC, weeks begin on Monday, and buckets without a trace are left out.

    Args:
        started_after (datetime.datetime): A time, ISO 8601. One without its offset from UTC, and
            a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        started_before (datetime.datetime): A time, ISO 8601. One without its offset from UTC, and
            a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        metric (TraceAnalyticsMetric | Unset): What traces are added up by.
        granularity (Granularity | Unset): How long a bucket is, in UTC; a week begins on Monday.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | list[ModelUsage] | list[TraceUsage] | list[TraceVolume] | str
    """

    return sync_detailed(
        client=client,
        started_after=started_after,
        started_before=started_before,
        metric=metric,
        granularity=granularity,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    started_after: datetime.datetime,
    started_before: datetime.datetime,
    metric: TraceAnalyticsMetric | Unset = UNSET,
    granularity: Granularity | Unset = UNSET,
) -> Response[
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | list[ModelUsage]
    | list[TraceUsage]
    | list[TraceVolume]
    | str
]:
    """Add traces up over time

     What the traces of each bucket come to, by when they started: how many, failed ones and latencies
    for `volume`, `errors`
    and `latency`; tokens and costs for `tokens` and `cost`. For `models` there are no buckets, but one
    row for each model.
    Buckets are in UTC, weeks begin on Monday, and buckets without a trace are left out.

    Args:
        started_after (datetime.datetime): A time, ISO 8601. One without its offset from UTC, and
            a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        started_before (datetime.datetime): A time, ISO 8601. One without its offset from UTC, and
            a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        metric (TraceAnalyticsMetric | Unset): What traces are added up by.
        granularity (Granularity | Unset): How long a bucket is, in UTC; a week begins on Monday.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | list[ModelUsage] | list[TraceUsage] | list[TraceVolume] | str]
    """

    kwargs = _get_kwargs(
        started_after=started_after,
        started_before=started_before,
        metric=metric,
        granularity=granularity,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    started_after: datetime.datetime,
    started_before: datetime.datetime,
    metric: TraceAnalyticsMetric | Unset = UNSET,
    granularity: Granularity | Unset = UNSET,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | list[ModelUsage]
    | list[TraceUsage]
    | list[TraceVolume]
    | str
    | None
):
    """Add traces up over time

     What the traces of each bucket come to, by when they started: how many, failed ones and latencies
    for `volume`, `errors`
    and `latency`; tokens and costs for `tokens` and `cost`. For `models` there are no buckets, but one
    row for each model.
    Buckets are in UTC, weeks begin on Monday, and buckets without a trace are left out.

    Args:
        started_after (datetime.datetime): A time, ISO 8601. One without its offset from UTC, and
            a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        started_before (datetime.datetime): A time, ISO 8601. One without its offset from UTC, and
            a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        metric (TraceAnalyticsMetric | Unset): What traces are added up by.
        granularity (Granularity | Unset): How long a bucket is, in UTC; a week begins on Monday.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | list[ModelUsage] | list[TraceUsage] | list[TraceVolume] | str
    """

    return (
        await asyncio_detailed(
            client=client,
            started_after=started_after,
            started_before=started_before,
            metric=metric,
            granularity=granularity,
        )
    ).parsed
