from http import HTTPStatus
from typing import Any, cast

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.reset_password_request import ResetPasswordRequest
from ...types import Response


def _get_kwargs(
    *,
    body: ResetPasswordRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/auth/password/reset",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | Problem | None:
    if response.status_code == 204:
        response_204 = cast(Any, None)
        return response_204

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 408:
        response_408 = Problem.from_dict(response.json())

        return response_408

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

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
) -> Response[Any | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: ResetPasswordRequest,
) -> Response[Any | Problem]:
    """Set a new password by a link

     Replaces the password with the token of a link. It works once; all sessions of the account end. A
    link
    that was sent by mail verifies the address as well. One that was sent because the address was
    changed
    gives the account the address before back. A password that may not be chosen does not use the link
    up.

    Args:
        body (ResetPasswordRequest): What a forgotten password is replaced with. Example:
            {'token': 'csl_3q2-7wXbLm0c5mXo2Tq9rV1uYf8hJk4sNd6pZt0aBcE', 'new_password': 'correct
            horse battery staple'}.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: ResetPasswordRequest,
) -> Any | Problem | None:
    """Set a new password by a link

     Replaces the password with the token of a link. It works once; all sessions of the account end. A
    link
    that was sent by mail verifies the address as well. One that was sent because the address was
    changed
    gives the account the address before back. A password that may not be chosen does not use the link
    up.

    Args:
        body (ResetPasswordRequest): What a forgotten password is replaced with. Example:
            {'token': 'csl_3q2-7wXbLm0c5mXo2Tq9rV1uYf8hJk4sNd6pZt0aBcE', 'new_password': 'correct
            horse battery staple'}.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: ResetPasswordRequest,
) -> Response[Any | Problem]:
    """Set a new password by a link

     Replaces the password with the token of a link. It works once; all sessions of the account end. A
    link
    that was sent by mail verifies the address as well. One that was sent because the address was
    changed
    gives the account the address before back. A password that may not be chosen does not use the link
    up.

    Args:
        body (ResetPasswordRequest): What a forgotten password is replaced with. Example:
            {'token': 'csl_3q2-7wXbLm0c5mXo2Tq9rV1uYf8hJk4sNd6pZt0aBcE', 'new_password': 'correct
            horse battery staple'}.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: ResetPasswordRequest,
) -> Any | Problem | None:
    """Set a new password by a link

     Replaces the password with the token of a link. It works once; all sessions of the account end. A
    link
    that was sent by mail verifies the address as well. One that was sent because the address was
    changed
    gives the account the address before back. A password that may not be chosen does not use the link
    up.

    Args:
        body (ResetPasswordRequest): What a forgotten password is replaced with. Example:
            {'token': 'csl_3q2-7wXbLm0c5mXo2Tq9rV1uYf8hJk4sNd6pZt0aBcE', 'new_password': 'correct
            horse battery staple'}.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
