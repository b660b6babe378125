# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_detail import ErrorDetail
from ...models.granularity import Granularity
from ...models.rate_limit_error import RateLimitError
from ...models.score_trend import ScoreTrend
from ...models.validation_problem import ValidationProblem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    metric_name: str,
    date_from: datetime.datetime | Unset = UNSET,
    date_to: datetime.datetime | Unset = UNSET,
    granularity: Granularity | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["metric_name"] = metric_name

    json_date_from: str | Unset = UNSET
    if not isinstance(date_from, Unset):
        json_date_from = date_from.isoformat()
    params["date_from"] = json_date_from

    json_date_to: str | Unset = UNSET
    if not isinstance(date_to, Unset):
        json_date_to = date_to.isoformat()
    params["date_to"] = json_date_to

    json_granularity: str | Unset = UNSET
    if not isinstance(granularity, Unset):
        json_granularity = granularity

    params["granularity"] = json_granularity

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/evaluations/analytics/session-scores/trend",
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
    | list[ScoreTrend]
    | str
    | None
):
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for response_200_item_data in _response_200:
            response_200_item = ScoreTrend.from_dict(response_200_item_data)

            response_200.append(response_200_item)

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
    | list[ScoreTrend]
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
    metric_name: str,
    date_from: datetime.datetime | Unset = UNSET,
    date_to: datetime.datetime | Unset = UNSET,
    granularity: Granularity | Unset = UNSET,
) -> Response[
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | list[ScoreTrend]
    | str
]:
    """Follow the mean score of a metric through time

     One row for each hour, day or week in which the metric has scores, the earliest first. Times without
    a score have NO
    row: look at `bucket`, not at the position. An unknown metric has no rows.

    Every score counts, as in `summary`, and at the time when it was created, not at that of its
    session.

    Args:
        metric_name (str): Any text without a NUL character; the service breaks on one, and on
            lone surrogates.
        date_from (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        date_to (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        granularity (Granularity | Unset): How long a bucket is, in UTC; a week begins on Monday.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | list[ScoreTrend] | str]
    """

    kwargs = _get_kwargs(
        metric_name=metric_name,
        date_from=date_from,
        date_to=date_to,
        granularity=granularity,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    metric_name: str,
    date_from: datetime.datetime | Unset = UNSET,
    date_to: datetime.datetime | Unset = UNSET,
    granularity: Granularity | Unset = UNSET,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | list[ScoreTrend]
    | str
    | None
):
    """Follow the mean score of a metric through time

     One row for each hour, day or week in which the metric has scores, the earliest first. Times without
    a score have NO
    row: look at `bucket`, not at the position. An unknown metric has no rows.

    Every score counts, as in `summary`, and at the time when it was created, not at that of its
    session.

    Args:
        metric_name (str): Any text without a NUL character; the service breaks on one, and on
            lone surrogates.
        date_from (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        date_to (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        granularity (Granularity | Unset): How long a bucket is, in UTC; a week begins on Monday.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | list[ScoreTrend] | str
    """

    return sync_detailed(
        client=client,
        metric_name=metric_name,
        date_from=date_from,
        date_to=date_to,
        granularity=granularity,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    metric_name: str,
    date_from: datetime.datetime | Unset = UNSET,
    date_to: datetime.datetime | Unset = UNSET,
    granularity: Granularity | Unset = UNSET,
) -> Response[
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | list[ScoreTrend]
    | str
]:
    """Follow the mean score of a metric through time

     One row for each hour, day or week in which the metric has scores, the earliest first. Times without
    a score have NO
    row: look at `bucket`, not at the position. An unknown metric has no rows.

    Every score counts, as in `summary`, and at the time when it was created, not at that of its
    session.

    Args:
        metric_name (str): Any text without a NUL character; the service breaks on one, and on
            lone surrogates.
        date_from (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        date_to (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        granularity (Granularity | Unset): How long a bucket is, in UTC; a week begins on Monday.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | list[ScoreTrend] | str]
    """

    kwargs = _get_kwargs(
        metric_name=metric_name,
        date_from=date_from,
        date_to=date_to,
        granularity=granularity,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    metric_name: str,
    date_from: datetime.datetime | Unset = UNSET,
    date_to: datetime.datetime | Unset = UNSET,
    granularity: Granularity | Unset = UNSET,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | list[ScoreTrend]
    | str
    | None
):
    """Follow the mean score of a metric through time

     One row for each hour, day or week in which the metric has scores, the earliest first. Times without
    a score have NO
    row: look at `bucket`, not at the position. An unknown metric has no rows.

    Every score counts, as in `summary`, and at the time when it was created, not at that of its
    session.

    Args:
        metric_name (str): Any text without a NUL character; the service breaks on one, and on
            lone surrogates.
        date_from (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        date_to (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        granularity (Granularity | Unset): How long a bucket is, in UTC; a week begins on Monday.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | list[ScoreTrend] | str
    """

    return (
        await asyncio_detailed(
            client=client,
            metric_name=metric_name,
            date_from=date_from,
            date_to=date_to,
            granularity=granularity,
        )
    ).parsed
