from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ServiceInfo")


@_attrs_define
class ServiceInfo:
    """What runs here, and where to read on.

    Example:
        {'service': 'countersign', 'version': '0.1.0', 'docs': '/docs', 'openapi': '/openapi.json', 'health': '/health'}

    Attributes:
        service (str): Name of the program.
        version (str): Version of the program.
        docs (None | str): Where the documentation is; `null` where it is not served.
        openapi (str): Where the OpenAPI document is.
        health (str): Where the state of the service is.
    """

    service: str
    version: str
    docs: None | str
    openapi: str
    health: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        service = self.service

        version = self.version

        docs: None | str
        docs = self.docs

        openapi = self.openapi

        health = self.health

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "service": service,
                "version": version,
                "docs": docs,
                "openapi": openapi,
                "health": health,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        service = d.pop("service")

        version = d.pop("version")

        def _parse_docs(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        docs = _parse_docs(d.pop("docs"))

        openapi = d.pop("openapi")

        health = d.pop("health")

        service_info = cls(
            service=service,
            version=version,
            docs=docs,
            openapi=openapi,
            health=health,
        )

        service_info.additional_properties = d
        return service_info

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
