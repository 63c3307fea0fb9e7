//! Who makes a request, and from where.

use std::sync::Arc;

use poem::http::HeaderMap;
use poem::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, USER_AGENT};
use poem::{FromRequest, IntoResponse, Request, RequestBody};
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer;
use poem_openapi::error::AuthorizationError;

use super::client_address::Proxies;
use super::failure::{Member, Superuser, outage};
use super::problem::ErrorCode;
use crate::model;
use crate::service::Sessions;
use crate::service::access_token::InvalidAccessToken;
use crate::service::sessions::{AuthenticateError, Caller};
use crate::telemetry::context;

/// The access token of a login, registration or refresh.
#[derive(SecurityScheme)]
#[oai(
    rename = "bearer",
    ty = "bearer",
    bearer_format = "JWT",
    checker = "authenticate"
)]
pub struct Authenticated(pub Caller);

/// The access token of a superuser.
#[derive(SecurityScheme)]
#[oai(
    rename = "bearer",
    ty = "bearer",
    bearer_format = "JWT",
    checker = "authenticate_superuser"
)]
pub struct Administrator(pub Caller);

/// Whether a request sends a bearer token, however badly: only then is there an error for the challenge
/// to name (RFC 6750 section 3.1).
pub(super) fn sends_token(headers: &HeaderMap) -> bool {
    let scheme = b"Bearer ";
    headers.get_all(AUTHORIZATION).iter().any(|value| {
        value
            .as_bytes()
            .split_at_checked(scheme.len())
            .is_some_and(|(start, token)| {
                start.eq_ignore_ascii_case(scheme) && !token.trim_ascii().is_empty()
            })
    })
}

/// The access token of a superuser who looks after the circuit breakers: known even while that of the
/// database is open.
#[derive(SecurityScheme)]
#[oai(
    rename = "bearer",
    ty = "bearer",
    bearer_format = "JWT",
    checker = "authenticate_breaker_administrator"
)]
pub struct BreakerAdministrator(pub Caller);

async fn authenticate(request: &Request, bearer: Bearer) -> poem::Result<Caller> {
    let sessions = asked(request, &bearer)?;
    sessions.authenticate(&bearer.token).await.map_err(refused)
}

/// Whom to ask about a token, if it is one that can be asked about.
fn asked<'r>(request: &'r Request, bearer: &Bearer) -> poem::Result<&'r Arc<Sessions>> {
    // Which of several is meant is not for us to guess: a proxy may have taken another one.
    let is_only_one = request.headers().get_all(AUTHORIZATION).iter().count() == 1;
    if bearer.token.is_empty() || !is_only_one {
        return Err(AuthorizationError.into());
    }
    request
        .data::<Arc<Sessions>>()
        .ok_or_else(|| poem::Error::from_status(poem::http::StatusCode::INTERNAL_SERVER_ERROR))
}

/// The answer to somebody who is not known.
fn refused(error: AuthenticateError) -> poem::Error {
    let refusal = match error {
        AuthenticateError::Token(InvalidAccessToken::Malformed) => {
            Member::unauthorized(ErrorCode::TokenInvalid)
        }
        AuthenticateError::Token(InvalidAccessToken::Expired) => {
            Member::unauthorized(ErrorCode::TokenExpired)
        }
        AuthenticateError::Revoked => Member::unauthorized(ErrorCode::SessionRevoked),
        AuthenticateError::Inactive => Member::inactive(),
        AuthenticateError::Fault(fault) => return outage(fault),
    };
    poem::Error::from_response(refusal.into_response())
}

async fn authenticate_superuser(request: &Request, bearer: Bearer) -> poem::Result<Caller> {
    superuser(authenticate(request, bearer).await?)
}

async fn authenticate_breaker_administrator(
    request: &Request,
    bearer: Bearer,
) -> poem::Result<Caller> {
    let sessions = asked(request, &bearer)?;
    let caller = sessions.authenticate_past_the_breaker(&bearer.token).await;
    superuser(caller.map_err(refused)?)
}

fn superuser(caller: Caller) -> poem::Result<Caller> {
    if caller.user.is_superuser {
        Ok(caller)
    } else {
        let refusal = Superuser::forbidden();
        Err(poem::Error::from_response(refusal.into_response()))
    }
}

/// The device that a request comes from.
#[derive(Clone, Debug)]
pub struct Device(pub model::Device);

impl<'a> FromRequest<'a> for Device {
    async fn from_request(_: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let device = context::current().map(|request| request.device().clone());
        Ok(Self(device.unwrap_or_default()))
    }
}

/// Describes the device that a request comes from, with what `proxies` tell of it.
pub(super) fn device_of(request: &Request, proxies: &Proxies) -> model::Device {
    let ip = proxies.client_of(request);
    let user_agent = request.headers().get(USER_AGENT);
    let user_agent = user_agent.map(|value| String::from_utf8_lossy(value.as_bytes()));
    model::Device::new(ip, user_agent.as_deref())
}

/// The most characters kept of an `Accept-Language` header; browsers send fewer.
const MAX_LANGUAGES: usize = 200;

/// The languages that a request asks for, as it wrote them.
pub(super) fn languages_of(request: &Request) -> Option<String> {
    let languages = request.headers().get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    Some(languages.chars().take(MAX_LANGUAGES).collect())
}
