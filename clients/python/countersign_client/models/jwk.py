from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.key_curve import KeyCurve
from ..models.key_type import KeyType
from ..models.key_use import KeyUse
from ..models.signing_algorithm import SigningAlgorithm
from ..types import UNSET, Unset

T = TypeVar("T", bound="Jwk")


@_attrs_define
class Jwk:
    """A public key that verifies access tokens (RFC 7517). `crv` and `x` are there for `OKP`; `crv`, `x` and
    `y` for `EC`; `n` and `e` for `RSA`.

        Example:
            {'kty': 'OKP', 'use': 'sig', 'alg': 'EdDSA', 'kid': 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k', 'crv':
                'Ed25519', 'x': '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'}

        Attributes:
            kty (KeyType): The family of a key.
            use (KeyUse): What a key is for.
            alg (SigningAlgorithm): The algorithm that a key is used with, and no other.
            kid (str): Names the key, as the `kid` header of access tokens does: its SHA-256 thumbprint (RFC 7638).
            crv (KeyCurve | Unset): The curve that a key is on.
            x (str | Unset): The point on the curve, or its first coordinate, in base64url.
            y (str | Unset): The second coordinate, in base64url.
            n (str | Unset): The modulus, in base64url.
            e (str | Unset): The exponent, in base64url.
    """

    kty: KeyType
    use: KeyUse
    alg: SigningAlgorithm
    kid: str
    crv: KeyCurve | Unset = UNSET
    x: str | Unset = UNSET
    y: str | Unset = UNSET
    n: str | Unset = UNSET
    e: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kty = self.kty.value

        use = self.use.value

        alg = self.alg.value

        kid = self.kid

        crv: str | Unset = UNSET
        if not isinstance(self.crv, Unset):
            crv = self.crv.value

        x = self.x

        y = self.y

        n = self.n

        e = self.e

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kty": kty,
                "use": use,
                "alg": alg,
                "kid": kid,
            }
        )
        if crv is not UNSET:
            field_dict["crv"] = crv
        if x is not UNSET:
            field_dict["x"] = x
        if y is not UNSET:
            field_dict["y"] = y
        if n is not UNSET:
            field_dict["n"] = n
        if e is not UNSET:
            field_dict["e"] = e

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kty = KeyType(d.pop("kty"))

        use = KeyUse(d.pop("use"))

        alg = SigningAlgorithm(d.pop("alg"))

        kid = d.pop("kid")

        _crv = d.pop("crv", UNSET)
        crv: KeyCurve | Unset
        if isinstance(_crv, Unset):
            crv = UNSET
        else:
            crv = KeyCurve(_crv)

        x = d.pop("x", UNSET)

        y = d.pop("y", UNSET)

        n = d.pop("n", UNSET)

        e = d.pop("e", UNSET)

        jwk = cls(
            kty=kty,
            use=use,
            alg=alg,
            kid=kid,
            crv=crv,
            x=x,
            y=y,
            n=n,
            e=e,
        )

        jwk.additional_properties = d
        return jwk

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
