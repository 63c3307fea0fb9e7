//! What stops an operation: the refusals that operations share, put together by type.
//!
//! An operation returns `Result<T, Failure<R>>`. `T` is its own enum of answers; `R` lists the shared
//! refusals it can meet besides, as in `Failure<(Member,)>`. The specification is read from both,
//! so a status that is not in the type can't be answered.

use std::error::Error;
use std::marker::PhantomData;
use std::sync::Arc;

use chrono::TimeDelta;
use poem::IntoResponse;
use poem_openapi::payload::Json;
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::{ApiResponse, registry::MetaResponse};

use super::problem::{ErrorCode, FieldError, Problem};
use crate::model::Wait;
use crate::service::Fault;
use crate::service::administration::Unauthorized;

/// When to try again after an overload, in seconds: by then the queue has been worked off.
const RETRY_AFTER_SECONDS: u32 = 2;

/// The request itself can't be accepted.
#[derive(ApiResponse)]
pub enum Input {
    /// `VALIDATION_ERROR`: the body is no JSON object, or members are missing, unknown, given twice or
    /// not allowed as they are; `errors` has all findings at once.
    #[oai(status = 400)]
    Invalid(Json<Problem>),
    /// `REQUEST_TIMEOUT`: the client was too slow to send the body.
    #[oai(status = 408)]
    TooSlow(Json<Problem>),
    /// `PAYLOAD_TOO_LARGE`: the body is larger than the configured limit.
    #[oai(status = 413)]
    TooLarge(Json<Problem>),
    /// `UNSUPPORTED_MEDIA_TYPE`: the body is of another type than the operation takes.
    #[oai(status = 415)]
    UnsupportedMediaType(Json<Problem>),
}

impl Input {
    /// Blames these members.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self::Invalid(Json(
            Problem::new(ErrorCode::ValidationError).with_errors(errors),
        ))
    }

    /// Blames the body as a whole.
    #[must_use]
    pub fn malformed(detail: &'static str) -> Self {
        Self::Invalid(Json(
            Problem::new(ErrorCode::ValidationError).with_detail(detail),
        ))
    }

    /// The body did not arrive in time.
    #[must_use]
    pub fn too_slow() -> Self {
        Self::TooSlow(Problem::json(ErrorCode::RequestTimeout))
    }

    /// The body is too large.
    #[must_use]
    pub fn too_large() -> Self {
        Self::TooLarge(Problem::json(ErrorCode::PayloadTooLarge))
    }

    /// The body is of the wrong type.
    #[must_use]
    pub fn unsupported_media_type() -> Self {
        Self::UnsupportedMediaType(Problem::json(ErrorCode::UnsupportedMediaType))
    }
}

/// The request brings the token of a link, and can't be accepted.
#[derive(ApiResponse)]
pub enum LinkInput {
    /// `VALIDATION_ERROR`: the body is no JSON object, or members are missing, unknown, given twice or
    /// not allowed as they are; `errors` has all findings at once. `INVALID_LINK`: the token is unknown,
    /// was used, or has expired.
    #[oai(status = 400)]
    Invalid(Json<Problem>),
    /// `REQUEST_TIMEOUT`: the client was too slow to send the body.
    #[oai(status = 408)]
    TooSlow(Json<Problem>),
    /// `PAYLOAD_TOO_LARGE`: the body is larger than the configured limit.
    #[oai(status = 413)]
    TooLarge(Json<Problem>),
    /// `UNSUPPORTED_MEDIA_TYPE`: the body is of another type than the operation takes.
    #[oai(status = 415)]
    UnsupportedMediaType(Json<Problem>),
}

impl LinkInput {
    /// Refuses the token.
    #[must_use]
    pub fn invalid_link() -> Self {
        Self::Invalid(Problem::json(ErrorCode::InvalidLink))
    }
}

impl From<Input> for LinkInput {
    fn from(input: Input) -> Self {
        match input {
            Input::Invalid(problem) => Self::Invalid(problem),
            Input::TooSlow(problem) => Self::TooSlow(problem),
            Input::TooLarge(problem) => Self::TooLarge(problem),
            Input::UnsupportedMediaType(problem) => Self::UnsupportedMediaType(problem),
        }
    }
}

/// The address of the request asks for something that can't be.
#[derive(ApiResponse)]
pub enum Parameters {
    /// `VALIDATION_ERROR`: query parameters are unknown, given twice or not allowed as they are; `errors`
    /// has all findings at once.
    #[oai(status = 400)]
    Invalid(Json<Problem>),
}

impl Parameters {
    /// Blames these parameters.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self::Invalid(Json(
            Problem::new(ErrorCode::ValidationError).with_errors(errors),
        ))
    }
}

/// Whoever asks is not known, or may not ask.
#[derive(ApiResponse)]
pub enum Member {
    /// `TOKEN_MISSING`, `TOKEN_INVALID`, `TOKEN_EXPIRED`: there is no valid access token in the
    /// `Authorization` header. `SESSION_REVOKED`: its session has ended.
    #[oai(status = 401)]
    Unauthorized(
        Json<Problem>,
        /// How to authenticate (RFC 6750 section 3).
        #[oai(header = "WWW-Authenticate")]
        String,
    ),
    /// `USER_INACTIVE`: the account may not use the service.
    #[oai(status = 403)]
    Inactive(Json<Problem>),
}

impl Member {
    /// Refuses the token for this reason.
    #[must_use]
    pub fn unauthorized(code: ErrorCode) -> Self {
        Self::Unauthorized(Problem::json(code), challenge(code))
    }

    /// Refuses the account.
    #[must_use]
    pub fn inactive() -> Self {
        Self::Inactive(Problem::json(ErrorCode::UserInactive))
    }
}

/// Whoever asks is not known, or is no superuser.
#[derive(ApiResponse)]
pub enum Superuser {
    /// `TOKEN_MISSING`, `TOKEN_INVALID`, `TOKEN_EXPIRED`: there is no valid access token in the
    /// `Authorization` header. `SESSION_REVOKED`: its session has ended.
    #[oai(status = 401)]
    Unauthorized(
        Json<Problem>,
        /// How to authenticate (RFC 6750 section 3).
        #[oai(header = "WWW-Authenticate")]
        String,
    ),
    /// `USER_INACTIVE`: the account may not use the service. `FORBIDDEN`: the account may not administer
    /// the service.
    #[oai(status = 403)]
    Forbidden(Json<Problem>),
}

impl Superuser {
    /// Refuses an account that is no superuser's.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::Forbidden(Problem::json(ErrorCode::Forbidden))
    }
}

/// Who was a superuser when the request began, but is one no longer.
impl From<Unauthorized> for Superuser {
    fn from(reason: Unauthorized) -> Self {
        match reason {
            Unauthorized::SessionEnded => {
                let code = ErrorCode::SessionRevoked;
                Self::Unauthorized(Problem::json(code), challenge(code))
            }
            Unauthorized::Inactive => Self::Forbidden(Problem::json(ErrorCode::UserInactive)),
            Unauthorized::NoSuperuser => Self::forbidden(),
        }
    }
}

/// It was tried too often.
#[derive(ApiResponse)]
pub enum Limited {
    /// `RATE_LIMITED`: this client address asks too often, too many logins of this account failed in a row, or
    /// too much mail was asked for to this address. Nothing was looked at; a right password is refused as well.
    #[oai(status = 429)]
    TooMany(
        Json<Problem>,
        /// When to try again, in seconds.
        #[oai(header = "Retry-After")]
        u32,
    ),
}

impl Limited {
    /// Refuses until then.
    #[must_use]
    pub fn until(wait: Wait) -> Self {
        Self::TooMany(Problem::json(ErrorCode::RateLimited), wait.seconds())
    }
}

/// The `WWW-Authenticate` header that goes with a refusal (RFC 6750 section 3): without an error where
/// no token was sent.
#[must_use]
pub fn challenge(code: ErrorCode) -> String {
    match code {
        ErrorCode::TokenMissing | ErrorCode::InvalidCredentials => {
            "Bearer realm=\"countersign\"".to_owned()
        }
        _ => format!(
            "Bearer realm=\"countersign\", error=\"invalid_token\", error_description=\"{}\"",
            code.detail()
        ),
    }
}

/// What can stop any operation, through no fault of the caller.
#[derive(ApiResponse)]
pub enum Outage {
    /// `INTERNAL_ERROR`: something failed that never should. `DATABASE_ERROR`: the database failed.
    #[oai(status = 500)]
    Failed(Json<Problem>),
    /// `CIRCUIT_BREAKER_OPEN`: something that is needed can't be used, and is left alone for a while. `OVERLOADED`: too much is asked for at once. `DEADLINE_EXCEEDED`: the request took longer
    /// than it may.
    #[oai(status = 503)]
    Unavailable(
        Json<Problem>,
        /// When to try again, in seconds.
        #[oai(header = "Retry-After")]
        u32,
    ),
}

impl Outage {
    /// The outage that this code stands for.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        match code {
            ErrorCode::Overloaded | ErrorCode::DeadlineExceeded => {
                Self::Unavailable(Problem::json(code), RETRY_AFTER_SECONDS)
            }
            _ => Self::Failed(Problem::json(code)),
        }
    }

    /// What is needed can't be asked before this time has passed.
    #[must_use]
    pub fn rejected(wait: Wait) -> Self {
        let code = ErrorCode::CircuitBreakerOpen;
        Self::Unavailable(Problem::json(code), wait.seconds())
    }
}

/// What really happened, for the log only.
#[derive(Clone, Debug)]
pub struct Cause(pub Arc<dyn Error + Send + Sync>);

/// A list of shared refusals, as a tuple of their types; see [`Failure`].
pub trait Refusals: 'static {
    /// Their responses in the specification.
    fn responses() -> Vec<MetaResponse>;
    /// Registers their schemas.
    fn register(registry: &mut Registry);
}

impl Refusals for () {
    fn responses() -> Vec<MetaResponse> {
        Vec::new()
    }

    fn register(_: &mut Registry) {}
}

macro_rules! refusals_of {
    ($($refusal:ident),+) => {
        impl<$($refusal: ApiResponse + 'static),+> Refusals for ($($refusal,)+) {
            fn responses() -> Vec<MetaResponse> {
                let mut responses = Vec::new();
                $(responses.extend($refusal::meta().responses);)+
                responses
            }

            fn register(registry: &mut Registry) {
                $($refusal::register(registry);)+
            }
        }
    };
}

refusals_of!(A);
refusals_of!(A, B);
refusals_of!(A, B, C);

/// Says that a list has the refusal `M`, so that `?` may turn one into a failure.
pub trait Has<M> {}

impl Has<Input> for (Input,) {}
impl<A> Has<Input> for (A, Input) {}
impl Has<Input> for (Input, Limited) {}
impl<A> Has<Input> for (A, Input, Limited) {}
impl<A> Has<Limited> for (A, Limited) {}
impl<A, B> Has<Limited> for (A, B, Limited) {}
impl Has<LinkInput> for (LinkInput, Limited) {}
impl<B> Has<Member> for (Member, B) {}
impl<B, C> Has<Member> for (Member, B, C) {}
impl<A> Has<Parameters> for (A, Parameters) {}
impl Has<Superuser> for (Superuser,) {}
impl<B> Has<Superuser> for (Superuser, B) {}

/// One of the refusals in `R`, or an outage. Which one it is no longer matters: it is an answer.
#[derive(Debug)]
pub struct Failure<R> {
    answer: poem::Error,
    refusals: PhantomData<fn() -> R>,
}

impl<R> Failure<R> {
    fn new(answer: poem::Error) -> Self {
        Self {
            answer,
            refusals: PhantomData,
        }
    }
}

impl<R: Refusals> ApiResponse for Failure<R> {
    fn meta() -> MetaResponses {
        let mut responses = R::responses();
        responses.extend(Outage::meta().responses);
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        R::register(registry);
        Outage::register(registry);
    }
}

impl<R> From<Failure<R>> for poem::Error {
    fn from(failure: Failure<R>) -> Self {
        failure.answer
    }
}

macro_rules! from_refusal {
    ($($refusal:ty),+) => {
        $(impl<R: Has<$refusal>> From<$refusal> for Failure<R> {
            fn from(refusal: $refusal) -> Self {
                Self::new(poem::Error::from_response(refusal.into_response()))
            }
        })+
    };
}

from_refusal!(Input, Limited, LinkInput, Member, Parameters, Superuser);

impl<R> From<Fault> for Failure<R> {
    fn from(fault: Fault) -> Self {
        Self::new(outage(fault))
    }
}

impl From<&Fault> for Outage {
    fn from(fault: &Fault) -> Self {
        match fault {
            Fault::Store(_) => Self::new(ErrorCode::DatabaseError),
            Fault::Rejected(rejected) => Self::rejected(rejected.retry_after),
            // To a client it is the same whether a breaker is open yet.
            Fault::Lookup(_) => {
                Self::rejected(Wait::of(TimeDelta::seconds(RETRY_AFTER_SECONDS.into())))
            }
            Fault::Busy | Fault::Overloaded => Self::new(ErrorCode::Overloaded),
            Fault::Internal(_) => Self::new(ErrorCode::InternalError),
        }
    }
}

/// Answers a fault, and keeps what happened for the log.
#[must_use]
pub fn outage(fault: Fault) -> poem::Error {
    let answer = Outage::from(&fault).into_response();
    failed(fault, answer)
}

/// The same with an answer that was made elsewhere.
pub(super) fn failed(fault: Fault, answer: poem::Response) -> poem::Error {
    let mut answer = poem::Error::from_response(answer);
    answer.set_data(Cause(Arc::new(fault)));
    answer
}
