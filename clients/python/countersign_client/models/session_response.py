from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SessionResponse")


@_attrs_define
class SessionResponse:
    """A device on which the person is logged in.

    Example:
        {'id': '019c12d4-6d64-7c1d-8e2f-4a5b6c7d8e9f', 'current': True, 'ip': '203.0.113.7', 'user_agent': 'Mozilla/5.0
            (X11; Linux x86_64)', 'created_at': '2026-01-31T10:30:45.123Z', 'last_used_at': '2026-01-31T10:30:45.123Z',
            'expires_at': '2026-01-31T10:30:45.123Z'}

    Attributes:
        id (UUID): Identifies the session.
        current (bool): Whether the request was made in this session.
        ip (None | str): The address that the person logged in from.
        user_agent (None | str): What the person logged in with: the `User-Agent` header of that time.
        created_at (datetime.datetime): When the person logged in.
        last_used_at (datetime.datetime): When the person logged in, or last refreshed.
        expires_at (datetime.datetime): When the session ends, unless it is refreshed before.
    """

    id: UUID
    current: bool
    ip: None | str
    user_agent: None | str
    created_at: datetime.datetime
    last_used_at: datetime.datetime
    expires_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        current = self.current

        ip: None | str
        ip = self.ip

        user_agent: None | str
        user_agent = self.user_agent

        created_at = self.created_at.isoformat()

        last_used_at = self.last_used_at.isoformat()

        expires_at = self.expires_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "current": current,
                "ip": ip,
                "user_agent": user_agent,
                "created_at": created_at,
                "last_used_at": last_used_at,
                "expires_at": expires_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        current = d.pop("current")

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

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        last_used_at = datetime.datetime.fromisoformat(d.pop("last_used_at"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        session_response = cls(
            id=id,
            current=current,
            ip=ip,
            user_agent=user_agent,
            created_at=created_at,
            last_used_at=last_used_at,
            expires_at=expires_at,
        )

        session_response.additional_properties = d
        return session_response

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
