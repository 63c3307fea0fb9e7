from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.session_response import SessionResponse


T = TypeVar("T", bound="SessionList")


@_attrs_define
class SessionList:
    """The devices on which the person is logged in.

    Example:
        {'items': [{'id': '019c12d4-6d64-7c1d-8e2f-4a5b6c7d8e9f', 'current': True, 'ip': '203.0.113.7', 'user_agent':
            'Mozilla/5.0 (X11; Linux x86_64)', 'created_at': '2026-01-31T10:30:45.123Z', 'last_used_at':
            '2026-01-31T10:30:45.123Z', 'expires_at': '2026-01-31T10:30:45.123Z'}]}

    Attributes:
        items (list[SessionResponse]): The sessions, the one used last first.
    """

    items: list[SessionResponse]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "items": items,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.session_response import SessionResponse  # noqa: PLC0415

        d = dict(src_dict)
        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = SessionResponse.from_dict(items_item_data)

            items.append(items_item)

        session_list = cls(
            items=items,
        )

        session_list.additional_properties = d
        return session_list

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
