from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.breaker_response import BreakerResponse


T = TypeVar("T", bound="BreakerList")


@_attrs_define
class BreakerList:
    """All circuit breakers of the instance that answers.

    Example:
        {'items': [{'name': 'database', 'state': 'open', 'since': '2026-01-31T10:30:45.123Z', 'consecutive_failures': 5,
            'rejected': 132, 'failure_threshold': 5, 'recovery_timeout_seconds': 60}]}

    Attributes:
        items (list[BreakerResponse]): The breakers.
    """

    items: list[BreakerResponse]
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
        from ..models.breaker_response import BreakerResponse  # noqa: PLC0415

        d = dict(src_dict)
        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = BreakerResponse.from_dict(items_item_data)

            items.append(items_item)

        breaker_list = cls(
            items=items,
        )

        breaker_list.additional_properties = d
        return breaker_list

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
