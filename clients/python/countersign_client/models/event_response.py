from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.event_kind import EventKind

if TYPE_CHECKING:
    from ..models.event_details import EventDetails


T = TypeVar("T", bound="EventResponse")


@_attrs_define
class EventResponse:
    """Something that matters for security.

    Example:
        {'id': '019c12d4-6d65-7e2d-9f30-5b6c7d8e9fa0', 'event': 'login_succeeded', 'actor_id':
            '019c12d4-6d63-7a3b-9c5d-1f2e3a4b5c6d', 'subject_id': '019c12d4-6d63-7a3b-9c5d-1f2e3a4b5c6d', 'ip':
            '203.0.113.7', 'user_agent': 'Mozilla/5.0 (X11; Linux x86_64)', 'request_id':
            '550e8400-e29b-41d4-a716-446655440000', 'at': '2026-01-31T10:30:45.123Z', 'details': {'session_id':
            '019c12d4-6d64-7c1d-8e2f-4a5b6c7d8e9f'}}

    Attributes:
        id (UUID): Identifies the event.
        event (EventKind): What happened. A new kind comes with a minor version.

            - `user_registered`: A person created an account.
            - `user_created`: An administrator or operator created an account.
            - `users_imported`: An operator imported accounts.
            - `users_exported`: An operator exported accounts.
            - `login_succeeded`: Somebody logged in.
            - `login_failed`: Somebody did not log in, or named a wrong current password.
            - `account_throttled`: After failures in a row, nobody may try an account's password for a while.
            - `logged_out`: Somebody logged out.
            - `session_ended`: A person ended one of the own sessions.
            - `other_sessions_ended`: A person ended all other own sessions.
            - `all_sessions_ended`: An administrator ended all sessions of a person.
            - `refresh_token_reused`: A replaced refresh token was used again, and its session is ended.
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
        actor_id (None | UUID): Who did it, where that is known.
        subject_id (None | UUID): Whose account it happened to, where there is one.
        ip (None | str): The address that the request came from; none for the command line.
        user_agent (None | str): What the request was made with: its `User-Agent` header.
        request_id (None | str): The `X-Request-Id` of the request, which the log has as well.
        at (datetime.datetime): When it happened.
        details (EventDetails): What else is known of an event; only what its kind has is there.
    """

    id: UUID
    event: EventKind
    actor_id: None | UUID
    subject_id: None | UUID
    ip: None | str
    user_agent: None | str
    request_id: None | str
    at: datetime.datetime
    details: EventDetails
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        event = self.event.value

        actor_id: None | str
        if isinstance(self.actor_id, UUID):
            actor_id = str(self.actor_id)
        else:
            actor_id = self.actor_id

        subject_id: None | str
        if isinstance(self.subject_id, UUID):
            subject_id = str(self.subject_id)
        else:
            subject_id = self.subject_id

        ip: None | str
        ip = self.ip

        user_agent: None | str
        user_agent = self.user_agent

        request_id: None | str
        request_id = self.request_id

        at = self.at.isoformat()

        details = self.details.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "event": event,
                "actor_id": actor_id,
                "subject_id": subject_id,
                "ip": ip,
                "user_agent": user_agent,
                "request_id": request_id,
                "at": at,
                "details": details,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_details import EventDetails  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        event = EventKind(d.pop("event"))

        def _parse_actor_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                actor_id_type_0 = UUID(data)

                return actor_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        actor_id = _parse_actor_id(d.pop("actor_id"))

        def _parse_subject_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                subject_id_type_0 = UUID(data)

                return subject_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        subject_id = _parse_subject_id(d.pop("subject_id"))

        def _parse_ip(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ip = _parse_ip(d.pop("ip"))

        def _parse_user_agent(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        user_agent = _parse_user_agent(d.pop("user_agent"))

        def _parse_request_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        request_id = _parse_request_id(d.pop("request_id"))

        at = datetime.datetime.fromisoformat(d.pop("at"))

        details = EventDetails.from_dict(d.pop("details"))

        event_response = cls(
            id=id,
            event=event,
            actor_id=actor_id,
            subject_id=subject_id,
            ip=ip,
            user_agent=user_agent,
            request_id=request_id,
            at=at,
            details=details,
        )

        event_response.additional_properties = d
        return event_response

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
