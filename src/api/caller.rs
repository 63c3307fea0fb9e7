//! Who makes a request, and from where.

use std::sync::Arc;

use poem::http::header::USER_AGENT;
use poem::{FromRequest, IntoResponse, Request, RequestBody};
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer;

use super::failure::{Member, outage};
use super::problem::ErrorCode;
use crate::model;
use crate::service::Sessions;
use crate::service::access_token::InvalidAccessToken;
use crate::service::sessions::{AuthenticateError, Caller};

/// The access token of a login, registration or refresh.
#[derive(SecurityScheme)]
#[oai(
    rename = "bearer",
    ty = "bearer",
    bearer_format = "JWT",
    checker = "authenticate"
)]
pub struct Authenticated(pub Caller);

async fn authenticate(request: &Request, bearer: Bearer) -> poem::Result<Caller> {
    let Some(sessions) = request.data::<Arc<Sessions>>() else {
        return Err(poem::Error::from_status(
            poem::http::StatusCode::INTERNAL_SERVER_ERROR,
        ));
    };
    let refusal = match sessions.authenticate(&bearer.token).await {
        Ok(caller) => return Ok(caller),
        Err(AuthenticateError::Token(InvalidAccessToken::Malformed)) => {
            Member::unauthorized(ErrorCode::TokenInvalid)
        }
        Err(AuthenticateError::Token(InvalidAccessToken::Expired)) => {
            Member::unauthorized(ErrorCode::TokenExpired)
        }
        Err(AuthenticateError::Revoked) => Member::unauthorized(ErrorCode::SessionRevoked),
        Err(AuthenticateError::Inactive) => Member::inactive(),
        Err(AuthenticateError::Fault(fault)) => return Err(outage(fault)),
    };
    Err(poem::Error::from_response(refusal.into_response()))
}

/// The device that a request comes from.
#[derive(Clone, Debug)]
pub struct Device(pub model::Device);

impl<'a> FromRequest<'a> for Device {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let ip = request
            .remote_addr()
            .as_socket_addr()
            .map(std::net::SocketAddr::ip);
        let user_agent = request.headers().get(USER_AGENT);
        let user_agent = user_agent.map(|value| String::from_utf8_lossy(value.as_bytes()));
        Ok(Self(model::Device::new(ip, user_agent.as_deref())))
    }
}
