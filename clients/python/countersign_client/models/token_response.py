from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.user_response import UserResponse


T = TypeVar("T", bound="TokenResponse")


@_attrs_define
class TokenResponse:
    """A pair of tokens and the person they stand for.

    Example:
        {'access_token': 'eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl', 'refresh_token':
            'csr_AZwM1GgAcACAAAAAAAAAAAAAAAEkq2uYcKz0pJ0mJv3l2D8lQm7m4Qm3dY0m1u3cXb1uTw', 'token_type': 'bearer',
            'expires_in': 1800, 'refresh_expires_in': 604800, 'user': {'id': '019c12d4-6d63-7a3b-9c5d-1f2e3a4b5c6d',
            'email': 'ada@example.com', 'username': 'ada', 'is_active': True, 'is_superuser': False, 'email_verified':
            False, 'created_at': '2026-01-31T10:30:45.123Z', 'updated_at': '2026-01-31T10:30:45.123Z', 'last_login':
            '2026-01-31T10:30:45.123Z'}}

    Attributes:
        access_token (str): A JWT (RFC 9068) for the `Authorization: Bearer` header.
        refresh_token (str): An opaque token that gets the next pair.
        token_type (str): Always `bearer`.
        expires_in (int): Lifetime of the access token, in seconds.
        refresh_expires_in (int): Lifetime of the refresh token, in seconds.
        user (UserResponse): A person's account, without its secrets. Example: {'id':
            '019c12d4-6d63-7a3b-9c5d-1f2e3a4b5c6d', 'email': 'ada@example.com', 'username': 'ada', 'is_active': True,
            'is_superuser': False, 'email_verified': False, 'created_at': '2026-01-31T10:30:45.123Z', 'updated_at':
            '2026-01-31T10:30:45.123Z', 'last_login': '2026-01-31T10:30:45.123Z'}.
    """

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    refresh_expires_in: int
    user: UserResponse
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        access_token = self.access_token

        refresh_token = self.refresh_token

        token_type = self.token_type

        expires_in = self.expires_in

        refresh_expires_in = self.refresh_expires_in

        user = self.user.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "access_token": access_token,
                "refresh_token": refresh_token,
                "token_type": token_type,
                "expires_in": expires_in,
                "refresh_expires_in": refresh_expires_in,
                "user": user,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.user_response import UserResponse  # noqa: PLC0415

        d = dict(src_dict)
        access_token = d.pop("access_token")

        refresh_token = d.pop("refresh_token")

        token_type = d.pop("token_type")

        expires_in = d.pop("expires_in")

        refresh_expires_in = d.pop("refresh_expires_in")

        user = UserResponse.from_dict(d.pop("user"))

        token_response = cls(
            access_token=access_token,
            refresh_token=refresh_token,
            token_type=token_type,
            expires_in=expires_in,
            refresh_expires_in=refresh_expires_in,
            user=user,
        )

        token_response.additional_properties = d
        return token_response

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
