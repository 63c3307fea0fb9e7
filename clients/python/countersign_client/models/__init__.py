"""Contains all the data models used in inputs/outputs"""

from .breaker_list import BreakerList
from .breaker_response import BreakerResponse
from .breaker_state import BreakerState
from .change_password_request import ChangePasswordRequest
from .create_user_request import CreateUserRequest
from .database_component import DatabaseComponent
from .delete_me_request import DeleteMeRequest
from .error_code import ErrorCode
from .event_details import EventDetails
from .event_kind import EventKind
from .event_page import EventPage
from .event_response import EventResponse
from .field_error import FieldError
from .field_error_code import FieldErrorCode
from .health_components import HealthComponents
from .health_components_breakers import HealthComponentsBreakers
from .health_response import HealthResponse
from .health_status import HealthStatus
from .issuer_metadata import IssuerMetadata
from .jwk import Jwk
from .jwk_set import JwkSet
from .key_curve import KeyCurve
from .key_type import KeyType
from .key_use import KeyUse
from .liveness_response import LivenessResponse
from .login_request import LoginRequest
from .mail_kind import MailKind
from .mail_page import MailPage
from .mail_request import MailRequest
from .mail_response import MailResponse
from .mail_state import MailState
from .problem import Problem
from .refresh_request import RefreshRequest
from .register_request import RegisterRequest
from .reset_delivery import ResetDelivery
from .reset_password_request import ResetPasswordRequest
from .service_info import ServiceInfo
from .session_list import SessionList
from .session_response import SessionResponse
from .signing_algorithm import SigningAlgorithm
from .start_password_reset_request import StartPasswordResetRequest
from .started_password_reset import StartedPasswordReset
from .token_response import TokenResponse
from .update_me_request import UpdateMeRequest
from .update_user_request import UpdateUserRequest
from .user_page import UserPage
from .user_response import UserResponse
from .verify_email_request import VerifyEmailRequest

__all__ = (
    "BreakerList",
    "BreakerResponse",
    "BreakerState",
    "ChangePasswordRequest",
    "CreateUserRequest",
    "DatabaseComponent",
    "DeleteMeRequest",
    "ErrorCode",
    "EventDetails",
    "EventKind",
    "EventPage",
    "EventResponse",
    "FieldError",
    "FieldErrorCode",
    "HealthComponents",
    "HealthComponentsBreakers",
    "HealthResponse",
    "HealthStatus",
    "IssuerMetadata",
    "Jwk",
    "JwkSet",
    "KeyCurve",
    "KeyType",
    "KeyUse",
    "LivenessResponse",
    "LoginRequest",
    "MailKind",
    "MailPage",
    "MailRequest",
    "MailResponse",
    "MailState",
    "Problem",
    "RefreshRequest",
    "RegisterRequest",
    "ResetDelivery",
    "ResetPasswordRequest",
    "ServiceInfo",
    "SessionList",
    "SessionResponse",
    "SigningAlgorithm",
    "StartedPasswordReset",
    "StartPasswordResetRequest",
    "TokenResponse",
    "UpdateMeRequest",
    "UpdateUserRequest",
    "UserPage",
    "UserResponse",
    "VerifyEmailRequest",
)
