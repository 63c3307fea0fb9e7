from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.mail_kind import MailKind
from ..models.mail_state import MailState

T = TypeVar("T", bound="MailResponse")


@_attrs_define
class MailResponse:
    """A mail, without its text.

    Example:
        {'id': '019c12d4-6d66-7b1c-8d2e-3f4a5b6c7d8e', 'to': 'ada@example.com', 'kind': 'verify_email', 'state':
            'pending', 'attempts': 1, 'next_attempt_at': '2026-01-31T10:30:45.123Z', 'last_error': 'connection refused'}

    Attributes:
        id (UUID): Identifies the mail, and is part of its `Message-ID`.
        to (str): Whom it goes to.
        kind (MailKind): What a mail is about. A new kind comes with a minor version.

            - `verify_email`: A link to verify the address.
            - `password_reset`: A link to set a new password.
            - `invitation`: A link to set the first password.
            - `already_registered`: Somebody wanted to register with an address that has an account.
            - `password_changed`: The password was changed.
            - `new_device_login`: Somebody logged in with a new device.
            - `email_changed`: The address was changed; told to the one before.
        state (MailState): What becomes of a mail.

            - `pending`: It is to be sent, now or later.
            - `sending`: It is being sent.
            - `sent`: The mail server has it.
            - `failed`: It was given up.
            - `cancelled`: It was not sent, because the link in it was no longer good.
        attempts (int): How often it was tried to send it.
        next_attempt_at (datetime.datetime | None): When it is tried next; `null` where it is not.
        last_error (None | str): Why it was not sent the last time it was tried.
    """

    id: UUID
    to: str
    kind: MailKind
    state: MailState
    attempts: int
    next_attempt_at: datetime.datetime | None
    last_error: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        to = self.to

        kind = self.kind.value

        state = self.state.value

        attempts = self.attempts

        next_attempt_at: None | str
        if isinstance(self.next_attempt_at, datetime.datetime):
            next_attempt_at = self.next_attempt_at.isoformat()
        else:
            next_attempt_at = self.next_attempt_at

        last_error: None | str
        last_error = self.last_error

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "to": to,
                "kind": kind,
                "state": state,
                "attempts": attempts,
                "next_attempt_at": next_attempt_at,
                "last_error": last_error,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        to = d.pop("to")

        kind = MailKind(d.pop("kind"))

        state = MailState(d.pop("state"))

        attempts = d.pop("attempts")

        def _parse_next_attempt_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_attempt_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_attempt_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_attempt_at = _parse_next_attempt_at(d.pop("next_attempt_at"))

        def _parse_last_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_error = _parse_last_error(d.pop("last_error"))

        mail_response = cls(
            id=id,
            to=to,
            kind=kind,
            state=state,
            attempts=attempts,
            next_attempt_at=next_attempt_at,
            last_error=last_error,
        )

        mail_response.additional_properties = d
        return mail_response

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
