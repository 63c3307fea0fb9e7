from enum import StrEnum


class FieldErrorCode(StrEnum):
    BREACHED = "breached"
    CONFLICT = "conflict"
    CONTAINS_IDENTITY = "contains_identity"
    INCORRECT = "incorrect"
    INVALID_FORMAT = "invalid_format"
    INVALID_TYPE = "invalid_type"
    OUT_OF_RANGE = "out_of_range"
    REQUIRED = "required"
    TAKEN = "taken"
    TOO_COMMON = "too_common"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return str(self.value)
