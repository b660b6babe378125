# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_detail import ErrorDetail
from ...models.rate_limit_error import RateLimitError
from ...models.score_summary import ScoreSummary
from ...models.validation_problem import ValidationProblem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    date_from: datetime.datetime | Unset = UNSET,
    date_to: datetime.datetime | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_date_from: str | Unset = UNSET
    if not isinstance(date_from, Unset):
        json_date_from = date_from.isoformat()
    params["date_from"] = json_date_from

    json_date_to: str | Unset = UNSET
    if not isinstance(date_to, Unset):
        json_date_to = date_to.isoformat()
    params["date_to"] = json_date_to

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/evaluations/analytics/session-scores/summary",
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
    | list[ScoreSummary]
    | str
    | None
):
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for response_200_item_data in _response_200:
            response_200_item = ScoreSummary.from_dict(response_200_item_data)

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
    | list[ScoreSummary]
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
    date_from: datetime.datetime | Unset = UNSET,
    date_to: datetime.datetime | Unset = UNSET,
) -> Response[
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | list[ScoreSummary]
    | str
]:
    """Add up the scores of sessions, metric by metric

     One row for each name that a score of a session has, over the whole project; no filter but the
    times. In what order
    the rows come is not said.

    Every score counts: a session that is evaluated each night counts each night, and a score of 1.0 for
    which nothing was
    measured counts as 1.0. The times are when the scores were created, not when the sessions were.

    Args:
        date_from (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        date_to (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | list[ScoreSummary] | str]
    """

    kwargs = _get_kwargs(
        date_from=date_from,
        date_to=date_to,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    date_from: datetime.datetime | Unset = UNSET,
    date_to: datetime.datetime | Unset = UNSET,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | list[ScoreSummary]
    | str
    | None
):
    """Add up the scores of sessions, metric by metric

     One row for each name that a score of a session has, over the whole project; no filter but the
    times. In what order
    the rows come is not said.

    Every score counts: a session that is evaluated each night counts each night, and a score of 1.0 for
    which nothing was
    measured counts as 1.0. The times are when the scores were created, not when the sessions were.

    Args:
        date_from (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        date_to (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | list[ScoreSummary] | str
    """

    return sync_detailed(
        client=client,
        date_from=date_from,
        date_to=date_to,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    date_from: datetime.datetime | Unset = UNSET,
    date_to: datetime.datetime | Unset = UNSET,
) -> Response[
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | list[ScoreSummary]
    | str
]:
    """Add up the scores of sessions, metric by metric

     One row for each name that a score of a session has, over the whole project; no filter but the
    times. In what order
    the rows come is not said.

    Every score counts: a session that is evaluated each night counts each night, and a score of 1.0 for
    which nothing was
    measured counts as 1.0. The times are when the scores were created, not when the sessions were.

    Args:
        date_from (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        date_to (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | list[ScoreSummary] | str]
    """

    kwargs = _get_kwargs(
        date_from=date_from,
        date_to=date_to,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    date_from: datetime.datetime | Unset = UNSET,
    date_to: datetime.datetime | Unset = UNSET,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | list[ScoreSummary]
    | str
    | None
):
    """Add up the scores of sessions, metric by metric

     One row for each name that a score of a session has, over the whole project; no filter but the
    times. In what order
    the rows come is not said.

    Every score counts: a session that is evaluated each night counts each night, and a score of 1.0 for
    which nothing was
    measured counts as 1.0. The times are when the scores were created, not when the sessions were.

    Args:
        date_from (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        date_to (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | list[ScoreSummary] | str
    """

    return (
        await asyncio_detailed(
            client=client,
            date_from=date_from,
            date_to=date_to,
        )
    ).parsed
