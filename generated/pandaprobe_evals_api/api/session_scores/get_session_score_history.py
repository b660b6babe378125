# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_detail import ErrorDetail
from ...models.rate_limit_error import RateLimitError
from ...models.session_score_point import SessionScorePoint
from ...models.validation_problem import ValidationProblem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    session_id: str,
    *,
    metric_name: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["metric_name"] = metric_name

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/evaluations/analytics/session-scores/history/{session_id}".format(
            session_id=quote(str(session_id), safe=""),
        ),
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
    | list[SessionScorePoint]
    | str
    | None
):
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for response_200_item_data in _response_200:
            response_200_item = SessionScorePoint.from_dict(response_200_item_data)

            response_200.append(response_200_item)

        return response_200

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
    | list[SessionScorePoint]
    | str
]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    session_id: str,
    *,
    client: AuthenticatedClient | Client,
    metric_name: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | list[SessionScorePoint]
    | str
]:
    """Follow the scores of one session

     The session's scores, the OLDEST first, and where there are more than `limit` it is the newest that
    are left out: past
    200 scores they cannot be had here at all. `list` has the newest first, and pages. Empty for a
    session that is not
    known. An id with a slash cannot be asked for.

    Args:
        session_id (str):
        metric_name (str | Unset): Any text without a NUL character; the service breaks on one,
            and on lone surrogates.
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | list[SessionScorePoint] | str]
    """

    kwargs = _get_kwargs(
        session_id=session_id,
        metric_name=metric_name,
        limit=limit,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    session_id: str,
    *,
    client: AuthenticatedClient | Client,
    metric_name: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | list[SessionScorePoint]
    | str
    | None
):
    """Follow the scores of one session

     The session's scores, the OLDEST first, and where there are more than `limit` it is the newest that
    are left out: past
    200 scores they cannot be had here at all. `list` has the newest first, and pages. Empty for a
    session that is not
    known. An id with a slash cannot be asked for.

    Args:
        session_id (str):
        metric_name (str | Unset): Any text without a NUL character; the service breaks on one,
            and on lone surrogates.
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | list[SessionScorePoint] | str
    """

    return sync_detailed(
        session_id=session_id,
        client=client,
        metric_name=metric_name,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    session_id: str,
    *,
    client: AuthenticatedClient | Client,
    metric_name: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | list[SessionScorePoint]
    | str
]:
    """Follow the scores of one session

     The session's scores, the OLDEST first, and where there are more than `limit` it is the newest that
    are left out: past
    200 scores they cannot be had here at all. `list` has the newest first, and pages. Empty for a
    session that is not
    known. An id with a slash cannot be asked for.

    Args:
        session_id (str):
        metric_name (str | Unset): Any text without a NUL character; the service breaks on one,
            and on lone surrogates.
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | list[SessionScorePoint] | str]
    """

    kwargs = _get_kwargs(
        session_id=session_id,
        metric_name=metric_name,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    session_id: str,
    *,
    client: AuthenticatedClient | Client,
    metric_name: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> (
    ErrorDetail
    | ErrorDetail
    | ValidationProblem
    | RateLimitError
    | list[SessionScorePoint]
    | str
    | None
):
    """Follow the scores of one session

     The session's scores, the OLDEST first, and where there are more than `limit` it is the newest that
    are left out: past
    200 scores they cannot be had here at all. `list` has the newest first, and pages. Empty for a
    session that is not
    known. An id with a slash cannot be asked for.

    Args:
        session_id (str):
        metric_name (str | Unset): Any text without a NUL character; the service breaks on one,
            and on lone surrogates.
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | list[SessionScorePoint] | str
    """

    return (
        await asyncio_detailed(
            session_id=session_id,
            client=client,
            metric_name=metric_name,
            limit=limit,
        )
    ).parsed
