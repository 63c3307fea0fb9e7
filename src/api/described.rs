//! Enumerations whose values are explained: a doc comment says once what a value means, for the code, for the
//! OpenAPI document and for the pages made from it.

use poem_openapi::types::ToJSON;
use serde_json::Value;

use super::admin_users::ResetDelivery;
use super::circuit_breakers::BreakerState;
use super::mail_outbox::{MailKind, MailState};
use super::problem::{ErrorCode, FieldErrorCode};
use super::status::HealthStatus;
use crate::model::EventKind;

/// An enumeration that knows what the doc comments of its values say.
pub trait Described: Copy + ToJSON + 'static {
    /// All values, in their order.
    const ALL: &'static [Self];

    /// What a value means.
    #[must_use]
    fn meaning(self) -> &'static str;

    /// A value as it is written in answers.
    #[must_use]
    fn written(self) -> String {
        let value = self.to_json();
        value
            .as_ref()
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }
}

/// Defines an enumeration as it stands there, and makes it `Described`.
macro_rules! described {
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident {
        $($(#[doc = $meaning:literal])+ $value:ident,)+
    }) => {
        $(#[$attribute])*
        $visibility enum $name {
            $($(#[doc = $meaning])+ $value,)+
        }

        impl $crate::api::described::Described for $name {
            const ALL: &'static [Self] = &[$(Self::$value),+];

            fn meaning(self) -> &'static str {
                match self {
                    $(Self::$value => concat!($($meaning),+).trim_ascii_start(),)+
                }
            }
        }
    };
}
pub(super) use described;

/// The values of an enumeration, each with what it means.
pub type Meanings = Vec<(String, String)>;

fn of<T: Described>(meaning: impl Fn(T) -> String) -> Meanings {
    let values = T::ALL.iter().copied();
    values
        .map(|value| (value.written(), meaning(value)))
        .collect()
}

fn plain<T: Described>() -> Meanings {
    of(|value: T| value.meaning().to_owned())
}

/// All enumerations of the API whose values need an explanation.
#[must_use]
pub fn enumerations() -> Vec<Meanings> {
    let status_and_advice = |code: ErrorCode| {
        let status = code.status().as_u16();
        format!("Status {status}. {} {}", code.meaning(), code.advice())
    };
    let events = EventKind::ALL.iter();
    let events = events.map(|kind| (kind.name().to_owned(), kind.meaning().to_owned()));
    vec![
        of(status_and_advice),
        plain::<FieldErrorCode>(),
        plain::<HealthStatus>(),
        plain::<BreakerState>(),
        plain::<MailKind>(),
        plain::<MailState>(),
        plain::<ResetDelivery>(),
        events.collect(),
    ]
}
