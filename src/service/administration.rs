//! What administrators and operators do with the accounts of others.

use super::accounts::{Accounts, CreateError, NewAccount};
use super::paging::{Cursors, ListError, Listed, PageRequest};
use super::passwords::Passwords;
use super::{Fault, audit};
use crate::model::{
    AcceptedPassword, AuditEvent, Clock, Edit, Email, EventKind, Identifier, Page, Purpose, Taken,
    User, UserFilter, UserId, Username,
};
use crate::store::{Change, SaveUserError, Store, StoreError};

/// Administers accounts.
#[derive(Debug)]
pub struct Administration {
    store: Store,
    clock: Clock,
    accounts: Accounts,
    passwords: Passwords,
}

/// What is to change about an account; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct UserUpdate {
    /// Whether it may use the service.
    pub is_active: Option<bool>,
    /// Whether it may administer the service.
    pub is_superuser: Option<bool>,
    /// Another address; not verified, unless the update says so.
    pub email: Option<Email>,
    /// Another name, or none at all.
    pub username: Edit<Username>,
    /// Whether the address was shown to be the person's own.
    pub email_verified: Option<bool>,
}

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateUserError {
    /// There is no such account.
    #[error("there is no such account")]
    NotFound,
    /// Another account has the address or the name.
    #[error("the e-mail address or user name is taken")]
    Taken(Taken),
    /// Nobody else could administer the service.
    #[error("the account is the last active superuser")]
    LastSuperuser,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why an account was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteUserError {
    /// There is no such account.
    #[error("there is no such account")]
    NotFound,
    /// Nobody else could administer the service.
    #[error("the account is the last active superuser")]
    LastSuperuser,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Administration {
    /// Administers the accounts in `store`.
    #[must_use]
    pub fn new(store: Store, clock: Clock, passwords: Passwords) -> Self {
        Self {
            accounts: Accounts::new(store.clone(), clock.clone(), passwords.clone()),
            store,
            clock,
            passwords,
        }
    }

    /// Creates an account, even where registration is closed.
    ///
    /// # Errors
    /// Says why not.
    pub async fn create(
        &self,
        account: NewAccount,
        is_superuser: bool,
        is_active: bool,
    ) -> Result<User, CreateError> {
        let user = User {
            is_active,
            is_superuser,
            ..self.accounts.prepare(account).await?
        };
        let change = self.store.change().await.map_err(Fault::from)?;
        change.insert_user(&user).await?;
        let event = |kind| audit::event(kind, Some(user.id), user.created_at);
        let mut events = vec![event(EventKind::UserCreated)];
        if is_superuser {
            events.push(event(EventKind::SuperuserGranted));
        }
        let committed = audit::commit(change, &events).await;
        committed.map_err(Fault::from)?;
        Ok(user)
    }

    /// The account with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&self, id: UserId) -> Result<Option<User>, Fault> {
        Ok(self.store.find_user_by_id(id).await?)
    }

    /// The account with this address or name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_by(&self, identifier: &Identifier) -> Result<Option<User>, Fault> {
        Ok(self.store.find_user(identifier).await?)
    }

    /// Whether there is any account that may administer the service.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_superuser(&self) -> Result<bool, Fault> {
        Ok(self.store.has_superuser().await?)
    }

    /// The accounts that fit a filter, the newest first.
    ///
    /// # Errors
    /// When the cursor is none of this list, or the database fails.
    pub async fn list(
        &self,
        cursors: &Cursors,
        filter: &UserFilter,
        page: &PageRequest,
    ) -> Result<Listed<User>, ListError> {
        const LIST: &str = "users";
        let page = cursors.page::<UserId>(LIST, page)?;
        let users = self.store.users(filter, page).await;
        Ok(cursors.listed(LIST, users.map_err(Fault::from)?))
    }

    /// The `limit` newest accounts that fit a filter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest(&self, filter: &UserFilter, limit: u64) -> Result<Vec<User>, Fault> {
        let page = Page {
            limit,
            before: None,
        };
        Ok(self.store.users(filter, page).await?.items)
    }

    /// Changes an account. One that may no longer use the service loses all its sessions at once.
    ///
    /// # Errors
    /// Says why not.
    pub async fn update(&self, id: UserId, update: &UserUpdate) -> Result<User, UpdateUserError> {
        let change = self.store.change().await.map_err(Fault::from)?;
        change.lock_superusers().await.map_err(Fault::from)?;
        let found = change.lock_user(id).await.map_err(Fault::from)?;
        let before = found.ok_or(UpdateUserError::NotFound)?;
        let mut user = before.clone();
        update.apply(&mut user);
        let is_last = removes_last_superuser(&change, &before, Some(&user)).await;
        if is_last.map_err(Fault::from)? {
            return Err(UpdateUserError::LastSuperuser);
        }
        user.updated_at = self.clock.now();
        let events = events_between(&before, &user);
        if events.is_empty() {
            return Ok(before);
        }
        change
            .update_user(&user)
            .await
            .map_err(|error| match error {
                SaveUserError::Taken(taken) => UpdateUserError::Taken(taken),
                SaveUserError::Store(error) => Fault::from(error).into(),
            })?;
        let voided = void_outdated_tokens(&change, &before, &user).await;
        voided.map_err(Fault::from)?;
        if !user.is_active {
            let ended = change.end_sessions(id, None).await;
            ended.map_err(Fault::from)?;
        }
        let committed = audit::commit(change, &events).await;
        committed.map_err(Fault::from)?;
        Ok(user)
    }

    /// Deletes an account with all that belongs to it.
    ///
    /// # Errors
    /// Says why not.
    pub async fn delete(&self, id: UserId) -> Result<(), DeleteUserError> {
        let change = self.store.change().await.map_err(Fault::from)?;
        change.lock_superusers().await.map_err(Fault::from)?;
        let found = change.lock_user(id).await.map_err(Fault::from)?;
        let user = found.ok_or(DeleteUserError::NotFound)?;
        let is_last = removes_last_superuser(&change, &user, None).await;
        if is_last.map_err(Fault::from)? {
            return Err(DeleteUserError::LastSuperuser);
        }
        let deleted = change.delete_user(id).await;
        deleted.map_err(Fault::from)?;
        let event = audit::event(EventKind::UserDeleted, Some(id), self.clock.now());
        let committed = audit::commit(change, &[event]).await;
        Ok(committed.map_err(Fault::from)?)
    }

    /// Ends all sessions of an account. Whether there is such an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_sessions(&self, id: UserId) -> Result<bool, Fault> {
        let change = self.store.change().await?;
        if change.lock_user(id).await?.is_none() {
            return Ok(false);
        }
        let mut event = audit::event(EventKind::AllSessionsEnded, Some(id), self.clock.now());
        event.details.count = Some(change.end_sessions(id, None).await?);
        audit::commit(change, &[event]).await?;
        Ok(true)
    }

    /// Sets the password of an account, and ends all its sessions. Whether there is such an account.
    ///
    /// # Errors
    /// When the database fails, or too many passwords are being hashed.
    pub async fn set_password(
        &self,
        id: UserId,
        password: &AcceptedPassword,
    ) -> Result<bool, Fault> {
        let hash = self.passwords.hash(password).await?;
        let change = self.store.change().await?;
        let Some(mut user) = change.lock_user(id).await? else {
            return Ok(false);
        };
        user.password_hash = Some(hash);
        user.updated_at = self.clock.now();
        change.update_user(&user).await?;
        change.end_sessions(id, None).await?;
        change.void_tokens(id, Purpose::PasswordReset).await?;
        let event = audit::event(EventKind::PasswordSet, Some(id), user.updated_at);
        audit::commit(change, &[event]).await?;
        Ok(true)
    }
}

impl UserUpdate {
    fn apply(&self, user: &mut User) {
        if let Some(email) = &self.email {
            user.set_email(email.clone());
        }
        self.username.apply(&mut user.username);
        if let Some(verified) = self.email_verified {
            user.email_verified = verified;
        }
        if let Some(is_active) = self.is_active {
            user.is_active = is_active;
        }
        if let Some(is_superuser) = self.is_superuser {
            user.is_superuser = is_superuser;
        }
    }
}

/// What happened to an account that was changed.
fn events_between(before: &User, after: &User) -> Vec<AuditEvent> {
    let event = |kind| audit::event(kind, Some(after.id), after.updated_at);
    let mut events = Vec::new();
    let changed = after.changed_since(before);
    if !changed.is_empty() {
        let mut updated = event(EventKind::UserUpdated);
        updated.details.changed = Some(changed);
        events.push(updated);
    }
    let mut switched = |was: bool, is: bool, on, off| {
        if was != is {
            events.push(event(if is { on } else { off }));
        }
    };
    switched(
        before.is_superuser,
        after.is_superuser,
        EventKind::SuperuserGranted,
        EventKind::SuperuserRevoked,
    );
    switched(
        before.is_active,
        after.is_active,
        EventKind::UserActivated,
        EventKind::UserDeactivated,
    );
    events
}

/// Voids what was sent to an address that the account no longer has, for good: it must not work again when
/// the address comes back.
pub(super) async fn void_outdated_tokens(
    change: &Change,
    before: &User,
    after: &User,
) -> Result<(), StoreError> {
    if !before.email.is_same(&after.email) {
        change.void_tokens(after.id, Purpose::PasswordReset).await?;
    }
    Ok(())
}

/// Whether nobody could administer the service any more with an account as it is after a change; `None` for
/// one that is deleted. Only certain while superusers are locked.
pub(super) async fn removes_last_superuser(
    change: &Change,
    before: &User,
    after: Option<&User>,
) -> Result<bool, StoreError> {
    let administers = |user: &User| user.is_superuser && user.is_active;
    if !administers(before) || after.is_some_and(administers) {
        return Ok(false);
    }
    Ok(!change.has_other_superuser(before.id).await?)
}
