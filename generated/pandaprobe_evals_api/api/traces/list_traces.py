# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_detail import ErrorDetail
from ...models.rate_limit_error import RateLimitError
from ...models.sort_order import SortOrder
from ...models.trace_page import TracePage
from ...models.trace_sort import TraceSort
from ...models.trace_status import TraceStatus
from ...models.validation_problem import ValidationProblem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    session_id: str | Unset = UNSET,
    status: TraceStatus | Unset = UNSET,
    user_id: str | Unset = UNSET,
    tags: list[str] | Unset = UNSET,
    name: str | Unset = UNSET,
    started_after: datetime.datetime | Unset = UNSET,
    started_before: datetime.datetime | Unset = UNSET,
    sort_by: TraceSort | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["session_id"] = session_id

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status

    params["status"] = json_status

    params["user_id"] = user_id

    json_tags: list[str] | Unset = UNSET
    if not isinstance(tags, Unset):
        json_tags = tags

    params["tags"] = json_tags

    params["name"] = name

    json_started_after: str | Unset = UNSET
    if not isinstance(started_after, Unset):
        json_started_after = started_after.isoformat()
    params["started_after"] = json_started_after

    json_started_before: str | Unset = UNSET
    if not isinstance(started_before, Unset):
        json_started_before = started_before.isoformat()
    params["started_before"] = json_started_before

    json_sort_by: str | Unset = UNSET
    if not isinstance(sort_by, Unset):
        json_sort_by = sort_by

    params["sort_by"] = json_sort_by

    json_sort_order: str | Unset = UNSET
    if not isinstance(sort_order, Unset):
        json_sort_order = sort_order

    params["sort_order"] = json_sort_order

    params["limit"] = limit

    params["offset"] = offset

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/traces",
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
    | TracePage
    | str
    | None
):
    if response.status_code == 200:
        response_200 = TracePage.from_dict(response.json())

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
    ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TracePage | str
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
    session_id: str | Unset = UNSET,
    status: TraceStatus | Unset = UNSET,
    user_id: str | Unset = UNSET,
    tags: list[str] | Unset = UNSET,
    name: str | Unset = UNSET,
    started_after: datetime.datetime | Unset = UNSET,
    started_before: datetime.datetime | Unset = UNSET,
    sort_by: TraceSort | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> Response[
    ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TracePage | str
]:
    """Find traces

     One page of the project's traces, without their spans, inputs and outputs. A trace that was accepted
    is stored a moment
    later: until it is listed here, a run over it finds nothing.

    Args:
        session_id (str | Unset): Any text without a NUL character; the service breaks on one, and
            on lone surrogates.
        status (TraceStatus | Unset): `COMPLETED` and `ERROR` have ended; the others have not.
        user_id (str | Unset): Any text without a NUL character; the service breaks on one, and on
            lone surrogates.
        tags (list[str] | Unset):
        name (str | Unset): Any text without a NUL character; the service breaks on one, and on
            lone surrogates.
        started_after (datetime.datetime | Unset): A time, ISO 8601. One without its offset from
            UTC, and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        started_before (datetime.datetime | Unset): A time, ISO 8601. One without its offset from
            UTC, and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        sort_by (TraceSort | Unset): What traces are sorted by.
        sort_order (SortOrder | Unset): Ascending or descending.
        limit (int | Unset):
        offset (int | Unset): How many to pass over, at most 2^63-1: the service breaks on more.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TracePage | str]
    """

    kwargs = _get_kwargs(
        session_id=session_id,
        status=status,
        user_id=user_id,
        tags=tags,
        name=name,
        started_after=started_after,
        started_before=started_before,
        sort_by=sort_by,
        sort_order=sort_order,
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
    session_id: str | Unset = UNSET,
    status: TraceStatus | Unset = UNSET,
    user_id: str | Unset = UNSET,
    tags: list[str] | Unset = UNSET,
    name: str | Unset = UNSET,
    started_after: datetime.datetime | Unset = UNSET,
    started_before: datetime.datetime | Unset = UNSET,
    sort_by: TraceSort | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TracePage
    | str
    | None
):
    """Find traces

     One page of the project's traces, without their spans, inputs and outputs. A trace that was accepted
    is stored a moment
    later: until it is listed here, a run over it finds nothing.

    Args:
        session_id (str | Unset): Any text without a NUL character; the service breaks on one, and
            on lone surrogates.
        status (TraceStatus | Unset): `COMPLETED` and `ERROR` have ended; the others have not.
        user_id (str | Unset): Any text without a NUL character; the service breaks on one, and on
            lone surrogates.
        tags (list[str] | Unset):
        name (str | Unset): Any text without a NUL character; the service breaks on one, and on
            lone surrogates.
        started_after (datetime.datetime | Unset): A time, ISO 8601. One without its offset from
            UTC, and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        started_before (datetime.datetime | Unset): A time, ISO 8601. One without its offset from
            UTC, and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        sort_by (TraceSort | Unset): What traces are sorted by.
        sort_order (SortOrder | Unset): Ascending or descending.
        limit (int | Unset):
        offset (int | Unset): How many to pass over, at most 2^63-1: the service breaks on more.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TracePage | str
    """

    return sync_detailed(
        client=client,
        session_id=session_id,
        status=status,
        user_id=user_id,
        tags=tags,
        name=name,
        started_after=started_after,
        started_before=started_before,
        sort_by=sort_by,
        sort_order=sort_order,
        limit=limit,
        offset=offset,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    session_id: str | Unset = UNSET,
    status: TraceStatus | Unset = UNSET,
    user_id: str | Unset = UNSET,
    tags: list[str] | Unset = UNSET,
    name: str | Unset = UNSET,
    started_after: datetime.datetime | Unset = UNSET,
    started_before: datetime.datetime | Unset = UNSET,
    sort_by: TraceSort | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> Response[
    ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TracePage | str
]:
    """Find traces

     One page of the project's traces, without their spans, inputs and outputs. A trace that was accepted
    is stored a moment
    later: until it is listed here, a run over it finds nothing.

    Args:
        session_id (str | Unset): Any text without a NUL character; the service breaks on one, and
            on lone surrogates.
        status (TraceStatus | Unset): `COMPLETED` and `ERROR` have ended; the others have not.
        user_id (str | Unset): Any text without a NUL character; the service breaks on one, and on
            lone surrogates.
        tags (list[str] | Unset):
        name (str | Unset): Any text without a NUL character; the service breaks on one, and on
            lone surrogates.
        started_after (datetime.datetime | Unset): A time, ISO 8601. One without its offset from
            UTC, and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        started_before (datetime.datetime | Unset): A time, ISO 8601. One without its offset from
            UTC, and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        sort_by (TraceSort | Unset): What traces are sorted by.
        sort_order (SortOrder | Unset): Ascending or descending.
        limit (int | Unset):
        offset (int | Unset): How many to pass over, at most 2^63-1: the service breaks on more.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TracePage | str]
    """

    kwargs = _get_kwargs(
        session_id=session_id,
        status=status,
        user_id=user_id,
        tags=tags,
        name=name,
        started_after=started_after,
        started_before=started_before,
        sort_by=sort_by,
        sort_order=sort_order,
        limit=limit,
        offset=offset,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    session_id: str | Unset = UNSET,
    status: TraceStatus | Unset = UNSET,
    user_id: str | Unset = UNSET,
    tags: list[str] | Unset = UNSET,
    name: str | Unset = UNSET,
    started_after: datetime.datetime | Unset = UNSET,
    started_before: datetime.datetime | Unset = UNSET,
    sort_by: TraceSort | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TracePage
    | str
    | None
):
    """Find traces

     One page of the project's traces, without their spans, inputs and outputs. A trace that was accepted
    is stored a moment
    later: until it is listed here, a run over it finds nothing.

    Args:
        session_id (str | Unset): Any text without a NUL character; the service breaks on one, and
            on lone surrogates.
        status (TraceStatus | Unset): `COMPLETED` and `ERROR` have ended; the others have not.
        user_id (str | Unset): Any text without a NUL character; the service breaks on one, and on
            lone surrogates.
        tags (list[str] | Unset):
        name (str | Unset): Any text without a NUL character; the service breaks on one, and on
            lone surrogates.
        started_after (datetime.datetime | Unset): A time, ISO 8601. One without its offset from
            UTC, and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        started_before (datetime.datetime | Unset): A time, ISO 8601. One without its offset from
            UTC, and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        sort_by (TraceSort | Unset): What traces are sorted by.
        sort_order (SortOrder | Unset): Ascending or descending.
        limit (int | Unset):
        offset (int | Unset): How many to pass over, at most 2^63-1: the service breaks on more.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TracePage | str
    """

    return (
        await asyncio_detailed(
            client=client,
            session_id=session_id,
            status=status,
            user_id=user_id,
            tags=tags,
            name=name,
            started_after=started_after,
            started_before=started_before,
            sort_by=sort_by,
            sort_order=sort_order,
            limit=limit,
            offset=offset,
        )
    ).parsed
