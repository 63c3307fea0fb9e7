from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.mail_page import MailPage
from ...models.mail_state import MailState
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
    state: MailState | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["cursor"] = cursor

    json_state: str | Unset = UNSET
    if not isinstance(state, Unset):
        json_state = state.value

    params["state"] = json_state

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/admin/mail-outbox",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> MailPage | Problem | None:
    if response.status_code == 200:
        response_200 = MailPage.from_dict(response.json())

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
) -> Response[MailPage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
    state: MailState | Unset = UNSET,
) -> Response[MailPage | Problem]:
    """List mails

     The mails of the last days, sent or not, the newest first; neither their texts nor their links. For
    superusers.

    Args:
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):
        state (MailState | Unset): What becomes of a mail.

            - `pending`: It is to be sent, now or later.
            - `sending`: It is being sent.
            - `sent`: The mail server has it.
            - `failed`: It was given up.
            - `cancelled`: It was not sent, because the link in it was no longer good.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MailPage | Problem]
    """

    kwargs = _get_kwargs(
        limit=limit,
        cursor=cursor,
        state=state,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
    state: MailState | Unset = UNSET,
) -> MailPage | Problem | None:
    """List mails

     The mails of the last days, sent or not, the newest first; neither their texts nor their links. For
    superusers.

    Args:
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):
        state (MailState | Unset): What becomes of a mail.

            - `pending`: It is to be sent, now or later.
            - `sending`: It is being sent.
            - `sent`: The mail server has it.
            - `failed`: It was given up.
            - `cancelled`: It was not sent, because the link in it was no longer good.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MailPage | Problem
    """

    return sync_detailed(
        client=client,
        limit=limit,
        cursor=cursor,
        state=state,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
    state: MailState | Unset = UNSET,
) -> Response[MailPage | Problem]:
    """List mails

     The mails of the last days, sent or not, the newest first; neither their texts nor their links. For
    superusers.

    Args:
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):
        state (MailState | Unset): What becomes of a mail.

            - `pending`: It is to be sent, now or later.
            - `sending`: It is being sent.
            - `sent`: The mail server has it.
            - `failed`: It was given up.
            - `cancelled`: It was not sent, because the link in it was no longer good.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MailPage | Problem]
    """

    kwargs = _get_kwargs(
        limit=limit,
        cursor=cursor,
        state=state,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
    state: MailState | Unset = UNSET,
) -> MailPage | Problem | None:
    """List mails

     The mails of the last days, sent or not, the newest first; neither their texts nor their links. For
    superusers.

    Args:
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):
        state (MailState | Unset): What becomes of a mail.

            - `pending`: It is to be sent, now or later.
            - `sending`: It is being sent.
            - `sent`: The mail server has it.
            - `failed`: It was given up.
            - `cancelled`: It was not sent, because the link in it was no longer good.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MailPage | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            limit=limit,
            cursor=cursor,
            state=state,
        )
    ).parsed
