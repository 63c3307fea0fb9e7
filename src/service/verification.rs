//! Showing that an address is the person's own, by a link that was sent there.

use super::links::Links;
use super::{Fault, audit};
use crate::model::{Clock, EmailToken, EventKind, Purpose, User};
use crate::store::{Store, StoreError};

/// Verifies addresses.
#[derive(Debug)]
pub struct Verification {
    store: Store,
    clock: Clock,
}

/// Why no address was verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The token is unknown, was used, has expired, or is for another address than the account has now; or the
    /// account is not active.
    #[error("the link is not valid")]
    InvalidLink,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for VerifyError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl Verification {
    /// Verifies the addresses of accounts in `store`.
    #[must_use]
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Notes that the address is the person's own, and uses the token up.
    ///
    /// # Errors
    /// Says why not.
    pub async fn verify(&self, token: &str) -> Result<(), VerifyError> {
        let now = self.clock.now();
        let token = self
            .store
            .find_token(Links::hash(token))
            .await?
            .filter(|token| token.purpose == Purpose::VerifyEmail && now < token.expires_at)
            .ok_or(VerifyError::InvalidLink)?;
        let change = self.store.change().await?;
        let before = change
            .lock_user(token.user_id)
            .await?
            .filter(|user| fits(&token, user))
            .ok_or(VerifyError::InvalidLink)?;
        if !change.use_token(token.id).await? {
            return Err(VerifyError::InvalidLink);
        }
        let user = User {
            email_verified: true,
            updated_at: now,
            ..before.clone()
        };
        change.update_user(&user).await.map_err(Fault::from)?;
        change.void_tokens(user.id, &[Purpose::VerifyEmail]).await?;
        let mut event = audit::event(EventKind::UserUpdated, Some(user.id), now);
        // Who has the link acts for the account.
        event.actor_id = Some(user.id);
        event.details.changed = Some(user.changed_since(&before));
        Ok(audit::commit(change, &[event]).await?)
    }
}

/// Whether the account may use the service and still has the address that the token was made for.
pub(super) fn fits(token: &EmailToken, user: &User) -> bool {
    user.is_active && token.email.is_same(&user.email)
}
