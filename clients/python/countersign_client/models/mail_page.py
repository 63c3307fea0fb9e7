from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.mail_response import MailResponse


T = TypeVar("T", bound="MailPage")


@_attrs_define
class MailPage:
    """A page of mails.

    Example:
        {'items': [{'id': '019c12d4-6d66-7b1c-8d2e-3f4a5b6c7d8e', 'to': 'ada@example.com', 'kind': 'verify_email',
            'state': 'pending', 'attempts': 1, 'next_attempt_at': '2026-01-31T10:30:45.123Z', 'last_error': 'connection
            refused'}], 'next_cursor': 'AZwS1G1mexyNLj9KW2x9jml4c2VhbGVkY3Vyc29y'}

    Attributes:
        items (list[MailResponse]): The mails, the newest first.
        next_cursor (None | str): Asks for the next page; `null` where this is the last.
    """

    items: list[MailResponse]
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
        from ..models.mail_response import MailResponse  # noqa: PLC0415

        d = dict(src_dict)
        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = MailResponse.from_dict(items_item_data)

            items.append(items_item)

        def _parse_next_cursor(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor"))

        mail_page = cls(
            items=items,
            next_cursor=next_cursor,
        )

        mail_page.additional_properties = d
        return mail_page

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
