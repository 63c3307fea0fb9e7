//! Rules of members that several bodies have, in the form in which `validator` asks for them.

use poem_openapi::types::MaybeUndefined;
use validator::ValidationError;

use super::failure::Input;
use super::problem::{FieldErrorCode, Flaw};
use crate::model::{Edit, Email, Username};

/// A text without control characters, as all are, as a regular expression of ECMA 262.
pub(super) const NO_CONTROLS: &str = r"^[^\x00-\x1F\x7F-\x9F]*$";

/// An e-mail address.
pub(super) fn is_email(text: &str) -> Result<(), ValidationError> {
    Email::parse(text)
        .map(drop)
        .map_err(|error| Flaw::from(error).into())
}

/// A user name.
pub(super) fn is_username(text: &str) -> Result<(), ValidationError> {
    Username::parse(text)
        .map(drop)
        .map_err(|error| Flaw::from(error).into())
}

/// A user name, or `null` for none.
pub(super) fn is_username_or_none(text: &MaybeUndefined<String>) -> Result<(), ValidationError> {
    match text {
        MaybeUndefined::Value(text) => is_username(text),
        MaybeUndefined::Null | MaybeUndefined::Undefined => Ok(()),
    }
}

/// The address in member `email`. Its rule was kept when it was read; this turns it into its type.
pub(super) fn email(text: &str) -> Result<Email, Input> {
    Email::parse(text).map_err(|error| Input::invalid(vec![Flaw::from(error).of("email")]))
}

/// The name in member `username`, likewise.
pub(super) fn username(text: &str) -> Result<Username, Input> {
    Username::parse(text).map_err(|error| Input::invalid(vec![Flaw::from(error).of("username")]))
}

/// The name in member `username`, which `null` takes away, likewise.
pub(super) fn username_edit(text: &MaybeUndefined<String>) -> Result<Edit<Username>, Input> {
    Ok(match text {
        MaybeUndefined::Undefined => Edit::Keep,
        MaybeUndefined::Null => Edit::Remove,
        MaybeUndefined::Value(text) => Edit::Set(username(text)?),
    })
}

/// That an address can't be chosen because of its domain.
pub(super) fn foreign_domain() -> Input {
    let flaw = Flaw::new(
        FieldErrorCode::OutOfRange,
        "must be of another domain to register here",
    );
    Input::invalid(vec![flaw.of("email")])
}
