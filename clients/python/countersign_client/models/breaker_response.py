from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.breaker_state import BreakerState

T = TypeVar("T", bound="BreakerResponse")


@_attrs_define
class BreakerResponse:
    """A circuit breaker: it leaves what keeps failing alone for a while.

    Example:
        {'name': 'database', 'state': 'open', 'since': '2026-01-31T10:30:45.123Z', 'consecutive_failures': 5,
            'rejected': 132, 'failure_threshold': 5, 'recovery_timeout_seconds': 60}

    Attributes:
        name (str): What it is round.
        state (BreakerState): What a circuit breaker does with calls.

            - `closed`: Lets them through.
            - `open`: Rejects them at once.
            - `half_open`: Lets a few through, to see whether they succeed.
        since (datetime.datetime): Since when it does.
        consecutive_failures (int): Failures since the last success.
        rejected (int): Calls rejected since the service started.
        failure_threshold (int): Failures in a row that open it.
        recovery_timeout_seconds (int): How long it rejects calls once it is open, in seconds.
    """

    name: str
    state: BreakerState
    since: datetime.datetime
    consecutive_failures: int
    rejected: int
    failure_threshold: int
    recovery_timeout_seconds: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        state = self.state.value

        since = self.since.isoformat()

        consecutive_failures = self.consecutive_failures

        rejected = self.rejected

        failure_threshold = self.failure_threshold

        recovery_timeout_seconds = self.recovery_timeout_seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "state": state,
                "since": since,
                "consecutive_failures": consecutive_failures,
                "rejected": rejected,
                "failure_threshold": failure_threshold,
                "recovery_timeout_seconds": recovery_timeout_seconds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        state = BreakerState(d.pop("state"))

        since = datetime.datetime.fromisoformat(d.pop("since"))

        consecutive_failures = d.pop("consecutive_failures")

        rejected = d.pop("rejected")

        failure_threshold = d.pop("failure_threshold")

        recovery_timeout_seconds = d.pop("recovery_timeout_seconds")

        breaker_response = cls(
            name=name,
            state=state,
            since=since,
            consecutive_failures=consecutive_failures,
            rejected=rejected,
            failure_threshold=failure_threshold,
            recovery_timeout_seconds=recovery_timeout_seconds,
        )

        breaker_response.additional_properties = d
        return breaker_response

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
