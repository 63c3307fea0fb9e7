from enum import StrEnum


class MailKind(StrEnum):
    ALREADY_REGISTERED = "already_registered"
    EMAIL_CHANGED = "email_changed"
    INVITATION = "invitation"
    NEW_DEVICE_LOGIN = "new_device_login"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_RESET = "password_reset"
    VERIFY_EMAIL = "verify_email"

    def __str__(self) -> str:
        return str(self.value)
