from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="UpdateUserRequest")


@_attrs_define
class UpdateUserRequest:
    """What to change about an account; what is left out stays as it is.

    Example:
        {'is_active': False}

    Attributes:
        is_active (bool | Unset): Whether the account may use the service. Without it, all its sessions end at once.
        is_superuser (bool | Unset): Whether the account may administer the service, from the next request on.
        email (str | Unset): Another e-mail address, which is not verified then, unless `email_verified` says so.
        username (None | str | Unset): Another user name; `null` takes it away.
        email_verified (bool | Unset): Whether the e-mail address was shown to be the person's own.
    """

    is_active: bool | Unset = UNSET
    is_superuser: bool | Unset = UNSET
    email: str | Unset = UNSET
    username: None | str | Unset = UNSET
    email_verified: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        is_active = self.is_active

        is_superuser = self.is_superuser

        email = self.email

        username: None | str | Unset
        if isinstance(self.username, Unset):
            username = UNSET
        else:
            username = self.username

        email_verified = self.email_verified

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if is_active is not UNSET:
            field_dict["is_active"] = is_active
        if is_superuser is not UNSET:
            field_dict["is_superuser"] = is_superuser
        if email is not UNSET:
            field_dict["email"] = email
        if username is not UNSET:
            field_dict["username"] = username
        if email_verified is not UNSET:
            field_dict["email_verified"] = email_verified

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        is_active = d.pop("is_active", UNSET)

        is_superuser = d.pop("is_superuser", UNSET)

        email = d.pop("email", UNSET)

        def _parse_username(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        username = _parse_username(d.pop("username", UNSET))

        email_verified = d.pop("email_verified", UNSET)

        update_user_request = cls(
            is_active=is_active,
            is_superuser=is_superuser,
            email=email,
            username=username,
            email_verified=email_verified,
        )

        return update_user_request
