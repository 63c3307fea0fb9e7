//! Setting a new password with a link instead of the old password.

use aws_lc_rs::{digest, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::administration::{Actor, AdministerError, authorize};
use super::passwords::{Passwords, new_password_fails};
use super::{Fault, audit};
use crate::model::{
    Clock, EmailToken, EmailTokenId, EventKind, Password, PasswordPolicy, Purpose, ThrottleKey,
    User, UserId, Weakness,
};
use crate::store::{Store, StoreError};

/// What every token begins with, so that people and secret scanners recognise one.
pub const PREFIX: &str = "csl_";
/// 256 bits: nobody guesses one, so it needs no slow hash.
const TOKEN_LENGTH: usize = 32;

/// Starts and finishes password resets.
#[derive(Debug)]
pub struct PasswordReset {
    store: Store,
    clock: Clock,
    passwords: Passwords,
    policy: PasswordPolicy,
    ttl: TimeDelta,
}

/// A reset that was started.
#[derive(Debug)]
pub struct Started {
    /// Sets a new password, once.
    pub token: SecretString,
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
    /// Resets passwords in `store` to such as `policy` allows, by tokens that are void after `ttl`.
    #[must_use]
    pub fn new(
        store: Store,
        clock: Clock,
        passwords: Passwords,
        policy: PasswordPolicy,
        ttl: TimeDelta,
    ) -> Self {
        Self {
            store,
            clock,
            passwords,
            policy,
            ttl,
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
    ) -> Result<Started, AdministerError> {
        let change = self.store.change().await?;
        change.lock_superusers().await?;
        let found = change.lock_user(user_id).await?;
        authorize(&change, actor).await??;
        let user = found.ok_or(AdministerError::NotFound)?;
        let token = generate()?;
        let now = self.clock.now();
        let kept = EmailToken {
            id: EmailTokenId::generate(now),
            user_id,
            purpose: Purpose::PasswordReset,
            hash: hash(token.expose_secret()),
            email: user.email,
            created_at: now,
            expires_at: now + self.ttl,
        };
        change.replace_tokens(&kept).await?;
        let event = audit::event(EventKind::PasswordResetStarted, Some(user_id), now);
        audit::commit(change, &[event]).await?;
        Ok(Started {
            token,
            expires_at: kept.expires_at,
        })
    }

    /// Sets a new password, uses the token up, and ends all sessions of the account.
    ///
    /// # Errors
    /// Says why not. A weak password does not use the token up.
    pub async fn finish(&self, token: &str, new: Password) -> Result<(), ResetError> {
        let token = self
            .store
            .find_token(hash(token), Purpose::PasswordReset)
            .await?
            .filter(|token| self.clock.now() < token.expires_at)
            .ok_or(ResetError::InvalidLink)?;
        let owner = self
            .store
            .find_user_by_id(token.user_id)
            .await?
            .filter(|user| fits(&token, user))
            .ok_or(ResetError::InvalidLink)?;
        let new = self
            .policy
            .accept(new, &owner.email, owner.username.as_ref())
            .map_err(ResetError::Weak)?;
        let password_hash = self.passwords.hash(&new).await?;

        // Nothing was locked while hashing, so all of it is asked again.
        let change = self.store.change().await?;
        let mut user = change
            .lock_user(token.user_id)
            .await?
            .filter(|user| fits(&token, user))
            .ok_or(ResetError::InvalidLink)?;
        if !change.use_token(token.id).await? {
            return Err(ResetError::InvalidLink);
        }
        user.password_hash = Some(password_hash);
        user.updated_at = self.clock.now();
        let mut event = audit::event(EventKind::PasswordReset, Some(user.id), user.updated_at);
        // Who has the link acts for the account.
        event.actor_id = Some(user.id);
        change.update_user(&user).await.map_err(Fault::from)?;
        change.end_sessions(user.id, None).await?;
        change.void_tokens(user.id, Purpose::PasswordReset).await?;
        change.end_run(&ThrottleKey::of_user(user.id)).await?;
        Ok(audit::commit(change, &[event]).await?)
    }
}

/// Whether the account may use the service and still has the address that the token was made for.
fn fits(token: &EmailToken, user: &User) -> bool {
    user.is_active && token.email.is_same(&user.email)
}

fn generate() -> Result<SecretString, Fault> {
    let mut bytes = [0; TOKEN_LENGTH];
    rand::fill(&mut bytes).map_err(|_| Fault::internal("the system gives no random bytes"))?;
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)).into())
}

fn hash(token: &str) -> [u8; digest::SHA256_OUTPUT_LEN] {
    let mut bytes = [0; digest::SHA256_OUTPUT_LEN];
    bytes.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    bytes
}
