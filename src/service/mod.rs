//! What Countersign does: one file per capability, each operation with its own errors. Knows no HTTP.

pub mod access_token;
pub mod accounts;
pub mod administration;
pub mod audit;
pub mod health;
pub mod housekeeping;
pub mod keys;
pub mod login;
pub mod paging;
pub mod password_reset;
pub mod passwords;
pub mod profile;
pub mod refresh_token;
pub mod registration;
pub mod sessions;
pub mod signing_key;
pub mod transfer;

pub use accounts::Accounts;
pub use administration::Administration;
pub use audit::Audit;
pub use health::Health;
pub use housekeeping::Housekeeping;
pub use login::Login;
pub use password_reset::PasswordReset;
pub use profile::Profile;
pub use registration::Registration;
pub use sessions::Sessions;
pub use transfer::Transfer;

use crate::resilience::hashing::HashingError;
use crate::store::{SaveUserError, StoreError};

/// What can stop any operation, through no fault of the caller.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
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
            Self::Overloaded => true,
            Self::Store(_) | Self::Internal(_) => false,
        }
    }
}

/// A write that changes neither address nor name finds none of them taken.
impl From<SaveUserError> for Fault {
    fn from(error: SaveUserError) -> Self {
        match error {
            SaveUserError::Store(error) => Self::Store(error),
            SaveUserError::Taken(_) => Self::internal(error),
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
