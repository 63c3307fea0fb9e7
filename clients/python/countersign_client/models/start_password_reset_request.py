from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.reset_delivery import ResetDelivery

T = TypeVar("T", bound="StartPasswordResetRequest")


@_attrs_define
class StartPasswordResetRequest:
    """How a new password is to be set.

    Example:
        {'delivery': 'response'}

    Attributes:
        delivery (ResetDelivery): How the person gets the link.

            - `email`: The person is sent a mail with a link.
            - `response`: The answer has the token, to be handed over by the caller.
    """

    delivery: ResetDelivery

    def to_dict(self) -> dict[str, Any]:
        delivery = self.delivery.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "delivery": delivery,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        delivery = ResetDelivery(d.pop("delivery"))

        start_password_reset_request = cls(
            delivery=delivery,
        )

        return start_password_reset_request
