from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.health_status import HealthStatus

if TYPE_CHECKING:
    from ..models.health_components import HealthComponents


T = TypeVar("T", bound="HealthResponse")


@_attrs_define
class HealthResponse:
    """The state of the service.

    Example:
        {'status': 'ok', 'version': '0.1.0', 'uptime_seconds': 86400, 'components': {'database': {'status': 'ok',
            'latency_ms': 0.4, 'pending_migrations': 0}, 'breakers': {'database': 'closed'}}}

    Attributes:
        status (HealthStatus): Whether something can be used.

            - `ok`: It can.
            - `unavailable`: It can't.
        version (str): Version of the program.
        uptime_seconds (int): Time since the start, in seconds.
        components (HealthComponents): What the service needs for its work. Example: {'database': {'status': 'ok',
            'latency_ms': 0.4, 'pending_migrations': 0}, 'breakers': {'database': 'closed'}}.
    """

    status: HealthStatus
    version: str
    uptime_seconds: int
    components: HealthComponents
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status = self.status.value

        version = self.version

        uptime_seconds = self.uptime_seconds

        components = self.components.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "version": version,
                "uptime_seconds": uptime_seconds,
                "components": components,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.health_components import HealthComponents  # noqa: PLC0415

        d = dict(src_dict)
        status = HealthStatus(d.pop("status"))

        version = d.pop("version")

        uptime_seconds = d.pop("uptime_seconds")

        components = HealthComponents.from_dict(d.pop("components"))

        health_response = cls(
            status=status,
            version=version,
            uptime_seconds=uptime_seconds,
            components=components,
        )

        health_response.additional_properties = d
        return health_response

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
