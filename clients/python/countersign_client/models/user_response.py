from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="UserResponse")


@_attrs_define
class UserResponse:
    """A person's account, without its secrets.

    Example:
        {'id': '019c12d4-6d63-7a3b-9c5d-1f2e3a4b5c6d', 'email': 'ada@example.com', 'username': 'ada', 'is_active': True,
            'is_superuser': False, 'email_verified': False, 'created_at': '2026-01-31T10:30:45.123Z', 'updated_at':
            '2026-01-31T10:30:45.123Z', 'last_login': '2026-01-31T10:30:45.123Z'}

    Attributes:
        id (UUID): Identifies the account for good.
        email (str): The e-mail address.
        username (None | str): The user name, where one was chosen.
        is_active (bool): Whether the account may use the service.
        is_superuser (bool): Whether the account may administer the service.
        email_verified (bool): Whether the e-mail address was shown to be the person's own.
        created_at (datetime.datetime): When the account was created.
        updated_at (datetime.datetime): When the account was last changed.
        last_login (datetime.datetime | None): When the person last logged in by password.
    """

    id: UUID
    email: str
    username: None | str
    is_active: bool
    is_superuser: bool
    email_verified: bool
    created_at: datetime.datetime
    updated_at: datetime.datetime
    last_login: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        email = self.email

        username: None | str
        username = self.username

        is_active = self.is_active

        is_superuser = self.is_superuser

        email_verified = self.email_verified

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        last_login: None | str
        if isinstance(self.last_login, datetime.datetime):
            last_login = self.last_login.isoformat()
        else:
            last_login = self.last_login

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "email": email,
                "username": username,
                "is_active": is_active,
                "is_superuser": is_superuser,
                "email_verified": email_verified,
                "created_at": created_at,
                "updated_at": updated_at,
                "last_login": last_login,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        email = d.pop("email")

        def _parse_username(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        username = _parse_username(d.pop("username"))

        is_active = d.pop("is_active")

        is_superuser = d.pop("is_superuser")

        email_verified = d.pop("email_verified")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        def _parse_last_login(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_login_type_0 = datetime.datetime.fromisoformat(data)

                return last_login_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_login = _parse_last_login(d.pop("last_login"))

        user_response = cls(
            id=id,
            email=email,
            username=username,
            is_active=is_active,
            is_superuser=is_superuser,
            email_verified=email_verified,
            created_at=created_at,
            updated_at=updated_at,
            last_login=last_login,
        )

        user_response.additional_properties = d
        return user_response

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
