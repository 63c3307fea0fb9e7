//! What one client address may do only so often.
//!
//! An operation is limited by having one of these among its parameters, before the body: then nothing of the
//! body is read for who asks too often.

use std::net::IpAddr;
use std::sync::Arc;

use poem::http::StatusCode;
use poem::{FromRequest, IntoResponse, Request, RequestBody};

use super::failure::Limited;
use crate::model::Wait;
use crate::service::Addresses;
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
        admit(request, Addresses::admit_attempt).map(Self)
    }
}

impl<'a> FromRequest<'a> for AddressMail {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        admit(request, Addresses::admit_mail).map(Self)
    }
}

impl<'a> FromRequest<'a> for AddressRefresh {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        admit(request, Addresses::admit_refresh).map(Self)
    }
}

/// One of the attempts of [`AddressAttempt`], for who has an answer of their own to one too many: how long to
/// wait then.
pub(super) fn attempt(request: &Request) -> poem::Result<Result<(), Wait>> {
    count(request, Addresses::admit_attempt)
}

fn admit(
    request: &Request,
    by: fn(&Addresses, Option<IpAddr>) -> Result<(), Wait>,
) -> poem::Result<()> {
    count(request, by)?
        .map_err(|wait| poem::Error::from_response(Limited::until(wait).into_response()))
}

fn count(
    request: &Request,
    by: fn(&Addresses, Option<IpAddr>) -> Result<(), Wait>,
) -> poem::Result<Result<(), Wait>> {
    let Some(addresses) = request.data::<Arc<Addresses>>() else {
        return Err(poem::Error::from_status(StatusCode::INTERNAL_SERVER_ERROR));
    };
    let address = context::current().and_then(|request| request.device().ip);
    Ok(by(addresses, address))
}
