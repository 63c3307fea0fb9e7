// Generated from openapi.json: `just clients` writes it anew. Changes made by hand are lost.
#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///All circuit breakers of the instance that answers.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct BreakerList {
        ///The breakers.
        pub items: ::std::vec::Vec<BreakerResponse>,
    }
    impl BreakerList {
        pub fn builder() -> builder::BreakerList {
            Default::default()
        }
    }
    ///A circuit breaker: it leaves what keeps failing alone for a while.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct BreakerResponse {
        ///Failures since the last success.
        pub consecutive_failures: u64,
        ///Failures in a row that open it.
        pub failure_threshold: u32,
        ///What it is round.
        pub name: ::std::string::String,
        ///How long it rejects calls once it is open, in seconds.
        pub recovery_timeout_seconds: u32,
        ///Calls rejected since the service started.
        pub rejected: u64,
        ///Since when it does.
        pub since: ::chrono::DateTime<::chrono::offset::Utc>,
        ///What it does with calls. An open one whose time is over tries the next call.
        pub state: BreakerState,
    }
    impl BreakerResponse {
        pub fn builder() -> builder::BreakerResponse {
            Default::default()
        }
    }
    /**What a circuit breaker does with calls.

- `closed`: Lets them through.
- `open`: Rejects them at once.
- `half_open`: Lets a few through, to see whether they succeed.*/
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum BreakerState {
        #[serde(rename = "closed")]
        Closed,
        #[serde(rename = "open")]
        Open,
        #[serde(rename = "half_open")]
        HalfOpen,
    }
    impl ::std::fmt::Display for BreakerState {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Closed => f.write_str("closed"),
                Self::Open => f.write_str("open"),
                Self::HalfOpen => f.write_str("half_open"),
            }
        }
    }
    impl ::std::str::FromStr for BreakerState {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "closed" => Ok(Self::Closed),
                "open" => Ok(Self::Open),
                "half_open" => Ok(Self::HalfOpen),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for BreakerState {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for BreakerState {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///What a password is replaced with.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(deny_unknown_fields)]
    pub struct ChangePasswordRequest {
        ///The password now in use.
        pub current_password: ::std::string::String,
        ///The new password: as at registration.
        pub new_password: ::std::string::String,
    }
    impl ChangePasswordRequest {
        pub fn builder() -> builder::ChangePasswordRequest {
            Default::default()
        }
    }
    ///The account to create.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(deny_unknown_fields)]
    pub struct CreateUserRequest {
        ///The e-mail address: at most 254 characters of ASCII, unique without case.
        pub email: ::std::string::String,
        ///Whether the account may use the service; it may, unless it is given.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub is_active: ::std::option::Option<bool>,
        ///Whether the account may administer the service; not, unless it is given.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub is_superuser: ::std::option::Option<bool>,
        ///The password, as at registration. Without one, the person is sent a link to set one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub password: ::std::option::Option<::std::string::String>,
        ///A user name: 3 to 50 of `A-Z a-z 0-9 _ . -`, unique without case.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub username: ::std::option::Option<::std::string::String>,
    }
    impl CreateUserRequest {
        pub fn builder() -> builder::CreateUserRequest {
            Default::default()
        }
    }
    ///The state of the database.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct DatabaseComponent {
        ///How long it took to answer, in milliseconds; `null` when it did not.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub latency_ms: ::std::option::Option<f64>,
        ///Migrations that are to be applied; `null` when the database did not say.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub pending_migrations: ::std::option::Option<u64>,
        ///Whether the database answers and has the schema that this version needs.
        pub status: HealthStatus,
    }
    impl DatabaseComponent {
        pub fn builder() -> builder::DatabaseComponent {
            Default::default()
        }
    }
    ///What shows that it is the person who deletes the account.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(deny_unknown_fields)]
    pub struct DeleteMeRequest {
        ///The password now in use.
        pub current_password: ::std::string::String,
    }
    impl DeleteMeRequest {
        pub fn builder() -> builder::DeleteMeRequest {
            Default::default()
        }
    }
    /**What went wrong, for programs. The list is closed; a new code is a new minor version.

- `VALIDATION_ERROR`: Status 400. The request is malformed or breaks a rule; `errors` names the members that do. Show each finding beside its field; where there is none, mend the program.
- `INVALID_LINK`: Status 400. The token of a link is unknown, was used, or has expired. Let the person ask for another link.
- `INVALID_CREDENTIALS`: Status 401. There is no account with this identifier and this password. Let the person try again, and tell no more than that.
- `TOKEN_MISSING`: Status 401. The request has no bearer token. Send `Authorization: Bearer …`; where there is no token, have the person log in.
- `TOKEN_INVALID`: Status 401. The token is not one of this service, or of another kind. Refresh once and repeat the request; if the refresh is refused, have the person log in.
- `TOKEN_EXPIRED`: Status 401. The token's time is over. Refresh once and repeat the request; if the refresh is refused, have the person log in.
- `TOKEN_REUSED`: Status 401. The refresh token was used before; its session is ended. Have the person log in. Two programs share one refresh token, or it was stolen.
- `SESSION_REVOKED`: Status 401. The session has ended: by a logout, a new password, or somebody else's hand. Have the person log in.
- `USER_INACTIVE`: Status 403. The account was deactivated. Tell the person; only a superuser can change it.
- `EMAIL_NOT_VERIFIED`: Status 403. The address has to be verified first. Offer to send the link again: `POST /auth/verify-email/request`.
- `REGISTRATION_CLOSED`: Status 403. Nobody may register here, or nobody with such an address. Tell the person; an account has to be made by a superuser.
- `FORBIDDEN`: Status 403. The caller is no superuser. Offer this to superusers only: `is_superuser` of `GET /users/me`.
- `NOT_FOUND`: Status 404. There is nothing at this address. Mend the program.
- `USER_NOT_FOUND`: Status 404. There is no such account. Read the list again: it is gone.
- `SESSION_NOT_FOUND`: Status 404. The caller has no such session. Read the list again: it is gone.
- `BREAKER_NOT_FOUND`: Status 404. There is no such circuit breaker. Take the name from `GET /admin/circuit-breakers`.
- `METHOD_NOT_ALLOWED`: Status 405. The address does not answer this method; `Allow` says which it does. Mend the program.
- `REQUEST_TIMEOUT`: Status 408. The client was too slow to send its request. Send it again; the connection was too slow.
- `USER_ALREADY_EXISTS`: Status 409. Another account has the e-mail address or user name. Let the person log in, or choose another one; `errors` says which is taken.
- `LAST_SUPERUSER`: Status 409. Without this account, nobody could administer the service. Make somebody else a superuser first.
- `PAYLOAD_TOO_LARGE`: Status 413. The body is larger than allowed. Send less.
- `UNSUPPORTED_MEDIA_TYPE`: Status 415. The body is of another type than the operation takes. Send `Content-Type: application/json`.
- `RATE_LIMITED`: Status 429. It was tried too often: by this client address, with this account, or for this mailbox. Wait as long as `Retry-After` says, and tell the person how long that is.
- `INTERNAL_ERROR`: Status 500. Something failed that never should. Tell the person that the service has trouble, and its operator the `request_id`.
- `DATABASE_ERROR`: Status 500. The database failed. Tell the person that the service has trouble, and its operator the `request_id`.
- `CIRCUIT_BREAKER_OPEN`: Status 503. Something that is needed has failed too often, and is left alone for a while. Wait as long as `Retry-After` says.
- `OVERLOADED`: Status 503. More is asked for at once than the service can do. Wait as long as `Retry-After` says.
- `DEADLINE_EXCEEDED`: Status 503. The request took longer than it may; what it asked for may have been done all the same. Wait as long as `Retry-After` says; look whether it was done before you repeat a change.*/
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum ErrorCode {
        #[serde(rename = "VALIDATION_ERROR")]
        ValidationError,
        #[serde(rename = "INVALID_LINK")]
        InvalidLink,
        #[serde(rename = "INVALID_CREDENTIALS")]
        InvalidCredentials,
        #[serde(rename = "TOKEN_MISSING")]
        TokenMissing,
        #[serde(rename = "TOKEN_INVALID")]
        TokenInvalid,
        #[serde(rename = "TOKEN_EXPIRED")]
        TokenExpired,
        #[serde(rename = "TOKEN_REUSED")]
        TokenReused,
        #[serde(rename = "SESSION_REVOKED")]
        SessionRevoked,
        #[serde(rename = "USER_INACTIVE")]
        UserInactive,
        #[serde(rename = "EMAIL_NOT_VERIFIED")]
        EmailNotVerified,
        #[serde(rename = "REGISTRATION_CLOSED")]
        RegistrationClosed,
        #[serde(rename = "FORBIDDEN")]
        Forbidden,
        #[serde(rename = "NOT_FOUND")]
        NotFound,
        #[serde(rename = "USER_NOT_FOUND")]
        UserNotFound,
        #[serde(rename = "SESSION_NOT_FOUND")]
        SessionNotFound,
        #[serde(rename = "BREAKER_NOT_FOUND")]
        BreakerNotFound,
        #[serde(rename = "METHOD_NOT_ALLOWED")]
        MethodNotAllowed,
        #[serde(rename = "REQUEST_TIMEOUT")]
        RequestTimeout,
        #[serde(rename = "USER_ALREADY_EXISTS")]
        UserAlreadyExists,
        #[serde(rename = "LAST_SUPERUSER")]
        LastSuperuser,
        #[serde(rename = "PAYLOAD_TOO_LARGE")]
        PayloadTooLarge,
        #[serde(rename = "UNSUPPORTED_MEDIA_TYPE")]
        UnsupportedMediaType,
        #[serde(rename = "RATE_LIMITED")]
        RateLimited,
        #[serde(rename = "INTERNAL_ERROR")]
        InternalError,
        #[serde(rename = "DATABASE_ERROR")]
        DatabaseError,
        #[serde(rename = "CIRCUIT_BREAKER_OPEN")]
        CircuitBreakerOpen,
        #[serde(rename = "OVERLOADED")]
        Overloaded,
        #[serde(rename = "DEADLINE_EXCEEDED")]
        DeadlineExceeded,
    }
    impl ::std::fmt::Display for ErrorCode {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::ValidationError => f.write_str("VALIDATION_ERROR"),
                Self::InvalidLink => f.write_str("INVALID_LINK"),
                Self::InvalidCredentials => f.write_str("INVALID_CREDENTIALS"),
                Self::TokenMissing => f.write_str("TOKEN_MISSING"),
                Self::TokenInvalid => f.write_str("TOKEN_INVALID"),
                Self::TokenExpired => f.write_str("TOKEN_EXPIRED"),
                Self::TokenReused => f.write_str("TOKEN_REUSED"),
                Self::SessionRevoked => f.write_str("SESSION_REVOKED"),
                Self::UserInactive => f.write_str("USER_INACTIVE"),
                Self::EmailNotVerified => f.write_str("EMAIL_NOT_VERIFIED"),
                Self::RegistrationClosed => f.write_str("REGISTRATION_CLOSED"),
                Self::Forbidden => f.write_str("FORBIDDEN"),
                Self::NotFound => f.write_str("NOT_FOUND"),
                Self::UserNotFound => f.write_str("USER_NOT_FOUND"),
                Self::SessionNotFound => f.write_str("SESSION_NOT_FOUND"),
                Self::BreakerNotFound => f.write_str("BREAKER_NOT_FOUND"),
                Self::MethodNotAllowed => f.write_str("METHOD_NOT_ALLOWED"),
                Self::RequestTimeout => f.write_str("REQUEST_TIMEOUT"),
                Self::UserAlreadyExists => f.write_str("USER_ALREADY_EXISTS"),
                Self::LastSuperuser => f.write_str("LAST_SUPERUSER"),
                Self::PayloadTooLarge => f.write_str("PAYLOAD_TOO_LARGE"),
                Self::UnsupportedMediaType => f.write_str("UNSUPPORTED_MEDIA_TYPE"),
                Self::RateLimited => f.write_str("RATE_LIMITED"),
                Self::InternalError => f.write_str("INTERNAL_ERROR"),
                Self::DatabaseError => f.write_str("DATABASE_ERROR"),
                Self::CircuitBreakerOpen => f.write_str("CIRCUIT_BREAKER_OPEN"),
                Self::Overloaded => f.write_str("OVERLOADED"),
                Self::DeadlineExceeded => f.write_str("DEADLINE_EXCEEDED"),
            }
        }
    }
    impl ::std::str::FromStr for ErrorCode {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "VALIDATION_ERROR" => Ok(Self::ValidationError),
                "INVALID_LINK" => Ok(Self::InvalidLink),
                "INVALID_CREDENTIALS" => Ok(Self::InvalidCredentials),
                "TOKEN_MISSING" => Ok(Self::TokenMissing),
                "TOKEN_INVALID" => Ok(Self::TokenInvalid),
                "TOKEN_EXPIRED" => Ok(Self::TokenExpired),
                "TOKEN_REUSED" => Ok(Self::TokenReused),
                "SESSION_REVOKED" => Ok(Self::SessionRevoked),
                "USER_INACTIVE" => Ok(Self::UserInactive),
                "EMAIL_NOT_VERIFIED" => Ok(Self::EmailNotVerified),
                "REGISTRATION_CLOSED" => Ok(Self::RegistrationClosed),
                "FORBIDDEN" => Ok(Self::Forbidden),
                "NOT_FOUND" => Ok(Self::NotFound),
                "USER_NOT_FOUND" => Ok(Self::UserNotFound),
                "SESSION_NOT_FOUND" => Ok(Self::SessionNotFound),
                "BREAKER_NOT_FOUND" => Ok(Self::BreakerNotFound),
                "METHOD_NOT_ALLOWED" => Ok(Self::MethodNotAllowed),
                "REQUEST_TIMEOUT" => Ok(Self::RequestTimeout),
                "USER_ALREADY_EXISTS" => Ok(Self::UserAlreadyExists),
                "LAST_SUPERUSER" => Ok(Self::LastSuperuser),
                "PAYLOAD_TOO_LARGE" => Ok(Self::PayloadTooLarge),
                "UNSUPPORTED_MEDIA_TYPE" => Ok(Self::UnsupportedMediaType),
                "RATE_LIMITED" => Ok(Self::RateLimited),
                "INTERNAL_ERROR" => Ok(Self::InternalError),
                "DATABASE_ERROR" => Ok(Self::DatabaseError),
                "CIRCUIT_BREAKER_OPEN" => Ok(Self::CircuitBreakerOpen),
                "OVERLOADED" => Ok(Self::Overloaded),
                "DEADLINE_EXCEEDED" => Ok(Self::DeadlineExceeded),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for ErrorCode {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for ErrorCode {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///What else is known of an event; only what its kind has is there.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct EventDetails {
        ///The circuit breaker that was reset.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub breaker: ::std::option::Option<::std::string::String>,
        ///The members of the account that changed.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub changed: ::std::vec::Vec<::std::string::String>,
        ///How many sessions ended, accounts were moved, or logins failed in a row.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub count: ::std::option::Option<u64>,
        ///For how long nobody may try the account's password, in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub delay_seconds: ::std::option::Option<u64>,
        /**Why a login was refused: `wrong_credentials`, `wrong_current_password`, `user_inactive` or
`email_not_verified`.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub reason: ::std::option::Option<::std::string::String>,
        ///The session that it is about.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub session_id: ::std::option::Option<::uuid::Uuid>,
    }
    impl EventDetails {
        pub fn builder() -> builder::EventDetails {
            Default::default()
        }
    }
    /**What happened. A new kind comes with a minor version.

- `user_registered`: A person created an account.
- `user_created`: An administrator or operator created an account.
- `users_imported`: An operator imported accounts.
- `users_exported`: An operator exported accounts.
- `login_succeeded`: Somebody logged in.
- `login_failed`: Somebody did not log in, or named a wrong current password.
- `account_throttled`: After failures in a row, nobody may try an account's password for a while.
- `logged_out`: Somebody logged out.
- `session_ended`: A person ended one of the own sessions.
- `other_sessions_ended`: A person ended all other own sessions.
- `all_sessions_ended`: An administrator ended all sessions of a person.
- `refresh_token_reused`: A replaced refresh token was used again, and its session is ended.
- `password_changed`: A person changed the own password.
- `password_set`: An operator set a password.
- `password_reset_started`: An administrator made a link to set a new password.
- `password_reset`: A new password was set by such a link.
- `user_updated`: The address, the name or its verification changed; `changed` says which.
- `superuser_granted`: An account may administer the service from now on.
- `superuser_revoked`: An account may no longer administer the service.
- `user_activated`: An account may use the service again.
- `user_deactivated`: An account may no longer use the service.
- `user_deleted`: An account is gone.
- `circuit_breaker_reset`: An administrator closed a circuit breaker by hand.*/
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum EventKind {
        #[serde(rename = "user_registered")]
        UserRegistered,
        #[serde(rename = "user_created")]
        UserCreated,
        #[serde(rename = "users_imported")]
        UsersImported,
        #[serde(rename = "users_exported")]
        UsersExported,
        #[serde(rename = "login_succeeded")]
        LoginSucceeded,
        #[serde(rename = "login_failed")]
        LoginFailed,
        #[serde(rename = "account_throttled")]
        AccountThrottled,
        #[serde(rename = "logged_out")]
        LoggedOut,
        #[serde(rename = "session_ended")]
        SessionEnded,
        #[serde(rename = "other_sessions_ended")]
        OtherSessionsEnded,
        #[serde(rename = "all_sessions_ended")]
        AllSessionsEnded,
        #[serde(rename = "refresh_token_reused")]
        RefreshTokenReused,
        #[serde(rename = "password_changed")]
        PasswordChanged,
        #[serde(rename = "password_set")]
        PasswordSet,
        #[serde(rename = "password_reset_started")]
        PasswordResetStarted,
        #[serde(rename = "password_reset")]
        PasswordReset,
        #[serde(rename = "user_updated")]
        UserUpdated,
        #[serde(rename = "superuser_granted")]
        SuperuserGranted,
        #[serde(rename = "superuser_revoked")]
        SuperuserRevoked,
        #[serde(rename = "user_activated")]
        UserActivated,
        #[serde(rename = "user_deactivated")]
        UserDeactivated,
        #[serde(rename = "user_deleted")]
        UserDeleted,
        #[serde(rename = "circuit_breaker_reset")]
        CircuitBreakerReset,
    }
    impl ::std::fmt::Display for EventKind {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::UserRegistered => f.write_str("user_registered"),
                Self::UserCreated => f.write_str("user_created"),
                Self::UsersImported => f.write_str("users_imported"),
                Self::UsersExported => f.write_str("users_exported"),
                Self::LoginSucceeded => f.write_str("login_succeeded"),
                Self::LoginFailed => f.write_str("login_failed"),
                Self::AccountThrottled => f.write_str("account_throttled"),
                Self::LoggedOut => f.write_str("logged_out"),
                Self::SessionEnded => f.write_str("session_ended"),
                Self::OtherSessionsEnded => f.write_str("other_sessions_ended"),
                Self::AllSessionsEnded => f.write_str("all_sessions_ended"),
                Self::RefreshTokenReused => f.write_str("refresh_token_reused"),
                Self::PasswordChanged => f.write_str("password_changed"),
                Self::PasswordSet => f.write_str("password_set"),
                Self::PasswordResetStarted => f.write_str("password_reset_started"),
                Self::PasswordReset => f.write_str("password_reset"),
                Self::UserUpdated => f.write_str("user_updated"),
                Self::SuperuserGranted => f.write_str("superuser_granted"),
                Self::SuperuserRevoked => f.write_str("superuser_revoked"),
                Self::UserActivated => f.write_str("user_activated"),
                Self::UserDeactivated => f.write_str("user_deactivated"),
                Self::UserDeleted => f.write_str("user_deleted"),
                Self::CircuitBreakerReset => f.write_str("circuit_breaker_reset"),
            }
        }
    }
    impl ::std::str::FromStr for EventKind {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "user_registered" => Ok(Self::UserRegistered),
                "user_created" => Ok(Self::UserCreated),
                "users_imported" => Ok(Self::UsersImported),
                "users_exported" => Ok(Self::UsersExported),
                "login_succeeded" => Ok(Self::LoginSucceeded),
                "login_failed" => Ok(Self::LoginFailed),
                "account_throttled" => Ok(Self::AccountThrottled),
                "logged_out" => Ok(Self::LoggedOut),
                "session_ended" => Ok(Self::SessionEnded),
                "other_sessions_ended" => Ok(Self::OtherSessionsEnded),
                "all_sessions_ended" => Ok(Self::AllSessionsEnded),
                "refresh_token_reused" => Ok(Self::RefreshTokenReused),
                "password_changed" => Ok(Self::PasswordChanged),
                "password_set" => Ok(Self::PasswordSet),
                "password_reset_started" => Ok(Self::PasswordResetStarted),
                "password_reset" => Ok(Self::PasswordReset),
                "user_updated" => Ok(Self::UserUpdated),
                "superuser_granted" => Ok(Self::SuperuserGranted),
                "superuser_revoked" => Ok(Self::SuperuserRevoked),
                "user_activated" => Ok(Self::UserActivated),
                "user_deactivated" => Ok(Self::UserDeactivated),
                "user_deleted" => Ok(Self::UserDeleted),
                "circuit_breaker_reset" => Ok(Self::CircuitBreakerReset),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for EventKind {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for EventKind {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///A page of events.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct EventPage {
        ///The events, the newest first.
        pub items: ::std::vec::Vec<EventResponse>,
        ///Asks for the next page; `null` where this is the last.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    impl EventPage {
        pub fn builder() -> builder::EventPage {
            Default::default()
        }
    }
    ///Something that matters for security.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct EventResponse {
        ///Who did it, where that is known.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub actor_id: ::std::option::Option<::uuid::Uuid>,
        ///When it happened.
        pub at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///What else is known of it.
        pub details: EventDetails,
        ///What happened.
        pub event: EventKind,
        ///Identifies the event.
        pub id: ::uuid::Uuid,
        ///The address that the request came from; none for the command line.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub ip: ::std::option::Option<::std::string::String>,
        ///The `X-Request-Id` of the request, which the log has as well.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub request_id: ::std::option::Option<::std::string::String>,
        ///Whose account it happened to, where there is one.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub subject_id: ::std::option::Option<::uuid::Uuid>,
        ///What the request was made with: its `User-Agent` header.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub user_agent: ::std::option::Option<::std::string::String>,
    }
    impl EventResponse {
        pub fn builder() -> builder::EventResponse {
            Default::default()
        }
    }
    ///One thing that is wrong with one member of the request.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct FieldError {
        ///What is wrong, for programs.
        pub code: FieldErrorCode,
        ///Name of the member.
        pub field: ::std::string::String,
        ///What is wrong, for people. Never repeats the value.
        pub message: ::std::string::String,
    }
    impl FieldError {
        pub fn builder() -> builder::FieldError {
            Default::default()
        }
    }
    /**What is wrong with a member, for programs. The list is closed; a new code is a new minor version.

- `required`: It has to be there.
- `unknown`: There is no such member.
- `invalid_type`: It has another JSON type.
- `invalid_format`: It has the right type, but not the right form.
- `too_short`: It has too few characters.
- `too_long`: It has too many characters.
- `too_common`: It is one of the passwords that attackers try first.
- `contains_identity`: It is made from the person's own e-mail address or user name.
- `breached`: It is known from a leak of another service.
- `incorrect`: It is not the password now in use.
- `taken`: Another account has it.
- `out_of_range`: It is less or more than allowed.
- `conflict`: It is given twice, or together with one that excludes it.*/
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum FieldErrorCode {
        #[serde(rename = "required")]
        Required,
        #[serde(rename = "unknown")]
        Unknown,
        #[serde(rename = "invalid_type")]
        InvalidType,
        #[serde(rename = "invalid_format")]
        InvalidFormat,
        #[serde(rename = "too_short")]
        TooShort,
        #[serde(rename = "too_long")]
        TooLong,
        #[serde(rename = "too_common")]
        TooCommon,
        #[serde(rename = "contains_identity")]
        ContainsIdentity,
        #[serde(rename = "breached")]
        Breached,
        #[serde(rename = "incorrect")]
        Incorrect,
        #[serde(rename = "taken")]
        Taken,
        #[serde(rename = "out_of_range")]
        OutOfRange,
        #[serde(rename = "conflict")]
        Conflict,
    }
    impl ::std::fmt::Display for FieldErrorCode {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Required => f.write_str("required"),
                Self::Unknown => f.write_str("unknown"),
                Self::InvalidType => f.write_str("invalid_type"),
                Self::InvalidFormat => f.write_str("invalid_format"),
                Self::TooShort => f.write_str("too_short"),
                Self::TooLong => f.write_str("too_long"),
                Self::TooCommon => f.write_str("too_common"),
                Self::ContainsIdentity => f.write_str("contains_identity"),
                Self::Breached => f.write_str("breached"),
                Self::Incorrect => f.write_str("incorrect"),
                Self::Taken => f.write_str("taken"),
                Self::OutOfRange => f.write_str("out_of_range"),
                Self::Conflict => f.write_str("conflict"),
            }
        }
    }
    impl ::std::str::FromStr for FieldErrorCode {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "required" => Ok(Self::Required),
                "unknown" => Ok(Self::Unknown),
                "invalid_type" => Ok(Self::InvalidType),
                "invalid_format" => Ok(Self::InvalidFormat),
                "too_short" => Ok(Self::TooShort),
                "too_long" => Ok(Self::TooLong),
                "too_common" => Ok(Self::TooCommon),
                "contains_identity" => Ok(Self::ContainsIdentity),
                "breached" => Ok(Self::Breached),
                "incorrect" => Ok(Self::Incorrect),
                "taken" => Ok(Self::Taken),
                "out_of_range" => Ok(Self::OutOfRange),
                "conflict" => Ok(Self::Conflict),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for FieldErrorCode {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for FieldErrorCode {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///What the service needs for its work.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct HealthComponents {
        ///What each circuit breaker does with calls, by the name of what it is round.
        pub breakers: ::std::collections::HashMap<::std::string::String, BreakerState>,
        ///The database.
        pub database: DatabaseComponent,
    }
    impl HealthComponents {
        pub fn builder() -> builder::HealthComponents {
            Default::default()
        }
    }
    ///What `get_health` answers.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(untagged)]
    pub enum HealthFailure {
        Problem(Problem),
        HealthResponse(HealthResponse),
    }
    impl ::std::convert::From<Problem> for HealthFailure {
        fn from(value: Problem) -> Self {
            Self::Problem(value)
        }
    }
    impl ::std::convert::From<HealthResponse> for HealthFailure {
        fn from(value: HealthResponse) -> Self {
            Self::HealthResponse(value)
        }
    }
    ///The state of the service.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct HealthResponse {
        ///What the service needs for its work.
        pub components: HealthComponents,
        ///Whether requests can be served.
        pub status: HealthStatus,
        ///Time since the start, in seconds.
        pub uptime_seconds: u64,
        ///Version of the program.
        pub version: ::std::string::String,
    }
    impl HealthResponse {
        pub fn builder() -> builder::HealthResponse {
            Default::default()
        }
    }
    /**Whether something can be used.

- `ok`: It can.
- `unavailable`: It can't.*/
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum HealthStatus {
        #[serde(rename = "ok")]
        Ok,
        #[serde(rename = "unavailable")]
        Unavailable,
    }
    impl ::std::fmt::Display for HealthStatus {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Ok => f.write_str("ok"),
                Self::Unavailable => f.write_str("unavailable"),
            }
        }
    }
    impl ::std::str::FromStr for HealthStatus {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "ok" => Ok(Self::Ok),
                "unavailable" => Ok(Self::Unavailable),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for HealthStatus {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for HealthStatus {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///What a verifier of access tokens has to know, under the names of OpenID Connect Discovery.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct IssuerMetadata {
        ///The `iss` claim of access tokens.
        pub issuer: ::std::string::String,
        ///Where the public keys are.
        pub jwks_uri: ::std::string::String,
    }
    impl IssuerMetadata {
        pub fn builder() -> builder::IssuerMetadata {
            Default::default()
        }
    }
    /**A public key that verifies access tokens (RFC 7517). `crv` and `x` are there for `OKP`; `crv`, `x` and
`y` for `EC`; `n` and `e` for `RSA`.*/
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Jwk {
        ///The algorithm that the key is used with. Accept no other for it.
        pub alg: SigningAlgorithm,
        ///The curve.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub crv: ::std::option::Option<KeyCurve>,
        ///The exponent, in base64url.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub e: ::std::option::Option<::std::string::String>,
        ///Names the key, as the `kid` header of access tokens does: its SHA-256 thumbprint (RFC 7638).
        pub kid: ::std::string::String,
        ///The family of the key.
        pub kty: KeyType,
        ///The modulus, in base64url.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub n: ::std::option::Option<::std::string::String>,
        ///What the key is for.
        #[serde(rename = "use")]
        pub use_: KeyUse,
        ///The point on the curve, or its first coordinate, in base64url.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub x: ::std::option::Option<::std::string::String>,
        ///The second coordinate, in base64url.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub y: ::std::option::Option<::std::string::String>,
    }
    impl Jwk {
        pub fn builder() -> builder::Jwk {
            Default::default()
        }
    }
    ///The public keys that verify access tokens.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct JwkSet {
        ///The keys, the one that signs first. Empty where tokens are signed with a shared secret.
        pub keys: ::std::vec::Vec<Jwk>,
    }
    impl JwkSet {
        pub fn builder() -> builder::JwkSet {
            Default::default()
        }
    }
    ///The curve that a key is on.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum KeyCurve {
        Ed25519,
        #[serde(rename = "P-256")]
        P256,
    }
    impl ::std::fmt::Display for KeyCurve {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Ed25519 => f.write_str("Ed25519"),
                Self::P256 => f.write_str("P-256"),
            }
        }
    }
    impl ::std::str::FromStr for KeyCurve {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "Ed25519" => Ok(Self::Ed25519),
                "P-256" => Ok(Self::P256),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for KeyCurve {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for KeyCurve {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///The family of a key.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum KeyType {
        #[serde(rename = "OKP")]
        Okp,
        #[serde(rename = "EC")]
        Ec,
        #[serde(rename = "RSA")]
        Rsa,
    }
    impl ::std::fmt::Display for KeyType {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Okp => f.write_str("OKP"),
                Self::Ec => f.write_str("EC"),
                Self::Rsa => f.write_str("RSA"),
            }
        }
    }
    impl ::std::str::FromStr for KeyType {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "OKP" => Ok(Self::Okp),
                "EC" => Ok(Self::Ec),
                "RSA" => Ok(Self::Rsa),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for KeyType {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for KeyType {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///What a key is for.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum KeyUse {
        #[serde(rename = "sig")]
        Sig,
    }
    impl ::std::fmt::Display for KeyUse {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Sig => f.write_str("sig"),
            }
        }
    }
    impl ::std::str::FromStr for KeyUse {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "sig" => Ok(Self::Sig),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for KeyUse {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for KeyUse {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///A sign of life.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct LivenessResponse {
        ///Always `ok`.
        pub status: HealthStatus,
    }
    impl LivenessResponse {
        pub fn builder() -> builder::LivenessResponse {
            Default::default()
        }
    }
    ///What a person logs in with: exactly one of `email` and `username`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(deny_unknown_fields)]
    pub struct LoginRequest {
        ///The e-mail address, in any case.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub email: ::std::option::Option<::std::string::String>,
        ///The password.
        pub password: ::std::string::String,
        ///The user name, in any case.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub username: ::std::option::Option<::std::string::String>,
    }
    impl LoginRequest {
        pub fn builder() -> builder::LoginRequest {
            Default::default()
        }
    }
    /**What a mail is about. A new kind comes with a minor version.

- `verify_email`: A link to verify the address.
- `password_reset`: A link to set a new password.
- `invitation`: A link to set the first password.
- `already_registered`: Somebody wanted to register with an address that has an account.
- `password_changed`: The password was changed.
- `new_device_login`: Somebody logged in with a new device.
- `email_changed`: The address was changed; told to the one before.*/
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum MailKind {
        #[serde(rename = "verify_email")]
        VerifyEmail,
        #[serde(rename = "password_reset")]
        PasswordReset,
        #[serde(rename = "invitation")]
        Invitation,
        #[serde(rename = "already_registered")]
        AlreadyRegistered,
        #[serde(rename = "password_changed")]
        PasswordChanged,
        #[serde(rename = "new_device_login")]
        NewDeviceLogin,
        #[serde(rename = "email_changed")]
        EmailChanged,
    }
    impl ::std::fmt::Display for MailKind {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::VerifyEmail => f.write_str("verify_email"),
                Self::PasswordReset => f.write_str("password_reset"),
                Self::Invitation => f.write_str("invitation"),
                Self::AlreadyRegistered => f.write_str("already_registered"),
                Self::PasswordChanged => f.write_str("password_changed"),
                Self::NewDeviceLogin => f.write_str("new_device_login"),
                Self::EmailChanged => f.write_str("email_changed"),
            }
        }
    }
    impl ::std::str::FromStr for MailKind {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "verify_email" => Ok(Self::VerifyEmail),
                "password_reset" => Ok(Self::PasswordReset),
                "invitation" => Ok(Self::Invitation),
                "already_registered" => Ok(Self::AlreadyRegistered),
                "password_changed" => Ok(Self::PasswordChanged),
                "new_device_login" => Ok(Self::NewDeviceLogin),
                "email_changed" => Ok(Self::EmailChanged),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for MailKind {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for MailKind {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///A page of mails.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct MailPage {
        ///The mails, the newest first.
        pub items: ::std::vec::Vec<MailResponse>,
        ///Asks for the next page; `null` where this is the last.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    impl MailPage {
        pub fn builder() -> builder::MailPage {
            Default::default()
        }
    }
    ///Whom a mail is asked for to.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(deny_unknown_fields)]
    pub struct MailRequest {
        ///The e-mail address of the account, in any case.
        pub email: ::std::string::String,
    }
    impl MailRequest {
        pub fn builder() -> builder::MailRequest {
            Default::default()
        }
    }
    ///A mail, without its text.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct MailResponse {
        ///How often it was tried to send it.
        pub attempts: u32,
        ///Identifies the mail, and is part of its `Message-ID`.
        pub id: ::uuid::Uuid,
        ///What it is about.
        pub kind: MailKind,
        ///Why it was not sent the last time it was tried.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub last_error: ::std::option::Option<::std::string::String>,
        ///When it is tried next; `null` where it is not.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub next_attempt_at: ::std::option::Option<
            ::chrono::DateTime<::chrono::offset::Utc>,
        >,
        ///What becomes of it.
        pub state: MailState,
        ///Whom it goes to.
        pub to: ::std::string::String,
    }
    impl MailResponse {
        pub fn builder() -> builder::MailResponse {
            Default::default()
        }
    }
    /**What becomes of a mail.

- `pending`: It is to be sent, now or later.
- `sending`: It is being sent.
- `sent`: The mail server has it.
- `failed`: It was given up.
- `cancelled`: It was not sent, because the link in it was no longer good.*/
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum MailState {
        #[serde(rename = "pending")]
        Pending,
        #[serde(rename = "sending")]
        Sending,
        #[serde(rename = "sent")]
        Sent,
        #[serde(rename = "failed")]
        Failed,
        #[serde(rename = "cancelled")]
        Cancelled,
    }
    impl ::std::fmt::Display for MailState {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Pending => f.write_str("pending"),
                Self::Sending => f.write_str("sending"),
                Self::Sent => f.write_str("sent"),
                Self::Failed => f.write_str("failed"),
                Self::Cancelled => f.write_str("cancelled"),
            }
        }
    }
    impl ::std::str::FromStr for MailState {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "pending" => Ok(Self::Pending),
                "sending" => Ok(Self::Sending),
                "sent" => Ok(Self::Sent),
                "failed" => Ok(Self::Failed),
                "cancelled" => Ok(Self::Cancelled),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for MailState {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for MailState {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///The envelope of every error.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Problem {
        ///What went wrong, for people.
        pub detail: ::std::string::String,
        ///What went wrong, for programs.
        pub error_code: ErrorCode,
        ///All members that are to blame, where any are.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub errors: ::std::vec::Vec<FieldError>,
        ///The `X-Request-Id` of the answer, which the log has as well.
        pub request_id: ::std::string::String,
        ///The HTTP status of the answer.
        pub status_code: u16,
        ///When it went wrong.
        pub timestamp: ::chrono::DateTime<::chrono::offset::Utc>,
    }
    impl Problem {
        pub fn builder() -> builder::Problem {
            Default::default()
        }
    }
    ///What a session is refreshed with.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(deny_unknown_fields)]
    pub struct RefreshRequest {
        ///The refresh token given out last.
        pub refresh_token: ::std::string::String,
    }
    impl RefreshRequest {
        pub fn builder() -> builder::RefreshRequest {
            Default::default()
        }
    }
    ///What somebody registers with.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(deny_unknown_fields)]
    pub struct RegisterRequest {
        ///The e-mail address: at most 254 characters of ASCII, unique without case.
        pub email: ::std::string::String,
        /**The password: 8 to 128 characters unless configured otherwise, none that is common, known from
a leak, or made from the e-mail address or user name.*/
        pub password: ::std::string::String,
        /**A user name: 3 to 50 of `A-Z a-z 0-9 _ . -`, unique without case. Where registration is private, it
can only be chosen later.*/
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub username: ::std::option::Option<::std::string::String>,
    }
    impl RegisterRequest {
        pub fn builder() -> builder::RegisterRequest {
            Default::default()
        }
    }
    ///What `register` answers.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(untagged)]
    pub enum Registered {
        TokenResponse(TokenResponse),
        UserResponse(UserResponse),
    }
    impl ::std::convert::From<TokenResponse> for Registered {
        fn from(value: TokenResponse) -> Self {
            Self::TokenResponse(value)
        }
    }
    impl ::std::convert::From<UserResponse> for Registered {
        fn from(value: UserResponse) -> Self {
            Self::UserResponse(value)
        }
    }
    /**How the person gets the link.

- `email`: The person is sent a mail with a link.
- `response`: The answer has the token, to be handed over by the caller.*/
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum ResetDelivery {
        #[serde(rename = "email")]
        Email,
        #[serde(rename = "response")]
        Response,
    }
    impl ::std::fmt::Display for ResetDelivery {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Email => f.write_str("email"),
                Self::Response => f.write_str("response"),
            }
        }
    }
    impl ::std::str::FromStr for ResetDelivery {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "email" => Ok(Self::Email),
                "response" => Ok(Self::Response),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for ResetDelivery {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for ResetDelivery {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///What a forgotten password is replaced with.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(deny_unknown_fields)]
    pub struct ResetPasswordRequest {
        ///The new password: as at registration.
        pub new_password: ::std::string::String,
        ///The token of the link.
        pub token: ::std::string::String,
    }
    impl ResetPasswordRequest {
        pub fn builder() -> builder::ResetPasswordRequest {
            Default::default()
        }
    }
    ///What runs here, and where to read on.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ServiceInfo {
        ///Where the documentation is; `null` where it is not served.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub docs: ::std::option::Option<::std::string::String>,
        ///Where the state of the service is.
        pub health: ::std::string::String,
        ///Where the OpenAPI document is.
        pub openapi: ::std::string::String,
        ///Name of the program.
        pub service: ::std::string::String,
        ///Version of the program.
        pub version: ::std::string::String,
    }
    impl ServiceInfo {
        pub fn builder() -> builder::ServiceInfo {
            Default::default()
        }
    }
    ///The devices on which the person is logged in.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct SessionList {
        ///The sessions, the one used last first.
        pub items: ::std::vec::Vec<SessionResponse>,
    }
    impl SessionList {
        pub fn builder() -> builder::SessionList {
            Default::default()
        }
    }
    ///A device on which the person is logged in.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct SessionResponse {
        ///When the person logged in.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///Whether the request was made in this session.
        pub current: bool,
        ///When the session ends, unless it is refreshed before.
        pub expires_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///Identifies the session.
        pub id: ::uuid::Uuid,
        ///The address that the person logged in from.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub ip: ::std::option::Option<::std::string::String>,
        ///When the person logged in, or last refreshed.
        pub last_used_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///What the person logged in with: the `User-Agent` header of that time.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub user_agent: ::std::option::Option<::std::string::String>,
    }
    impl SessionResponse {
        pub fn builder() -> builder::SessionResponse {
            Default::default()
        }
    }
    ///The algorithm that a key is used with, and no other.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    pub enum SigningAlgorithm {
        #[serde(rename = "EdDSA")]
        EdDsa,
        #[serde(rename = "ES256")]
        Es256,
        #[serde(rename = "RS256")]
        Rs256,
    }
    impl ::std::fmt::Display for SigningAlgorithm {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::EdDsa => f.write_str("EdDSA"),
                Self::Es256 => f.write_str("ES256"),
                Self::Rs256 => f.write_str("RS256"),
            }
        }
    }
    impl ::std::str::FromStr for SigningAlgorithm {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "EdDSA" => Ok(Self::EdDsa),
                "ES256" => Ok(Self::Es256),
                "RS256" => Ok(Self::Rs256),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for SigningAlgorithm {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for SigningAlgorithm {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///How a new password is to be set.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(deny_unknown_fields)]
    pub struct StartPasswordResetRequest {
        ///How the person gets the link.
        pub delivery: ResetDelivery,
    }
    impl StartPasswordResetRequest {
        pub fn builder() -> builder::StartPasswordResetRequest {
            Default::default()
        }
    }
    ///A password reset that was started.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct StartedPasswordReset {
        ///From when on the token is void.
        pub expires_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///The token for `POST /auth/password/reset`; `null` where the person gets it by mail.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub token: ::std::option::Option<::std::string::String>,
    }
    impl StartedPasswordReset {
        pub fn builder() -> builder::StartedPasswordReset {
            Default::default()
        }
    }
    ///A pair of tokens and the person they stand for.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct TokenResponse {
        ///A JWT (RFC 9068) for the `Authorization: Bearer` header.
        pub access_token: ::std::string::String,
        ///Lifetime of the access token, in seconds.
        pub expires_in: i64,
        ///Lifetime of the refresh token, in seconds.
        pub refresh_expires_in: i64,
        ///An opaque token that gets the next pair.
        pub refresh_token: ::std::string::String,
        ///Always `bearer`.
        pub token_type: ::std::string::String,
        ///The person.
        pub user: UserResponse,
    }
    impl TokenResponse {
        pub fn builder() -> builder::TokenResponse {
            Default::default()
        }
    }
    ///What a person changes about the own account; what is left out stays as it is.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    #[serde(deny_unknown_fields)]
    pub struct UpdateMeRequest {
        ///The password now in use. Only another e-mail address needs it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub current_password: ::std::option::Option<::std::string::String>,
        ///Another e-mail address, which is not verified then. Needs `current_password`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub email: ::std::option::Option<::std::string::String>,
        ///Another user name; `null` takes it away.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub username: ::std::option::Option<crate::Edit<::std::string::String>>,
    }
    impl UpdateMeRequest {
        pub fn builder() -> builder::UpdateMeRequest {
            Default::default()
        }
    }
    ///What to change about an account; what is left out stays as it is.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    #[serde(deny_unknown_fields)]
    pub struct UpdateUserRequest {
        ///Another e-mail address, which is not verified then, unless `email_verified` says so.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub email: ::std::option::Option<::std::string::String>,
        ///Whether the e-mail address was shown to be the person's own.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub email_verified: ::std::option::Option<bool>,
        ///Whether the account may use the service. Without it, all its sessions end at once.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub is_active: ::std::option::Option<bool>,
        ///Whether the account may administer the service, from the next request on.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub is_superuser: ::std::option::Option<bool>,
        ///Another user name; `null` takes it away.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub username: ::std::option::Option<crate::Edit<::std::string::String>>,
    }
    impl UpdateUserRequest {
        pub fn builder() -> builder::UpdateUserRequest {
            Default::default()
        }
    }
    ///A page of accounts.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct UserPage {
        ///The accounts, the newest first.
        pub items: ::std::vec::Vec<UserResponse>,
        ///Asks for the next page; `null` where this is the last.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    impl UserPage {
        pub fn builder() -> builder::UserPage {
            Default::default()
        }
    }
    ///A person's account, without its secrets.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct UserResponse {
        ///When the account was created.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///The e-mail address.
        pub email: ::std::string::String,
        ///Whether the e-mail address was shown to be the person's own.
        pub email_verified: bool,
        ///Identifies the account for good.
        pub id: ::uuid::Uuid,
        ///Whether the account may use the service.
        pub is_active: bool,
        ///Whether the account may administer the service.
        pub is_superuser: bool,
        ///When the person last logged in by password.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub last_login: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        ///When the account was last changed.
        pub updated_at: ::chrono::DateTime<::chrono::offset::Utc>,
        ///The user name, where one was chosen.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub username: ::std::option::Option<::std::string::String>,
    }
    impl UserResponse {
        pub fn builder() -> builder::UserResponse {
            Default::default()
        }
    }
    ///What an address is verified with.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(deny_unknown_fields)]
    pub struct VerifyEmailRequest {
        ///The token of the link.
        pub token: ::std::string::String,
    }
    impl VerifyEmailRequest {
        pub fn builder() -> builder::VerifyEmailRequest {
            Default::default()
        }
    }
    /// Types for composing complex structures.
    pub mod builder {
        #[derive(Clone, Debug)]
        pub struct BreakerList {
            items: ::std::result::Result<
                ::std::vec::Vec<super::BreakerResponse>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for BreakerList {
            fn default() -> Self {
                Self {
                    items: Err("no value supplied for items".to_string()),
                }
            }
        }
        impl BreakerList {
            pub fn items<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::vec::Vec<super::BreakerResponse>>,
                T::Error: ::std::fmt::Display,
            {
                self.items = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for items: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<BreakerList> for super::BreakerList {
            type Error = super::error::ConversionError;
            fn try_from(
                value: BreakerList,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self { items: value.items? })
            }
        }
        impl ::std::convert::From<super::BreakerList> for BreakerList {
            fn from(value: super::BreakerList) -> Self {
                Self { items: Ok(value.items) }
            }
        }
        #[derive(Clone, Debug)]
        pub struct BreakerResponse {
            consecutive_failures: ::std::result::Result<u64, ::std::string::String>,
            failure_threshold: ::std::result::Result<u32, ::std::string::String>,
            name: ::std::result::Result<::std::string::String, ::std::string::String>,
            recovery_timeout_seconds: ::std::result::Result<u32, ::std::string::String>,
            rejected: ::std::result::Result<u64, ::std::string::String>,
            since: ::std::result::Result<
                ::chrono::DateTime<::chrono::offset::Utc>,
                ::std::string::String,
            >,
            state: ::std::result::Result<super::BreakerState, ::std::string::String>,
        }
        impl ::std::default::Default for BreakerResponse {
            fn default() -> Self {
                Self {
                    consecutive_failures: Err(
                        "no value supplied for consecutive_failures".to_string(),
                    ),
                    failure_threshold: Err(
                        "no value supplied for failure_threshold".to_string(),
                    ),
                    name: Err("no value supplied for name".to_string()),
                    recovery_timeout_seconds: Err(
                        "no value supplied for recovery_timeout_seconds".to_string(),
                    ),
                    rejected: Err("no value supplied for rejected".to_string()),
                    since: Err("no value supplied for since".to_string()),
                    state: Err("no value supplied for state".to_string()),
                }
            }
        }
        impl BreakerResponse {
            pub fn consecutive_failures<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<u64>,
                T::Error: ::std::fmt::Display,
            {
                self.consecutive_failures = value
                    .try_into()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for consecutive_failures: {e}"
                        )
                    });
                self
            }
            pub fn failure_threshold<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<u32>,
                T::Error: ::std::fmt::Display,
            {
                self.failure_threshold = value
                    .try_into()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for failure_threshold: {e}"
                        )
                    });
                self
            }
            pub fn name<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.name = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for name: {e}")
                    });
                self
            }
            pub fn recovery_timeout_seconds<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<u32>,
                T::Error: ::std::fmt::Display,
            {
                self.recovery_timeout_seconds = value
                    .try_into()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for recovery_timeout_seconds: {e}"
                        )
                    });
                self
            }
            pub fn rejected<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<u64>,
                T::Error: ::std::fmt::Display,
            {
                self.rejected = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for rejected: {e}")
                    });
                self
            }
            pub fn since<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::chrono::DateTime<::chrono::offset::Utc>>,
                T::Error: ::std::fmt::Display,
            {
                self.since = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for since: {e}")
                    });
                self
            }
            pub fn state<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::BreakerState>,
                T::Error: ::std::fmt::Display,
            {
                self.state = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for state: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<BreakerResponse> for super::BreakerResponse {
            type Error = super::error::ConversionError;
            fn try_from(
                value: BreakerResponse,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    consecutive_failures: value.consecutive_failures?,
                    failure_threshold: value.failure_threshold?,
                    name: value.name?,
                    recovery_timeout_seconds: value.recovery_timeout_seconds?,
                    rejected: value.rejected?,
                    since: value.since?,
                    state: value.state?,
                })
            }
        }
        impl ::std::convert::From<super::BreakerResponse> for BreakerResponse {
            fn from(value: super::BreakerResponse) -> Self {
                Self {
                    consecutive_failures: Ok(value.consecutive_failures),
                    failure_threshold: Ok(value.failure_threshold),
                    name: Ok(value.name),
                    recovery_timeout_seconds: Ok(value.recovery_timeout_seconds),
                    rejected: Ok(value.rejected),
                    since: Ok(value.since),
                    state: Ok(value.state),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct ChangePasswordRequest {
            current_password: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
            new_password: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for ChangePasswordRequest {
            fn default() -> Self {
                Self {
                    current_password: Err(
                        "no value supplied for current_password".to_string(),
                    ),
                    new_password: Err("no value supplied for new_password".to_string()),
                }
            }
        }
        impl ChangePasswordRequest {
            pub fn current_password<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.current_password = value
                    .try_into()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for current_password: {e}"
                        )
                    });
                self
            }
            pub fn new_password<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.new_password = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for new_password: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<ChangePasswordRequest>
        for super::ChangePasswordRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: ChangePasswordRequest,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    current_password: value.current_password?,
                    new_password: value.new_password?,
                })
            }
        }
        impl ::std::convert::From<super::ChangePasswordRequest>
        for ChangePasswordRequest {
            fn from(value: super::ChangePasswordRequest) -> Self {
                Self {
                    current_password: Ok(value.current_password),
                    new_password: Ok(value.new_password),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct CreateUserRequest {
            email: ::std::result::Result<::std::string::String, ::std::string::String>,
            is_active: ::std::result::Result<
                ::std::option::Option<bool>,
                ::std::string::String,
            >,
            is_superuser: ::std::result::Result<
                ::std::option::Option<bool>,
                ::std::string::String,
            >,
            password: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            username: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for CreateUserRequest {
            fn default() -> Self {
                Self {
                    email: Err("no value supplied for email".to_string()),
                    is_active: Ok(Default::default()),
                    is_superuser: Ok(Default::default()),
                    password: Ok(Default::default()),
                    username: Ok(Default::default()),
                }
            }
        }
        impl CreateUserRequest {
            pub fn email<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.email = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for email: {e}")
                    });
                self
            }
            pub fn is_active<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<bool>>,
                T::Error: ::std::fmt::Display,
            {
                self.is_active = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for is_active: {e}")
                    });
                self
            }
            pub fn is_superuser<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<bool>>,
                T::Error: ::std::fmt::Display,
            {
                self.is_superuser = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for is_superuser: {e}")
                    });
                self
            }
            pub fn password<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.password = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for password: {e}")
                    });
                self
            }
            pub fn username<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.username = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for username: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<CreateUserRequest> for super::CreateUserRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: CreateUserRequest,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    email: value.email?,
                    is_active: value.is_active?,
                    is_superuser: value.is_superuser?,
                    password: value.password?,
                    username: value.username?,
                })
            }
        }
        impl ::std::convert::From<super::CreateUserRequest> for CreateUserRequest {
            fn from(value: super::CreateUserRequest) -> Self {
                Self {
                    email: Ok(value.email),
                    is_active: Ok(value.is_active),
                    is_superuser: Ok(value.is_superuser),
                    password: Ok(value.password),
                    username: Ok(value.username),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct DatabaseComponent {
            latency_ms: ::std::result::Result<
                ::std::option::Option<f64>,
                ::std::string::String,
            >,
            pending_migrations: ::std::result::Result<
                ::std::option::Option<u64>,
                ::std::string::String,
            >,
            status: ::std::result::Result<super::HealthStatus, ::std::string::String>,
        }
        impl ::std::default::Default for DatabaseComponent {
            fn default() -> Self {
                Self {
                    latency_ms: Err("no value supplied for latency_ms".to_string()),
                    pending_migrations: Err(
                        "no value supplied for pending_migrations".to_string(),
                    ),
                    status: Err("no value supplied for status".to_string()),
                }
            }
        }
        impl DatabaseComponent {
            pub fn latency_ms<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<f64>>,
                T::Error: ::std::fmt::Display,
            {
                self.latency_ms = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for latency_ms: {e}")
                    });
                self
            }
            pub fn pending_migrations<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<u64>>,
                T::Error: ::std::fmt::Display,
            {
                self.pending_migrations = value
                    .try_into()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for pending_migrations: {e}"
                        )
                    });
                self
            }
            pub fn status<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::HealthStatus>,
                T::Error: ::std::fmt::Display,
            {
                self.status = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for status: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<DatabaseComponent> for super::DatabaseComponent {
            type Error = super::error::ConversionError;
            fn try_from(
                value: DatabaseComponent,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    latency_ms: value.latency_ms?,
                    pending_migrations: value.pending_migrations?,
                    status: value.status?,
                })
            }
        }
        impl ::std::convert::From<super::DatabaseComponent> for DatabaseComponent {
            fn from(value: super::DatabaseComponent) -> Self {
                Self {
                    latency_ms: Ok(value.latency_ms),
                    pending_migrations: Ok(value.pending_migrations),
                    status: Ok(value.status),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct DeleteMeRequest {
            current_password: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for DeleteMeRequest {
            fn default() -> Self {
                Self {
                    current_password: Err(
                        "no value supplied for current_password".to_string(),
                    ),
                }
            }
        }
        impl DeleteMeRequest {
            pub fn current_password<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.current_password = value
                    .try_into()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for current_password: {e}"
                        )
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<DeleteMeRequest> for super::DeleteMeRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: DeleteMeRequest,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    current_password: value.current_password?,
                })
            }
        }
        impl ::std::convert::From<super::DeleteMeRequest> for DeleteMeRequest {
            fn from(value: super::DeleteMeRequest) -> Self {
                Self {
                    current_password: Ok(value.current_password),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct EventDetails {
            breaker: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            changed: ::std::result::Result<
                ::std::vec::Vec<::std::string::String>,
                ::std::string::String,
            >,
            count: ::std::result::Result<
                ::std::option::Option<u64>,
                ::std::string::String,
            >,
            delay_seconds: ::std::result::Result<
                ::std::option::Option<u64>,
                ::std::string::String,
            >,
            reason: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            session_id: ::std::result::Result<
                ::std::option::Option<::uuid::Uuid>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for EventDetails {
            fn default() -> Self {
                Self {
                    breaker: Ok(Default::default()),
                    changed: Ok(Default::default()),
                    count: Ok(Default::default()),
                    delay_seconds: Ok(Default::default()),
                    reason: Ok(Default::default()),
                    session_id: Ok(Default::default()),
                }
            }
        }
        impl EventDetails {
            pub fn breaker<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.breaker = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for breaker: {e}")
                    });
                self
            }
            pub fn changed<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::vec::Vec<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.changed = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for changed: {e}")
                    });
                self
            }
            pub fn count<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<u64>>,
                T::Error: ::std::fmt::Display,
            {
                self.count = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for count: {e}")
                    });
                self
            }
            pub fn delay_seconds<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<u64>>,
                T::Error: ::std::fmt::Display,
            {
                self.delay_seconds = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for delay_seconds: {e}")
                    });
                self
            }
            pub fn reason<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.reason = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for reason: {e}")
                    });
                self
            }
            pub fn session_id<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::uuid::Uuid>>,
                T::Error: ::std::fmt::Display,
            {
                self.session_id = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for session_id: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<EventDetails> for super::EventDetails {
            type Error = super::error::ConversionError;
            fn try_from(
                value: EventDetails,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    breaker: value.breaker?,
                    changed: value.changed?,
                    count: value.count?,
                    delay_seconds: value.delay_seconds?,
                    reason: value.reason?,
                    session_id: value.session_id?,
                })
            }
        }
        impl ::std::convert::From<super::EventDetails> for EventDetails {
            fn from(value: super::EventDetails) -> Self {
                Self {
                    breaker: Ok(value.breaker),
                    changed: Ok(value.changed),
                    count: Ok(value.count),
                    delay_seconds: Ok(value.delay_seconds),
                    reason: Ok(value.reason),
                    session_id: Ok(value.session_id),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct EventPage {
            items: ::std::result::Result<
                ::std::vec::Vec<super::EventResponse>,
                ::std::string::String,
            >,
            next_cursor: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for EventPage {
            fn default() -> Self {
                Self {
                    items: Err("no value supplied for items".to_string()),
                    next_cursor: Err("no value supplied for next_cursor".to_string()),
                }
            }
        }
        impl EventPage {
            pub fn items<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::vec::Vec<super::EventResponse>>,
                T::Error: ::std::fmt::Display,
            {
                self.items = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for items: {e}")
                    });
                self
            }
            pub fn next_cursor<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.next_cursor = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for next_cursor: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<EventPage> for super::EventPage {
            type Error = super::error::ConversionError;
            fn try_from(
                value: EventPage,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    items: value.items?,
                    next_cursor: value.next_cursor?,
                })
            }
        }
        impl ::std::convert::From<super::EventPage> for EventPage {
            fn from(value: super::EventPage) -> Self {
                Self {
                    items: Ok(value.items),
                    next_cursor: Ok(value.next_cursor),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct EventResponse {
            actor_id: ::std::result::Result<
                ::std::option::Option<::uuid::Uuid>,
                ::std::string::String,
            >,
            at: ::std::result::Result<
                ::chrono::DateTime<::chrono::offset::Utc>,
                ::std::string::String,
            >,
            details: ::std::result::Result<super::EventDetails, ::std::string::String>,
            event: ::std::result::Result<super::EventKind, ::std::string::String>,
            id: ::std::result::Result<::uuid::Uuid, ::std::string::String>,
            ip: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            request_id: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            subject_id: ::std::result::Result<
                ::std::option::Option<::uuid::Uuid>,
                ::std::string::String,
            >,
            user_agent: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for EventResponse {
            fn default() -> Self {
                Self {
                    actor_id: Err("no value supplied for actor_id".to_string()),
                    at: Err("no value supplied for at".to_string()),
                    details: Err("no value supplied for details".to_string()),
                    event: Err("no value supplied for event".to_string()),
                    id: Err("no value supplied for id".to_string()),
                    ip: Err("no value supplied for ip".to_string()),
                    request_id: Err("no value supplied for request_id".to_string()),
                    subject_id: Err("no value supplied for subject_id".to_string()),
                    user_agent: Err("no value supplied for user_agent".to_string()),
                }
            }
        }
        impl EventResponse {
            pub fn actor_id<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::uuid::Uuid>>,
                T::Error: ::std::fmt::Display,
            {
                self.actor_id = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for actor_id: {e}")
                    });
                self
            }
            pub fn at<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::chrono::DateTime<::chrono::offset::Utc>>,
                T::Error: ::std::fmt::Display,
            {
                self.at = value
                    .try_into()
                    .map_err(|e| format!("error converting supplied value for at: {e}"));
                self
            }
            pub fn details<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::EventDetails>,
                T::Error: ::std::fmt::Display,
            {
                self.details = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for details: {e}")
                    });
                self
            }
            pub fn event<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::EventKind>,
                T::Error: ::std::fmt::Display,
            {
                self.event = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for event: {e}")
                    });
                self
            }
            pub fn id<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::uuid::Uuid>,
                T::Error: ::std::fmt::Display,
            {
                self.id = value
                    .try_into()
                    .map_err(|e| format!("error converting supplied value for id: {e}"));
                self
            }
            pub fn ip<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.ip = value
                    .try_into()
                    .map_err(|e| format!("error converting supplied value for ip: {e}"));
                self
            }
            pub fn request_id<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.request_id = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for request_id: {e}")
                    });
                self
            }
            pub fn subject_id<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::uuid::Uuid>>,
                T::Error: ::std::fmt::Display,
            {
                self.subject_id = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for subject_id: {e}")
                    });
                self
            }
            pub fn user_agent<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.user_agent = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for user_agent: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<EventResponse> for super::EventResponse {
            type Error = super::error::ConversionError;
            fn try_from(
                value: EventResponse,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    actor_id: value.actor_id?,
                    at: value.at?,
                    details: value.details?,
                    event: value.event?,
                    id: value.id?,
                    ip: value.ip?,
                    request_id: value.request_id?,
                    subject_id: value.subject_id?,
                    user_agent: value.user_agent?,
                })
            }
        }
        impl ::std::convert::From<super::EventResponse> for EventResponse {
            fn from(value: super::EventResponse) -> Self {
                Self {
                    actor_id: Ok(value.actor_id),
                    at: Ok(value.at),
                    details: Ok(value.details),
                    event: Ok(value.event),
                    id: Ok(value.id),
                    ip: Ok(value.ip),
                    request_id: Ok(value.request_id),
                    subject_id: Ok(value.subject_id),
                    user_agent: Ok(value.user_agent),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct FieldError {
            code: ::std::result::Result<super::FieldErrorCode, ::std::string::String>,
            field: ::std::result::Result<::std::string::String, ::std::string::String>,
            message: ::std::result::Result<::std::string::String, ::std::string::String>,
        }
        impl ::std::default::Default for FieldError {
            fn default() -> Self {
                Self {
                    code: Err("no value supplied for code".to_string()),
                    field: Err("no value supplied for field".to_string()),
                    message: Err("no value supplied for message".to_string()),
                }
            }
        }
        impl FieldError {
            pub fn code<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::FieldErrorCode>,
                T::Error: ::std::fmt::Display,
            {
                self.code = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for code: {e}")
                    });
                self
            }
            pub fn field<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.field = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for field: {e}")
                    });
                self
            }
            pub fn message<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.message = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for message: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<FieldError> for super::FieldError {
            type Error = super::error::ConversionError;
            fn try_from(
                value: FieldError,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    code: value.code?,
                    field: value.field?,
                    message: value.message?,
                })
            }
        }
        impl ::std::convert::From<super::FieldError> for FieldError {
            fn from(value: super::FieldError) -> Self {
                Self {
                    code: Ok(value.code),
                    field: Ok(value.field),
                    message: Ok(value.message),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct HealthComponents {
            breakers: ::std::result::Result<
                ::std::collections::HashMap<::std::string::String, super::BreakerState>,
                ::std::string::String,
            >,
            database: ::std::result::Result<
                super::DatabaseComponent,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for HealthComponents {
            fn default() -> Self {
                Self {
                    breakers: Err("no value supplied for breakers".to_string()),
                    database: Err("no value supplied for database".to_string()),
                }
            }
        }
        impl HealthComponents {
            pub fn breakers<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::collections::HashMap<
                        ::std::string::String,
                        super::BreakerState,
                    >,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.breakers = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for breakers: {e}")
                    });
                self
            }
            pub fn database<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::DatabaseComponent>,
                T::Error: ::std::fmt::Display,
            {
                self.database = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for database: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<HealthComponents> for super::HealthComponents {
            type Error = super::error::ConversionError;
            fn try_from(
                value: HealthComponents,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    breakers: value.breakers?,
                    database: value.database?,
                })
            }
        }
        impl ::std::convert::From<super::HealthComponents> for HealthComponents {
            fn from(value: super::HealthComponents) -> Self {
                Self {
                    breakers: Ok(value.breakers),
                    database: Ok(value.database),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct HealthResponse {
            components: ::std::result::Result<
                super::HealthComponents,
                ::std::string::String,
            >,
            status: ::std::result::Result<super::HealthStatus, ::std::string::String>,
            uptime_seconds: ::std::result::Result<u64, ::std::string::String>,
            version: ::std::result::Result<::std::string::String, ::std::string::String>,
        }
        impl ::std::default::Default for HealthResponse {
            fn default() -> Self {
                Self {
                    components: Err("no value supplied for components".to_string()),
                    status: Err("no value supplied for status".to_string()),
                    uptime_seconds: Err(
                        "no value supplied for uptime_seconds".to_string(),
                    ),
                    version: Err("no value supplied for version".to_string()),
                }
            }
        }
        impl HealthResponse {
            pub fn components<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::HealthComponents>,
                T::Error: ::std::fmt::Display,
            {
                self.components = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for components: {e}")
                    });
                self
            }
            pub fn status<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::HealthStatus>,
                T::Error: ::std::fmt::Display,
            {
                self.status = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for status: {e}")
                    });
                self
            }
            pub fn uptime_seconds<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<u64>,
                T::Error: ::std::fmt::Display,
            {
                self.uptime_seconds = value
                    .try_into()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for uptime_seconds: {e}"
                        )
                    });
                self
            }
            pub fn version<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.version = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for version: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<HealthResponse> for super::HealthResponse {
            type Error = super::error::ConversionError;
            fn try_from(
                value: HealthResponse,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    components: value.components?,
                    status: value.status?,
                    uptime_seconds: value.uptime_seconds?,
                    version: value.version?,
                })
            }
        }
        impl ::std::convert::From<super::HealthResponse> for HealthResponse {
            fn from(value: super::HealthResponse) -> Self {
                Self {
                    components: Ok(value.components),
                    status: Ok(value.status),
                    uptime_seconds: Ok(value.uptime_seconds),
                    version: Ok(value.version),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct IssuerMetadata {
            issuer: ::std::result::Result<::std::string::String, ::std::string::String>,
            jwks_uri: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for IssuerMetadata {
            fn default() -> Self {
                Self {
                    issuer: Err("no value supplied for issuer".to_string()),
                    jwks_uri: Err("no value supplied for jwks_uri".to_string()),
                }
            }
        }
        impl IssuerMetadata {
            pub fn issuer<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.issuer = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for issuer: {e}")
                    });
                self
            }
            pub fn jwks_uri<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.jwks_uri = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for jwks_uri: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<IssuerMetadata> for super::IssuerMetadata {
            type Error = super::error::ConversionError;
            fn try_from(
                value: IssuerMetadata,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    issuer: value.issuer?,
                    jwks_uri: value.jwks_uri?,
                })
            }
        }
        impl ::std::convert::From<super::IssuerMetadata> for IssuerMetadata {
            fn from(value: super::IssuerMetadata) -> Self {
                Self {
                    issuer: Ok(value.issuer),
                    jwks_uri: Ok(value.jwks_uri),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct Jwk {
            alg: ::std::result::Result<super::SigningAlgorithm, ::std::string::String>,
            crv: ::std::result::Result<
                ::std::option::Option<super::KeyCurve>,
                ::std::string::String,
            >,
            e: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            kid: ::std::result::Result<::std::string::String, ::std::string::String>,
            kty: ::std::result::Result<super::KeyType, ::std::string::String>,
            n: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            use_: ::std::result::Result<super::KeyUse, ::std::string::String>,
            x: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            y: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for Jwk {
            fn default() -> Self {
                Self {
                    alg: Err("no value supplied for alg".to_string()),
                    crv: Ok(Default::default()),
                    e: Ok(Default::default()),
                    kid: Err("no value supplied for kid".to_string()),
                    kty: Err("no value supplied for kty".to_string()),
                    n: Ok(Default::default()),
                    use_: Err("no value supplied for use_".to_string()),
                    x: Ok(Default::default()),
                    y: Ok(Default::default()),
                }
            }
        }
        impl Jwk {
            pub fn alg<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::SigningAlgorithm>,
                T::Error: ::std::fmt::Display,
            {
                self.alg = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for alg: {e}")
                    });
                self
            }
            pub fn crv<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<super::KeyCurve>>,
                T::Error: ::std::fmt::Display,
            {
                self.crv = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for crv: {e}")
                    });
                self
            }
            pub fn e<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.e = value
                    .try_into()
                    .map_err(|e| format!("error converting supplied value for e: {e}"));
                self
            }
            pub fn kid<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.kid = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for kid: {e}")
                    });
                self
            }
            pub fn kty<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::KeyType>,
                T::Error: ::std::fmt::Display,
            {
                self.kty = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for kty: {e}")
                    });
                self
            }
            pub fn n<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.n = value
                    .try_into()
                    .map_err(|e| format!("error converting supplied value for n: {e}"));
                self
            }
            pub fn use_<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::KeyUse>,
                T::Error: ::std::fmt::Display,
            {
                self.use_ = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for use_: {e}")
                    });
                self
            }
            pub fn x<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.x = value
                    .try_into()
                    .map_err(|e| format!("error converting supplied value for x: {e}"));
                self
            }
            pub fn y<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.y = value
                    .try_into()
                    .map_err(|e| format!("error converting supplied value for y: {e}"));
                self
            }
        }
        impl ::std::convert::TryFrom<Jwk> for super::Jwk {
            type Error = super::error::ConversionError;
            fn try_from(
                value: Jwk,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    alg: value.alg?,
                    crv: value.crv?,
                    e: value.e?,
                    kid: value.kid?,
                    kty: value.kty?,
                    n: value.n?,
                    use_: value.use_?,
                    x: value.x?,
                    y: value.y?,
                })
            }
        }
        impl ::std::convert::From<super::Jwk> for Jwk {
            fn from(value: super::Jwk) -> Self {
                Self {
                    alg: Ok(value.alg),
                    crv: Ok(value.crv),
                    e: Ok(value.e),
                    kid: Ok(value.kid),
                    kty: Ok(value.kty),
                    n: Ok(value.n),
                    use_: Ok(value.use_),
                    x: Ok(value.x),
                    y: Ok(value.y),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct JwkSet {
            keys: ::std::result::Result<
                ::std::vec::Vec<super::Jwk>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for JwkSet {
            fn default() -> Self {
                Self {
                    keys: Err("no value supplied for keys".to_string()),
                }
            }
        }
        impl JwkSet {
            pub fn keys<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::vec::Vec<super::Jwk>>,
                T::Error: ::std::fmt::Display,
            {
                self.keys = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for keys: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<JwkSet> for super::JwkSet {
            type Error = super::error::ConversionError;
            fn try_from(
                value: JwkSet,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self { keys: value.keys? })
            }
        }
        impl ::std::convert::From<super::JwkSet> for JwkSet {
            fn from(value: super::JwkSet) -> Self {
                Self { keys: Ok(value.keys) }
            }
        }
        #[derive(Clone, Debug)]
        pub struct LivenessResponse {
            status: ::std::result::Result<super::HealthStatus, ::std::string::String>,
        }
        impl ::std::default::Default for LivenessResponse {
            fn default() -> Self {
                Self {
                    status: Err("no value supplied for status".to_string()),
                }
            }
        }
        impl LivenessResponse {
            pub fn status<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::HealthStatus>,
                T::Error: ::std::fmt::Display,
            {
                self.status = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for status: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<LivenessResponse> for super::LivenessResponse {
            type Error = super::error::ConversionError;
            fn try_from(
                value: LivenessResponse,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self { status: value.status? })
            }
        }
        impl ::std::convert::From<super::LivenessResponse> for LivenessResponse {
            fn from(value: super::LivenessResponse) -> Self {
                Self { status: Ok(value.status) }
            }
        }
        #[derive(Clone, Debug)]
        pub struct LoginRequest {
            email: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            password: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
            username: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for LoginRequest {
            fn default() -> Self {
                Self {
                    email: Ok(Default::default()),
                    password: Err("no value supplied for password".to_string()),
                    username: Ok(Default::default()),
                }
            }
        }
        impl LoginRequest {
            pub fn email<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.email = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for email: {e}")
                    });
                self
            }
            pub fn password<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.password = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for password: {e}")
                    });
                self
            }
            pub fn username<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.username = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for username: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<LoginRequest> for super::LoginRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: LoginRequest,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    email: value.email?,
                    password: value.password?,
                    username: value.username?,
                })
            }
        }
        impl ::std::convert::From<super::LoginRequest> for LoginRequest {
            fn from(value: super::LoginRequest) -> Self {
                Self {
                    email: Ok(value.email),
                    password: Ok(value.password),
                    username: Ok(value.username),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct MailPage {
            items: ::std::result::Result<
                ::std::vec::Vec<super::MailResponse>,
                ::std::string::String,
            >,
            next_cursor: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for MailPage {
            fn default() -> Self {
                Self {
                    items: Err("no value supplied for items".to_string()),
                    next_cursor: Err("no value supplied for next_cursor".to_string()),
                }
            }
        }
        impl MailPage {
            pub fn items<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::vec::Vec<super::MailResponse>>,
                T::Error: ::std::fmt::Display,
            {
                self.items = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for items: {e}")
                    });
                self
            }
            pub fn next_cursor<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.next_cursor = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for next_cursor: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<MailPage> for super::MailPage {
            type Error = super::error::ConversionError;
            fn try_from(
                value: MailPage,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    items: value.items?,
                    next_cursor: value.next_cursor?,
                })
            }
        }
        impl ::std::convert::From<super::MailPage> for MailPage {
            fn from(value: super::MailPage) -> Self {
                Self {
                    items: Ok(value.items),
                    next_cursor: Ok(value.next_cursor),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct MailRequest {
            email: ::std::result::Result<::std::string::String, ::std::string::String>,
        }
        impl ::std::default::Default for MailRequest {
            fn default() -> Self {
                Self {
                    email: Err("no value supplied for email".to_string()),
                }
            }
        }
        impl MailRequest {
            pub fn email<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.email = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for email: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<MailRequest> for super::MailRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: MailRequest,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self { email: value.email? })
            }
        }
        impl ::std::convert::From<super::MailRequest> for MailRequest {
            fn from(value: super::MailRequest) -> Self {
                Self { email: Ok(value.email) }
            }
        }
        #[derive(Clone, Debug)]
        pub struct MailResponse {
            attempts: ::std::result::Result<u32, ::std::string::String>,
            id: ::std::result::Result<::uuid::Uuid, ::std::string::String>,
            kind: ::std::result::Result<super::MailKind, ::std::string::String>,
            last_error: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            next_attempt_at: ::std::result::Result<
                ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
                ::std::string::String,
            >,
            state: ::std::result::Result<super::MailState, ::std::string::String>,
            to: ::std::result::Result<::std::string::String, ::std::string::String>,
        }
        impl ::std::default::Default for MailResponse {
            fn default() -> Self {
                Self {
                    attempts: Err("no value supplied for attempts".to_string()),
                    id: Err("no value supplied for id".to_string()),
                    kind: Err("no value supplied for kind".to_string()),
                    last_error: Err("no value supplied for last_error".to_string()),
                    next_attempt_at: Err(
                        "no value supplied for next_attempt_at".to_string(),
                    ),
                    state: Err("no value supplied for state".to_string()),
                    to: Err("no value supplied for to".to_string()),
                }
            }
        }
        impl MailResponse {
            pub fn attempts<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<u32>,
                T::Error: ::std::fmt::Display,
            {
                self.attempts = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for attempts: {e}")
                    });
                self
            }
            pub fn id<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::uuid::Uuid>,
                T::Error: ::std::fmt::Display,
            {
                self.id = value
                    .try_into()
                    .map_err(|e| format!("error converting supplied value for id: {e}"));
                self
            }
            pub fn kind<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::MailKind>,
                T::Error: ::std::fmt::Display,
            {
                self.kind = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for kind: {e}")
                    });
                self
            }
            pub fn last_error<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.last_error = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for last_error: {e}")
                    });
                self
            }
            pub fn next_attempt_at<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.next_attempt_at = value
                    .try_into()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for next_attempt_at: {e}"
                        )
                    });
                self
            }
            pub fn state<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::MailState>,
                T::Error: ::std::fmt::Display,
            {
                self.state = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for state: {e}")
                    });
                self
            }
            pub fn to<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.to = value
                    .try_into()
                    .map_err(|e| format!("error converting supplied value for to: {e}"));
                self
            }
        }
        impl ::std::convert::TryFrom<MailResponse> for super::MailResponse {
            type Error = super::error::ConversionError;
            fn try_from(
                value: MailResponse,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    attempts: value.attempts?,
                    id: value.id?,
                    kind: value.kind?,
                    last_error: value.last_error?,
                    next_attempt_at: value.next_attempt_at?,
                    state: value.state?,
                    to: value.to?,
                })
            }
        }
        impl ::std::convert::From<super::MailResponse> for MailResponse {
            fn from(value: super::MailResponse) -> Self {
                Self {
                    attempts: Ok(value.attempts),
                    id: Ok(value.id),
                    kind: Ok(value.kind),
                    last_error: Ok(value.last_error),
                    next_attempt_at: Ok(value.next_attempt_at),
                    state: Ok(value.state),
                    to: Ok(value.to),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct Problem {
            detail: ::std::result::Result<::std::string::String, ::std::string::String>,
            error_code: ::std::result::Result<super::ErrorCode, ::std::string::String>,
            errors: ::std::result::Result<
                ::std::vec::Vec<super::FieldError>,
                ::std::string::String,
            >,
            request_id: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
            status_code: ::std::result::Result<u16, ::std::string::String>,
            timestamp: ::std::result::Result<
                ::chrono::DateTime<::chrono::offset::Utc>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for Problem {
            fn default() -> Self {
                Self {
                    detail: Err("no value supplied for detail".to_string()),
                    error_code: Err("no value supplied for error_code".to_string()),
                    errors: Ok(Default::default()),
                    request_id: Err("no value supplied for request_id".to_string()),
                    status_code: Err("no value supplied for status_code".to_string()),
                    timestamp: Err("no value supplied for timestamp".to_string()),
                }
            }
        }
        impl Problem {
            pub fn detail<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.detail = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for detail: {e}")
                    });
                self
            }
            pub fn error_code<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::ErrorCode>,
                T::Error: ::std::fmt::Display,
            {
                self.error_code = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for error_code: {e}")
                    });
                self
            }
            pub fn errors<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::vec::Vec<super::FieldError>>,
                T::Error: ::std::fmt::Display,
            {
                self.errors = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for errors: {e}")
                    });
                self
            }
            pub fn request_id<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.request_id = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for request_id: {e}")
                    });
                self
            }
            pub fn status_code<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<u16>,
                T::Error: ::std::fmt::Display,
            {
                self.status_code = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for status_code: {e}")
                    });
                self
            }
            pub fn timestamp<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::chrono::DateTime<::chrono::offset::Utc>>,
                T::Error: ::std::fmt::Display,
            {
                self.timestamp = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for timestamp: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<Problem> for super::Problem {
            type Error = super::error::ConversionError;
            fn try_from(
                value: Problem,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    detail: value.detail?,
                    error_code: value.error_code?,
                    errors: value.errors?,
                    request_id: value.request_id?,
                    status_code: value.status_code?,
                    timestamp: value.timestamp?,
                })
            }
        }
        impl ::std::convert::From<super::Problem> for Problem {
            fn from(value: super::Problem) -> Self {
                Self {
                    detail: Ok(value.detail),
                    error_code: Ok(value.error_code),
                    errors: Ok(value.errors),
                    request_id: Ok(value.request_id),
                    status_code: Ok(value.status_code),
                    timestamp: Ok(value.timestamp),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct RefreshRequest {
            refresh_token: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for RefreshRequest {
            fn default() -> Self {
                Self {
                    refresh_token: Err("no value supplied for refresh_token".to_string()),
                }
            }
        }
        impl RefreshRequest {
            pub fn refresh_token<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.refresh_token = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for refresh_token: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<RefreshRequest> for super::RefreshRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: RefreshRequest,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    refresh_token: value.refresh_token?,
                })
            }
        }
        impl ::std::convert::From<super::RefreshRequest> for RefreshRequest {
            fn from(value: super::RefreshRequest) -> Self {
                Self {
                    refresh_token: Ok(value.refresh_token),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct RegisterRequest {
            email: ::std::result::Result<::std::string::String, ::std::string::String>,
            password: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
            username: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for RegisterRequest {
            fn default() -> Self {
                Self {
                    email: Err("no value supplied for email".to_string()),
                    password: Err("no value supplied for password".to_string()),
                    username: Ok(Default::default()),
                }
            }
        }
        impl RegisterRequest {
            pub fn email<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.email = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for email: {e}")
                    });
                self
            }
            pub fn password<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.password = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for password: {e}")
                    });
                self
            }
            pub fn username<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.username = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for username: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<RegisterRequest> for super::RegisterRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: RegisterRequest,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    email: value.email?,
                    password: value.password?,
                    username: value.username?,
                })
            }
        }
        impl ::std::convert::From<super::RegisterRequest> for RegisterRequest {
            fn from(value: super::RegisterRequest) -> Self {
                Self {
                    email: Ok(value.email),
                    password: Ok(value.password),
                    username: Ok(value.username),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct ResetPasswordRequest {
            new_password: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
            token: ::std::result::Result<::std::string::String, ::std::string::String>,
        }
        impl ::std::default::Default for ResetPasswordRequest {
            fn default() -> Self {
                Self {
                    new_password: Err("no value supplied for new_password".to_string()),
                    token: Err("no value supplied for token".to_string()),
                }
            }
        }
        impl ResetPasswordRequest {
            pub fn new_password<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.new_password = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for new_password: {e}")
                    });
                self
            }
            pub fn token<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.token = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for token: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<ResetPasswordRequest>
        for super::ResetPasswordRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: ResetPasswordRequest,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    new_password: value.new_password?,
                    token: value.token?,
                })
            }
        }
        impl ::std::convert::From<super::ResetPasswordRequest> for ResetPasswordRequest {
            fn from(value: super::ResetPasswordRequest) -> Self {
                Self {
                    new_password: Ok(value.new_password),
                    token: Ok(value.token),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct ServiceInfo {
            docs: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            health: ::std::result::Result<::std::string::String, ::std::string::String>,
            openapi: ::std::result::Result<::std::string::String, ::std::string::String>,
            service: ::std::result::Result<::std::string::String, ::std::string::String>,
            version: ::std::result::Result<::std::string::String, ::std::string::String>,
        }
        impl ::std::default::Default for ServiceInfo {
            fn default() -> Self {
                Self {
                    docs: Err("no value supplied for docs".to_string()),
                    health: Err("no value supplied for health".to_string()),
                    openapi: Err("no value supplied for openapi".to_string()),
                    service: Err("no value supplied for service".to_string()),
                    version: Err("no value supplied for version".to_string()),
                }
            }
        }
        impl ServiceInfo {
            pub fn docs<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.docs = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for docs: {e}")
                    });
                self
            }
            pub fn health<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.health = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for health: {e}")
                    });
                self
            }
            pub fn openapi<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.openapi = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for openapi: {e}")
                    });
                self
            }
            pub fn service<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.service = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for service: {e}")
                    });
                self
            }
            pub fn version<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.version = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for version: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<ServiceInfo> for super::ServiceInfo {
            type Error = super::error::ConversionError;
            fn try_from(
                value: ServiceInfo,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    docs: value.docs?,
                    health: value.health?,
                    openapi: value.openapi?,
                    service: value.service?,
                    version: value.version?,
                })
            }
        }
        impl ::std::convert::From<super::ServiceInfo> for ServiceInfo {
            fn from(value: super::ServiceInfo) -> Self {
                Self {
                    docs: Ok(value.docs),
                    health: Ok(value.health),
                    openapi: Ok(value.openapi),
                    service: Ok(value.service),
                    version: Ok(value.version),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct SessionList {
            items: ::std::result::Result<
                ::std::vec::Vec<super::SessionResponse>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for SessionList {
            fn default() -> Self {
                Self {
                    items: Err("no value supplied for items".to_string()),
                }
            }
        }
        impl SessionList {
            pub fn items<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::vec::Vec<super::SessionResponse>>,
                T::Error: ::std::fmt::Display,
            {
                self.items = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for items: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<SessionList> for super::SessionList {
            type Error = super::error::ConversionError;
            fn try_from(
                value: SessionList,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self { items: value.items? })
            }
        }
        impl ::std::convert::From<super::SessionList> for SessionList {
            fn from(value: super::SessionList) -> Self {
                Self { items: Ok(value.items) }
            }
        }
        #[derive(Clone, Debug)]
        pub struct SessionResponse {
            created_at: ::std::result::Result<
                ::chrono::DateTime<::chrono::offset::Utc>,
                ::std::string::String,
            >,
            current: ::std::result::Result<bool, ::std::string::String>,
            expires_at: ::std::result::Result<
                ::chrono::DateTime<::chrono::offset::Utc>,
                ::std::string::String,
            >,
            id: ::std::result::Result<::uuid::Uuid, ::std::string::String>,
            ip: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            last_used_at: ::std::result::Result<
                ::chrono::DateTime<::chrono::offset::Utc>,
                ::std::string::String,
            >,
            user_agent: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for SessionResponse {
            fn default() -> Self {
                Self {
                    created_at: Err("no value supplied for created_at".to_string()),
                    current: Err("no value supplied for current".to_string()),
                    expires_at: Err("no value supplied for expires_at".to_string()),
                    id: Err("no value supplied for id".to_string()),
                    ip: Err("no value supplied for ip".to_string()),
                    last_used_at: Err("no value supplied for last_used_at".to_string()),
                    user_agent: Err("no value supplied for user_agent".to_string()),
                }
            }
        }
        impl SessionResponse {
            pub fn created_at<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::chrono::DateTime<::chrono::offset::Utc>>,
                T::Error: ::std::fmt::Display,
            {
                self.created_at = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for created_at: {e}")
                    });
                self
            }
            pub fn current<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<bool>,
                T::Error: ::std::fmt::Display,
            {
                self.current = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for current: {e}")
                    });
                self
            }
            pub fn expires_at<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::chrono::DateTime<::chrono::offset::Utc>>,
                T::Error: ::std::fmt::Display,
            {
                self.expires_at = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for expires_at: {e}")
                    });
                self
            }
            pub fn id<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::uuid::Uuid>,
                T::Error: ::std::fmt::Display,
            {
                self.id = value
                    .try_into()
                    .map_err(|e| format!("error converting supplied value for id: {e}"));
                self
            }
            pub fn ip<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.ip = value
                    .try_into()
                    .map_err(|e| format!("error converting supplied value for ip: {e}"));
                self
            }
            pub fn last_used_at<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::chrono::DateTime<::chrono::offset::Utc>>,
                T::Error: ::std::fmt::Display,
            {
                self.last_used_at = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for last_used_at: {e}")
                    });
                self
            }
            pub fn user_agent<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.user_agent = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for user_agent: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<SessionResponse> for super::SessionResponse {
            type Error = super::error::ConversionError;
            fn try_from(
                value: SessionResponse,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    created_at: value.created_at?,
                    current: value.current?,
                    expires_at: value.expires_at?,
                    id: value.id?,
                    ip: value.ip?,
                    last_used_at: value.last_used_at?,
                    user_agent: value.user_agent?,
                })
            }
        }
        impl ::std::convert::From<super::SessionResponse> for SessionResponse {
            fn from(value: super::SessionResponse) -> Self {
                Self {
                    created_at: Ok(value.created_at),
                    current: Ok(value.current),
                    expires_at: Ok(value.expires_at),
                    id: Ok(value.id),
                    ip: Ok(value.ip),
                    last_used_at: Ok(value.last_used_at),
                    user_agent: Ok(value.user_agent),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct StartPasswordResetRequest {
            delivery: ::std::result::Result<super::ResetDelivery, ::std::string::String>,
        }
        impl ::std::default::Default for StartPasswordResetRequest {
            fn default() -> Self {
                Self {
                    delivery: Err("no value supplied for delivery".to_string()),
                }
            }
        }
        impl StartPasswordResetRequest {
            pub fn delivery<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::ResetDelivery>,
                T::Error: ::std::fmt::Display,
            {
                self.delivery = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for delivery: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<StartPasswordResetRequest>
        for super::StartPasswordResetRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: StartPasswordResetRequest,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self { delivery: value.delivery? })
            }
        }
        impl ::std::convert::From<super::StartPasswordResetRequest>
        for StartPasswordResetRequest {
            fn from(value: super::StartPasswordResetRequest) -> Self {
                Self {
                    delivery: Ok(value.delivery),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct StartedPasswordReset {
            expires_at: ::std::result::Result<
                ::chrono::DateTime<::chrono::offset::Utc>,
                ::std::string::String,
            >,
            token: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for StartedPasswordReset {
            fn default() -> Self {
                Self {
                    expires_at: Err("no value supplied for expires_at".to_string()),
                    token: Err("no value supplied for token".to_string()),
                }
            }
        }
        impl StartedPasswordReset {
            pub fn expires_at<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::chrono::DateTime<::chrono::offset::Utc>>,
                T::Error: ::std::fmt::Display,
            {
                self.expires_at = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for expires_at: {e}")
                    });
                self
            }
            pub fn token<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.token = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for token: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<StartedPasswordReset>
        for super::StartedPasswordReset {
            type Error = super::error::ConversionError;
            fn try_from(
                value: StartedPasswordReset,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    expires_at: value.expires_at?,
                    token: value.token?,
                })
            }
        }
        impl ::std::convert::From<super::StartedPasswordReset> for StartedPasswordReset {
            fn from(value: super::StartedPasswordReset) -> Self {
                Self {
                    expires_at: Ok(value.expires_at),
                    token: Ok(value.token),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct TokenResponse {
            access_token: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
            expires_in: ::std::result::Result<i64, ::std::string::String>,
            refresh_expires_in: ::std::result::Result<i64, ::std::string::String>,
            refresh_token: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
            token_type: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
            user: ::std::result::Result<super::UserResponse, ::std::string::String>,
        }
        impl ::std::default::Default for TokenResponse {
            fn default() -> Self {
                Self {
                    access_token: Err("no value supplied for access_token".to_string()),
                    expires_in: Err("no value supplied for expires_in".to_string()),
                    refresh_expires_in: Err(
                        "no value supplied for refresh_expires_in".to_string(),
                    ),
                    refresh_token: Err(
                        "no value supplied for refresh_token".to_string(),
                    ),
                    token_type: Err("no value supplied for token_type".to_string()),
                    user: Err("no value supplied for user".to_string()),
                }
            }
        }
        impl TokenResponse {
            pub fn access_token<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.access_token = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for access_token: {e}")
                    });
                self
            }
            pub fn expires_in<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<i64>,
                T::Error: ::std::fmt::Display,
            {
                self.expires_in = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for expires_in: {e}")
                    });
                self
            }
            pub fn refresh_expires_in<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<i64>,
                T::Error: ::std::fmt::Display,
            {
                self.refresh_expires_in = value
                    .try_into()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for refresh_expires_in: {e}"
                        )
                    });
                self
            }
            pub fn refresh_token<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.refresh_token = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for refresh_token: {e}")
                    });
                self
            }
            pub fn token_type<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.token_type = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for token_type: {e}")
                    });
                self
            }
            pub fn user<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::UserResponse>,
                T::Error: ::std::fmt::Display,
            {
                self.user = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for user: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<TokenResponse> for super::TokenResponse {
            type Error = super::error::ConversionError;
            fn try_from(
                value: TokenResponse,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    access_token: value.access_token?,
                    expires_in: value.expires_in?,
                    refresh_expires_in: value.refresh_expires_in?,
                    refresh_token: value.refresh_token?,
                    token_type: value.token_type?,
                    user: value.user?,
                })
            }
        }
        impl ::std::convert::From<super::TokenResponse> for TokenResponse {
            fn from(value: super::TokenResponse) -> Self {
                Self {
                    access_token: Ok(value.access_token),
                    expires_in: Ok(value.expires_in),
                    refresh_expires_in: Ok(value.refresh_expires_in),
                    refresh_token: Ok(value.refresh_token),
                    token_type: Ok(value.token_type),
                    user: Ok(value.user),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct UpdateMeRequest {
            current_password: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            email: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            username: ::std::result::Result<
                ::std::option::Option<crate::Edit<::std::string::String>>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for UpdateMeRequest {
            fn default() -> Self {
                Self {
                    current_password: Ok(Default::default()),
                    email: Ok(Default::default()),
                    username: Ok(Default::default()),
                }
            }
        }
        impl UpdateMeRequest {
            pub fn current_password<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.current_password = value
                    .try_into()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for current_password: {e}"
                        )
                    });
                self
            }
            pub fn email<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.email = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for email: {e}")
                    });
                self
            }
            pub fn username<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::option::Option<crate::Edit<::std::string::String>>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.username = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for username: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<UpdateMeRequest> for super::UpdateMeRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: UpdateMeRequest,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    current_password: value.current_password?,
                    email: value.email?,
                    username: value.username?,
                })
            }
        }
        impl ::std::convert::From<super::UpdateMeRequest> for UpdateMeRequest {
            fn from(value: super::UpdateMeRequest) -> Self {
                Self {
                    current_password: Ok(value.current_password),
                    email: Ok(value.email),
                    username: Ok(value.username),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct UpdateUserRequest {
            email: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            email_verified: ::std::result::Result<
                ::std::option::Option<bool>,
                ::std::string::String,
            >,
            is_active: ::std::result::Result<
                ::std::option::Option<bool>,
                ::std::string::String,
            >,
            is_superuser: ::std::result::Result<
                ::std::option::Option<bool>,
                ::std::string::String,
            >,
            username: ::std::result::Result<
                ::std::option::Option<crate::Edit<::std::string::String>>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for UpdateUserRequest {
            fn default() -> Self {
                Self {
                    email: Ok(Default::default()),
                    email_verified: Ok(Default::default()),
                    is_active: Ok(Default::default()),
                    is_superuser: Ok(Default::default()),
                    username: Ok(Default::default()),
                }
            }
        }
        impl UpdateUserRequest {
            pub fn email<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.email = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for email: {e}")
                    });
                self
            }
            pub fn email_verified<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<bool>>,
                T::Error: ::std::fmt::Display,
            {
                self.email_verified = value
                    .try_into()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for email_verified: {e}"
                        )
                    });
                self
            }
            pub fn is_active<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<bool>>,
                T::Error: ::std::fmt::Display,
            {
                self.is_active = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for is_active: {e}")
                    });
                self
            }
            pub fn is_superuser<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<bool>>,
                T::Error: ::std::fmt::Display,
            {
                self.is_superuser = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for is_superuser: {e}")
                    });
                self
            }
            pub fn username<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::option::Option<crate::Edit<::std::string::String>>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.username = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for username: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<UpdateUserRequest> for super::UpdateUserRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: UpdateUserRequest,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    email: value.email?,
                    email_verified: value.email_verified?,
                    is_active: value.is_active?,
                    is_superuser: value.is_superuser?,
                    username: value.username?,
                })
            }
        }
        impl ::std::convert::From<super::UpdateUserRequest> for UpdateUserRequest {
            fn from(value: super::UpdateUserRequest) -> Self {
                Self {
                    email: Ok(value.email),
                    email_verified: Ok(value.email_verified),
                    is_active: Ok(value.is_active),
                    is_superuser: Ok(value.is_superuser),
                    username: Ok(value.username),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct UserPage {
            items: ::std::result::Result<
                ::std::vec::Vec<super::UserResponse>,
                ::std::string::String,
            >,
            next_cursor: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for UserPage {
            fn default() -> Self {
                Self {
                    items: Err("no value supplied for items".to_string()),
                    next_cursor: Err("no value supplied for next_cursor".to_string()),
                }
            }
        }
        impl UserPage {
            pub fn items<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::vec::Vec<super::UserResponse>>,
                T::Error: ::std::fmt::Display,
            {
                self.items = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for items: {e}")
                    });
                self
            }
            pub fn next_cursor<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.next_cursor = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for next_cursor: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<UserPage> for super::UserPage {
            type Error = super::error::ConversionError;
            fn try_from(
                value: UserPage,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    items: value.items?,
                    next_cursor: value.next_cursor?,
                })
            }
        }
        impl ::std::convert::From<super::UserPage> for UserPage {
            fn from(value: super::UserPage) -> Self {
                Self {
                    items: Ok(value.items),
                    next_cursor: Ok(value.next_cursor),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct UserResponse {
            created_at: ::std::result::Result<
                ::chrono::DateTime<::chrono::offset::Utc>,
                ::std::string::String,
            >,
            email: ::std::result::Result<::std::string::String, ::std::string::String>,
            email_verified: ::std::result::Result<bool, ::std::string::String>,
            id: ::std::result::Result<::uuid::Uuid, ::std::string::String>,
            is_active: ::std::result::Result<bool, ::std::string::String>,
            is_superuser: ::std::result::Result<bool, ::std::string::String>,
            last_login: ::std::result::Result<
                ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
                ::std::string::String,
            >,
            updated_at: ::std::result::Result<
                ::chrono::DateTime<::chrono::offset::Utc>,
                ::std::string::String,
            >,
            username: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for UserResponse {
            fn default() -> Self {
                Self {
                    created_at: Err("no value supplied for created_at".to_string()),
                    email: Err("no value supplied for email".to_string()),
                    email_verified: Err(
                        "no value supplied for email_verified".to_string(),
                    ),
                    id: Err("no value supplied for id".to_string()),
                    is_active: Err("no value supplied for is_active".to_string()),
                    is_superuser: Err("no value supplied for is_superuser".to_string()),
                    last_login: Err("no value supplied for last_login".to_string()),
                    updated_at: Err("no value supplied for updated_at".to_string()),
                    username: Err("no value supplied for username".to_string()),
                }
            }
        }
        impl UserResponse {
            pub fn created_at<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::chrono::DateTime<::chrono::offset::Utc>>,
                T::Error: ::std::fmt::Display,
            {
                self.created_at = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for created_at: {e}")
                    });
                self
            }
            pub fn email<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.email = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for email: {e}")
                    });
                self
            }
            pub fn email_verified<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<bool>,
                T::Error: ::std::fmt::Display,
            {
                self.email_verified = value
                    .try_into()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for email_verified: {e}"
                        )
                    });
                self
            }
            pub fn id<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::uuid::Uuid>,
                T::Error: ::std::fmt::Display,
            {
                self.id = value
                    .try_into()
                    .map_err(|e| format!("error converting supplied value for id: {e}"));
                self
            }
            pub fn is_active<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<bool>,
                T::Error: ::std::fmt::Display,
            {
                self.is_active = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for is_active: {e}")
                    });
                self
            }
            pub fn is_superuser<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<bool>,
                T::Error: ::std::fmt::Display,
            {
                self.is_superuser = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for is_superuser: {e}")
                    });
                self
            }
            pub fn last_login<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.last_login = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for last_login: {e}")
                    });
                self
            }
            pub fn updated_at<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::chrono::DateTime<::chrono::offset::Utc>>,
                T::Error: ::std::fmt::Display,
            {
                self.updated_at = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for updated_at: {e}")
                    });
                self
            }
            pub fn username<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.username = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for username: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<UserResponse> for super::UserResponse {
            type Error = super::error::ConversionError;
            fn try_from(
                value: UserResponse,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    created_at: value.created_at?,
                    email: value.email?,
                    email_verified: value.email_verified?,
                    id: value.id?,
                    is_active: value.is_active?,
                    is_superuser: value.is_superuser?,
                    last_login: value.last_login?,
                    updated_at: value.updated_at?,
                    username: value.username?,
                })
            }
        }
        impl ::std::convert::From<super::UserResponse> for UserResponse {
            fn from(value: super::UserResponse) -> Self {
                Self {
                    created_at: Ok(value.created_at),
                    email: Ok(value.email),
                    email_verified: Ok(value.email_verified),
                    id: Ok(value.id),
                    is_active: Ok(value.is_active),
                    is_superuser: Ok(value.is_superuser),
                    last_login: Ok(value.last_login),
                    updated_at: Ok(value.updated_at),
                    username: Ok(value.username),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct VerifyEmailRequest {
            token: ::std::result::Result<::std::string::String, ::std::string::String>,
        }
        impl ::std::default::Default for VerifyEmailRequest {
            fn default() -> Self {
                Self {
                    token: Err("no value supplied for token".to_string()),
                }
            }
        }
        impl VerifyEmailRequest {
            pub fn token<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.token = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for token: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<VerifyEmailRequest> for super::VerifyEmailRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: VerifyEmailRequest,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self { token: value.token? })
            }
        }
        impl ::std::convert::From<super::VerifyEmailRequest> for VerifyEmailRequest {
            fn from(value: super::VerifyEmailRequest) -> Self {
                Self { token: Ok(value.token) }
            }
        }
    }
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
}
#[derive(Clone, Debug)]
/**Client for Countersign

Countersign keeps accounts, logs people in and knows who they are, so that no application has to.

# Getting started

1. **Register.** `POST /auth/register` with an e-mail address and a password. The answer holds two tokens.
2. **Say who you are.** Send `Authorization: Bearer <access_token>` to `GET /users/me`.
3. **Stay logged in.** When the access token has expired, `POST /auth/refresh` exchanges the `refresh_token` for a
   new pair.
4. **Log out.** `POST /auth/logout`. Both tokens are worth nothing from then on.

To try this out in Swagger UI (`/docs`), press *Authorize* once and either paste an access token or log in with an address
and a password; every request is then made in that person's name. Each request is filled in with an example to
change and send.

Everything is served under `/api/v1` and, for those who like it short, under `/`.

# Tokens and sessions

Each login, and each registration that logs in, begins a **session**: one device on which a person is logged in.
`GET /users/me/sessions` lists them.

| token | what it is | how long it is good for |
|---|---|---|
| access token | a JWT in the profile of RFC 9068, shown as a bearer token (RFC 6750) | `expires_in` seconds, 30 minutes unless configured otherwise |
| refresh token | opaque, begins with `csr_`, shown to `POST /auth/refresh` only | `refresh_expires_in` seconds, 7 days from its last use |

- **A refresh token serves once.** Each refresh gives out the next one. The same token gets the same successor for
  10 seconds, so two tabs or a lost answer do no harm. Used later, it may be stolen: the session ends, with
  `TOKEN_REUSED`.
- **What ends acts at once.** A logout, a new password, a deactivated account: the next request with an old token
  is refused.
- Which 401 means what: with `TOKEN_EXPIRED` refresh and try again; with any other one, log in again.

Your own services can verify access tokens themselves, with the keys of `GET /.well-known/jwks.json`.

# Passwords and mail

New passwords have 8 to 128 characters of any kind. Refused are common ones, ones made from the person's own
address or name, and, if so configured, those known from leaks of other services. A weak one is answered 400
`VALIDATION_ERROR`, with everything that is wrong with it at once.

Addresses are verified and forgotten passwords replaced by **links in mails**. A link carries a token that works once
and for a while: `POST /auth/verify-email` and `POST /auth/password/reset` take it. Asking for such a mail is
answered 202 whether or not there is an account, so that nobody can find out which addresses have one.

# Errors

Every error of every operation has one form, `Problem`:

```json
{
  "detail": "The request is not valid",
  "error_code": "VALIDATION_ERROR",
  "status_code": 400,
  "timestamp": "2026-01-31T10:30:45.123Z",
  "request_id": "550e8400-e29b-41d4-a716-446655440000",
  "errors": [{"field": "password", "code": "too_short", "message": "must have at least 8 characters"}]
}
```

- `error_code` is for programs, from a closed list, and always comes with the same status. `detail` is for people and
  may be reworded.
- `errors` is there where members of the request are to blame: all of them at once, each with a `code` from a closed
  list. What was sent is never repeated.
- `request_id` is the `X-Request-Id` of the answer. The log of the service has it as well, so quote it when you report
  an error. Send an `X-Request-Id` of your own (1 to 128 of `A-Za-z0-9._-`) and it is kept.
- An unknown address is answered 404 `NOT_FOUND`, a wrong method 405 `METHOD_NOT_ALLOWED` with `Allow`.
- 500 and 503 are the service's own fault. With 503, `Retry-After` says in how many seconds to try again.

# Limits

- What could be guessed may be tried only so often: by client address, and by account whoever tries. What is too
  much is answered 429 `RATE_LIMITED`, and `Retry-After` says in how many seconds to try again. Nobody is locked out for
  good.
- Bodies have 64 KiB at most, requests 30 seconds, unless configured otherwise.
- Lists come in pages of `limit` items. `next_cursor` of one page is the `cursor` of the next; it is `null` on the
  last. Keep the other parameters as they were.

# Conventions

JSON in and out, in UTF-8. Ids are UUIDs (version 7). Times are RFC 3339 in UTC with milliseconds:
`2026-01-31T10:30:45.123Z`. Unknown and repeated members and parameters are refused rather than dropped silently, so
a typo is noticed at once. In `PATCH` bodies, what is left out stays as it is (RFC 7396).

Answers may get new members with any version, and new error codes, kinds of event and kinds of mail come with minor
versions: ignore what you don't know.


Version: 0.1.0*/
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
    pub(crate) inner: crate::Token,
}
impl Client {
    /// Create a new client.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new(baseurl: &str, inner: crate::Token) -> Self {
        #[cfg(not(target_arch = "wasm32"))]
        let client = {
            let dur = ::std::time::Duration::from_secs(15u64);
            reqwest::ClientBuilder::new().connect_timeout(dur).timeout(dur)
        };
        #[cfg(target_arch = "wasm32")]
        let client = reqwest::ClientBuilder::new();
        Self::new_with_client(baseurl, client.build().unwrap(), inner)
    }
    /// Construct a new client with an existing `reqwest::Client`,
    /// allowing more control over its configuration.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new_with_client(
        baseurl: &str,
        client: reqwest::Client,
        inner: crate::Token,
    ) -> Self {
        Self {
            baseurl: baseurl.to_string(),
            client,
            inner,
        }
    }
}
impl ClientInfo<crate::Token> for Client {
    fn api_version() -> &'static str {
        "0.1.0"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &crate::Token {
        &self.inner
    }
}
const _: () = {
    #[allow(dead_code)]
    fn assert_client_hooks()
    where
        Client: ClientHooks<crate::Token>,
    {}
};
impl Client {
    /**Register

Creates an account and logs its owner in, or has the address verified first, as the service is
configured. A link to verify the address is sent in any case. Of two requests for the same address or
name, exactly one succeeds.

Sends a `POST` request to `/auth/register`

```ignore
let response = client.register()
    .body(body)
    .send()
    .await;
```*/
    pub fn register(&self) -> builder::Register<'_> {
        builder::Register::new(self)
    }
    /**Log in

Begins a new session on this device. Takes JSON, or the password form of OAuth 2.0 with the
e-mail address or user name in `username`.

Sends a `POST` request to `/auth/login`

Arguments:
- `body`: A login, as JSON or as a form.
```ignore
let response = client.login()
    .body(body)
    .send()
    .await;
```*/
    pub fn login(&self) -> builder::Login<'_> {
        builder::Login::new(self)
    }
    /**Refresh

Exchanges a refresh token for a new pair of tokens; the old refresh token is void from then on.
Within a few seconds it gets the same new refresh token again, for two tabs that refresh together
or an answer that was lost. Used later, it ends the session.

Sends a `POST` request to `/auth/refresh`

```ignore
let response = client.refresh()
    .body(body)
    .send()
    .await;
```*/
    pub fn refresh(&self) -> builder::Refresh<'_> {
        builder::Refresh::new(self)
    }
    /**Log out

Ends the session that the access token belongs to, at once.

Sends a `POST` request to `/auth/logout`

```ignore
let response = client.logout()
    .send()
    .await;
```*/
    pub fn logout(&self) -> builder::Logout<'_> {
        builder::Logout::new(self)
    }
    /**Verify an e-mail address

Shows by the token of a link that the address is the person's own. It works once.

Sends a `POST` request to `/auth/verify-email`

```ignore
let response = client.verify_email()
    .body(body)
    .send()
    .await;
```*/
    pub fn verify_email(&self) -> builder::VerifyEmail<'_> {
        builder::VerifyEmail::new(self)
    }
    /**Ask for a link to verify an address

Has a link sent to the address, if there is an active account that has it and has not verified it yet.
Older links are void then. The answer is the same for every address, and takes the same time.

Sends a `POST` request to `/auth/verify-email/request`

```ignore
let response = client.request_email_verification()
    .body(body)
    .send()
    .await;
```*/
    pub fn request_email_verification(&self) -> builder::RequestEmailVerification<'_> {
        builder::RequestEmailVerification::new(self)
    }
    /**Ask for a link to set a new password

Has a link sent to the address, if there is an active account that has it. Older links are void then.
The answer is the same for every address, and takes the same time.

Sends a `POST` request to `/auth/password/forgot`

```ignore
let response = client.request_password_reset()
    .body(body)
    .send()
    .await;
```*/
    pub fn request_password_reset(&self) -> builder::RequestPasswordReset<'_> {
        builder::RequestPasswordReset::new(self)
    }
    /**Set a new password by a link

Replaces the password with the token of a link. It works once; all sessions of the account end. A link
that was sent by mail verifies the address as well. One that was sent because the address was changed
gives the account the address before back. A password that may not be chosen does not use the link up.

Sends a `POST` request to `/auth/password/reset`

```ignore
let response = client.reset_password()
    .body(body)
    .send()
    .await;
```*/
    pub fn reset_password(&self) -> builder::ResetPassword<'_> {
        builder::ResetPassword::new(self)
    }
    /**Get my account

The account that the access token stands for, as it is now.

Sends a `GET` request to `/users/me`

```ignore
let response = client.get_me()
    .send()
    .await;
```*/
    pub fn get_me(&self) -> builder::GetMe<'_> {
        builder::GetMe::new(self)
    }
    /**Delete my account

Deletes the account with its sessions, for good. A wrong current password counts as a failed login.

Sends a `DELETE` request to `/users/me`

```ignore
let response = client.delete_me()
    .body(body)
    .send()
    .await;
```*/
    pub fn delete_me(&self) -> builder::DeleteMe<'_> {
        builder::DeleteMe::new(self)
    }
    /**Change my account

Changes the e-mail address or the user name. Another address needs the current password, and is not
verified. A wrong one counts as a failed login.

Sends a `PATCH` request to `/users/me`

```ignore
let response = client.update_me()
    .body(body)
    .send()
    .await;
```*/
    pub fn update_me(&self) -> builder::UpdateMe<'_> {
        builder::UpdateMe::new(self)
    }
    /**Change my password

Replaces the password and ends every other session, at once. A wrong current password counts as a
failed login.

Sends a `POST` request to `/users/me/password`

```ignore
let response = client.change_password()
    .body(body)
    .send()
    .await;
```*/
    pub fn change_password(&self) -> builder::ChangePassword<'_> {
        builder::ChangePassword::new(self)
    }
    /**List my security events

What happened to the account: logins, failed ones too, changes and ended sessions, the newest first.

Sends a `GET` request to `/users/me/security-events`

Arguments:
- `cursor`: The `next_cursor` of the page before.
- `limit`: How many events a page has.
```ignore
let response = client.list_security_events()
    .cursor(cursor)
    .limit(limit)
    .send()
    .await;
```*/
    pub fn list_security_events(&self) -> builder::ListSecurityEvents<'_> {
        builder::ListSecurityEvents::new(self)
    }
    /**List my sessions

The devices on which the person is logged in, the one used last first.

Sends a `GET` request to `/users/me/sessions`

```ignore
let response = client.list_sessions()
    .send()
    .await;
```*/
    pub fn list_sessions(&self) -> builder::ListSessions<'_> {
        builder::ListSessions::new(self)
    }
    /**End all my other sessions

Logs the person out on every device but the one that asks, at once.

Sends a `DELETE` request to `/users/me/sessions`

```ignore
let response = client.end_other_sessions()
    .send()
    .await;
```*/
    pub fn end_other_sessions(&self) -> builder::EndOtherSessions<'_> {
        builder::EndOtherSessions::new(self)
    }
    /**End one of my sessions

Logs the person out on one device, at once. It may be the device that asks.

Sends a `DELETE` request to `/users/me/sessions/{id}`

Arguments:
- `id`: The session to end.
```ignore
let response = client.end_session()
    .id(id)
    .send()
    .await;
```*/
    pub fn end_session(&self) -> builder::EndSession<'_> {
        builder::EndSession::new(self)
    }
    /**List accounts

The accounts, the newest first, page by page. Accounts that are created meanwhile make no account
come twice or be missed. For superusers.

Sends a `GET` request to `/admin/users`

Arguments:
- `cursor`: The `next_cursor` of the page before.
- `is_active`: Only accounts that may, or may not, use the service.
- `limit`: How many accounts a page has.
- `q`: Only accounts whose address or name begins so, in any case.
```ignore
let response = client.list_users()
    .cursor(cursor)
    .is_active(is_active)
    .limit(limit)
    .q(q)
    .send()
    .await;
```*/
    pub fn list_users(&self) -> builder::ListUsers<'_> {
        builder::ListUsers::new(self)
    }
    /**Create an account

Creates an account, whether or not registration is open. Without a password, the person is sent a link to
set one; with one, a link to verify the address. For superusers.

Sends a `POST` request to `/admin/users`

```ignore
let response = client.create_user()
    .body(body)
    .send()
    .await;
```*/
    pub fn create_user(&self) -> builder::CreateUser<'_> {
        builder::CreateUser::new(self)
    }
    /**Get an account

Anybody's account. For superusers.

Sends a `GET` request to `/admin/users/{id}`

Arguments:
- `id`: The account.
```ignore
let response = client.get_user()
    .id(id)
    .send()
    .await;
```*/
    pub fn get_user(&self) -> builder::GetUser<'_> {
        builder::GetUser::new(self)
    }
    /**Delete an account

Deletes an account with its sessions, for good. For superusers.

Sends a `DELETE` request to `/admin/users/{id}`

Arguments:
- `id`: The account.
```ignore
let response = client.delete_user()
    .id(id)
    .send()
    .await;
```*/
    pub fn delete_user(&self) -> builder::DeleteUser<'_> {
        builder::DeleteUser::new(self)
    }
    /**Change an account

Changes what is given, and all of it or nothing. A role acts from the next request on. An account
that may no longer use the service loses all its sessions at once. For superusers.

Sends a `PATCH` request to `/admin/users/{id}`

Arguments:
- `id`: The account.
- `body`
```ignore
let response = client.update_user()
    .id(id)
    .body(body)
    .send()
    .await;
```*/
    pub fn update_user(&self) -> builder::UpdateUser<'_> {
        builder::UpdateUser::new(self)
    }
    /**Start a password reset

Sends the person a link to set a new password, or answers with its token for the caller to hand over. It
works once; older ones are void. Nobody ever chooses a password for somebody else. For superusers.

Sends a `POST` request to `/admin/users/{id}/password-reset`

Arguments:
- `id`: The account.
- `body`
```ignore
let response = client.start_password_reset()
    .id(id)
    .body(body)
    .send()
    .await;
```*/
    pub fn start_password_reset(&self) -> builder::StartPasswordReset<'_> {
        builder::StartPasswordReset::new(self)
    }
    /**End all sessions of an account

Logs a person out on every device, at once. For superusers.

Sends a `DELETE` request to `/admin/users/{id}/sessions`

Arguments:
- `id`: The account.
```ignore
let response = client.end_user_sessions()
    .id(id)
    .send()
    .await;
```*/
    pub fn end_user_sessions(&self) -> builder::EndUserSessions<'_> {
        builder::EndUserSessions::new(self)
    }
    /**List security events

What happened to all accounts, the newest first. For superusers.

Sends a `GET` request to `/admin/audit-events`

Arguments:
- `cursor`: The `next_cursor` of the page before.
- `event`: Only events of this kind.
- `limit`: How many events a page has.
- `since`: Only events at this time or later.
- `until`: Only events before this time.
- `user_id`: Only what this user did, or what happened to the account.
```ignore
let response = client.list_audit_events()
    .cursor(cursor)
    .event(event)
    .limit(limit)
    .since(since)
    .until(until)
    .user_id(user_id)
    .send()
    .await;
```*/
    pub fn list_audit_events(&self) -> builder::ListAuditEvents<'_> {
        builder::ListAuditEvents::new(self)
    }
    /**List mails

The mails of the last days, sent or not, the newest first; neither their texts nor their links. For
superusers.

Sends a `GET` request to `/admin/mail-outbox`

Arguments:
- `cursor`: The `next_cursor` of the page before.
- `limit`: How many mails a page has.
- `state`: Only mails in this state.
```ignore
let response = client.list_mails()
    .cursor(cursor)
    .limit(limit)
    .state(state)
    .send()
    .await;
```*/
    pub fn list_mails(&self) -> builder::ListMails<'_> {
        builder::ListMails::new(self)
    }
    /**List circuit breakers

What the instance that answers is connected to, and whether it can be reached. For superusers; asked
past the breaker of the database, so that it is answered while that one is open.

Sends a `GET` request to `/admin/circuit-breakers`

```ignore
let response = client.list_circuit_breakers()
    .send()
    .await;
```*/
    pub fn list_circuit_breakers(&self) -> builder::ListCircuitBreakers<'_> {
        builder::ListCircuitBreakers::new(self)
    }
    /**Reset a circuit breaker

Closes it, as if what it is round had never failed: for when that is known to work again. Other
instances have breakers of their own. For superusers.

Sends a `POST` request to `/admin/circuit-breakers/{name}/reset`

Arguments:
- `name`: The breaker's name.
```ignore
let response = client.reset_circuit_breaker()
    .name(name)
    .send()
    .await;
```*/
    pub fn reset_circuit_breaker(&self) -> builder::ResetCircuitBreaker<'_> {
        builder::ResetCircuitBreaker::new(self)
    }
    /**Get the public keys

Verify an access token with the key that its `kid` header names, and accept no other algorithm
than the key's `alg`; require the header `typ: at+jwt` and the claims `iss`, `aud` and `exp`. Ask
again when a token names a key that is not in the set. Where tokens are signed with a shared
secret, the set is empty.

Sends a `GET` request to `/.well-known/jwks.json`

```ignore
let response = client.get_jwks()
    .send()
    .await;
```*/
    pub fn get_jwks(&self) -> builder::GetJwks<'_> {
        builder::GetJwks::new(self)
    }
    /**Get the issuer and where its keys are

For libraries that find the keys by themselves. `issuer` is the `iss` claim of access tokens, as
it is configured. Countersign is no OpenID provider, so there is nothing else to find.

Sends a `GET` request to `/.well-known/openid-configuration`

```ignore
let response = client.get_openid_configuration()
    .send()
    .await;
```*/
    pub fn get_openid_configuration(&self) -> builder::GetOpenidConfiguration<'_> {
        builder::GetOpenidConfiguration::new(self)
    }
    /**Get the service

Name, version and where to read on. Answers as long as the process serves.

Sends a `GET` request to `/`

```ignore
let response = client.get_service()
    .send()
    .await;
```*/
    pub fn get_service(&self) -> builder::GetService<'_> {
        builder::GetService::new(self)
    }
    /**Get the health

Whether requests can be served, and what stands in the way. For load balancers and readiness
probes.

Sends a `GET` request to `/health`

```ignore
let response = client.get_health()
    .send()
    .await;
```*/
    pub fn get_health(&self) -> builder::GetHealth<'_> {
        builder::GetHealth::new(self)
    }
    /**Get a sign of life

Answers as long as the process serves, whatever the state of the database. For liveness probes.

Sends a `GET` request to `/health/live`

```ignore
let response = client.get_liveness()
    .send()
    .await;
```*/
    pub fn get_liveness(&self) -> builder::GetLiveness<'_> {
        builder::GetLiveness::new(self)
    }
    /**Get the metrics

What Prometheus collects. It holds nothing of anybody, but tells how much the service is used: don't
let the public ask for it. It can be served on an address of its own, and then it is not found here.

Sends a `GET` request to `/metrics`

```ignore
let response = client.get_metrics()
    .send()
    .await;
```*/
    pub fn get_metrics(&self) -> builder::GetMetrics<'_> {
        builder::GetMetrics::new(self)
    }
}
/// Types for composing operation parameters.
#[allow(clippy::all)]
pub mod builder {
    use super::types;
    #[allow(unused_imports)]
    use super::{
        encode_path, ByteStream, ClientInfo, ClientHooks, Error, OperationInfo,
        RequestBuilderExt, ResponseValue,
    };
    /**Builder for [`Client::register`]

[`Client::register`]: super::Client::register*/
    #[derive(Debug, Clone)]
    pub struct Register<'a> {
        client: &'a super::Client,
        body: Result<types::builder::RegisterRequest, String>,
    }
    impl<'a> Register<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::RegisterRequest>,
            <V as std::convert::TryInto<
                types::RegisterRequest,
            >>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| {
                    format!("conversion to `RegisterRequest` for body failed: {}", s)
                });
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::RegisterRequest,
            ) -> types::builder::RegisterRequest,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `POST` request to `/auth/register`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::Registered>, Error<types::Problem>> {
            let Self { client, body } = self;
            let body = body
                .and_then(|v| {
                    types::RegisterRequest::try_from(v).map_err(|e| e.to_string())
                })
                .map_err(Error::InvalidRequest)?;
            let url = format!("{}/auth/register", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "register",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                201u16 => ResponseValue::from_response(response).await,
                202u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                429u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::login`]

[`Client::login`]: super::Client::login*/
    #[derive(Debug, Clone)]
    pub struct Login<'a> {
        client: &'a super::Client,
        body: Result<types::builder::LoginRequest, String>,
    }
    impl<'a> Login<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::LoginRequest>,
            <V as std::convert::TryInto<types::LoginRequest>>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| {
                    format!("conversion to `LoginRequest` for body failed: {}", s)
                });
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::LoginRequest,
            ) -> types::builder::LoginRequest,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `POST` request to `/auth/login`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::TokenResponse>, Error<types::Problem>> {
            let Self { client, body } = self;
            let body = body
                .and_then(|v| {
                    types::LoginRequest::try_from(v).map_err(|e| e.to_string())
                })
                .map_err(Error::InvalidRequest)?;
            let url = format!("{}/auth/login", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "login",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                429u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::refresh`]

[`Client::refresh`]: super::Client::refresh*/
    #[derive(Debug, Clone)]
    pub struct Refresh<'a> {
        client: &'a super::Client,
        body: Result<types::builder::RefreshRequest, String>,
    }
    impl<'a> Refresh<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::RefreshRequest>,
            <V as std::convert::TryInto<
                types::RefreshRequest,
            >>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| {
                    format!("conversion to `RefreshRequest` for body failed: {}", s)
                });
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::RefreshRequest,
            ) -> types::builder::RefreshRequest,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `POST` request to `/auth/refresh`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::TokenResponse>, Error<types::Problem>> {
            let Self { client, body } = self;
            let body = body
                .and_then(|v| {
                    types::RefreshRequest::try_from(v).map_err(|e| e.to_string())
                })
                .map_err(Error::InvalidRequest)?;
            let url = format!("{}/auth/refresh", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "refresh",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                429u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::logout`]

[`Client::logout`]: super::Client::logout*/
    #[derive(Debug, Clone)]
    pub struct Logout<'a> {
        client: &'a super::Client,
    }
    impl<'a> Logout<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self { client: client }
        }
        ///Sends a `POST` request to `/auth/logout`
        pub async fn send(self) -> Result<ResponseValue<()>, Error<types::Problem>> {
            let Self { client } = self;
            let url = format!("{}/auth/logout", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "logout",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::verify_email`]

[`Client::verify_email`]: super::Client::verify_email*/
    #[derive(Debug, Clone)]
    pub struct VerifyEmail<'a> {
        client: &'a super::Client,
        body: Result<types::builder::VerifyEmailRequest, String>,
    }
    impl<'a> VerifyEmail<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::VerifyEmailRequest>,
            <V as std::convert::TryInto<
                types::VerifyEmailRequest,
            >>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| {
                    format!("conversion to `VerifyEmailRequest` for body failed: {}", s)
                });
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::VerifyEmailRequest,
            ) -> types::builder::VerifyEmailRequest,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `POST` request to `/auth/verify-email`
        pub async fn send(self) -> Result<ResponseValue<()>, Error<types::Problem>> {
            let Self { client, body } = self;
            let body = body
                .and_then(|v| {
                    types::VerifyEmailRequest::try_from(v).map_err(|e| e.to_string())
                })
                .map_err(Error::InvalidRequest)?;
            let url = format!("{}/auth/verify-email", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "verify_email",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                429u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::request_email_verification`]

[`Client::request_email_verification`]: super::Client::request_email_verification*/
    #[derive(Debug, Clone)]
    pub struct RequestEmailVerification<'a> {
        client: &'a super::Client,
        body: Result<types::builder::MailRequest, String>,
    }
    impl<'a> RequestEmailVerification<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::MailRequest>,
            <V as std::convert::TryInto<types::MailRequest>>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| {
                    format!("conversion to `MailRequest` for body failed: {}", s)
                });
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::MailRequest,
            ) -> types::builder::MailRequest,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `POST` request to `/auth/verify-email/request`
        pub async fn send(self) -> Result<ResponseValue<()>, Error<types::Problem>> {
            let Self { client, body } = self;
            let body = body
                .and_then(|v| types::MailRequest::try_from(v).map_err(|e| e.to_string()))
                .map_err(Error::InvalidRequest)?;
            let url = format!("{}/auth/verify-email/request", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "request_email_verification",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                202u16 => Ok(ResponseValue::empty(response)),
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                429u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::request_password_reset`]

[`Client::request_password_reset`]: super::Client::request_password_reset*/
    #[derive(Debug, Clone)]
    pub struct RequestPasswordReset<'a> {
        client: &'a super::Client,
        body: Result<types::builder::MailRequest, String>,
    }
    impl<'a> RequestPasswordReset<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::MailRequest>,
            <V as std::convert::TryInto<types::MailRequest>>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| {
                    format!("conversion to `MailRequest` for body failed: {}", s)
                });
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::MailRequest,
            ) -> types::builder::MailRequest,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `POST` request to `/auth/password/forgot`
        pub async fn send(self) -> Result<ResponseValue<()>, Error<types::Problem>> {
            let Self { client, body } = self;
            let body = body
                .and_then(|v| types::MailRequest::try_from(v).map_err(|e| e.to_string()))
                .map_err(Error::InvalidRequest)?;
            let url = format!("{}/auth/password/forgot", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "request_password_reset",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                202u16 => Ok(ResponseValue::empty(response)),
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                429u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::reset_password`]

[`Client::reset_password`]: super::Client::reset_password*/
    #[derive(Debug, Clone)]
    pub struct ResetPassword<'a> {
        client: &'a super::Client,
        body: Result<types::builder::ResetPasswordRequest, String>,
    }
    impl<'a> ResetPassword<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::ResetPasswordRequest>,
            <V as std::convert::TryInto<
                types::ResetPasswordRequest,
            >>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| {
                    format!(
                        "conversion to `ResetPasswordRequest` for body failed: {}", s
                    )
                });
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::ResetPasswordRequest,
            ) -> types::builder::ResetPasswordRequest,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `POST` request to `/auth/password/reset`
        pub async fn send(self) -> Result<ResponseValue<()>, Error<types::Problem>> {
            let Self { client, body } = self;
            let body = body
                .and_then(|v| {
                    types::ResetPasswordRequest::try_from(v).map_err(|e| e.to_string())
                })
                .map_err(Error::InvalidRequest)?;
            let url = format!("{}/auth/password/reset", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "reset_password",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                429u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::get_me`]

[`Client::get_me`]: super::Client::get_me*/
    #[derive(Debug, Clone)]
    pub struct GetMe<'a> {
        client: &'a super::Client,
    }
    impl<'a> GetMe<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self { client: client }
        }
        ///Sends a `GET` request to `/users/me`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::UserResponse>, Error<types::Problem>> {
            let Self { client } = self;
            let url = format!("{}/users/me", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "get_me",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::delete_me`]

[`Client::delete_me`]: super::Client::delete_me*/
    #[derive(Debug, Clone)]
    pub struct DeleteMe<'a> {
        client: &'a super::Client,
        body: Result<types::builder::DeleteMeRequest, String>,
    }
    impl<'a> DeleteMe<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::DeleteMeRequest>,
            <V as std::convert::TryInto<
                types::DeleteMeRequest,
            >>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| {
                    format!("conversion to `DeleteMeRequest` for body failed: {}", s)
                });
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::DeleteMeRequest,
            ) -> types::builder::DeleteMeRequest,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `DELETE` request to `/users/me`
        pub async fn send(self) -> Result<ResponseValue<()>, Error<types::Problem>> {
            let Self { client, body } = self;
            let body = body
                .and_then(|v| {
                    types::DeleteMeRequest::try_from(v).map_err(|e| e.to_string())
                })
                .map_err(Error::InvalidRequest)?;
            let url = format!("{}/users/me", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .delete(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "delete_me",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                429u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::update_me`]

[`Client::update_me`]: super::Client::update_me*/
    #[derive(Debug, Clone)]
    pub struct UpdateMe<'a> {
        client: &'a super::Client,
        body: Result<types::builder::UpdateMeRequest, String>,
    }
    impl<'a> UpdateMe<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::UpdateMeRequest>,
            <V as std::convert::TryInto<
                types::UpdateMeRequest,
            >>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| {
                    format!("conversion to `UpdateMeRequest` for body failed: {}", s)
                });
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::UpdateMeRequest,
            ) -> types::builder::UpdateMeRequest,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `PATCH` request to `/users/me`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::UserResponse>, Error<types::Problem>> {
            let Self { client, body } = self;
            let body = body
                .and_then(|v| {
                    types::UpdateMeRequest::try_from(v).map_err(|e| e.to_string())
                })
                .map_err(Error::InvalidRequest)?;
            let url = format!("{}/users/me", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .patch(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "update_me",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                429u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::change_password`]

[`Client::change_password`]: super::Client::change_password*/
    #[derive(Debug, Clone)]
    pub struct ChangePassword<'a> {
        client: &'a super::Client,
        body: Result<types::builder::ChangePasswordRequest, String>,
    }
    impl<'a> ChangePassword<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::ChangePasswordRequest>,
            <V as std::convert::TryInto<
                types::ChangePasswordRequest,
            >>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| {
                    format!(
                        "conversion to `ChangePasswordRequest` for body failed: {}", s
                    )
                });
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::ChangePasswordRequest,
            ) -> types::builder::ChangePasswordRequest,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `POST` request to `/users/me/password`
        pub async fn send(self) -> Result<ResponseValue<()>, Error<types::Problem>> {
            let Self { client, body } = self;
            let body = body
                .and_then(|v| {
                    types::ChangePasswordRequest::try_from(v).map_err(|e| e.to_string())
                })
                .map_err(Error::InvalidRequest)?;
            let url = format!("{}/users/me/password", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "change_password",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                429u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::list_security_events`]

[`Client::list_security_events`]: super::Client::list_security_events*/
    #[derive(Debug, Clone)]
    pub struct ListSecurityEvents<'a> {
        client: &'a super::Client,
        cursor: Result<Option<::std::string::String>, String>,
        limit: Result<Option<i32>, String>,
    }
    impl<'a> ListSecurityEvents<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                cursor: Ok(None),
                limit: Ok(None),
            }
        }
        pub fn cursor<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.cursor = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for cursor failed"
                        .to_string()
                });
            self
        }
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<i32>,
        {
            self.limit = value
                .try_into()
                .map(Some)
                .map_err(|_| "conversion to `i32` for limit failed".to_string());
            self
        }
        ///Sends a `GET` request to `/users/me/security-events`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::EventPage>, Error<types::Problem>> {
            let Self { client, cursor, limit } = self;
            let cursor = cursor.map_err(Error::InvalidRequest)?;
            let limit = limit.map_err(Error::InvalidRequest)?;
            let url = format!("{}/users/me/security-events", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("cursor", &cursor))
                .query(&progenitor_client::QueryParam::new("limit", &limit))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "list_security_events",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::list_sessions`]

[`Client::list_sessions`]: super::Client::list_sessions*/
    #[derive(Debug, Clone)]
    pub struct ListSessions<'a> {
        client: &'a super::Client,
    }
    impl<'a> ListSessions<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self { client: client }
        }
        ///Sends a `GET` request to `/users/me/sessions`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::SessionList>, Error<types::Problem>> {
            let Self { client } = self;
            let url = format!("{}/users/me/sessions", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "list_sessions",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::end_other_sessions`]

[`Client::end_other_sessions`]: super::Client::end_other_sessions*/
    #[derive(Debug, Clone)]
    pub struct EndOtherSessions<'a> {
        client: &'a super::Client,
    }
    impl<'a> EndOtherSessions<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self { client: client }
        }
        ///Sends a `DELETE` request to `/users/me/sessions`
        pub async fn send(self) -> Result<ResponseValue<()>, Error<types::Problem>> {
            let Self { client } = self;
            let url = format!("{}/users/me/sessions", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .delete(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "end_other_sessions",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::end_session`]

[`Client::end_session`]: super::Client::end_session*/
    #[derive(Debug, Clone)]
    pub struct EndSession<'a> {
        client: &'a super::Client,
        id: Result<::uuid::Uuid, String>,
    }
    impl<'a> EndSession<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                id: Err("id was not initialized".to_string()),
            }
        }
        pub fn id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::uuid::Uuid>,
        {
            self.id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: uuid :: Uuid` for id failed".to_string()
                });
            self
        }
        ///Sends a `DELETE` request to `/users/me/sessions/{id}`
        pub async fn send(self) -> Result<ResponseValue<()>, Error<types::Problem>> {
            let Self { client, id } = self;
            let id = id.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/users/me/sessions/{}", client.baseurl, encode_path(& id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .delete(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "end_session",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::list_users`]

[`Client::list_users`]: super::Client::list_users*/
    #[derive(Debug, Clone)]
    pub struct ListUsers<'a> {
        client: &'a super::Client,
        cursor: Result<Option<::std::string::String>, String>,
        is_active: Result<Option<bool>, String>,
        limit: Result<Option<i32>, String>,
        q: Result<Option<::std::string::String>, String>,
    }
    impl<'a> ListUsers<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                cursor: Ok(None),
                is_active: Ok(None),
                limit: Ok(None),
                q: Ok(None),
            }
        }
        pub fn cursor<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.cursor = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for cursor failed"
                        .to_string()
                });
            self
        }
        pub fn is_active<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<bool>,
        {
            self.is_active = value
                .try_into()
                .map(Some)
                .map_err(|_| "conversion to `bool` for is_active failed".to_string());
            self
        }
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<i32>,
        {
            self.limit = value
                .try_into()
                .map(Some)
                .map_err(|_| "conversion to `i32` for limit failed".to_string());
            self
        }
        pub fn q<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.q = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for q failed".to_string()
                });
            self
        }
        ///Sends a `GET` request to `/admin/users`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::UserPage>, Error<types::Problem>> {
            let Self { client, cursor, is_active, limit, q } = self;
            let cursor = cursor.map_err(Error::InvalidRequest)?;
            let is_active = is_active.map_err(Error::InvalidRequest)?;
            let limit = limit.map_err(Error::InvalidRequest)?;
            let q = q.map_err(Error::InvalidRequest)?;
            let url = format!("{}/admin/users", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("cursor", &cursor))
                .query(&progenitor_client::QueryParam::new("is_active", &is_active))
                .query(&progenitor_client::QueryParam::new("limit", &limit))
                .query(&progenitor_client::QueryParam::new("q", &q))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "list_users",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::create_user`]

[`Client::create_user`]: super::Client::create_user*/
    #[derive(Debug, Clone)]
    pub struct CreateUser<'a> {
        client: &'a super::Client,
        body: Result<types::builder::CreateUserRequest, String>,
    }
    impl<'a> CreateUser<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::CreateUserRequest>,
            <V as std::convert::TryInto<
                types::CreateUserRequest,
            >>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| {
                    format!("conversion to `CreateUserRequest` for body failed: {}", s)
                });
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::CreateUserRequest,
            ) -> types::builder::CreateUserRequest,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `POST` request to `/admin/users`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::UserResponse>, Error<types::Problem>> {
            let Self { client, body } = self;
            let body = body
                .and_then(|v| {
                    types::CreateUserRequest::try_from(v).map_err(|e| e.to_string())
                })
                .map_err(Error::InvalidRequest)?;
            let url = format!("{}/admin/users", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "create_user",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                201u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::get_user`]

[`Client::get_user`]: super::Client::get_user*/
    #[derive(Debug, Clone)]
    pub struct GetUser<'a> {
        client: &'a super::Client,
        id: Result<::uuid::Uuid, String>,
    }
    impl<'a> GetUser<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                id: Err("id was not initialized".to_string()),
            }
        }
        pub fn id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::uuid::Uuid>,
        {
            self.id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: uuid :: Uuid` for id failed".to_string()
                });
            self
        }
        ///Sends a `GET` request to `/admin/users/{id}`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::UserResponse>, Error<types::Problem>> {
            let Self { client, id } = self;
            let id = id.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/admin/users/{}", client.baseurl, encode_path(& id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "get_user",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::delete_user`]

[`Client::delete_user`]: super::Client::delete_user*/
    #[derive(Debug, Clone)]
    pub struct DeleteUser<'a> {
        client: &'a super::Client,
        id: Result<::uuid::Uuid, String>,
    }
    impl<'a> DeleteUser<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                id: Err("id was not initialized".to_string()),
            }
        }
        pub fn id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::uuid::Uuid>,
        {
            self.id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: uuid :: Uuid` for id failed".to_string()
                });
            self
        }
        ///Sends a `DELETE` request to `/admin/users/{id}`
        pub async fn send(self) -> Result<ResponseValue<()>, Error<types::Problem>> {
            let Self { client, id } = self;
            let id = id.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/admin/users/{}", client.baseurl, encode_path(& id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .delete(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "delete_user",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::update_user`]

[`Client::update_user`]: super::Client::update_user*/
    #[derive(Debug, Clone)]
    pub struct UpdateUser<'a> {
        client: &'a super::Client,
        id: Result<::uuid::Uuid, String>,
        body: Result<types::builder::UpdateUserRequest, String>,
    }
    impl<'a> UpdateUser<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                id: Err("id was not initialized".to_string()),
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::uuid::Uuid>,
        {
            self.id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: uuid :: Uuid` for id failed".to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::UpdateUserRequest>,
            <V as std::convert::TryInto<
                types::UpdateUserRequest,
            >>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| {
                    format!("conversion to `UpdateUserRequest` for body failed: {}", s)
                });
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::UpdateUserRequest,
            ) -> types::builder::UpdateUserRequest,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `PATCH` request to `/admin/users/{id}`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::UserResponse>, Error<types::Problem>> {
            let Self { client, id, body } = self;
            let id = id.map_err(Error::InvalidRequest)?;
            let body = body
                .and_then(|v| {
                    types::UpdateUserRequest::try_from(v).map_err(|e| e.to_string())
                })
                .map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/admin/users/{}", client.baseurl, encode_path(& id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .patch(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "update_user",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::start_password_reset`]

[`Client::start_password_reset`]: super::Client::start_password_reset*/
    #[derive(Debug, Clone)]
    pub struct StartPasswordReset<'a> {
        client: &'a super::Client,
        id: Result<::uuid::Uuid, String>,
        body: Result<types::builder::StartPasswordResetRequest, String>,
    }
    impl<'a> StartPasswordReset<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                id: Err("id was not initialized".to_string()),
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::uuid::Uuid>,
        {
            self.id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: uuid :: Uuid` for id failed".to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::StartPasswordResetRequest>,
            <V as std::convert::TryInto<
                types::StartPasswordResetRequest,
            >>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| {
                    format!(
                        "conversion to `StartPasswordResetRequest` for body failed: {}",
                        s
                    )
                });
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(
                types::builder::StartPasswordResetRequest,
            ) -> types::builder::StartPasswordResetRequest,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `POST` request to `/admin/users/{id}/password-reset`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::StartedPasswordReset>, Error<types::Problem>> {
            let Self { client, id, body } = self;
            let id = id.map_err(Error::InvalidRequest)?;
            let body = body
                .and_then(|v| {
                    types::StartPasswordResetRequest::try_from(v)
                        .map_err(|e| e.to_string())
                })
                .map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/admin/users/{}/password-reset", client.baseurl, encode_path(& id
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "start_password_reset",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::end_user_sessions`]

[`Client::end_user_sessions`]: super::Client::end_user_sessions*/
    #[derive(Debug, Clone)]
    pub struct EndUserSessions<'a> {
        client: &'a super::Client,
        id: Result<::uuid::Uuid, String>,
    }
    impl<'a> EndUserSessions<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                id: Err("id was not initialized".to_string()),
            }
        }
        pub fn id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::uuid::Uuid>,
        {
            self.id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: uuid :: Uuid` for id failed".to_string()
                });
            self
        }
        ///Sends a `DELETE` request to `/admin/users/{id}/sessions`
        pub async fn send(self) -> Result<ResponseValue<()>, Error<types::Problem>> {
            let Self { client, id } = self;
            let id = id.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/admin/users/{}/sessions", client.baseurl, encode_path(& id
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .delete(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "end_user_sessions",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::list_audit_events`]

[`Client::list_audit_events`]: super::Client::list_audit_events*/
    #[derive(Debug, Clone)]
    pub struct ListAuditEvents<'a> {
        client: &'a super::Client,
        cursor: Result<Option<::std::string::String>, String>,
        event: Result<Option<types::EventKind>, String>,
        limit: Result<Option<i32>, String>,
        since: Result<Option<::chrono::DateTime<::chrono::offset::Utc>>, String>,
        until: Result<Option<::chrono::DateTime<::chrono::offset::Utc>>, String>,
        user_id: Result<Option<::uuid::Uuid>, String>,
    }
    impl<'a> ListAuditEvents<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                cursor: Ok(None),
                event: Ok(None),
                limit: Ok(None),
                since: Ok(None),
                until: Ok(None),
                user_id: Ok(None),
            }
        }
        pub fn cursor<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.cursor = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for cursor failed"
                        .to_string()
                });
            self
        }
        pub fn event<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::EventKind>,
        {
            self.event = value
                .try_into()
                .map(Some)
                .map_err(|_| "conversion to `EventKind` for event failed".to_string());
            self
        }
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<i32>,
        {
            self.limit = value
                .try_into()
                .map(Some)
                .map_err(|_| "conversion to `i32` for limit failed".to_string());
            self
        }
        pub fn since<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::chrono::DateTime<::chrono::offset::Utc>>,
        {
            self.since = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: chrono :: DateTime < :: chrono :: offset :: Utc >` for since failed"
                        .to_string()
                });
            self
        }
        pub fn until<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::chrono::DateTime<::chrono::offset::Utc>>,
        {
            self.until = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: chrono :: DateTime < :: chrono :: offset :: Utc >` for until failed"
                        .to_string()
                });
            self
        }
        pub fn user_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::uuid::Uuid>,
        {
            self.user_id = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: uuid :: Uuid` for user_id failed".to_string()
                });
            self
        }
        ///Sends a `GET` request to `/admin/audit-events`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::EventPage>, Error<types::Problem>> {
            let Self { client, cursor, event, limit, since, until, user_id } = self;
            let cursor = cursor.map_err(Error::InvalidRequest)?;
            let event = event.map_err(Error::InvalidRequest)?;
            let limit = limit.map_err(Error::InvalidRequest)?;
            let since = since.map_err(Error::InvalidRequest)?;
            let until = until.map_err(Error::InvalidRequest)?;
            let user_id = user_id.map_err(Error::InvalidRequest)?;
            let url = format!("{}/admin/audit-events", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("cursor", &cursor))
                .query(&progenitor_client::QueryParam::new("event", &event))
                .query(&progenitor_client::QueryParam::new("limit", &limit))
                .query(&progenitor_client::QueryParam::new("since", &since))
                .query(&progenitor_client::QueryParam::new("until", &until))
                .query(&progenitor_client::QueryParam::new("user_id", &user_id))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "list_audit_events",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::list_mails`]

[`Client::list_mails`]: super::Client::list_mails*/
    #[derive(Debug, Clone)]
    pub struct ListMails<'a> {
        client: &'a super::Client,
        cursor: Result<Option<::std::string::String>, String>,
        limit: Result<Option<i32>, String>,
        state: Result<Option<types::MailState>, String>,
    }
    impl<'a> ListMails<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                cursor: Ok(None),
                limit: Ok(None),
                state: Ok(None),
            }
        }
        pub fn cursor<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.cursor = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for cursor failed"
                        .to_string()
                });
            self
        }
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<i32>,
        {
            self.limit = value
                .try_into()
                .map(Some)
                .map_err(|_| "conversion to `i32` for limit failed".to_string());
            self
        }
        pub fn state<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::MailState>,
        {
            self.state = value
                .try_into()
                .map(Some)
                .map_err(|_| "conversion to `MailState` for state failed".to_string());
            self
        }
        ///Sends a `GET` request to `/admin/mail-outbox`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::MailPage>, Error<types::Problem>> {
            let Self { client, cursor, limit, state } = self;
            let cursor = cursor.map_err(Error::InvalidRequest)?;
            let limit = limit.map_err(Error::InvalidRequest)?;
            let state = state.map_err(Error::InvalidRequest)?;
            let url = format!("{}/admin/mail-outbox", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("cursor", &cursor))
                .query(&progenitor_client::QueryParam::new("limit", &limit))
                .query(&progenitor_client::QueryParam::new("state", &state))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "list_mails",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::list_circuit_breakers`]

[`Client::list_circuit_breakers`]: super::Client::list_circuit_breakers*/
    #[derive(Debug, Clone)]
    pub struct ListCircuitBreakers<'a> {
        client: &'a super::Client,
    }
    impl<'a> ListCircuitBreakers<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self { client: client }
        }
        ///Sends a `GET` request to `/admin/circuit-breakers`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::BreakerList>, Error<types::Problem>> {
            let Self { client } = self;
            let url = format!("{}/admin/circuit-breakers", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "list_circuit_breakers",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::reset_circuit_breaker`]

[`Client::reset_circuit_breaker`]: super::Client::reset_circuit_breaker*/
    #[derive(Debug, Clone)]
    pub struct ResetCircuitBreaker<'a> {
        client: &'a super::Client,
        name: Result<::std::string::String, String>,
    }
    impl<'a> ResetCircuitBreaker<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                name: Err("name was not initialized".to_string()),
            }
        }
        pub fn name<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.name = value
                .try_into()
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for name failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/admin/circuit-breakers/{name}/reset`
        pub async fn send(self) -> Result<ResponseValue<()>, Error<types::Problem>> {
            let Self { client, name } = self;
            let name = name.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/admin/circuit-breakers/{}/reset", client.baseurl, encode_path(& name
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "reset_circuit_breaker",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::get_jwks`]

[`Client::get_jwks`]: super::Client::get_jwks*/
    #[derive(Debug, Clone)]
    pub struct GetJwks<'a> {
        client: &'a super::Client,
    }
    impl<'a> GetJwks<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self { client: client }
        }
        ///Sends a `GET` request to `/.well-known/jwks.json`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::JwkSet>, Error<types::Problem>> {
            let Self { client } = self;
            let url = format!("{}/.well-known/jwks.json", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "get_jwks",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::get_openid_configuration`]

[`Client::get_openid_configuration`]: super::Client::get_openid_configuration*/
    #[derive(Debug, Clone)]
    pub struct GetOpenidConfiguration<'a> {
        client: &'a super::Client,
    }
    impl<'a> GetOpenidConfiguration<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self { client: client }
        }
        ///Sends a `GET` request to `/.well-known/openid-configuration`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::IssuerMetadata>, Error<types::Problem>> {
            let Self { client } = self;
            let url = format!("{}/.well-known/openid-configuration", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "get_openid_configuration",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::get_service`]

[`Client::get_service`]: super::Client::get_service*/
    #[derive(Debug, Clone)]
    pub struct GetService<'a> {
        client: &'a super::Client,
    }
    impl<'a> GetService<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self { client: client }
        }
        ///Sends a `GET` request to `/`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::ServiceInfo>, Error<types::Problem>> {
            let Self { client } = self;
            let url = format!("{}/", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "get_service",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::get_health`]

[`Client::get_health`]: super::Client::get_health*/
    #[derive(Debug, Clone)]
    pub struct GetHealth<'a> {
        client: &'a super::Client,
    }
    impl<'a> GetHealth<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self { client: client }
        }
        ///Sends a `GET` request to `/health`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::HealthResponse>, Error<types::HealthFailure>> {
            let Self { client } = self;
            let url = format!("{}/health", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "get_health",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::get_liveness`]

[`Client::get_liveness`]: super::Client::get_liveness*/
    #[derive(Debug, Clone)]
    pub struct GetLiveness<'a> {
        client: &'a super::Client,
    }
    impl<'a> GetLiveness<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self { client: client }
        }
        ///Sends a `GET` request to `/health/live`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::LivenessResponse>, Error<types::Problem>> {
            let Self { client } = self;
            let url = format!("{}/health/live", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "get_liveness",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::get_metrics`]

[`Client::get_metrics`]: super::Client::get_metrics*/
    #[derive(Debug, Clone)]
    pub struct GetMetrics<'a> {
        client: &'a super::Client,
    }
    impl<'a> GetMetrics<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self { client: client }
        }
        ///Sends a `GET` request to `/metrics`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<ByteStream>, Error<types::Problem>> {
            let Self { client } = self;
            let url = format!("{}/metrics", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client.client.get(url).headers(header_map).build()?;
            let info = OperationInfo {
                operation_id: "get_metrics",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => Ok(ResponseValue::stream(response)),
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
}
/// Items consumers will typically use such as the Client.
pub mod prelude {
    pub use self::super::Client;
}
