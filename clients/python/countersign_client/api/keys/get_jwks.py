from http import HTTPStatus
from typing import Any, cast

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.jwk_set import JwkSet
from ...models.problem import Problem
from ...types import Response


def _get_kwargs() -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/.well-known/jwks.json",
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | JwkSet | Problem | None:
    if response.status_code == 200:
        response_200 = JwkSet.from_dict(response.json())

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

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
) -> Response[Any | JwkSet | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
) -> Response[Any | JwkSet | Problem]:
    """Get the public keys

     Verify an access token with the key that its `kid` header names, and accept no other algorithm
    than the key's `alg`; require the header `typ: at+jwt` and the claims `iss`, `aud` and `exp`. Ask
    again when a token names a key that is not in the set. Where tokens are signed with a shared
    secret, the set is empty.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | JwkSet | Problem]
    """

    kwargs = _get_kwargs()

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
) -> Any | JwkSet | Problem | None:
    """Get the public keys

     Verify an access token with the key that its `kid` header names, and accept no other algorithm
    than the key's `alg`; require the header `typ: at+jwt` and the claims `iss`, `aud` and `exp`. Ask
    again when a token names a key that is not in the set. Where tokens are signed with a shared
    secret, the set is empty.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | JwkSet | Problem
    """

    return sync_detailed(
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
) -> Response[Any | JwkSet | Problem]:
    """Get the public keys

     Verify an access token with the key that its `kid` header names, and accept no other algorithm
    than the key's `alg`; require the header `typ: at+jwt` and the claims `iss`, `aud` and `exp`. Ask
    again when a token names a key that is not in the set. Where tokens are signed with a shared
    secret, the set is empty.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | JwkSet | Problem]
    """

    kwargs = _get_kwargs()

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
) -> Any | JwkSet | Problem | None:
    """Get the public keys

     Verify an access token with the key that its `kid` header names, and accept no other algorithm
    than the key's `alg`; require the header `typ: at+jwt` and the claims `iss`, `aud` and `exp`. Ask
    again when a token names a key that is not in the set. Where tokens are signed with a shared
    secret, the set is empty.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | JwkSet | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
        )
    ).parsed
