from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.field_error_code import FieldErrorCode

T = TypeVar("T", bound="FieldError")


@_attrs_define
class FieldError:
    """One thing that is wrong with one member of the request.

    Example:
        {'field': 'password', 'code': 'too_short', 'message': 'must have at least 8 characters'}

    Attributes:
        field (str): Name of the member.
        code (FieldErrorCode): What is wrong with a member, for programs. The list is closed; a new code is a new minor
            version.

            - `required`: It has to be there.
            - `unknown`: There is no such member.
            - `invalid_type`: It has another JSON type.
            - `invalid_format`: It has the right type, but not the right form.
            - `too_short`: It has too few characters.
            - `too_long`: It has too many characters.
            - `too_common`: It is one of the passwords that attackers try first.
            - `contains_identity`: It is made from the person's own e-mail address or user name.
            - `breached`: It is known from a leak of another service.
            - `incorrect`: It is not the password now in use.
            - `taken`: Another account has it.
            - `out_of_range`: It is less or more than allowed.
            - `conflict`: It is given twice, or together with one that excludes it.
        message (str): What is wrong, for people. Never repeats the value.
    """

    field: str
    code: FieldErrorCode
    message: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field = self.field

        code = self.code.value

        message = self.message

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "field": field,
                "code": code,
                "message": message,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        field = d.pop("field")

        code = FieldErrorCode(d.pop("code"))

        message = d.pop("message")

        field_error = cls(
            field=field,
            code=code,
            message=message,
        )

        field_error.additional_properties = d
        return field_error

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
