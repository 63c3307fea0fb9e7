from enum import StrEnum


class ResetDelivery(StrEnum):
    EMAIL = "email"
    RESPONSE = "response"

    def __str__(self) -> str:
        return str(self.value)
