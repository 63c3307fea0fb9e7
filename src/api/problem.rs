//! The envelope: what every error of every origin looks like, and the closed list of its codes.

use poem::http::StatusCode;
use poem_openapi::payload::Json;
use poem_openapi::types::{Example, ParseFromParameter};
use poem_openapi::{Enum, Object};
use validator::ValidationError;

use super::described::described;
use super::wire::Timestamp;
use crate::model::{Clock, InvalidEmail, InvalidUsername, Taken, Weakness};
use crate::telemetry::context;

described! {
    /// What went wrong, for programs. The list is closed; a new code is a new minor version.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
    #[oai(rename_all = "SCREAMING_SNAKE_CASE")]
    pub enum ErrorCode {
        /// The request is malformed or breaks a rule; `errors` names the members that do.
        ValidationError,
        /// The token of a link is unknown, was used, or has expired.
        InvalidLink,
        /// There is no account with this identifier and this password.
        InvalidCredentials,
        /// The request has no bearer token.
        TokenMissing,
        /// The token is not one of this service, or of another kind.
        TokenInvalid,
        /// The token's time is over.
        TokenExpired,
        /// The refresh token was used before; its session is ended.
        TokenReused,
        /// The session has ended: by a logout, a new password, or somebody else's hand.
        SessionRevoked,
        /// The account was deactivated.
        UserInactive,
        /// The address has to be verified first.
        EmailNotVerified,
        /// Nobody may register here, or nobody with such an address.
        RegistrationClosed,
        /// The caller is no superuser.
        Forbidden,
        /// There is nothing at this address.
        NotFound,
        /// There is no such account.
        UserNotFound,
        /// The caller has no such session.
        SessionNotFound,
        /// There is no such circuit breaker.
        BreakerNotFound,
        /// The address does not answer this method; `Allow` says which it does.
        MethodNotAllowed,
        /// The client was too slow to send its request.
        RequestTimeout,
        /// Another account has the e-mail address or user name.
        UserAlreadyExists,
        /// Without this account, nobody could administer the service.
        LastSuperuser,
        /// The body is larger than allowed.
        PayloadTooLarge,
        /// The body is of another type than the operation takes.
        UnsupportedMediaType,
        /// It was tried too often: by this client address, with this account, or for this mailbox.
        RateLimited,
        /// Something failed that never should.
        InternalError,
        /// The database failed.
        DatabaseError,
        /// Something that is needed has failed too often, and is left alone for a while.
        CircuitBreakerOpen,
        /// More is asked for at once than the service can do.
        Overloaded,
        /// The request took longer than it may; what it asked for may have been done all the same.
        DeadlineExceeded,
    }
}

/// Whether the request that was refused can succeed another time, sent as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It is refused again.
    No,
    /// It can with another token.
    WithNewToken,
    /// It can later: `Retry-After` says when.
    AfterWaiting,
    /// It can if the fault has passed.
    Perhaps,
}

impl ErrorCode {
    /// The status that this code always comes with.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::ValidationError | Self::InvalidLink => StatusCode::BAD_REQUEST,
            Self::InvalidCredentials
            | Self::TokenMissing
            | Self::TokenInvalid
            | Self::TokenExpired
            | Self::TokenReused
            | Self::SessionRevoked => StatusCode::UNAUTHORIZED,
            Self::UserInactive
            | Self::EmailNotVerified
            | Self::RegistrationClosed
            | Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound | Self::UserNotFound | Self::SessionNotFound | Self::BreakerNotFound => {
                StatusCode::NOT_FOUND
            }
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::UserAlreadyExists | Self::LastSuperuser => StatusCode::CONFLICT,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::InternalError | Self::DatabaseError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::CircuitBreakerOpen | Self::Overloaded | Self::DeadlineExceeded => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    /// What this code tells a person. The same for every occurrence, so that it can't leak anything.
    #[must_use]
    pub fn detail(self) -> &'static str {
        match self {
            Self::ValidationError => "The request is not valid",
            Self::InvalidLink => "The link is not valid, or no longer",
            Self::InvalidCredentials => "Invalid email or password",
            Self::TokenMissing => "A bearer token is required",
            Self::TokenInvalid => "The token is not valid",
            Self::TokenExpired => "The token has expired",
            Self::TokenReused => "The refresh token was used before, so its session was ended",
            Self::SessionRevoked => "The session has ended",
            Self::UserInactive => "The account is not active",
            Self::EmailNotVerified => "The email address has to be verified first",
            Self::RegistrationClosed => "Registration is closed",
            Self::Forbidden => "Only a superuser may do this",
            Self::NotFound => "There is nothing at this address",
            Self::UserNotFound => "There is no such account",
            Self::SessionNotFound => "There is no such session",
            Self::BreakerNotFound => "There is no such circuit breaker",
            Self::MethodNotAllowed => "This address does not answer this method",
            Self::RequestTimeout => "The request took too long to arrive",
            Self::UserAlreadyExists => "An account with this email or username exists already",
            Self::LastSuperuser => "This is the last active superuser",
            Self::PayloadTooLarge => "The request body is too large",
            Self::UnsupportedMediaType => "The request body has a type that is not supported here",
            Self::RateLimited => "Too many attempts, try again later",
            Self::InternalError => "Something went wrong",
            Self::DatabaseError => "The database failed",
            Self::CircuitBreakerOpen => "A part of the service is unavailable, try again later",
            Self::Overloaded => "Too many requests at once, try again later",
            Self::DeadlineExceeded => "The request took too long",
        }
    }

    /// What a program that gets this code should do.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::ValidationError => {
                "Show each finding beside its field; where there is none, mend the program."
            }
            Self::InvalidLink => "Let the person ask for another link.",
            Self::InvalidCredentials => "Let the person try again, and tell no more than that.",
            Self::TokenMissing => {
                "Send `Authorization: Bearer …`; where there is no token, have the person log in."
            }
            Self::TokenInvalid | Self::TokenExpired => {
                "Refresh once and repeat the request; if the refresh is refused, have the person log in."
            }
            Self::TokenReused => {
                "Have the person log in. Two programs share one refresh token, or it was stolen."
            }
            Self::SessionRevoked => "Have the person log in.",
            Self::UserInactive => "Tell the person; only a superuser can change it.",
            Self::EmailNotVerified => {
                "Offer to send the link again: `POST /auth/verify-email/request`."
            }
            Self::RegistrationClosed => {
                "Tell the person; an account has to be made by a superuser."
            }
            Self::Forbidden => "Offer this to superusers only: `is_superuser` of `GET /users/me`.",
            Self::NotFound | Self::MethodNotAllowed => "Mend the program.",
            Self::UserNotFound | Self::SessionNotFound => "Read the list again: it is gone.",
            Self::BreakerNotFound => "Take the name from `GET /admin/circuit-breakers`.",
            Self::RequestTimeout => "Send it again; the connection was too slow.",
            Self::UserAlreadyExists => {
                "Let the person log in, or choose another one; `errors` says which is taken."
            }
            Self::LastSuperuser => "Make somebody else a superuser first.",
            Self::PayloadTooLarge => "Send less.",
            Self::UnsupportedMediaType => "Send `Content-Type: application/json`.",
            Self::RateLimited => {
                "Wait as long as `Retry-After` says, and tell the person how long that is."
            }
            Self::InternalError | Self::DatabaseError => {
                "Tell the person that the service has trouble, and its operator the `request_id`."
            }
            Self::CircuitBreakerOpen | Self::Overloaded => "Wait as long as `Retry-After` says.",
            Self::DeadlineExceeded => {
                "Wait as long as `Retry-After` says; look whether it was done before you repeat a change."
            }
        }
    }

    /// Whether the same request can succeed another time.
    #[must_use]
    pub fn retry(self) -> Retry {
        match self {
            Self::ValidationError
            | Self::InvalidLink
            | Self::InvalidCredentials
            | Self::TokenReused
            | Self::SessionRevoked
            | Self::UserInactive
            | Self::EmailNotVerified
            | Self::RegistrationClosed
            | Self::Forbidden
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::UserNotFound
            | Self::SessionNotFound
            | Self::BreakerNotFound
            | Self::UserAlreadyExists
            | Self::LastSuperuser
            | Self::PayloadTooLarge
            | Self::UnsupportedMediaType => Retry::No,
            Self::TokenMissing | Self::TokenInvalid | Self::TokenExpired => Retry::WithNewToken,
            Self::RateLimited
            | Self::CircuitBreakerOpen
            | Self::Overloaded
            | Self::DeadlineExceeded => Retry::AfterWaiting,
            Self::RequestTimeout | Self::InternalError | Self::DatabaseError => Retry::Perhaps,
        }
    }

    /// The code of this name, as it stands in an answer.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::parse_from_parameter(name).ok()
    }
}

described! {
    /// What is wrong with a member, for programs. The list is closed; a new code is a new minor version.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
    #[oai(rename_all = "snake_case")]
    pub enum FieldErrorCode {
        /// It has to be there.
        Required,
        /// There is no such member.
        Unknown,
        /// It has another JSON type.
        InvalidType,
        /// It has the right type, but not the right form.
        InvalidFormat,
        /// It has too few characters.
        TooShort,
        /// It has too many characters.
        TooLong,
        /// It is one of the passwords that attackers try first.
        TooCommon,
        /// It is made from the person's own e-mail address or user name.
        ContainsIdentity,
        /// It is known from a leak of another service.
        Breached,
        /// It is not the password now in use.
        Incorrect,
        /// Another account has it.
        Taken,
        /// It is less or more than allowed.
        OutOfRange,
        /// It is given twice, or together with one that excludes it.
        Conflict,
    }
}

impl FieldErrorCode {
    fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Unknown => "unknown",
            Self::InvalidType => "invalid_type",
            Self::InvalidFormat => "invalid_format",
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::TooCommon => "too_common",
            Self::ContainsIdentity => "contains_identity",
            Self::Breached => "breached",
            Self::Incorrect => "incorrect",
            Self::Taken => "taken",
            Self::OutOfRange => "out_of_range",
            Self::Conflict => "conflict",
        }
    }
}

/// What is wrong with a value, before it is known which member holds it.
#[derive(Clone, Debug)]
pub struct Flaw {
    code: FieldErrorCode,
    message: String,
}

impl Flaw {
    /// A flaw that `message` explains to a person, never repeating the value.
    #[must_use]
    pub fn new(code: FieldErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// Everything that speaks against a password, blamed on `field`.
    #[must_use]
    pub fn all_of(weaknesses: Vec<Weakness>, field: &str) -> Vec<FieldError> {
        let blame = |weakness| Self::from(weakness).of(field);
        weaknesses.into_iter().map(blame).collect()
    }

    /// Blames the member that holds the value.
    #[must_use]
    pub fn of(self, field: &str) -> FieldError {
        FieldError {
            field: field.to_owned(),
            code: self.code,
            message: self.message,
        }
    }
}

impl From<InvalidEmail> for Flaw {
    fn from(error: InvalidEmail) -> Self {
        let code = match error {
            InvalidEmail::Format => FieldErrorCode::InvalidFormat,
            InvalidEmail::TooLong => FieldErrorCode::TooLong,
        };
        Self::new(code, error.to_string())
    }
}

impl From<InvalidUsername> for Flaw {
    fn from(error: InvalidUsername) -> Self {
        let code = match error {
            InvalidUsername::Format => FieldErrorCode::InvalidFormat,
            InvalidUsername::TooShort => FieldErrorCode::TooShort,
            InvalidUsername::TooLong => FieldErrorCode::TooLong,
        };
        Self::new(code, error.to_string())
    }
}

impl From<Weakness> for Flaw {
    fn from(weakness: Weakness) -> Self {
        let code = match weakness {
            Weakness::TooShort { .. } => FieldErrorCode::TooShort,
            Weakness::TooLong { .. } => FieldErrorCode::TooLong,
            Weakness::ControlCharacters => FieldErrorCode::InvalidFormat,
            Weakness::TooCommon => FieldErrorCode::TooCommon,
            Weakness::ContainsIdentity => FieldErrorCode::ContainsIdentity,
            Weakness::Breached => FieldErrorCode::Breached,
        };
        Self::new(code, weakness.to_string())
    }
}

/// Flaws travel through `validator` under their own names, so its findings come back as they were.
impl From<Flaw> for ValidationError {
    fn from(flaw: Flaw) -> Self {
        Self::new(flaw.code.as_str()).with_message(flaw.message.into())
    }
}

impl From<&ValidationError> for Flaw {
    fn from(error: &ValidationError) -> Self {
        Self {
            code: FieldErrorCode::parse_from_parameter(&error.code)
                .unwrap_or(FieldErrorCode::InvalidFormat),
            message: error
                .message
                .as_deref()
                .unwrap_or("is not valid")
                .to_owned(),
        }
    }
}

/// One thing that is wrong with one member of the request.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct FieldError {
    /// Name of the member.
    pub field: String,
    /// What is wrong, for programs.
    pub code: FieldErrorCode,
    /// What is wrong, for people. Never repeats the value.
    pub message: String,
}

impl Example for FieldError {
    fn example() -> Self {
        Flaw::from(Weakness::TooShort { min: 8 }).of("password")
    }
}

/// The envelope of every error.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct Problem {
    /// What went wrong, for people.
    pub detail: String,
    /// What went wrong, for programs.
    pub error_code: ErrorCode,
    /// The HTTP status of the answer.
    pub status_code: u16,
    /// When it went wrong.
    pub timestamp: Timestamp,
    /// The `X-Request-Id` of the answer, which the log has as well.
    pub request_id: String,
    /// All members that are to blame, where any are.
    #[oai(skip_serializing_if_is_none)]
    pub errors: Option<Vec<FieldError>>,
}

impl Example for Problem {
    fn example() -> Self {
        Self::example_of(ErrorCode::ValidationError)
    }
}

impl Problem {
    /// The envelope for the request at hand.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        let request = context::current();
        Self {
            detail: code.detail().to_owned(),
            error_code: code,
            status_code: code.status().as_u16(),
            timestamp: request
                .as_ref()
                .map_or_else(|| Clock::default().now(), |request| request.clock().now())
                .into(),
            request_id: request.map_or_else(String::new, |request| request.request_id().to_owned()),
            errors: None,
        }
    }

    /// Blames members of the request; none, where the whole of it is to blame.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = Some(errors).filter(|errors| !errors.is_empty());
        self
    }

    /// Says more precisely what is wrong, in a text of our own.
    #[must_use]
    pub fn with_detail(mut self, detail: &'static str) -> Self {
        detail.clone_into(&mut self.detail);
        self
    }

    /// As a response body.
    #[must_use]
    pub fn json(code: ErrorCode) -> Json<Self> {
        Json(Self::new(code))
    }

    /// What the document shows for this code.
    #[must_use]
    pub fn example_of(code: ErrorCode) -> Self {
        let errors = match code {
            ErrorCode::ValidationError => vec![FieldError::example()],
            ErrorCode::UserAlreadyExists => vec![Self::taken("email")],
            _ => Vec::new(),
        };
        Self {
            detail: code.detail().to_owned(),
            error_code: code,
            status_code: code.status().as_u16(),
            timestamp: Timestamp::example(),
            request_id: "550e8400-e29b-41d4-a716-446655440000".to_owned(),
            errors: None,
        }
        .with_errors(errors)
    }

    /// The finding that another account has the value of `field`.
    #[must_use]
    pub fn taken(field: &str) -> FieldError {
        Flaw::new(FieldErrorCode::Taken, "is taken already").of(field)
    }

    /// That another account has the address or the name.
    #[must_use]
    pub fn exists(taken: Taken) -> Json<Self> {
        let field = match taken {
            Taken::Email => "email",
            Taken::Username => "username",
        };
        Json(Self::new(ErrorCode::UserAlreadyExists).with_errors(vec![Self::taken(field)]))
    }

    /// The finding that the password now in use is another one.
    #[must_use]
    pub fn incorrect_password() -> FieldError {
        Flaw::new(FieldErrorCode::Incorrect, "is not the password now in use")
            .of("current_password")
    }
}

#[cfg(test)]
mod tests {
    use poem_openapi::registry::Registry;
    use poem_openapi::types::{ToJSON, Type};

    use super::*;

    fn names<T: Type>() -> Vec<String> {
        let mut registry = Registry::new();
        T::register(&mut registry);
        let schema = &registry.schemas[T::name().as_ref()];
        schema
            .enum_items
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn every_error_code_has_an_example_of_its_status() {
        let names = names::<ErrorCode>();
        assert_eq!(names.len(), 28);
        for name in names {
            let example = Problem::example_of(ErrorCode::named(&name).unwrap())
                .to_json()
                .unwrap();
            assert_eq!(example["error_code"], name);
            assert!(example["status_code"].as_u64().unwrap() >= 400);
        }
    }

    #[test]
    fn every_field_error_code_survives_validator() {
        for name in names::<FieldErrorCode>() {
            let code = FieldErrorCode::parse_from_parameter(&name).unwrap();
            assert_eq!(code.as_str(), name);
            let error = ValidationError::from(Flaw::new(code, "message"));
            assert_eq!(Flaw::from(&error).code, code);
            assert_eq!(Flaw::from(&error).message, "message");
        }
    }
}
