"""A person's way from the registration to the logout, against the Countersign at COUNTERSIGN_URL.

With what every application has to handle on it: having to wait, and a token that has expired.
Prints a line for each step, and fails on whatever is not as it should be.
"""

import os
import time
from collections.abc import Callable
from typing import TypeVar

from countersign_client import AuthenticatedClient, Client
from countersign_client.api.account import change_password, get_me, update_me
from countersign_client.api.authentication import login, logout, refresh, register
from countersign_client.api.sessions import list_sessions
from countersign_client.models import (
    ChangePasswordRequest,
    ErrorCode,
    LoginRequest,
    Problem,
    RefreshRequest,
    RegisterRequest,
    TokenResponse,
    UpdateMeRequest,
    UserResponse,
)
from countersign_client.types import UNSET, Response, Unset

PASSWORD = "wide quiet rivers run deep"
NEW_PASSWORD = "seven lamps above the harbour"

T = TypeVar("T")


def expect(condition: bool, what: str) -> None:
    if not condition:
        raise SystemExit(what)


def failed(answer: Response[Problem | T], code: ErrorCode) -> bool:
    """Whether this is what went wrong."""
    return isinstance(answer.parsed, Problem) and answer.parsed.error_code is code


def success(step: str, answer: Response[Problem | T]) -> T:
    """What was answered, unless it is that something went wrong."""
    if isinstance(answer.parsed, Problem):
        raise SystemExit(f"{step}: {answer.parsed.error_code}: {answer.parsed.detail}")
    if answer.parsed is None:
        raise SystemExit(f"{step}: {answer.status_code}")
    return answer.parsed


def patiently(step: str, send: Callable[[], Response[Problem | T]]) -> Response[Problem | T]:
    """Sends a request again as soon as the service allows it."""
    while True:
        answer = send()
        if not failed(answer, ErrorCode.RATE_LIMITED):
            return answer
        seconds = int(answer.headers["Retry-After"])
        print(f"{step}: RATE_LIMITED, waiting {seconds} s")
        time.sleep(seconds)


class Session:
    """Somebody who is logged in."""

    def __init__(self, base_url: str, tokens: TokenResponse) -> None:
        self.base_url = base_url
        self.use(tokens)

    def use(self, tokens: TokenResponse) -> None:
        self.tokens = tokens
        self.client = AuthenticatedClient(
            self.base_url, token=tokens.access_token, raise_on_unexpected_status=True
        )

    def refresh(self) -> None:
        body = RefreshRequest(self.tokens.refresh_token)
        answer = patiently("refresh", lambda: refresh.sync_detailed(client=self.client, body=body))
        self.use(success("refresh", answer))
        print(f"refresh: a new token for {self.tokens.expires_in} s")

    def send(
        self, step: str, send: Callable[[AuthenticatedClient], Response[Problem | T]]
    ) -> Response[Problem | T]:
        """Sends a request, with a new token if this one has expired."""
        answer = send(self.client)
        if not failed(answer, ErrorCode.TOKEN_EXPIRED):
            return answer
        print(f"{step}: TOKEN_EXPIRED")
        self.refresh()
        return patiently(step, lambda: send(self.client))

    def me(self) -> UserResponse:
        return success("me", self.send("me", lambda client: get_me.sync_detailed(client=client)))


def main() -> None:
    base_url = os.environ["COUNTERSIGN_URL"] + "/api/v1"
    client = Client(base_url, raise_on_unexpected_status=True)
    name = f"python-{os.getpid()}"
    registration = RegisterRequest(email=f"{name}@example.com", username=name, password=PASSWORD)

    registered = success(
        "register",
        patiently("register", lambda: register.sync_detailed(client=client, body=registration)),
    )
    match registered:
        case TokenResponse(user=user):
            print(f"register: logged in as {user.email}")
        case UserResponse(email=email):
            raise SystemExit(f"{email} is to be verified")

    def log_in(password: str) -> Response[Problem | TokenResponse]:
        return login.sync_detailed(
            client=client, body=LoginRequest(username=name, password=password)
        )

    mistyped = log_in("mistyped")
    expect(failed(mistyped, ErrorCode.INVALID_CREDENTIALS), "a wrong password is taken")
    print("login: INVALID_CREDENTIALS")
    tokens = success("login", patiently("login", lambda: log_in(PASSWORD)))
    print(f"login: a token for {tokens.expires_in} s")
    session = Session(base_url, tokens)

    me = session.me()
    expect(me.last_login is not None, "who logged in has no last login")
    expect(
        me.last_login is not None and me.last_login >= me.created_at,
        "the login was before the registration",
    )
    print(f"me: {me.username}")

    time.sleep(tokens.expires_in + 1)
    expect(session.me().id == me.id, "another account")
    expect(session.tokens.access_token != tokens.access_token, "no token has expired")
    print(f"me: {me.username}")

    def rename(username: str | None | Unset) -> str | None:
        body = UpdateMeRequest(username=username)
        answer = session.send(
            "rename", lambda client: update_me.sync_detailed(client=client, body=body)
        )
        return success("rename", answer).username

    # UNSET, as whatever is not named, it stays; None takes it away.
    for username, expected in [(UNSET, name), (None, None), (name, name)]:
        renamed = rename(username)
        expect(renamed == expected, "another name than was asked for")
        print(f"rename: {renamed}")

    change = ChangePasswordRequest(current_password=PASSWORD, new_password=NEW_PASSWORD)
    changed = session.send(
        "change password",
        lambda client: change_password.sync_detailed(client=client, body=change),
    )
    expect(changed.status_code == 204, f"change password: {changed.parsed}")
    print("change password: done")

    sessions = success(
        "sessions",
        session.send("sessions", lambda client: list_sessions.sync_detailed(client=client)),
    )
    expect(
        [it.current for it in sessions.items] == [True],
        "the sessions before the new password did not end",
    )
    print(f"sessions: {len(sessions.items)}")

    # So that it lives for what follows.
    session.refresh()
    left = session.send("logout", lambda client: logout.sync_detailed(client=client))
    expect(left.status_code == 204, f"logout: {left.parsed}")
    print("logout: done")
    gone = get_me.sync_detailed(client=session.client)
    expect(failed(gone, ErrorCode.SESSION_REVOKED), "the session goes on after the logout")
    print("me: SESSION_REVOKED")


if __name__ == "__main__":
    main()
