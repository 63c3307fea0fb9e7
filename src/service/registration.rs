//! Registering: a person creates an account and is logged in with it.

use std::sync::Arc;

use super::accounts::{Accounts, CreateError, NewAccount};
use super::sessions::{Grant, Sessions};
use super::{Fault, audit};
use crate::model::{Device, EventKind, Taken, User, Weakness};
use crate::store::Store;
use crate::telemetry::context;
use crate::telemetry::metrics::{Metrics, RegistrationOutcome};

/// Lets people create accounts for themselves.
#[derive(Debug)]
pub struct Registration {
    store: Store,
    accounts: Accounts,
    sessions: Arc<Sessions>,
    is_open: bool,
    metrics: Metrics,
}

/// Why somebody was not registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Nobody may register here.
    #[error("registration is closed")]
    Closed,
    /// Another account has the address or the name.
    #[error("the e-mail address or user name is taken")]
    Taken(Taken),
    /// The password may not be chosen.
    #[error("the password is weak")]
    Weak(Vec<Weakness>),
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<CreateError> for RegisterError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Taken(taken) => Self::Taken(taken),
            CreateError::Weak(weaknesses) => Self::Weak(weaknesses),
            CreateError::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl RegisterError {
    fn outcome(&self) -> RegistrationOutcome {
        match self {
            Self::Closed => RegistrationOutcome::Closed,
            Self::Weak(_) => RegistrationOutcome::WeakPassword,
            Self::Taken(_) => RegistrationOutcome::Taken,
            Self::Fault(fault) if fault.is_overload() => RegistrationOutcome::Overloaded,
            Self::Fault(_) => RegistrationOutcome::Fault,
        }
    }
}

impl Registration {
    /// Registers people while `is_open`.
    #[must_use]
    pub fn new(
        store: Store,
        accounts: Accounts,
        sessions: Arc<Sessions>,
        is_open: bool,
        metrics: Metrics,
    ) -> Self {
        Self {
            store,
            accounts,
            sessions,
            is_open,
            metrics,
        }
    }

    /// Creates an account for a person and logs them in.
    ///
    /// # Errors
    /// Says why not; of two who ask for the same name at once, exactly one gets it.
    pub async fn register(
        &self,
        account: NewAccount,
        device: Device,
    ) -> Result<Grant, RegisterError> {
        let result = self.decide(account, device).await;
        self.metrics.registration(match &result {
            Ok(_) => RegistrationOutcome::Success,
            Err(error) => error.outcome(),
        });
        result
    }

    async fn decide(&self, account: NewAccount, device: Device) -> Result<Grant, RegisterError> {
        if !self.is_open {
            return Err(RegisterError::Closed);
        }
        let user = self.accounts.prepare(account).await?;
        let user = User {
            last_login: Some(user.created_at),
            ..user
        };
        let session = self.sessions.begin(&user, device);
        let change = self.store.change().await.map_err(Fault::from)?;
        change.insert_user(&user).await.map_err(CreateError::from)?;
        let kept = change.insert_session(&session).await;
        kept.map_err(Fault::from)?;
        context::identify(user.id);
        let mut event = audit::event(EventKind::UserRegistered, Some(user.id), session.created_at);
        event.details.session_id = Some(session.id);
        let committed = audit::commit(change, &[event]).await;
        committed.map_err(Fault::from)?;
        Ok(self.sessions.grant(user, &session, session.created_at)?)
    }
}
