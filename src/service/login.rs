//! Logging in by password.

use std::sync::Arc;

use super::outbox::Outbox;
use super::passwords::{Passwords, Verdict};
use super::sessions::{Grant, Sessions};
use super::throttle::{Attempt, NotNow, Throttle};
use super::{Fault, audit, devices};
use crate::config;
use crate::model::{
    Clock, Device, EventKind, Identifier, Password, PasswordHash, Session, User, Wait,
};
use crate::store::Store;
use crate::telemetry::context;
use crate::telemetry::metrics::{LoginOutcome, Metrics};

/// Logs people in.
#[derive(Debug)]
pub struct Login {
    store: Store,
    clock: Clock,
    passwords: Passwords,
    throttle: Throttle,
    sessions: Arc<Sessions>,
    outbox: Outbox,
    rules: config::Registration,
    metrics: Metrics,
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
    /// The password is right, but the address was not shown to be the person's own.
    #[error("the address is not verified")]
    Unverified,
    /// Too many logins of this account failed, so the password was not even looked at.
    #[error("too many failed logins")]
    Throttled(Wait),
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<NotNow> for LoginError {
    fn from(reason: NotNow) -> Self {
        match reason {
            NotNow::Throttled(wait) => Self::Throttled(wait),
            NotNow::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl LoginError {
    fn outcome(&self) -> LoginOutcome {
        match self {
            Self::WrongCredentials => LoginOutcome::WrongCredentials,
            Self::Inactive => LoginOutcome::Inactive,
            Self::Unverified => LoginOutcome::Unverified,
            Self::Throttled(_) => LoginOutcome::Throttled,
            Self::Fault(fault) if fault.is_overload() => LoginOutcome::Overloaded,
            Self::Fault(_) => LoginOutcome::Fault,
        }
    }
}

impl Login {
    /// Logs in the people in `store`, those whom `rules` let.
    #[must_use]
    #[expect(
        clippy::too_many_arguments,
        reason = "each is something that a login needs"
    )]
    pub fn new(
        store: Store,
        clock: Clock,
        passwords: Passwords,
        throttle: Throttle,
        sessions: Arc<Sessions>,
        outbox: Outbox,
        rules: config::Registration,
        metrics: Metrics,
    ) -> Self {
        Self {
            store,
            clock,
            passwords,
            throttle,
            sessions,
            outbox,
            rules,
            metrics,
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
        let result = self.decide(identifier, password, device).await;
        self.metrics.login(match &result {
            Ok(_) => LoginOutcome::Success,
            Err(error) => error.outcome(),
        });
        result
    }

    async fn decide(
        &self,
        identifier: &Identifier,
        password: &Password,
        device: Device,
    ) -> Result<Grant, LoginError> {
        // Before anything is written: a storm of logins must not become one of writes.
        self.passwords.check_room()?;
        let found = self
            .store
            .find_user(identifier)
            .await
            .map_err(Fault::from)?
            // Where nobody is told whether an address was free, the account that came of it is not there yet.
            .filter(|user| user.email_verified || !self.rules.private);
        let key = self.throttle.key_of(found.as_ref(), identifier);
        let mut attempt = self.throttle.begin(key).await?;
        let result = self.judge(found, &mut attempt, password, device).await;
        // The right password of an account that is not active is no guess, nor is what was never compared.
        self.throttle.end(attempt).await;
        result
    }

    async fn judge(
        &self,
        mut found: Option<User>,
        attempt: &mut Attempt,
        password: &Password,
        device: Device,
    ) -> Result<Grant, LoginError> {
        loop {
            let hash = found.as_ref().and_then(|user| user.password_hash.clone());
            let verdict = self.passwords.verify(password, hash.as_ref()).await?;
            let (Some(user), Some(hash), Verdict::Right { outdated }) = (&found, hash, verdict)
            else {
                let reason = LoginError::WrongCredentials;
                let reason = self.refused(found.as_ref(), reason).await;
                let subject_id = found.map(|user| user.id);
                self.throttle.fail(attempt, subject_id).await;
                return Err(reason);
            };
            if !user.is_active {
                return Err(self.refused(Some(user), LoginError::Inactive).await);
            }
            if self.rules.requires_verified_email() && !user.email_verified {
                return Err(self.refused(Some(user), LoginError::Unverified).await);
            }
            let rehashed = if outdated {
                self.rehash(password).await?
            } else {
                None
            };
            let session = self.sessions.begin(user, device.clone());
            if self
                .record(user, attempt, &hash, rehashed.as_ref(), &session)
                .await?
            {
                let user = User {
                    last_login: Some(session.created_at),
                    ..user.clone()
                };
                return Ok(self.sessions.grant(user, &session, session.created_at)?);
            }
            // The account has changed since it was read: perhaps only its hash was replaced by one of the
            // same password, by another login at the same moment. So all of it is judged again.
            found = self
                .store
                .find_user_by_id(user.id)
                .await
                .map_err(Fault::from)?;
        }
    }

    /// Writes a login down, if the account still has the hash that was verified and is active. Whether it
    /// was.
    async fn record(
        &self,
        user: &User,
        attempt: &mut Attempt,
        verified: &PasswordHash,
        rehashed: Option<&PasswordHash>,
        session: &Session,
    ) -> Result<bool, Fault> {
        let at = session.created_at;
        let change = self.store.change().await?;
        if !change.note_login(user.id, verified, rehashed, at).await? {
            return Ok(false);
        }
        change.insert_session(session).await?;
        context::identify(user.id);
        let was_told = devices::note(&change, &self.outbox, user, &session.device, at).await?;
        let mut event = audit::event(EventKind::LoginSucceeded, Some(user.id), at);
        event.details.session_id = Some(session.id);
        attempt.succeed(&change).await?;
        audit::commit(change, &[event]).await?;
        if was_told {
            self.outbox.ring();
        }
        Ok(true)
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

    /// Notes a refusal. What was typed is not noted: it may be a password in the wrong field. An account
    /// that does not exist costs the same as one that does.
    async fn refused(&self, user: Option<&User>, reason: LoginError) -> LoginError {
        let subject_id = user.map(|user| user.id);
        let mut event = audit::event(EventKind::LoginFailed, subject_id, self.clock.now());
        event.details.reason = Some(
            match reason {
                LoginError::Inactive => "user_inactive",
                LoginError::Unverified => "email_not_verified",
                _ => "wrong_credentials",
            }
            .to_owned(),
        );
        audit::note(&self.store, &event).await;
        reason
    }
}
