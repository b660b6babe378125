# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_detail import ErrorDetail
from ...models.rate_limit_error import RateLimitError
from ...models.validation_problem import ValidationProblem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    run_id: UUID,
    *,
    delete_scores: bool | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["delete_scores"] = delete_scores

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/evaluations/trace-runs/{run_id}".format(
            run_id=quote(str(run_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | str | None:
    if response.status_code == 204:
        response_204 = cast(Any, None)
        return response_204

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
    Any | ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | str
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
    delete_scores: bool | Unset = UNSET,
) -> Response[
    Any | ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | str
]:
    """Delete a run over traces, or cancel it

     Deletes the run. Its scores stay, with `eval_run_id` null, unless `delete_scores` is true. Nothing
    that
    was billed is given back. A run that has not ended stops at its next score: there is no other
    cancel. A run over
    sessions is deleted here as well.

    Args:
        run_id (UUID):
        delete_scores (bool | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | str]
    """

    kwargs = _get_kwargs(
        run_id=run_id,
        delete_scores=delete_scores,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    run_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    delete_scores: bool | Unset = UNSET,
) -> Any | ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | str | None:
    """Delete a run over traces, or cancel it

     Deletes the run. Its scores stay, with `eval_run_id` null, unless `delete_scores` is true. Nothing
    that
    was billed is given back. A run that has not ended stops at its next score: there is no other
    cancel. A run over
    sessions is deleted here as well.

    Args:
        run_id (UUID):
        delete_scores (bool | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | str
    """

    return sync_detailed(
        run_id=run_id,
        client=client,
        delete_scores=delete_scores,
    ).parsed


async def asyncio_detailed(
    run_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    delete_scores: bool | Unset = UNSET,
) -> Response[
    Any | ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | str
]:
    """Delete a run over traces, or cancel it

     Deletes the run. Its scores stay, with `eval_run_id` null, unless `delete_scores` is true. Nothing
    that
    was billed is given back. A run that has not ended stops at its next score: there is no other
    cancel. A run over
    sessions is deleted here as well.

    Args:
        run_id (UUID):
        delete_scores (bool | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | str]
    """

    kwargs = _get_kwargs(
        run_id=run_id,
        delete_scores=delete_scores,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    run_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    delete_scores: bool | Unset = UNSET,
) -> Any | ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | str | None:
    """Delete a run over traces, or cancel it

     Deletes the run. Its scores stay, with `eval_run_id` null, unless `delete_scores` is true. Nothing
    that
    was billed is given back. A run that has not ended stops at its next score: there is no other
    cancel. A run over
    sessions is deleted here as well.

    Args:
        run_id (UUID):
        delete_scores (bool | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorDetail | ErrorDetail | ValidationProblem | RateLimitError | str
    """

    return (
        await asyncio_detailed(
            run_id=run_id,
            client=client,
            delete_scores=delete_scores,
        )
    ).parsed
