//! Logging in by password.

use std::sync::Arc;

use super::Fault;
use super::passwords::{Passwords, Verdict};
use super::sessions::{Grant, Sessions};
use crate::model::{Device, Identifier, Password, PasswordHash, User};
use crate::store::{RecordLoginError, Store};
use crate::telemetry::context;

/// Logs people in.
#[derive(Debug)]
pub struct Login {
    store: Store,
    passwords: Passwords,
    sessions: Arc<Sessions>,
}

/// Why somebody was not logged in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// There is no such account, or it has another password; nobody is told which.
    #[error("wrong identifier or password")]
    WrongCredentials,
    /// The password is right, but the person may not use the service.
    #[error("the account is not active")]
    Inactive,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Login {
    /// Logs in the people in `store`.
    #[must_use]
    pub fn new(store: Store, passwords: Passwords, sessions: Arc<Sessions>) -> Self {
        Self {
            store,
            passwords,
            sessions,
        }
    }

    /// Logs a person in on a device. Takes the same time whether or not there is such an account.
    ///
    /// # Errors
    /// Says why not.
    pub async fn log_in(
        &self,
        identifier: &Identifier,
        password: &Password,
        device: Device,
    ) -> Result<Grant, LoginError> {
        let found = self
            .store
            .find_user(identifier)
            .await
            .map_err(Fault::from)?;
        let hash = found.as_ref().and_then(|user| user.password_hash.clone());
        let verdict = self.passwords.verify(password, hash.as_ref()).await?;
        let (Some(user), Some(hash), Verdict::Right { outdated }) = (&found, hash, verdict) else {
            return Err(refused(found.as_ref(), LoginError::WrongCredentials));
        };
        if !user.is_active {
            return Err(refused(found.as_ref(), LoginError::Inactive));
        }
        let rehashed = if outdated {
            self.rehash(password).await?
        } else {
            None
        };
        let session = self.sessions.begin(user, device);
        let user = User {
            last_login: Some(session.created_at),
            ..user.clone()
        };
        self.store
            .record_login(&hash, rehashed.as_ref(), &session)
            .await
            .map_err(|error| match error {
                RecordLoginError::Superseded => refused(Some(&user), LoginError::WrongCredentials),
                RecordLoginError::Store(error) => Fault::from(error).into(),
            })?;
        context::identify(user.id);
        tracing::info!(event = "login_succeeded", session_id = %session.id, "logged in");
        Ok(self.sessions.grant(user, &session, session.created_at)?)
    }

    /// A hash with the parameters now in force; none while there is too much else to hash, since the old
    /// one will do until the next login.
    async fn rehash(&self, password: &Password) -> Result<Option<PasswordHash>, Fault> {
        match self.passwords.hash_verified(password).await {
            Ok(hash) => Ok(Some(hash)),
            Err(Fault::Overloaded) => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

/// Notes a refusal. What was typed is not noted: it may be a password in the wrong field.
fn refused(user: Option<&User>, reason: LoginError) -> LoginError {
    let subject_id = user.map(|user| user.id.to_string());
    tracing::info!(event = "login_failed", subject_id, reason = %reason, "login failed");
    reason
}
