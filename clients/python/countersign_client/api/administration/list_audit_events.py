import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.event_kind import EventKind
from ...models.event_page import EventPage
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
    user_id: UUID | Unset = UNSET,
    event: EventKind | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["cursor"] = cursor

    json_user_id: str | Unset = UNSET
    if not isinstance(user_id, Unset):
        json_user_id = str(user_id)
    params["user_id"] = json_user_id

    json_event: str | Unset = UNSET
    if not isinstance(event, Unset):
        json_event = event.value

    params["event"] = json_event

    json_since: str | Unset = UNSET
    if not isinstance(since, Unset):
        json_since = since.isoformat()
    params["since"] = json_since

    json_until: str | Unset = UNSET
    if not isinstance(until, Unset):
        json_until = until.isoformat()
    params["until"] = json_until

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/admin/audit-events",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> EventPage | Problem | None:
    if response.status_code == 200:
        response_200 = EventPage.from_dict(response.json())

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
) -> Response[EventPage | Problem]:
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
    user_id: UUID | Unset = UNSET,
    event: EventKind | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> Response[EventPage | Problem]:
    """List security events

     What happened to all accounts, the newest first. For superusers.

    Args:
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):
        user_id (UUID | Unset):
        event (EventKind | Unset): What happened. A new kind comes with a minor version.

            - `user_registered`: A person created an account.
            - `user_created`: An administrator or operator created an account.
            - `users_imported`: An operator imported accounts.
            - `users_exported`: An operator exported accounts.
            - `login_succeeded`: Somebody logged in.
            - `login_failed`: Somebody did not log in, or named a wrong current password.
            - `account_throttled`: After failures in a row, nobody may try an account's password for a
            while.
            - `logged_out`: Somebody logged out.
            - `session_ended`: A person ended one of the own sessions.
            - `other_sessions_ended`: A person ended all other own sessions.
            - `all_sessions_ended`: An administrator ended all sessions of a person.
            - `refresh_token_reused`: A replaced refresh token was used again, and its session is
            ended.
            - `password_changed`: A person changed the own password.
            - `password_set`: An operator set a password.
            - `password_reset_started`: An administrator made a link to set a new password.
            - `password_reset`: A new password was set by such a link.
            - `user_updated`: The address, the name or its verification changed; `changed` says which.
            - `superuser_granted`: An account may administer the service from now on.
            - `superuser_revoked`: An account may no longer administer the service.
            - `user_activated`: An account may use the service again.
            - `user_deactivated`: An account may no longer use the service.
            - `user_deleted`: An account is gone.
            - `circuit_breaker_reset`: An administrator closed a circuit breaker by hand.
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EventPage | Problem]
    """

    kwargs = _get_kwargs(
        limit=limit,
        cursor=cursor,
        user_id=user_id,
        event=event,
        since=since,
        until=until,
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
    user_id: UUID | Unset = UNSET,
    event: EventKind | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> EventPage | Problem | None:
    """List security events

     What happened to all accounts, the newest first. For superusers.

    Args:
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):
        user_id (UUID | Unset):
        event (EventKind | Unset): What happened. A new kind comes with a minor version.

            - `user_registered`: A person created an account.
            - `user_created`: An administrator or operator created an account.
            - `users_imported`: An operator imported accounts.
            - `users_exported`: An operator exported accounts.
            - `login_succeeded`: Somebody logged in.
            - `login_failed`: Somebody did not log in, or named a wrong current password.
            - `account_throttled`: After failures in a row, nobody may try an account's password for a
            while.
            - `logged_out`: Somebody logged out.
            - `session_ended`: A person ended one of the own sessions.
            - `other_sessions_ended`: A person ended all other own sessions.
            - `all_sessions_ended`: An administrator ended all sessions of a person.
            - `refresh_token_reused`: A replaced refresh token was used again, and its session is
            ended.
            - `password_changed`: A person changed the own password.
            - `password_set`: An operator set a password.
            - `password_reset_started`: An administrator made a link to set a new password.
            - `password_reset`: A new password was set by such a link.
            - `user_updated`: The address, the name or its verification changed; `changed` says which.
            - `superuser_granted`: An account may administer the service from now on.
            - `superuser_revoked`: An account may no longer administer the service.
            - `user_activated`: An account may use the service again.
            - `user_deactivated`: An account may no longer use the service.
            - `user_deleted`: An account is gone.
            - `circuit_breaker_reset`: An administrator closed a circuit breaker by hand.
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EventPage | Problem
    """

    return sync_detailed(
        client=client,
        limit=limit,
        cursor=cursor,
        user_id=user_id,
        event=event,
        since=since,
        until=until,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
    user_id: UUID | Unset = UNSET,
    event: EventKind | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> Response[EventPage | Problem]:
    """List security events

     What happened to all accounts, the newest first. For superusers.

    Args:
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):
        user_id (UUID | Unset):
        event (EventKind | Unset): What happened. A new kind comes with a minor version.

            - `user_registered`: A person created an account.
            - `user_created`: An administrator or operator created an account.
            - `users_imported`: An operator imported accounts.
            - `users_exported`: An operator exported accounts.
            - `login_succeeded`: Somebody logged in.
            - `login_failed`: Somebody did not log in, or named a wrong current password.
            - `account_throttled`: After failures in a row, nobody may try an account's password for a
            while.
            - `logged_out`: Somebody logged out.
            - `session_ended`: A person ended one of the own sessions.
            - `other_sessions_ended`: A person ended all other own sessions.
            - `all_sessions_ended`: An administrator ended all sessions of a person.
            - `refresh_token_reused`: A replaced refresh token was used again, and its session is
            ended.
            - `password_changed`: A person changed the own password.
            - `password_set`: An operator set a password.
            - `password_reset_started`: An administrator made a link to set a new password.
            - `password_reset`: A new password was set by such a link.
            - `user_updated`: The address, the name or its verification changed; `changed` says which.
            - `superuser_granted`: An account may administer the service from now on.
            - `superuser_revoked`: An account may no longer administer the service.
            - `user_activated`: An account may use the service again.
            - `user_deactivated`: An account may no longer use the service.
            - `user_deleted`: An account is gone.
            - `circuit_breaker_reset`: An administrator closed a circuit breaker by hand.
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EventPage | Problem]
    """

    kwargs = _get_kwargs(
        limit=limit,
        cursor=cursor,
        user_id=user_id,
        event=event,
        since=since,
        until=until,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
    user_id: UUID | Unset = UNSET,
    event: EventKind | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> EventPage | Problem | None:
    """List security events

     What happened to all accounts, the newest first. For superusers.

    Args:
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):
        user_id (UUID | Unset):
        event (EventKind | Unset): What happened. A new kind comes with a minor version.

            - `user_registered`: A person created an account.
            - `user_created`: An administrator or operator created an account.
            - `users_imported`: An operator imported accounts.
            - `users_exported`: An operator exported accounts.
            - `login_succeeded`: Somebody logged in.
            - `login_failed`: Somebody did not log in, or named a wrong current password.
            - `account_throttled`: After failures in a row, nobody may try an account's password for a
            while.
            - `logged_out`: Somebody logged out.
            - `session_ended`: A person ended one of the own sessions.
            - `other_sessions_ended`: A person ended all other own sessions.
            - `all_sessions_ended`: An administrator ended all sessions of a person.
            - `refresh_token_reused`: A replaced refresh token was used again, and its session is
            ended.
            - `password_changed`: A person changed the own password.
            - `password_set`: An operator set a password.
            - `password_reset_started`: An administrator made a link to set a new password.
            - `password_reset`: A new password was set by such a link.
            - `user_updated`: The address, the name or its verification changed; `changed` says which.
            - `superuser_granted`: An account may administer the service from now on.
            - `superuser_revoked`: An account may no longer administer the service.
            - `user_activated`: An account may use the service again.
            - `user_deactivated`: An account may no longer use the service.
            - `user_deleted`: An account is gone.
            - `circuit_breaker_reset`: An administrator closed a circuit breaker by hand.
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EventPage | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            limit=limit,
            cursor=cursor,
            user_id=user_id,
            event=event,
            since=since,
            until=until,
        )
    ).parsed
