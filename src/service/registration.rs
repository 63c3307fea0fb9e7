//! Registering: a person creates an account and is logged in with it.

use std::sync::Arc;

use super::accounts::{Accounts, CreateError, NewAccount};
use super::links::{LinkKind, Links};
use super::mail_limit::MailLimit;
use super::sessions::{Grant, Sessions};
use super::throttle::NotNow;
use super::{Fault, audit, devices};
use crate::config;
use crate::model::mail::PendingRegistration;
use crate::model::{Device, EventKind, MailKind, Taken, User, Wait, Weakness};
use crate::store::{Store, StoreError};
use crate::telemetry::context;
use crate::telemetry::metrics::{Metrics, RegistrationOutcome};

/// What the mails are counted as that registering causes, whatever they turn out to be.
const REGISTRATION: MailKind = MailKind::AlreadyRegistered;

/// Lets people create accounts for themselves.
#[derive(Debug)]
pub struct Registration {
    store: Store,
    accounts: Accounts,
    sessions: Arc<Sessions>,
    links: Links,
    limit: MailLimit,
    rules: config::Registration,
    metrics: Metrics,
}

/// A person who registered.
#[derive(Debug)]
pub enum Registered {
    /// They have an account and are logged in.
    LoggedIn(Box<Grant>),
    /// They can log in once the address is verified. Where registration is private, there may be no account at
    /// all, or another one: only the owner of the address is told.
    ToVerify(User),
}

/// Why somebody was not registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Nobody may register here.
    #[error("registration is closed")]
    Closed,
    /// Nobody may register with an address of this domain.
    #[error("addresses of this domain may not register")]
    ForeignDomain,
    /// A name can't be chosen yet: whether it is free would tell whether the address is.
    #[error("a name can't be chosen yet")]
    NameTooEarly,
    /// Too much mail was caused to this mailbox.
    #[error("too much mail was asked for")]
    Throttled(Wait),
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

impl From<StoreError> for RegisterError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<NotNow> for RegisterError {
    fn from(reason: NotNow) -> Self {
        match reason {
            NotNow::Throttled(wait) => Self::Throttled(wait),
            NotNow::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl RegisterError {
    fn outcome(&self) -> RegistrationOutcome {
        match self {
            Self::Closed => RegistrationOutcome::Closed,
            Self::ForeignDomain => RegistrationOutcome::ForeignDomain,
            Self::NameTooEarly => RegistrationOutcome::NameTooEarly,
            Self::Throttled(_) => RegistrationOutcome::Throttled,
            Self::Weak(_) => RegistrationOutcome::WeakPassword,
            Self::Taken(_) => RegistrationOutcome::Taken,
            Self::Fault(fault) if fault.is_overload() => RegistrationOutcome::Overloaded,
            Self::Fault(_) => RegistrationOutcome::Fault,
        }
    }
}

impl Registration {
    /// Registers people as `rules` allow.
    #[must_use]
    pub fn new(
        store: Store,
        accounts: Accounts,
        sessions: Arc<Sessions>,
        links: Links,
        limit: MailLimit,
        rules: config::Registration,
        metrics: Metrics,
    ) -> Self {
        Self {
            store,
            accounts,
            sessions,
            links,
            limit,
            rules,
            metrics,
        }
    }

    /// Creates an account for a person, and logs them in unless the address has to be verified first.
    ///
    /// # Errors
    /// Says why not; of two who ask for the same name at once, exactly one gets it.
    pub async fn register(
        &self,
        account: NewAccount,
        device: Device,
    ) -> Result<Registered, RegisterError> {
        let result = self.decide(account, device).await;
        self.metrics.registration(match &result {
            Ok(_) => RegistrationOutcome::Success,
            Err(error) => error.outcome(),
        });
        result
    }

    async fn decide(
        &self,
        account: NewAccount,
        device: Device,
    ) -> Result<Registered, RegisterError> {
        if !self.rules.enabled {
            return Err(RegisterError::Closed);
        }
        if !self.rules.admits(&account.email) {
            return Err(RegisterError::ForeignDomain);
        }
        if self.rules.private {
            self.register_privately(account).await
        } else if self.rules.requires_verified_email() {
            self.register_unverified(account).await
        } else {
            self.register_at_once(account, device).await
        }
    }

    async fn register_at_once(
        &self,
        account: NewAccount,
        device: Device,
    ) -> Result<Registered, RegisterError> {
        let user = self.accounts.prepare(account).await?;
        let user = User {
            last_login: Some(user.created_at),
            ..user
        };
        let session = self.sessions.begin(&user, device);
        let change = self.store.change().await?;
        change.insert_user(&user).await.map_err(CreateError::from)?;
        change.insert_session(&session).await?;
        let outbox = self.links.outbox();
        devices::note(&change, outbox, &user, &session.device, session.created_at).await?;
        // Nobody is kept from an account by mails that others caused.
        match self.limit.admit(&change, REGISTRATION, &user.email).await {
            Ok(()) => {
                let kind = LinkKind::VerifyEmail;
                self.links.send(&change, &user, kind).await?;
            }
            Err(NotNow::Throttled(_)) => {}
            Err(NotNow::Fault(fault)) => return Err(fault.into()),
        }
        context::identify(user.id);
        let mut event = audit::event(EventKind::UserRegistered, Some(user.id), session.created_at);
        event.details.session_id = Some(session.id);
        audit::commit(change, &[event]).await?;
        outbox.ring();
        let grant = self.sessions.grant(user, &session, session.created_at)?;
        Ok(Registered::LoggedIn(Box::new(grant)))
    }

    /// The link is all that leads to the account, so without the mail there is none.
    async fn register_unverified(&self, account: NewAccount) -> Result<Registered, RegisterError> {
        self.limit.check(REGISTRATION, &account.email).await?;
        let user = self.accounts.prepare(account).await?;
        let change = self.limit.begin(REGISTRATION, &user.email).await?;
        change.insert_user(&user).await.map_err(CreateError::from)?;
        self.links
            .send(&change, &user, LinkKind::VerifyEmail)
            .await?;
        context::identify(user.id);
        let event = audit::event(EventKind::UserRegistered, Some(user.id), user.created_at);
        audit::commit(change, &[event]).await?;
        self.links.outbox().ring();
        Ok(Registered::ToVerify(user))
    }

    /// Has the account made later, by whoever sends the mail: then it is found out whether the address is
    /// free, and not before. So the answer and its time are the same, since nobody has looked.
    async fn register_privately(&self, account: NewAccount) -> Result<Registered, RegisterError> {
        if account.username.is_some() {
            return Err(RegisterError::NameTooEarly);
        }
        self.limit.check(REGISTRATION, &account.email).await?;
        let user = self.accounts.make(account).await?;
        let change = self.limit.begin(REGISTRATION, &user.email).await?;
        let outbox = self.links.outbox();
        let mut mail = outbox.request(MailKind::VerifyEmail, &user.email);
        mail.details.registration = user.password_hash.as_ref().map(|hash| PendingRegistration {
            user_id: user.id,
            password_hash: hash.expose().to_owned(),
        });
        change.insert_mail(&mail).await?;
        change.commit().await?;
        outbox.ring();
        Ok(Registered::ToVerify(user))
    }
}
