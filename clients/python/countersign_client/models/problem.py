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

            - `VALIDATION_ERROR`: Status 400. The request is malformed or breaks a rule; `errors` names the members that do.
            Show each finding beside its field; where there is none, mend the program.
            - `INVALID_LINK`: Status 400. The token of a link is unknown, was used, or has expired. Let the person ask for
            another link.
            - `INVALID_CREDENTIALS`: Status 401. There is no account with this identifier and this password. Let the person
            try again, and tell no more than that.
            - `TOKEN_MISSING`: Status 401. The request has no bearer token. Send `Authorization: Bearer …`; where there is
            no token, have the person log in.
            - `TOKEN_INVALID`: Status 401. The token is not one of this service, or of another kind. Refresh once and repeat
            the request; if the refresh is refused, have the person log in.
            - `TOKEN_EXPIRED`: Status 401. The token's time is over. Refresh once and repeat the request; if the refresh is
            refused, have the person log in.
            - `TOKEN_REUSED`: Status 401. The refresh token was used before; its session is ended. Have the person log in.
            Two programs share one refresh token, or it was stolen.
            - `SESSION_REVOKED`: Status 401. The session has ended: by a logout, a new password, or somebody else's hand.
            Have the person log in.
            - `USER_INACTIVE`: Status 403. The account was deactivated. Tell the person; only a superuser can change it.
            - `EMAIL_NOT_VERIFIED`: Status 403. The address has to be verified first. Offer to send the link again: `POST
            /auth/verify-email/request`.
            - `REGISTRATION_CLOSED`: Status 403. Nobody may register here, or nobody with such an address. Tell the person;
            an account has to be made by a superuser.
            - `FORBIDDEN`: Status 403. The caller is no superuser. Offer this to superusers only: `is_superuser` of `GET
            /users/me`.
            - `NOT_FOUND`: Status 404. There is nothing at this address. Mend the program.
            - `USER_NOT_FOUND`: Status 404. There is no such account. Read the list again: it is gone.
            - `SESSION_NOT_FOUND`: Status 404. The caller has no such session. Read the list again: it is gone.
            - `BREAKER_NOT_FOUND`: Status 404. There is no such circuit breaker. Take the name from `GET /admin/circuit-
            breakers`.
            - `METHOD_NOT_ALLOWED`: Status 405. The address does not answer this method; `Allow` says which it does. Mend
            the program.
            - `REQUEST_TIMEOUT`: Status 408. The client was too slow to send its request. Send it again; the connection was
            too slow.
            - `USER_ALREADY_EXISTS`: Status 409. Another account has the e-mail address or user name. Let the person log in,
            or choose another one; `errors` says which is taken.
            - `LAST_SUPERUSER`: Status 409. Without this account, nobody could administer the service. Make somebody else a
            superuser first.
            - `PAYLOAD_TOO_LARGE`: Status 413. The body is larger than allowed. Send less.
            - `UNSUPPORTED_MEDIA_TYPE`: Status 415. The body is of another type than the operation takes. Send `Content-
            Type: application/json`.
            - `RATE_LIMITED`: Status 429. It was tried too often: by this client address, with this account, or for this
            mailbox. Wait as long as `Retry-After` says, and tell the person how long that is.
            - `INTERNAL_ERROR`: Status 500. Something failed that never should. Tell the person that the service has
            trouble, and its operator the `request_id`.
            - `DATABASE_ERROR`: Status 500. The database failed. Tell the person that the service has trouble, and its
            operator the `request_id`.
            - `CIRCUIT_BREAKER_OPEN`: Status 503. Something that is needed has failed too often, and is left alone for a
            while. Wait as long as `Retry-After` says.
            - `OVERLOADED`: Status 503. More is asked for at once than the service can do. Wait as long as `Retry-After`
            says.
            - `DEADLINE_EXCEEDED`: Status 503. The request took longer than it may; what it asked for may have been done all
            the same. Wait as long as `Retry-After` says; look whether it was done before you repeat a change.
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
