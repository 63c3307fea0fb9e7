from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="RegisterRequest")


@_attrs_define
class RegisterRequest:
    """What somebody registers with.

    Example:
        {'email': 'ada@example.com', 'password': 'correct horse battery staple', 'username': 'ada'}

    Attributes:
        email (str): The e-mail address: at most 254 characters of ASCII, unique without case.
        password (str): The password: 8 to 128 characters unless configured otherwise, none that is common, known from
            a leak, or made from the e-mail address or user name.
        username (None | str | Unset): A user name: 3 to 50 of `A-Z a-z 0-9 _ . -`, unique without case. Where
            registration is private, it
            can only be chosen later.
    """

    email: str
    password: str
    username: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        email = self.email

        password = self.password

        username: None | str | Unset
        if isinstance(self.username, Unset):
            username = UNSET
        else:
            username = self.username

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "email": email,
                "password": password,
            }
        )
        if username is not UNSET:
            field_dict["username"] = username

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        email = d.pop("email")

        password = d.pop("password")

        def _parse_username(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        username = _parse_username(d.pop("username", UNSET))

        register_request = cls(
            email=email,
            password=password,
            username=username,
        )

        return register_request
