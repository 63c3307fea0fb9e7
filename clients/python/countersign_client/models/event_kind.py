from enum import StrEnum


class EventKind(StrEnum):
    ACCOUNT_THROTTLED = "account_throttled"
    ALL_SESSIONS_ENDED = "all_sessions_ended"
    CIRCUIT_BREAKER_RESET = "circuit_breaker_reset"
    LOGGED_OUT = "logged_out"
    LOGIN_FAILED = "login_failed"
    LOGIN_SUCCEEDED = "login_succeeded"
    OTHER_SESSIONS_ENDED = "other_sessions_ended"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_RESET = "password_reset"
    PASSWORD_RESET_STARTED = "password_reset_started"
    PASSWORD_SET = "password_set"
    REFRESH_TOKEN_REUSED = "refresh_token_reused"
    SESSION_ENDED = "session_ended"
    SUPERUSER_GRANTED = "superuser_granted"
    SUPERUSER_REVOKED = "superuser_revoked"
    USERS_EXPORTED = "users_exported"
    USERS_IMPORTED = "users_imported"
    USER_ACTIVATED = "user_activated"
    USER_CREATED = "user_created"
    USER_DEACTIVATED = "user_deactivated"
    USER_DELETED = "user_deleted"
    USER_REGISTERED = "user_registered"
    USER_UPDATED = "user_updated"

    def __str__(self) -> str:
        return str(self.value)
