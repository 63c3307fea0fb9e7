//! Creating accounts.

use std::sync::Arc;

use super::Fault;
use super::passwords::Passwords;
use super::sessions::{Grant, Sessions};
use crate::model::{
    AcceptedPassword, Clock, Device, Email, Identifier, PasswordHash, Taken, User, UserId, Username,
};
use crate::store::{CreateUserError, Store};
use crate::telemetry::context;

/// Creates accounts.
#[derive(Debug)]
pub struct Registration {
    store: Store,
    clock: Clock,
    passwords: Passwords,
    sessions: Arc<Sessions>,
    is_open: bool,
}

/// What a new account needs.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The address.
    pub email: Email,
    /// The name, where the person wants one.
    pub username: Option<Username>,
    /// The password, accepted by the policy.
    pub password: AcceptedPassword,
}

/// Why no account was created.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Nobody may register here.
    #[error("registration is closed")]
    Closed,
    /// Another account has the address or the name.
    #[error("the e-mail address or user name is taken")]
    Taken(Taken),
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<CreateUserError> for RegisterError {
    fn from(error: CreateUserError) -> Self {
        match error {
            CreateUserError::Taken(taken) => Self::Taken(taken),
            CreateUserError::Store(error) => Self::Fault(error.into()),
        }
    }
}

impl Registration {
    /// Creates accounts in `store`; `is_open` says whether anybody may register.
    #[must_use]
    pub fn new(
        store: Store,
        clock: Clock,
        passwords: Passwords,
        sessions: Arc<Sessions>,
        is_open: bool,
    ) -> Self {
        Self {
            store,
            clock,
            passwords,
            sessions,
            is_open,
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
        if !self.is_open {
            return Err(RegisterError::Closed);
        }
        let hash = self.claim(&account).await?;
        let user = self.user(account, hash, false);
        let user = User {
            last_login: Some(user.created_at),
            ..user
        };
        let session = self.sessions.begin(&user, device);
        self.store.create_user(&user, Some(&session)).await?;
        context::identify(user.id);
        tracing::info!(event = "user_registered", session_id = %session.id, "user registered");
        Ok(self.sessions.grant(user, &session, session.created_at)?)
    }

    /// Creates an account on behalf of an operator, whether or not registration is open.
    ///
    /// # Errors
    /// As [`Registration::register`], but never [`RegisterError::Closed`].
    pub async fn create(
        &self,
        account: NewAccount,
        is_superuser: bool,
    ) -> Result<User, RegisterError> {
        let hash = self.claim(&account).await?;
        let user = self.user(account, hash, is_superuser);
        self.store.create_user(&user, None).await?;
        tracing::info!(event = "user_created", subject_id = %user.id, is_superuser, "user created");
        Ok(user)
    }

    /// Hashes the password unless the names are taken already: the answer would be the same, and a
    /// hash is the dearest thing there is here. Who comes first is decided by the database, later.
    async fn claim(&self, account: &NewAccount) -> Result<PasswordHash, RegisterError> {
        let email = Identifier::Email(account.email.as_str().to_owned());
        if self
            .store
            .find_user(&email)
            .await
            .map_err(Fault::from)?
            .is_some()
        {
            return Err(RegisterError::Taken(Taken::Email));
        }
        if let Some(username) = &account.username {
            let username = Identifier::Username(username.as_str().to_owned());
            if self
                .store
                .find_user(&username)
                .await
                .map_err(Fault::from)?
                .is_some()
            {
                return Err(RegisterError::Taken(Taken::Username));
            }
        }
        Ok(self.passwords.hash(&account.password).await?)
    }

    fn user(&self, account: NewAccount, hash: PasswordHash, is_superuser: bool) -> User {
        let now = self.clock.now();
        User {
            id: UserId::generate(now),
            email: account.email,
            username: account.username,
            password_hash: Some(hash),
            is_active: true,
            is_superuser,
            email_verified: false,
            created_at: now,
            updated_at: now,
            last_login: None,
        }
    }
}
