# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_detail import ErrorDetail
from ...models.rate_limit_error import RateLimitError
from ...models.score_data_type import ScoreDataType
from ...models.score_source import ScoreSource
from ...models.score_status import ScoreStatus
from ...models.trace_score_page import TraceScorePage
from ...models.validation_problem import ValidationProblem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    trace_id: UUID | Unset = UNSET,
    name: str | Unset = UNSET,
    source: ScoreSource | Unset = UNSET,
    status: ScoreStatus | Unset = UNSET,
    data_type: ScoreDataType | Unset = UNSET,
    eval_run_id: UUID | Unset = UNSET,
    environment: str | Unset = UNSET,
    date_from: datetime.datetime | Unset = UNSET,
    date_to: datetime.datetime | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_trace_id: str | Unset = UNSET
    if not isinstance(trace_id, Unset):
        json_trace_id = str(trace_id)
    params["trace_id"] = json_trace_id

    params["name"] = name

    json_source: str | Unset = UNSET
    if not isinstance(source, Unset):
        json_source = source

    params["source"] = json_source

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status

    params["status"] = json_status

    json_data_type: str | Unset = UNSET
    if not isinstance(data_type, Unset):
        json_data_type = data_type

    params["data_type"] = json_data_type

    json_eval_run_id: str | Unset = UNSET
    if not isinstance(eval_run_id, Unset):
        json_eval_run_id = str(eval_run_id)
    params["eval_run_id"] = json_eval_run_id

    params["environment"] = environment

    json_date_from: str | Unset = UNSET
    if not isinstance(date_from, Unset):
        json_date_from = date_from.isoformat()
    params["date_from"] = json_date_from

    json_date_to: str | Unset = UNSET
    if not isinstance(date_to, Unset):
        json_date_to = date_to.isoformat()
    params["date_to"] = json_date_to

    params["limit"] = limit

    params["offset"] = offset

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/evaluations/trace-scores",
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
    | TraceScorePage
    | str
    | None
):
    if response.status_code == 200:
        response_200 = TraceScorePage.from_dict(response.json())

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
    | TraceScorePage
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
    trace_id: UUID | Unset = UNSET,
    name: str | Unset = UNSET,
    source: ScoreSource | Unset = UNSET,
    status: ScoreStatus | Unset = UNSET,
    data_type: ScoreDataType | Unset = UNSET,
    eval_run_id: UUID | Unset = UNSET,
    environment: str | Unset = UNSET,
    date_from: datetime.datetime | Unset = UNSET,
    date_to: datetime.datetime | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> Response[
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TraceScorePage
    | str
]:
    """List scores of traces, newest first

     One page of the project's trace scores: those of trace runs, those that people and other software
    gave, and the signals
    that session runs measured, with which a session's score is explained: ask for them by the session
    run's
    `eval_run_id`. A signal that failed is there as `FAILED`.

    Args:
        trace_id (UUID | Unset):
        name (str | Unset): Any text without a NUL character; the service breaks on one, and on
            lone surrogates.
        source (ScoreSource | Unset): `AUTOMATED` is PandaProbe's judge, `ANNOTATION` a person,
            `PROGRAMMATIC` other software.
        status (ScoreStatus | Unset): `SUCCESS` has a value, `FAILED` has none. `PENDING` was
            never seen of a score that a run made.
        data_type (ScoreDataType | Unset): `NUMERIC` is a number from 0 to 1, `BOOLEAN` true or
            false, `CATEGORICAL` any text.
        eval_run_id (UUID | Unset):
        environment (str | Unset): Any text without a NUL character; the service breaks on one,
            and on lone surrogates.
        date_from (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        date_to (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        limit (int | Unset):
        offset (int | Unset): How many to pass over, at most 2^63-1: the service breaks on more.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceScorePage | str]
    """

    kwargs = _get_kwargs(
        trace_id=trace_id,
        name=name,
        source=source,
        status=status,
        data_type=data_type,
        eval_run_id=eval_run_id,
        environment=environment,
        date_from=date_from,
        date_to=date_to,
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
    trace_id: UUID | Unset = UNSET,
    name: str | Unset = UNSET,
    source: ScoreSource | Unset = UNSET,
    status: ScoreStatus | Unset = UNSET,
    data_type: ScoreDataType | Unset = UNSET,
    eval_run_id: UUID | Unset = UNSET,
    environment: str | Unset = UNSET,
    date_from: datetime.datetime | Unset = UNSET,
    date_to: datetime.datetime | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TraceScorePage
    | str
    | None
):
    """List scores of traces, newest first

     One page of the project's trace scores: those of trace runs, those that people and other software
    gave, and the signals
    that session runs measured, with which a session's score is explained: ask for them by the session
    run's
    `eval_run_id`. A signal that failed is there as `FAILED`.

    Args:
        trace_id (UUID | Unset):
        name (str | Unset): Any text without a NUL character; the service breaks on one, and on
            lone surrogates.
        source (ScoreSource | Unset): `AUTOMATED` is PandaProbe's judge, `ANNOTATION` a person,
            `PROGRAMMATIC` other software.
        status (ScoreStatus | Unset): `SUCCESS` has a value, `FAILED` has none. `PENDING` was
            never seen of a score that a run made.
        data_type (ScoreDataType | Unset): `NUMERIC` is a number from 0 to 1, `BOOLEAN` true or
            false, `CATEGORICAL` any text.
        eval_run_id (UUID | Unset):
        environment (str | Unset): Any text without a NUL character; the service breaks on one,
            and on lone surrogates.
        date_from (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        date_to (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        limit (int | Unset):
        offset (int | Unset): How many to pass over, at most 2^63-1: the service breaks on more.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceScorePage | str
    """

    return sync_detailed(
        client=client,
        trace_id=trace_id,
        name=name,
        source=source,
        status=status,
        data_type=data_type,
        eval_run_id=eval_run_id,
        environment=environment,
        date_from=date_from,
        date_to=date_to,
        limit=limit,
        offset=offset,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    trace_id: UUID | Unset = UNSET,
    name: str | Unset = UNSET,
    source: ScoreSource | Unset = UNSET,
    status: ScoreStatus | Unset = UNSET,
    data_type: ScoreDataType | Unset = UNSET,
    eval_run_id: UUID | Unset = UNSET,
    environment: str | Unset = UNSET,
    date_from: datetime.datetime | Unset = UNSET,
    date_to: datetime.datetime | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> Response[
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TraceScorePage
    | str
]:
    """List scores of traces, newest first

     One page of the project's trace scores: those of trace runs, those that people and other software
    gave, and the signals
    that session runs measured, with which a session's score is explained: ask for them by the session
    run's
    `eval_run_id`. A signal that failed is there as `FAILED`.

    Args:
        trace_id (UUID | Unset):
        name (str | Unset): Any text without a NUL character; the service breaks on one, and on
            lone surrogates.
        source (ScoreSource | Unset): `AUTOMATED` is PandaProbe's judge, `ANNOTATION` a person,
            `PROGRAMMATIC` other software.
        status (ScoreStatus | Unset): `SUCCESS` has a value, `FAILED` has none. `PENDING` was
            never seen of a score that a run made.
        data_type (ScoreDataType | Unset): `NUMERIC` is a number from 0 to 1, `BOOLEAN` true or
            false, `CATEGORICAL` any text.
        eval_run_id (UUID | Unset):
        environment (str | Unset): Any text without a NUL character; the service breaks on one,
            and on lone surrogates.
        date_from (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        date_to (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        limit (int | Unset):
        offset (int | Unset): How many to pass over, at most 2^63-1: the service breaks on more.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceScorePage | str]
    """

    kwargs = _get_kwargs(
        trace_id=trace_id,
        name=name,
        source=source,
        status=status,
        data_type=data_type,
        eval_run_id=eval_run_id,
        environment=environment,
        date_from=date_from,
        date_to=date_to,
        limit=limit,
        offset=offset,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    trace_id: UUID | Unset = UNSET,
    name: str | Unset = UNSET,
    source: ScoreSource | Unset = UNSET,
    status: ScoreStatus | Unset = UNSET,
    data_type: ScoreDataType | Unset = UNSET,
    eval_run_id: UUID | Unset = UNSET,
    environment: str | Unset = UNSET,
    date_from: datetime.datetime | Unset = UNSET,
    date_to: datetime.datetime | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | TraceScorePage
    | str
    | None
):
    """List scores of traces, newest first

     One page of the project's trace scores: those of trace runs, those that people and other software
    gave, and the signals
    that session runs measured, with which a session's score is explained: ask for them by the session
    run's
    `eval_run_id`. A signal that failed is there as `FAILED`.

    Args:
        trace_id (UUID | Unset):
        name (str | Unset): Any text without a NUL character; the service breaks on one, and on
            lone surrogates.
        source (ScoreSource | Unset): `AUTOMATED` is PandaProbe's judge, `ANNOTATION` a person,
            `PROGRAMMATIC` other software.
        status (ScoreStatus | Unset): `SUCCESS` has a value, `FAILED` has none. `PENDING` was
            never seen of a score that a run made.
        data_type (ScoreDataType | Unset): `NUMERIC` is a number from 0 to 1, `BOOLEAN` true or
            false, `CATEGORICAL` any text.
        eval_run_id (UUID | Unset):
        environment (str | Unset): Any text without a NUL character; the service breaks on one,
            and on lone surrogates.
        date_from (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        date_to (datetime.datetime | Unset): A time, ISO 8601. One without its offset from UTC,
            and a plain date, are read as the service's local time, which is UTC in
            its containers: send the offset.
        limit (int | Unset):
        offset (int | Unset): How many to pass over, at most 2^63-1: the service breaks on more.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | TraceScorePage | str
    """

    return (
        await asyncio_detailed(
            client=client,
            trace_id=trace_id,
            name=name,
            source=source,
            status=status,
            data_type=data_type,
            eval_run_id=eval_run_id,
            environment=environment,
            date_from=date_from,
            date_to=date_to,
            limit=limit,
            offset=offset,
        )
    ).parsed
