from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.health_status import HealthStatus

T = TypeVar("T", bound="DatabaseComponent")


@_attrs_define
class DatabaseComponent:
    """The state of the database.

    Example:
        {'status': 'ok', 'latency_ms': 0.4, 'pending_migrations': 0}

    Attributes:
        status (HealthStatus): Whether something can be used.

            - `ok`: It can.
            - `unavailable`: It can't.
        latency_ms (float | None): How long it took to answer, in milliseconds; `null` when it did not.
        pending_migrations (int | None): Migrations that are to be applied; `null` when the database did not say.
    """

    status: HealthStatus
    latency_ms: float | None
    pending_migrations: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status = self.status.value

        latency_ms: float | None
        latency_ms = self.latency_ms

        pending_migrations: int | None
        pending_migrations = self.pending_migrations

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "latency_ms": latency_ms,
                "pending_migrations": pending_migrations,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        status = HealthStatus(d.pop("status"))

        def _parse_latency_ms(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        latency_ms = _parse_latency_ms(d.pop("latency_ms"))

        def _parse_pending_migrations(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        pending_migrations = _parse_pending_migrations(d.pop("pending_migrations"))

        database_component = cls(
            status=status,
            latency_ms=latency_ms,
            pending_migrations=pending_migrations,
        )

        database_component.additional_properties = d
        return database_component

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
