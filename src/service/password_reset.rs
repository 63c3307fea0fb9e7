//! Setting a new password with a link instead of the old password.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::administration::{Actor, AdministerError, authorize};
use super::links::{LinkKind, Links};
use super::passwords::{Passwords, new_password_fails};
use super::{Fault, audit, verification};
use crate::model::{
    Clock, EmailToken, EventKind, MailKind, Password, PasswordPolicy, Purpose, ThrottleKey, User,
    UserId, Weakness,
};
use crate::store::{Change, SaveUserError, Store, StoreError};

/// Starts and finishes password resets.
#[derive(Debug)]
pub struct PasswordReset {
    store: Store,
    clock: Clock,
    passwords: Passwords,
    policy: PasswordPolicy,
    links: Links,
}

/// How a person gets the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handover {
    /// In a mail.
    Mail,
    /// From whoever started the reset.
    Answer,
}

/// A reset that was started.
#[derive(Debug)]
pub struct Started {
    /// Sets a new password, once; `None` where it is sent by mail.
    pub token: Option<SecretString>,
    /// From when on it is void.
    pub expires_at: DateTime<Utc>,
}

/// Why no new password was set.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// The token is unknown, was used, has expired, or is for another address than the account has now; or the
    /// account is not active.
    #[error("the link is not valid")]
    InvalidLink,
    /// The new password may not be chosen.
    #[error("the new password is weak")]
    Weak(Vec<Weakness>),
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

new_password_fails!(ResetError);

impl From<StoreError> for ResetError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl PasswordReset {
    /// Resets passwords in `store` to such as `policy` allows, by `links`.
    #[must_use]
    pub fn new(
        store: Store,
        clock: Clock,
        passwords: Passwords,
        policy: PasswordPolicy,
        links: Links,
    ) -> Self {
        Self {
            store,
            clock,
            passwords,
            policy,
            links,
        }
    }

    /// Makes a token for an account, and voids its older ones.
    ///
    /// # Errors
    /// Says why not.
    pub async fn start(
        &self,
        actor: Actor<'_>,
        user_id: UserId,
        handover: Handover,
    ) -> Result<Started, AdministerError> {
        let change = self.store.change().await?;
        change.lock_superusers().await?;
        let found = change.lock_user(user_id).await?;
        authorize(&change, actor).await??;
        let user = found.ok_or(AdministerError::NotFound)?;
        let (kept, token) = match handover {
            Handover::Mail => {
                let kind = LinkKind::PasswordReset;
                (self.links.send(&change, &user, kind).await?, None)
            }
            Handover::Answer => {
                let kept = self.links.hand_over(&change, &user).await?;
                let token = self.links.token(kept.id);
                (kept, Some(token))
            }
        };
        let event = audit::event(
            EventKind::PasswordResetStarted,
            Some(user_id),
            kept.created_at,
        );
        audit::commit(change, &[event]).await?;
        self.links.outbox().ring();
        Ok(Started {
            token,
            expires_at: kept.expires_at,
        })
    }

    /// Sets a new password, uses the token up, and ends all sessions of the account. A way back also gives the
    /// account the address again that it was sent to.
    ///
    /// # Errors
    /// Says why not. A weak password does not use the token up.
    pub async fn finish(&self, token: &str, new: Password) -> Result<(), ResetError> {
        let token = self
            .store
            .find_token(Links::hash(token))
            .await?
            .filter(|token| self.clock.now() < token.expires_at)
            .ok_or(ResetError::InvalidLink)?;
        let owner = self
            .store
            .find_user_by_id(token.user_id)
            .await?
            .and_then(|user| after(&token, user))
            .ok_or(ResetError::InvalidLink)?;
        let new = self
            .policy
            .accept(new, &owner.email, owner.username.as_ref())
            .map_err(ResetError::Weak)?;
        let password_hash = self.passwords.hash(&new).await?;

        // Nothing was locked while hashing, so all of it is asked again.
        let change = self.store.change().await?;
        let before = change.lock_user(token.user_id).await?;
        let before = before.ok_or(ResetError::InvalidLink)?;
        let user = after(&token, before.clone()).ok_or(ResetError::InvalidLink)?;
        if !change.use_token(token.id).await? {
            return Err(ResetError::InvalidLink);
        }
        let user = User {
            password_hash: Some(password_hash),
            updated_at: self.clock.now(),
            ..user
        };
        change
            .update_user(&user)
            .await
            .map_err(|error| match error {
                // Nobody can have the address that a way back leads to, but by an administrator's hand.
                SaveUserError::Taken(_) => ResetError::InvalidLink,
                SaveUserError::Store(error) => error.into(),
            })?;
        change.end_sessions(user.id, None).await?;
        self.void_tokens(&change, &token, &user).await?;
        change.end_run(&ThrottleKey::of_user(user.id)).await?;
        let outbox = self.links.outbox();
        outbox
            .tell(&change, &user, MailKind::PasswordChanged)
            .await?;
        if !before.email.is_same(&user.email) {
            outbox
                .tell(&change, &before, MailKind::EmailChanged)
                .await?;
        }

        let event = |kind| {
            let mut event = audit::event(kind, Some(user.id), user.updated_at);
            // Who has the link acts for the account.
            event.actor_id = Some(user.id);
            event
        };
        let mut events = vec![event(EventKind::PasswordReset)];
        let changed = user.changed_since(&before);
        if !changed.is_empty() {
            let mut updated = event(EventKind::UserUpdated);
            updated.details.changed = Some(changed);
            events.push(updated);
        }
        audit::commit(change, &events).await?;
        outbox.ring();
        Ok(())
    }

    /// Voids what is not to be used after the token was.
    async fn void_tokens(
        &self,
        change: &Change,
        token: &EmailToken,
        user: &User,
    ) -> Result<(), StoreError> {
        let mut outdated = vec![Purpose::PasswordReset];
        if user.email_verified {
            outdated.push(Purpose::VerifyEmail);
        }
        change.void_tokens(user.id, &outdated).await?;
        if token.purpose == Purpose::RestoreEmail {
            // Ways back that are older stay open: they lead further back.
            change.void_tokens_since(token).await?;
        }
        Ok(())
    }
}

/// The account as the token leaves it, but for the password; `None` if it is not for this account as it is now.
fn after(token: &EmailToken, user: User) -> Option<User> {
    match token.purpose {
        Purpose::PasswordReset if verification::fits(token, &user) => Some(User {
            email_verified: user.email_verified || token.is_mailed,
            ..user
        }),
        Purpose::RestoreEmail if user.is_active => Some(User {
            email: token.email.clone(),
            email_verified: true,
            ..user
        }),
        _ => None,
    }
}
