from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.issuer_metadata import IssuerMetadata
from ...models.problem import Problem
from ...types import Response


def _get_kwargs() -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/.well-known/openid-configuration",
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> IssuerMetadata | Problem | None:
    if response.status_code == 200:
        response_200 = IssuerMetadata.from_dict(response.json())

        return response_200

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
) -> Response[IssuerMetadata | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
) -> Response[IssuerMetadata | Problem]:
    """Get the issuer and where its keys are

     For libraries that find the keys by themselves. `issuer` is the `iss` claim of access tokens, as
    it is configured. Countersign is no OpenID provider, so there is nothing else to find.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[IssuerMetadata | Problem]
    """

    kwargs = _get_kwargs()

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
) -> IssuerMetadata | Problem | None:
    """Get the issuer and where its keys are

     For libraries that find the keys by themselves. `issuer` is the `iss` claim of access tokens, as
    it is configured. Countersign is no OpenID provider, so there is nothing else to find.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        IssuerMetadata | Problem
    """

    return sync_detailed(
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
) -> Response[IssuerMetadata | Problem]:
    """Get the issuer and where its keys are

     For libraries that find the keys by themselves. `issuer` is the `iss` claim of access tokens, as
    it is configured. Countersign is no OpenID provider, so there is nothing else to find.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[IssuerMetadata | Problem]
    """

    kwargs = _get_kwargs()

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
) -> IssuerMetadata | Problem | None:
    """Get the issuer and where its keys are

     For libraries that find the keys by themselves. `issuer` is the `iss` claim of access tokens, as
    it is configured. Countersign is no OpenID provider, so there is nothing else to find.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        IssuerMetadata | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
        )
    ).parsed
