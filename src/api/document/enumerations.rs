//! What the values of enumerations mean: the generator only lists them.

use crate::api::admin_users::ResetDelivery;
use crate::api::circuit_breakers::BreakerState;
use crate::api::described::Described;
use crate::api::mail_outbox::{MailKind, MailState};
use crate::api::problem::{ErrorCode, FieldErrorCode};
use crate::api::status::HealthStatus;
use crate::model::EventKind;

/// The values of an enumeration, each with what it means.
pub(super) type Meanings = Vec<(String, String)>;

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
pub(super) fn enumerations() -> Vec<Meanings> {
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
