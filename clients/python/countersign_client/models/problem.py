from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.error_code import ErrorCode
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.field_error import FieldError


T = TypeVar("T", bound="Problem")


@_attrs_define
class Problem:
    """The envelope of every error.

    Example:
        {'detail': 'The request is not valid', 'error_code': 'VALIDATION_ERROR', 'status_code': 400, 'timestamp':
            '2026-01-31T10:30:45.123Z', 'request_id': '550e8400-e29b-41d4-a716-446655440000', 'errors': [{'field':
            'password', 'code': 'too_short', 'message': 'must have at least 8 characters'}]}

    Attributes:
        detail (str): What went wrong, for people.
        error_code (ErrorCode): What went wrong, for programs. The list is closed; a new code is a new minor version.
        status_code (int): The HTTP status of the answer.
        timestamp (datetime.datetime): When it went wrong.
        request_id (str): The `X-Request-Id` of the answer, which the log has as well.
        errors (list[FieldError] | Unset): All members that are to blame, where any are.
    """

    detail: str
    error_code: ErrorCode
    status_code: int
    timestamp: datetime.datetime
    request_id: str
    errors: list[FieldError] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        detail = self.detail

        error_code = self.error_code.value

        status_code = self.status_code

        timestamp = self.timestamp.isoformat()

        request_id = self.request_id

        errors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.errors, Unset):
            errors = []
            for errors_item_data in self.errors:
                errors_item = errors_item_data.to_dict()
                errors.append(errors_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "detail": detail,
                "error_code": error_code,
                "status_code": status_code,
                "timestamp": timestamp,
                "request_id": request_id,
            }
        )
        if errors is not UNSET:
            field_dict["errors"] = errors

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.field_error import FieldError  # noqa: PLC0415

        d = dict(src_dict)
        detail = d.pop("detail")

        error_code = ErrorCode(d.pop("error_code"))

        status_code = d.pop("status_code")

        timestamp = datetime.datetime.fromisoformat(d.pop("timestamp"))

        request_id = d.pop("request_id")

        _errors = d.pop("errors", UNSET)
        errors: list[FieldError] | Unset = UNSET
        if _errors is not UNSET:
            errors = []
            for errors_item_data in _errors:
                errors_item = FieldError.from_dict(errors_item_data)

                errors.append(errors_item)

        problem = cls(
            detail=detail,
            error_code=error_code,
            status_code=status_code,
            timestamp=timestamp,
            request_id=request_id,
            errors=errors,
        )

        problem.additional_properties = d
        return problem

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
