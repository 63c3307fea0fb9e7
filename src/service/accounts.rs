//! Creating accounts, whoever asks for it.

use super::Fault;
use super::passwords::Passwords;
use crate::model::{AcceptedPassword, Clock, Email, Identifier, Session, Taken, User, Username};
use crate::store::{CreateUserError, Store};

/// Creates accounts.
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
    /// The password, accepted by the policy.
    pub password: AcceptedPassword,
}

/// Why no account was created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// Another account has the address or the name.
    #[error("the e-mail address or user name is taken")]
    Taken(Taken),
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<CreateUserError> for CreateError {
    fn from(error: CreateUserError) -> Self {
        match error {
            CreateUserError::Taken(taken) => Self::Taken(taken),
            CreateUserError::Store(error) => Self::Fault(error.into()),
        }
    }
}

impl Accounts {
    /// Creates accounts in `store`.
    #[must_use]
    pub fn new(store: Store, clock: Clock, passwords: Passwords) -> Self {
        Self {
            store,
            clock,
            passwords,
        }
    }

    /// Creates an account on behalf of an operator.
    ///
    /// # Errors
    /// Says why not.
    pub async fn create(
        &self,
        account: NewAccount,
        is_superuser: bool,
    ) -> Result<User, CreateError> {
        let user = User {
            is_superuser,
            ..self.prepare(account).await?
        };
        self.keep(&user, None).await?;
        tracing::info!(event = "user_created", subject_id = %user.id, is_superuser, "user created");
        Ok(user)
    }

    /// Makes an account that is not kept yet. Its password is not hashed when its names are taken already:
    /// the answer would be the same, and a hash is the dearest thing there is here. Who comes first is
    /// decided by the database, when it is kept.
    pub(super) async fn prepare(&self, account: NewAccount) -> Result<User, CreateError> {
        let email = Identifier::Email(account.email.as_str().to_owned());
        if self.exists(&email).await? {
            return Err(CreateError::Taken(Taken::Email));
        }
        if let Some(username) = &account.username {
            let username = Identifier::Username(username.as_str().to_owned());
            if self.exists(&username).await? {
                return Err(CreateError::Taken(Taken::Username));
            }
        }
        let hash = self.passwords.hash(&account.password).await?;
        let now = self.clock.now();
        Ok(User::new(account.email, account.username, Some(hash), now))
    }

    /// Keeps an account that was prepared, and its first session where the person is logged in with it.
    pub(super) async fn keep(
        &self,
        user: &User,
        session: Option<&Session>,
    ) -> Result<(), CreateError> {
        Ok(self.store.create_user(user, session).await?)
    }

    async fn exists(&self, identifier: &Identifier) -> Result<bool, Fault> {
        Ok(self.store.find_user(identifier).await?.is_some())
    }
}
