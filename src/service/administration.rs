//! What administrators and operators do with the accounts of others.

use super::accounts::{Accounts, CreateError, NewAccount};
use super::links::{LinkKind, Links};
use super::outbox::Outbox;
use super::paging::{Cursors, ListError, Listed, PageRequest};
use super::passwords::{NewPasswordError, Passwords};
use super::sessions::Caller;
use super::{Fault, audit};
use crate::model::{
    AcceptedPassword, AuditEvent, Clock, Edit, Email, EventKind, Identifier, MailKind, Page,
    Purpose, Slice, Taken, ThrottleKey, User, UserFilter, UserId, Username, Weakness,
};
use crate::store::{Change, SaveUserError, Store, StoreError};

/// Administers accounts.
#[derive(Debug)]
pub struct Administration {
    store: Store,
    clock: Clock,
    accounts: Accounts,
    passwords: Passwords,
    outbox: Outbox,
    /// `None` at the command line, where there may be no secret to make links with.
    links: Option<Links>,
}

/// On whose behalf something is done.
#[derive(Clone, Copy, Debug)]
pub enum Actor<'a> {
    /// Whoever may run commands on the server.
    Operator,
    /// A superuser, as long as they are one.
    Superuser(&'a Caller),
}

/// Why somebody who was a superuser when the request began may do nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unauthorized {
    /// The session was ended meanwhile.
    #[error("the session has ended")]
    SessionEnded,
    /// The account may not use the service any more.
    #[error("the account is not active")]
    Inactive,
    /// The account may not administer the service any more.
    #[error("the account is no superuser")]
    NoSuperuser,
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
    /// The administrator may not do it any more.
    #[error(transparent)]
    Unauthorized(#[from] Unauthorized),
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
    /// The administrator may not do it any more.
    #[error(transparent)]
    Unauthorized(#[from] Unauthorized),
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why an account was not created by an administrator.
#[derive(Debug, thiserror::Error)]
pub enum CreateUserError {
    /// Another account has the address or the name.
    #[error("the e-mail address or user name is taken")]
    Taken(Taken),
    /// The password may not be chosen.
    #[error("the password is weak")]
    Weak(Vec<Weakness>),
    /// The administrator may not do it any more.
    #[error(transparent)]
    Unauthorized(#[from] Unauthorized),
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<CreateError> for CreateUserError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Taken(taken) => Self::Taken(taken),
            CreateError::Weak(weaknesses) => Self::Weak(weaknesses),
            CreateError::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// Why nothing was done about an account that may not be there.
#[derive(Debug, thiserror::Error)]
pub enum AdministerError {
    /// There is no such account.
    #[error("there is no such account")]
    NotFound,
    /// The administrator may not do it any more.
    #[error(transparent)]
    Unauthorized(#[from] Unauthorized),
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Any of them can fail as a whole.
macro_rules! store_fails {
    ($($error:ident),+) => {
        $(impl From<StoreError> for $error {
            fn from(error: StoreError) -> Self {
                Self::Fault(error.into())
            }
        })+
    };
}

store_fails!(
    CreateUserError,
    UpdateUserError,
    DeleteUserError,
    AdministerError
);

impl Administration {
    /// Administers the accounts in `store`. Without `links` people are told what happens, but are sent no
    /// links.
    #[must_use]
    pub fn new(
        store: Store,
        clock: Clock,
        passwords: Passwords,
        outbox: Outbox,
        links: Option<Links>,
    ) -> Self {
        Self {
            accounts: Accounts::new(store.clone(), clock.clone(), passwords.clone()),
            store,
            clock,
            passwords,
            outbox,
            links,
        }
    }

    /// Creates an account, even where registration is closed. Without a password its owner is invited to set
    /// one. An operator's word is enough for the address, everybody else's is verified.
    ///
    /// # Errors
    /// Says why not.
    pub async fn create(
        &self,
        actor: Actor<'_>,
        account: NewAccount,
        is_superuser: bool,
        is_active: bool,
    ) -> Result<User, CreateUserError> {
        let user = User {
            is_active,
            is_superuser,
            email_verified: matches!(actor, Actor::Operator),
            ..self.accounts.prepare(account).await?
        };
        let change = self.store.change().await?;
        change.lock_superusers().await?;
        authorize(&change, actor).await??;
        change.insert_user(&user).await.map_err(CreateError::from)?;
        if user.password_hash.is_none() {
            self.send(&change, &user, LinkKind::Invitation).await?;
        } else if !user.email_verified {
            self.send(&change, &user, LinkKind::VerifyEmail).await?;
        }
        let event = |kind| audit::event(kind, Some(user.id), user.created_at);
        let mut events = vec![event(EventKind::UserCreated)];
        if is_superuser {
            events.push(event(EventKind::SuperuserGranted));
        }
        audit::commit(change, &events).await?;
        self.outbox.ring();
        Ok(user)
    }

    /// Sends the owner of an account a link, unless nothing could come of it.
    async fn send(&self, change: &Change, user: &User, kind: LinkKind) -> Result<(), StoreError> {
        if let Some(links) = &self.links
            && user.is_active
        {
            links.send(change, user, kind).await?;
        }
        Ok(())
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
    pub async fn newest(
        &self,
        filter: &UserFilter,
        limit: u64,
    ) -> Result<Slice<User, UserId>, Fault> {
        let page = Page {
            limit,
            before: None,
        };
        Ok(self.store.users(filter, page).await?)
    }

    /// Changes an account. One that may no longer use the service loses all its sessions at once.
    ///
    /// # Errors
    /// Says why not.
    pub async fn update(
        &self,
        actor: Actor<'_>,
        id: UserId,
        update: &UserUpdate,
    ) -> Result<User, UpdateUserError> {
        let change = self.store.change().await?;
        change.lock_superusers().await?;
        let found = change.lock_user(id).await?;
        authorize(&change, actor).await??;
        let before = found.ok_or(UpdateUserError::NotFound)?;
        let mut user = before.clone();
        update.apply(&mut user);
        if removes_last_superuser(&change, &before, Some(&user)).await? {
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
                SaveUserError::Store(error) => error.into(),
            })?;
        let has_moved = !before.email.is_same(&user.email);
        if has_moved || before.is_active && !user.is_active {
            // For good: they must not work again when the address comes back, nor be a way in again.
            change.void_tokens(id, &Purpose::ALL).await?;
        }
        if has_moved {
            self.outbox
                .tell(&change, &before, MailKind::EmailChanged)
                .await?;
        }
        if user.password_hash.is_none() && (has_moved || !before.is_active) {
            self.send(&change, &user, LinkKind::Invitation).await?;
        } else if has_moved && !user.email_verified {
            self.send(&change, &user, LinkKind::VerifyEmail).await?;
        }
        if !user.is_active {
            change.end_sessions(id, None).await?;
        }
        audit::commit(change, &events).await?;
        self.outbox.ring();
        Ok(user)
    }

    /// Deletes an account with all that belongs to it.
    ///
    /// # Errors
    /// Says why not.
    pub async fn delete(&self, actor: Actor<'_>, id: UserId) -> Result<(), DeleteUserError> {
        let change = self.store.change().await?;
        change.lock_superusers().await?;
        let found = change.lock_user(id).await?;
        authorize(&change, actor).await??;
        let user = found.ok_or(DeleteUserError::NotFound)?;
        if removes_last_superuser(&change, &user, None).await? {
            return Err(DeleteUserError::LastSuperuser);
        }
        change.delete_user(id).await?;
        change.end_run(&ThrottleKey::of_user(id)).await?;
        let event = audit::event(EventKind::UserDeleted, Some(id), self.clock.now());
        Ok(audit::commit(change, &[event]).await?)
    }

    /// Ends all sessions of an account.
    ///
    /// # Errors
    /// Says why not.
    pub async fn end_sessions(&self, actor: Actor<'_>, id: UserId) -> Result<(), AdministerError> {
        let change = self.store.change().await?;
        change.lock_superusers().await?;
        let found = change.lock_user(id).await?;
        authorize(&change, actor).await??;
        found.ok_or(AdministerError::NotFound)?;
        let mut event = audit::event(EventKind::AllSessionsEnded, Some(id), self.clock.now());
        event.details.count = Some(change.end_sessions(id, None).await?);
        Ok(audit::commit(change, &[event]).await?)
    }

    /// Sets the password of an account, and ends all its sessions. Whether there is such an account.
    ///
    /// # Errors
    /// When the password may not be chosen, the database fails, or too many passwords are being hashed.
    pub async fn set_password(
        &self,
        id: UserId,
        password: &AcceptedPassword,
    ) -> Result<bool, NewPasswordError> {
        let hash = self.passwords.hash(password).await?;
        let change = self.store.change().await?;
        let Some(mut user) = change.lock_user(id).await? else {
            return Ok(false);
        };
        user.password_hash = Some(hash);
        user.updated_at = self.clock.now();
        change.update_user(&user).await.map_err(Fault::from)?;
        change.end_sessions(id, None).await?;
        change.void_tokens(id, &[Purpose::PasswordReset]).await?;
        change.end_run(&ThrottleKey::of_user(id)).await?;
        self.outbox
            .tell(&change, &user, MailKind::PasswordChanged)
            .await?;
        let event = audit::event(EventKind::PasswordSet, Some(id), user.updated_at);
        audit::commit(change, &[event]).await?;
        self.outbox.ring();
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

/// Whether the actor may still do it. Asked inside the change, while nobody makes or unmakes superusers and
/// after users are locked: a request may have waited long for the rest of its body, or for a hash.
pub(super) async fn authorize(
    change: &Change,
    actor: Actor<'_>,
) -> Result<Result<(), Unauthorized>, StoreError> {
    let Actor::Superuser(caller) = actor else {
        return Ok(Ok(()));
    };
    if !change.keep_session(caller.session_id).await? {
        return Ok(Err(Unauthorized::SessionEnded));
    }
    Ok(match change.user(caller.user.id).await? {
        None => Err(Unauthorized::SessionEnded),
        Some(user) if !user.is_active => Err(Unauthorized::Inactive),
        Some(user) if !user.is_superuser => Err(Unauthorized::NoSuperuser),
        Some(_) => Ok(()),
    })
}

/// Whether nobody could administer the service any more with an account as it is after a change; `None` for
/// one that is deleted. Only certain while superusers are locked.
pub(super) async fn removes_last_superuser(
    change: &Change,
    before: &User,
    after: Option<&User>,
) -> Result<bool, StoreError> {
    if !before.can_administer() || after.is_some_and(User::can_administer) {
        return Ok(false);
    }
    Ok(!change.has_other_superuser(before.id).await?)
}
