from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.event_response import EventResponse


T = TypeVar("T", bound="EventPage")


@_attrs_define
class EventPage:
    """A page of events.

    Example:
        {'items': [{'id': '019c12d4-6d65-7e2d-9f30-5b6c7d8e9fa0', 'event': 'login_succeeded', 'actor_id':
            '019c12d4-6d63-7a3b-9c5d-1f2e3a4b5c6d', 'subject_id': '019c12d4-6d63-7a3b-9c5d-1f2e3a4b5c6d', 'ip':
            '203.0.113.7', 'user_agent': 'Mozilla/5.0 (X11; Linux x86_64)', 'request_id':
            '550e8400-e29b-41d4-a716-446655440000', 'at': '2026-01-31T10:30:45.123Z', 'details': {'session_id':
            '019c12d4-6d64-7c1d-8e2f-4a5b6c7d8e9f'}}], 'next_cursor': 'AZwS1G1lfi2fMFtsfY6foGl4c2VhbGVkY3Vyc29y'}

    Attributes:
        items (list[EventResponse]): The events, the newest first.
        next_cursor (None | str): Asks for the next page; `null` where this is the last.
    """

    items: list[EventResponse]
    next_cursor: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        next_cursor: None | str
        next_cursor = self.next_cursor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "items": items,
                "next_cursor": next_cursor,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_response import EventResponse  # noqa: PLC0415

        d = dict(src_dict)
        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = EventResponse.from_dict(items_item_data)

            items.append(items_item)

        def _parse_next_cursor(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor"))

        event_page = cls(
            items=items,
            next_cursor=next_cursor,
        )

        event_page.additional_properties = d
        return event_page

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
