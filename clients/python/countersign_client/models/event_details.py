from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="EventDetails")


@_attrs_define
class EventDetails:
    """What else is known of an event; only what its kind has is there.

    Attributes:
        session_id (UUID | Unset): The session that it is about.
        reason (str | Unset): Why a login was refused: `wrong_credentials`, `wrong_current_password`, `user_inactive` or
            `email_not_verified`.
        changed (list[str] | Unset): The members of the account that changed.
        count (int | Unset): How many sessions ended, accounts were moved, or logins failed in a row.
        breaker (str | Unset): The circuit breaker that was reset.
        delay_seconds (int | Unset): For how long nobody may try the account's password, in seconds.
    """

    session_id: UUID | Unset = UNSET
    reason: str | Unset = UNSET
    changed: list[str] | Unset = UNSET
    count: int | Unset = UNSET
    breaker: str | Unset = UNSET
    delay_seconds: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        session_id: str | Unset = UNSET
        if not isinstance(self.session_id, Unset):
            session_id = str(self.session_id)

        reason = self.reason

        changed: list[str] | Unset = UNSET
        if not isinstance(self.changed, Unset):
            changed = self.changed

        count = self.count

        breaker = self.breaker

        delay_seconds = self.delay_seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if session_id is not UNSET:
            field_dict["session_id"] = session_id
        if reason is not UNSET:
            field_dict["reason"] = reason
        if changed is not UNSET:
            field_dict["changed"] = changed
        if count is not UNSET:
            field_dict["count"] = count
        if breaker is not UNSET:
            field_dict["breaker"] = breaker
        if delay_seconds is not UNSET:
            field_dict["delay_seconds"] = delay_seconds

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _session_id = d.pop("session_id", UNSET)
        session_id: UUID | Unset
        if isinstance(_session_id, Unset):
            session_id = UNSET
        else:
            session_id = UUID(_session_id)

        reason = d.pop("reason", UNSET)

        changed = cast(list[str], d.pop("changed", UNSET))

        count = d.pop("count", UNSET)

        breaker = d.pop("breaker", UNSET)

        delay_seconds = d.pop("delay_seconds", UNSET)

        event_details = cls(
            session_id=session_id,
            reason=reason,
            changed=changed,
            count=count,
            breaker=breaker,
            delay_seconds=delay_seconds,
        )

        event_details.additional_properties = d
        return event_details

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
