//! Making new accounts, whoever asks for it.

use super::Fault;
use super::passwords::{Passwords, new_password_fails};
use crate::model::{AcceptedPassword, Clock, Email, Identifier, Taken, User, Username, Weakness};
use crate::store::{SaveUserError, Store};

/// Makes new accounts.
#[derive(Clone, Debug)]
pub struct Accounts {
    store: Store,
    clock: Clock,
    passwords: Passwords,
}

/// What a new account needs.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The address.
    pub email: Email,
    /// The name, where the person wants one.
    pub username: Option<Username>,
    /// The password, accepted by the policy; without one, nobody can log in until one is set.
    pub password: Option<AcceptedPassword>,
}

/// Why no account was created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
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

new_password_fails!(CreateError);

impl From<SaveUserError> for CreateError {
    fn from(error: SaveUserError) -> Self {
        match error {
            SaveUserError::Taken(taken) => Self::Taken(taken),
            SaveUserError::Store(error) => Self::Fault(error.into()),
        }
    }
}

impl Accounts {
    /// Makes accounts for `store`.
    #[must_use]
    pub fn new(store: Store, clock: Clock, passwords: Passwords) -> Self {
        Self {
            store,
            clock,
            passwords,
        }
    }

    /// Makes an account that is not kept yet. Its password is neither looked up nor hashed when its names
    /// are taken already: the answer would be the same, and a hash is the dearest thing there is here. Who comes first is
    /// decided by the database, when it is kept.
    pub(super) async fn prepare(&self, account: NewAccount) -> Result<User, CreateError> {
        let email = Identifier::Email(account.email.as_str().to_owned());
        // In this order: who gives an address up reserves it by the same change.
        if self.exists(&email).await? || self.is_reserved(&account.email).await? {
            return Err(CreateError::Taken(Taken::Email));
        }
        if let Some(username) = &account.username {
            let username = Identifier::Username(username.as_str().to_owned());
            if self.exists(&username).await? {
                return Err(CreateError::Taken(Taken::Username));
            }
        }
        self.make(account).await
    }

    /// The same, without asking whether the names are taken.
    pub(super) async fn make(&self, account: NewAccount) -> Result<User, CreateError> {
        let hash = match &account.password {
            Some(password) => Some(self.passwords.hash(password).await?),
            None => None,
        };
        let now = self.clock.now();
        Ok(User::new(account.email, account.username, hash, now))
    }

    /// Whether an account can be taken back to the address.
    async fn is_reserved(&self, email: &Email) -> Result<bool, Fault> {
        let now = self.clock.now();
        Ok(self.store.is_reserved(email, None, now).await?)
    }

    async fn exists(&self, identifier: &Identifier) -> Result<bool, Fault> {
        Ok(self.store.find_user(identifier).await?.is_some())
    }
}
