from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="IssuerMetadata")


@_attrs_define
class IssuerMetadata:
    """What a verifier of access tokens has to know, under the names of OpenID Connect Discovery.

    Example:
        {'issuer': 'https://login.example.com', 'jwks_uri': 'https://login.example.com/.well-known/jwks.json'}

    Attributes:
        issuer (str): The `iss` claim of access tokens.
        jwks_uri (str): Where the public keys are.
    """

    issuer: str
    jwks_uri: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        issuer = self.issuer

        jwks_uri = self.jwks_uri

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "issuer": issuer,
                "jwks_uri": jwks_uri,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        issuer = d.pop("issuer")

        jwks_uri = d.pop("jwks_uri")

        issuer_metadata = cls(
            issuer=issuer,
            jwks_uri=jwks_uri,
        )

        issuer_metadata.additional_properties = d
        return issuer_metadata

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
