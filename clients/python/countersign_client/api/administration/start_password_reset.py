from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.start_password_reset_request import StartPasswordResetRequest
from ...models.started_password_reset import StartedPasswordReset
from ...types import Response


def _get_kwargs(
    id: UUID,
    *,
    body: StartPasswordResetRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/admin/users/{id}/password-reset".format(
            id=quote(str(id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | StartedPasswordReset | None:
    if response.status_code == 200:
        response_200 = StartedPasswordReset.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 408:
        response_408 = Problem.from_dict(response.json())

        return response_408

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

    if response.status_code == 500:
        response_500 = Problem.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | StartedPasswordReset]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: StartPasswordResetRequest,
) -> Response[Problem | StartedPasswordReset]:
    """Start a password reset

     Sends the person a link to set a new password, or answers with its token for the caller to hand
    over. It
    works once; older ones are void. Nobody ever chooses a password for somebody else. For superusers.

    Args:
        id (UUID):
        body (StartPasswordResetRequest): How a new password is to be set. Example: {'delivery':
            'response'}.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | StartedPasswordReset]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: StartPasswordResetRequest,
) -> Problem | StartedPasswordReset | None:
    """Start a password reset

     Sends the person a link to set a new password, or answers with its token for the caller to hand
    over. It
    works once; older ones are void. Nobody ever chooses a password for somebody else. For superusers.

    Args:
        id (UUID):
        body (StartPasswordResetRequest): How a new password is to be set. Example: {'delivery':
            'response'}.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | StartedPasswordReset
    """

    return sync_detailed(
        id=id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: StartPasswordResetRequest,
) -> Response[Problem | StartedPasswordReset]:
    """Start a password reset

     Sends the person a link to set a new password, or answers with its token for the caller to hand
    over. It
    works once; older ones are void. Nobody ever chooses a password for somebody else. For superusers.

    Args:
        id (UUID):
        body (StartPasswordResetRequest): How a new password is to be set. Example: {'delivery':
            'response'}.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | StartedPasswordReset]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: StartPasswordResetRequest,
) -> Problem | StartedPasswordReset | None:
    """Start a password reset

     Sends the person a link to set a new password, or answers with its token for the caller to hand
    over. It
    works once; older ones are void. Nobody ever chooses a password for somebody else. For superusers.

    Args:
        id (UUID):
        body (StartPasswordResetRequest): How a new password is to be set. Example: {'delivery':
            'response'}.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | StartedPasswordReset
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
        )
    ).parsed
