//! What Countersign does: one file per capability, each operation with its own errors. Knows no HTTP.

pub mod access_token;
pub mod accounts;
pub mod addresses;
pub mod administration;
pub mod audit;
pub mod circuit_breakers;
pub mod delivery;
mod devices;
pub mod health;
pub mod housekeeping;
pub mod keys;
pub mod links;
pub mod login;
pub mod mail_limit;
pub mod mail_requests;
pub mod outbox;
pub mod paging;
pub mod password_reset;
pub mod passwords;
pub mod profile;
pub mod refresh_token;
pub mod registration;
pub mod sessions;
pub mod signing_key;
pub mod texts;
pub mod throttle;
pub mod transfer;
pub mod verification;

pub use accounts::Accounts;
pub use addresses::Addresses;
pub use administration::Administration;
pub use audit::Audit;
pub use circuit_breakers::CircuitBreakers;
pub use delivery::Delivery;
pub use health::Health;
pub use housekeeping::Housekeeping;
pub use links::Links;
pub use login::Login;
pub use mail_limit::MailLimit;
pub use mail_requests::MailRequests;
pub use outbox::{Outbox, OutboxList};
pub use password_reset::PasswordReset;
pub use profile::Profile;
pub use registration::Registration;
pub use sessions::Sessions;
pub use texts::Texts;
pub use throttle::Throttle;
pub use transfer::Transfer;
pub use verification::Verification;

use crate::outbound::pwned_passwords::RangeError;
use crate::resilience::breaker::{CallError, Rejected};
use crate::resilience::hashing::HashingError;
use crate::store::{SaveUserError, StoreError};

/// What can stop any operation, through no fault of the caller.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
    /// Something outside that is needed has failed too often, so it was not asked.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// The database is asked for too much at once.
    #[error("too much is asked of the database at once")]
    Busy,
    /// A new password could not be looked up among the leaked ones, and may not be chosen unseen.
    #[error("leaked passwords can't be looked up")]
    Lookup(#[source] RangeError),
    /// Too many passwords are being hashed already.
    #[error("too many passwords are being hashed already")]
    Overloaded,
    /// Something that should never happen.
    #[error("{0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Fault {
    /// Wraps what should never happen.
    pub(crate) fn internal(
        error: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
    ) -> Self {
        Self::Internal(error.into())
    }

    /// Whether there is only too much to do.
    fn is_overload(&self) -> bool {
        match self {
            Self::Overloaded | Self::Busy => true,
            Self::Store(_) | Self::Rejected(_) | Self::Lookup(_) | Self::Internal(_) => false,
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Rejected(rejected) => Self::Rejected(rejected),
            StoreError::Busy => Self::Busy,
            StoreError::Failed(_) => Self::Store(error),
        }
    }
}

/// A write that changes neither address nor name finds none of them taken.
impl From<SaveUserError> for Fault {
    fn from(error: SaveUserError) -> Self {
        match error {
            SaveUserError::Store(error) => error.into(),
            SaveUserError::Taken(_) => Self::internal(error),
        }
    }
}

impl From<CallError<RangeError>> for Fault {
    fn from(error: CallError<RangeError>) -> Self {
        match error {
            CallError::Rejected(rejected) => Self::Rejected(rejected),
            CallError::Failed(error) => Self::Lookup(error),
        }
    }
}

impl From<HashingError> for Fault {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Overloaded => Self::Overloaded,
            HashingError::Panicked => Self::internal(error),
        }
    }
}
