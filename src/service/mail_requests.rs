//! Asking for mail: a link to set a new password, or to verify an address.
//!
//! Whether there is an account is found out when the mail is to be sent, and not before: so the answer and its
//! time are the same for every address, since nobody has looked.

use super::Fault;
use super::mail_limit::MailLimit;
use super::outbox::Outbox;
use super::throttle::NotNow;
use crate::model::{Email, MailKind, Wait};
use crate::store::StoreError;

/// Takes requests for mail.
#[derive(Debug)]
pub struct MailRequests {
    outbox: Outbox,
    limit: MailLimit,
}

/// Why a request was not taken.
#[derive(Debug, thiserror::Error)]
pub enum RequestMailError {
    /// Too much mail was asked for to this mailbox.
    #[error("too much mail was asked for")]
    Throttled(Wait),
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<NotNow> for RequestMailError {
    fn from(reason: NotNow) -> Self {
        match reason {
            NotNow::Throttled(wait) => Self::Throttled(wait),
            NotNow::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl From<StoreError> for RequestMailError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl MailRequests {
    /// Leaves mail in `outbox`, as far as `limit` allows.
    #[must_use]
    pub fn new(outbox: Outbox, limit: MailLimit) -> Self {
        Self { outbox, limit }
    }

    /// Has a link sent that sets a new password, if there is an active account.
    ///
    /// # Errors
    /// Says why not; nothing of it depends on whether there is an account.
    pub async fn password_reset(&self, email: &Email) -> Result<(), RequestMailError> {
        self.request(MailKind::PasswordReset, email).await
    }

    /// Has a link sent that verifies the address, if there is an active account that needs it.
    ///
    /// # Errors
    /// As [`MailRequests::password_reset`].
    pub async fn verification(&self, email: &Email) -> Result<(), RequestMailError> {
        self.request(MailKind::VerifyEmail, email).await
    }

    async fn request(&self, kind: MailKind, email: &Email) -> Result<(), RequestMailError> {
        let change = self.limit.begin(kind, email).await?;
        change
            .insert_mail(&self.outbox.request(kind, email))
            .await?;
        change.commit().await?;
        self.outbox.ring();
        Ok(())
    }
}
