from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.database_component import DatabaseComponent
    from ..models.health_components_breakers import HealthComponentsBreakers


T = TypeVar("T", bound="HealthComponents")


@_attrs_define
class HealthComponents:
    """What the service needs for its work.

    Example:
        {'database': {'status': 'ok', 'latency_ms': 0.4, 'pending_migrations': 0}, 'breakers': {'database': 'closed'}}

    Attributes:
        database (DatabaseComponent): The state of the database. Example: {'status': 'ok', 'latency_ms': 0.4,
            'pending_migrations': 0}.
        breakers (HealthComponentsBreakers): What each circuit breaker does with calls, by the name of what it is round.
    """

    database: DatabaseComponent
    breakers: HealthComponentsBreakers
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        database = self.database.to_dict()

        breakers = self.breakers.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "database": database,
                "breakers": breakers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.database_component import DatabaseComponent  # noqa: PLC0415
        from ..models.health_components_breakers import HealthComponentsBreakers  # noqa: PLC0415

        d = dict(src_dict)
        database = DatabaseComponent.from_dict(d.pop("database"))

        breakers = HealthComponentsBreakers.from_dict(d.pop("breakers"))

        health_components = cls(
            database=database,
            breakers=breakers,
        )

        health_components.additional_properties = d
        return health_components

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
