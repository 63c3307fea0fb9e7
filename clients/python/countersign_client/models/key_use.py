from enum import StrEnum


class KeyUse(StrEnum):
    SIG = "sig"

    def __str__(self) -> str:
        return str(self.value)
