//! The check of new passwords against those that leaked from other services.

use std::error::Error;
use std::sync::Arc;

use super::NewPasswordError;
use crate::config::OnUnavailable;
use crate::model::{AcceptedPassword, Weakness};
use crate::outbound::PwnedPasswords;
use crate::service::Fault;

/// Refuses new passwords that have leaked.
#[derive(Clone, Debug)]
pub struct LeakCheck {
    leaked: Arc<PwnedPasswords>,
    on_unavailable: OnUnavailable,
}

impl LeakCheck {
    /// Refuses what is in `leaked`; what can't be looked up, as `on_unavailable` says.
    #[must_use]
    pub fn new(leaked: PwnedPasswords, on_unavailable: OnUnavailable) -> Self {
        Self {
            leaked: Arc::new(leaked),
            on_unavailable,
        }
    }

    /// Lets a password pass.
    ///
    /// # Errors
    /// When it has leaked, or can't be looked up and must be.
    pub(super) async fn pass(&self, password: &AcceptedPassword) -> Result<(), NewPasswordError> {
        match (
            self.leaked.has(password.password()).await,
            self.on_unavailable,
        ) {
            (Ok(false), _) => Ok(()),
            (Ok(true), _) => Err(NewPasswordError::Weak(vec![Weakness::Breached])),
            (Err(error), OnUnavailable::Allow) => {
                tracing::warn!(
                    error = &error as &dyn Error,
                    "a new password was not looked up among leaked ones"
                );
                Ok(())
            }
            (Err(error), OnUnavailable::Reject) => Err(Fault::from(error).into()),
        }
    }
}
