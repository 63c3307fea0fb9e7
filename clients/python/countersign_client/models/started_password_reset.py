from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="StartedPasswordReset")


@_attrs_define
class StartedPasswordReset:
    """A password reset that was started.

    Example:
        {'expires_at': '2026-01-31T10:30:45.123Z', 'token': 'csl_3q2-7wXbLm0c5mXo2Tq9rV1uYf8hJk4sNd6pZt0aBcE'}

    Attributes:
        expires_at (datetime.datetime): From when on the token is void.
        token (None | str): The token for `POST /auth/password/reset`; `null` where the person gets it by mail.
    """

    expires_at: datetime.datetime
    token: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        expires_at = self.expires_at.isoformat()

        token: None | str
        token = self.token

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "expires_at": expires_at,
                "token": token,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        def _parse_token(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        token = _parse_token(d.pop("token"))

        started_password_reset = cls(
            expires_at=expires_at,
            token=token,
        )

        started_password_reset.additional_properties = d
        return started_password_reset

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
