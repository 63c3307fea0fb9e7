//! What one client address may do only so often.
//!
//! An operation is limited by having one of these among its parameters, before the body: then nothing of the
//! body is read for who asks too often.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::{FromRequest, IntoResponse, Request, RequestBody};

use super::failure::Limited;
use crate::model::Wait;
use crate::service::Addresses;
use crate::service::addresses::Act;
use crate::telemetry::context;

/// One of the times that an address may register, log in, or show a password or a link.
#[derive(Clone, Copy, Debug)]
pub struct AddressAttempt(());

/// One of the times that an address may ask for mail.
#[derive(Clone, Copy, Debug)]
pub struct AddressMail(());

/// One of the times that an address may refresh.
#[derive(Clone, Copy, Debug)]
pub struct AddressRefresh(());

impl<'a> FromRequest<'a> for AddressAttempt {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        admit(request, Act::Attempt).await.map(Self)
    }
}

impl<'a> FromRequest<'a> for AddressMail {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        admit(request, Act::Mail).await.map(Self)
    }
}

impl<'a> FromRequest<'a> for AddressRefresh {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        admit(request, Act::Refresh).await.map(Self)
    }
}

/// One of the attempts of [`AddressAttempt`], for who has an answer of their own to one too many: how long to
/// wait then.
pub(super) async fn attempt(request: &Request) -> poem::Result<Result<(), Wait>> {
    count(request, Act::Attempt).await
}

async fn admit(request: &Request, act: Act) -> poem::Result<()> {
    count(request, act)
        .await?
        .map_err(|wait| poem::Error::from_response(Limited::until(wait).into_response()))
}

async fn count(request: &Request, act: Act) -> poem::Result<Result<(), Wait>> {
    let Some(addresses) = request.data::<Arc<Addresses>>() else {
        return Err(poem::Error::from_status(StatusCode::INTERNAL_SERVER_ERROR));
    };
    let address = context::current().and_then(|request| request.device().ip);
    Ok(addresses.admit(act, address).await)
}
