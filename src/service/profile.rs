//! What a person does with the own account.

use super::administration::removes_last_superuser;
use super::links::{LinkKind, Links};
use super::mail_limit::MailLimit;
use super::passwords::{Passwords, Verdict, new_password_fails};
use super::sessions::Caller;
use super::throttle::{Attempt, NotNow, Throttle};
use super::{Fault, audit};
use crate::config;
use crate::model::{
    AcceptedPassword, Clock, Edit, Email, EventKind, MailKind, Password, PasswordHash,
    PasswordPolicy, Purpose, Taken, ThrottleKey, User, Username, Wait, Weakness,
};
use crate::store::{Change, SaveUserError, Store, StoreError};

/// Changes and deletes a person's own account.
#[derive(Debug)]
pub struct Profile {
    store: Store,
    clock: Clock,
    passwords: Passwords,
    throttle: Throttle,
    policy: PasswordPolicy,
    links: Links,
    limit: MailLimit,
    rules: config::Registration,
}

/// What a person wants to change.
#[derive(Clone, Debug, Default)]
pub struct ProfileUpdate {
    /// Another address.
    pub email: Option<Email>,
    /// Another name, or none at all.
    pub username: Edit<Username>,
    /// The password now in use; only another address needs it.
    pub current_password: Option<Password>,
}

impl ProfileUpdate {
    fn changes_email(&self, user: &User) -> bool {
        self.email.as_ref().is_some_and(|new| *new != user.email)
    }
}

/// Why the account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateProfileError {
    /// Another address needs the current password, which was not given.
    #[error("the current password is required")]
    PasswordRequired,
    /// The current password is another one.
    #[error("the current password is wrong")]
    IncorrectPassword,
    /// Too many logins of this account failed, or too much mail was caused to the new address.
    #[error("too much was tried")]
    Throttled(Wait),
    /// Nobody may have an address of this domain by their own choice.
    #[error("addresses of this domain may not register")]
    ForeignDomain,
    /// Another account has the address or the name.
    #[error("the e-mail address or user name is taken")]
    Taken(Taken),
    /// The session was ended meanwhile.
    #[error("the session has ended")]
    SessionEnded,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why the password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The new password may not be chosen.
    #[error("the new password is weak")]
    Weak(Vec<Weakness>),
    /// The current password is another one.
    #[error("the current password is wrong")]
    IncorrectPassword,
    /// Too many logins of this account failed, so the password was not even looked at.
    #[error("too many failed logins")]
    Throttled(Wait),
    /// The session was ended meanwhile.
    #[error("the session has ended")]
    SessionEnded,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why the account was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteProfileError {
    /// The current password is another one.
    #[error("the current password is wrong")]
    IncorrectPassword,
    /// Too many logins of this account failed, so the password was not even looked at.
    #[error("too many failed logins")]
    Throttled(Wait),
    /// Nobody else could administer the service.
    #[error("the account is the last active superuser")]
    LastSuperuser,
    /// The session was ended meanwhile.
    #[error("the session has ended")]
    SessionEnded,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why somebody is not let at an account.
enum Refused {
    IncorrectPassword,
    SessionEnded,
    Fault(Fault),
}

impl<E: Into<Fault>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

macro_rules! refused_into {
    ($($error:ident),+) => {
        $(impl From<Refused> for $error {
            fn from(refused: Refused) -> Self {
                match refused {
                    Refused::IncorrectPassword => Self::IncorrectPassword,
                    Refused::SessionEnded => Self::SessionEnded,
                    Refused::Fault(fault) => Self::Fault(fault),
                }
            }
        }

        impl From<NotNow> for $error {
            fn from(reason: NotNow) -> Self {
                match reason {
                    NotNow::Throttled(wait) => Self::Throttled(wait),
                    NotNow::Fault(fault) => Self::Fault(fault),
                }
            }
        }

        impl From<StoreError> for $error {
            fn from(error: StoreError) -> Self {
                Self::Fault(error.into())
            }
        })+
    };
}

refused_into!(UpdateProfileError, ChangePasswordError, DeleteProfileError);
new_password_fails!(ChangePasswordError);

/// Who else is to wait while an account is changed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lock {
    /// Who changes or logs in to the same account.
    User,
    /// Also who makes or unmakes superusers.
    Superusers,
}

impl Profile {
    /// Changes accounts in `store`, with passwords as `policy` and addresses as `rules` allow.
    #[must_use]
    #[expect(
        clippy::too_many_arguments,
        reason = "each is something that a change needs"
    )]
    pub fn new(
        store: Store,
        clock: Clock,
        passwords: Passwords,
        throttle: Throttle,
        policy: PasswordPolicy,
        links: Links,
        limit: MailLimit,
        rules: config::Registration,
    ) -> Self {
        Self {
            store,
            clock,
            passwords,
            throttle,
            policy,
            links,
            limit,
            rules,
        }
    }

    /// Changes the caller's address or name. A new address is not verified.
    ///
    /// # Errors
    /// Says why not; a wrong current password counts as a failed login.
    pub async fn update(
        &self,
        caller: &Caller,
        update: &ProfileUpdate,
    ) -> Result<User, UpdateProfileError> {
        if !update.changes_email(&caller.user) {
            return self.write(caller, update, None, &mut Attempt::none()).await;
        }
        let current = update.current_password.as_ref();
        let current = current.ok_or(UpdateProfileError::PasswordRequired)?;
        if let Some(email) = &update.email
            && !email.is_same(&caller.user.email)
            && !self.rules.admits(email)
        {
            return Err(UpdateProfileError::ForeignDomain);
        }
        let mut attempt = self.begin(caller).await?;
        let result = self
            .write(caller, update, Some(current), &mut attempt)
            .await;
        if self.rules.private && matches!(result, Err(UpdateProfileError::Taken(Taken::Email))) {
            // Who goes through addresses in this way is slowed down by it.
            self.throttle.fail(&mut attempt, Some(caller.user.id)).await;
        }
        self.throttle.end(attempt).await;
        result
    }

    async fn write(
        &self,
        caller: &Caller,
        update: &ProfileUpdate,
        current: Option<&Password>,
        attempt: &mut Attempt,
    ) -> Result<User, UpdateProfileError> {
        let (change, before) = if let Some(current) = current {
            self.prove(caller, current, attempt, Lock::User).await?
        } else {
            let (change, user) = self.open(caller, Lock::User).await?;
            if update.changes_email(&user) {
                // Another request was faster to change it, so this one would change it back.
                return Err(UpdateProfileError::PasswordRequired);
            }
            (change, user)
        };
        let mut user = before.clone();
        if let Some(email) = &update.email {
            user.set_email(email.clone());
        }
        update.username.apply(&mut user.username);
        let changed = user.changed_since(&before);
        if changed.is_empty() {
            return Ok(user);
        }
        user.updated_at = self.clock.now();
        change
            .update_user(&user)
            .await
            .map_err(|error| match error {
                SaveUserError::Taken(taken) => UpdateProfileError::Taken(taken),
                SaveUserError::Store(error) => error.into(),
            })?;
        if !before.email.is_same(&user.email) {
            self.move_mailbox(&change, &before, &user).await?;
        }
        let mut event = audit::event(EventKind::UserUpdated, Some(user.id), user.updated_at);
        event.details.changed = Some(changed);
        attempt.succeed(&change).await?;
        audit::commit(change, &[event]).await?;
        self.links.outbox().ring();
        Ok(user)
    }

    /// Voids the links that were sent to the address before, asks for proof of the new one, and leaves the
    /// owner of the one before a way back.
    async fn move_mailbox(
        &self,
        change: &Change,
        before: &User,
        user: &User,
    ) -> Result<(), UpdateProfileError> {
        let (own, now) = (Some(user.id), user.updated_at);
        if change.is_reserved(&user.email, own, now).await? {
            return Err(UpdateProfileError::Taken(Taken::Email));
        }
        self.limit
            .admit(change, MailKind::VerifyEmail, &user.email)
            .await?;
        let outdated = [Purpose::PasswordReset, Purpose::VerifyEmail];
        change.void_tokens(user.id, &outdated).await?;
        self.links.send(change, user, LinkKind::VerifyEmail).await?;
        // Who never showed to own an address must not get an account by it.
        if before.email_verified {
            self.links.send(change, before, LinkKind::WayBack).await?;
        }
        Ok(())
    }

    /// Changes the caller's password, and ends every other session at once.
    ///
    /// # Errors
    /// Says why not; a wrong current password counts as a failed login.
    pub async fn change_password(
        &self,
        caller: &Caller,
        current: &Password,
        new: Password,
    ) -> Result<(), ChangePasswordError> {
        let owner = &caller.user;
        let new = self
            .policy
            .accept(new, &owner.email, owner.username.as_ref())
            .map_err(ChangePasswordError::Weak)?;
        let mut attempt = self.begin(caller).await?;
        let result = self.replace(caller, current, &new, &mut attempt).await;
        self.throttle.end(attempt).await;
        result
    }

    async fn replace(
        &self,
        caller: &Caller,
        current: &Password,
        new: &AcceptedPassword,
        attempt: &mut Attempt,
    ) -> Result<(), ChangePasswordError> {
        let owner = caller.user.clone();
        let verified = self.verify(caller, owner, current, attempt).await?;
        let hash = self.passwords.hash(new).await?;
        let (change, mut user) = self
            .lock_verified(caller, verified, current, attempt, Lock::User)
            .await?;
        user.password_hash = Some(hash);
        user.updated_at = self.clock.now();
        let event = audit::event(EventKind::PasswordChanged, Some(user.id), user.updated_at);
        change.update_user(&user).await.map_err(Fault::from)?;
        change
            .end_sessions(user.id, Some(caller.session_id))
            .await?;
        change
            .void_tokens(user.id, &[Purpose::PasswordReset])
            .await?;
        let outbox = self.links.outbox();
        outbox
            .tell(&change, &user, MailKind::PasswordChanged)
            .await?;
        attempt.succeed(&change).await?;
        audit::commit(change, &[event]).await?;
        outbox.ring();
        Ok(())
    }

    /// Deletes the caller's account with all that belongs to it.
    ///
    /// # Errors
    /// Says why not; a wrong current password counts as a failed login.
    pub async fn delete(
        &self,
        caller: &Caller,
        current: &Password,
    ) -> Result<(), DeleteProfileError> {
        let mut attempt = self.begin(caller).await?;
        let result = self.remove(caller, current, &mut attempt).await;
        self.throttle.end(attempt).await;
        result
    }

    async fn remove(
        &self,
        caller: &Caller,
        current: &Password,
        attempt: &mut Attempt,
    ) -> Result<(), DeleteProfileError> {
        // Only who may administer the service has to wait for the others who do.
        let lock = if caller.user.is_superuser {
            Lock::Superusers
        } else {
            Lock::User
        };
        let (mut change, mut user) = self.prove(caller, current, attempt, lock).await?;
        if user.is_superuser && lock == Lock::User {
            drop(change);
            (change, user) = self
                .prove(caller, current, attempt, Lock::Superusers)
                .await?;
        }
        if removes_last_superuser(&change, &user, None).await? {
            return Err(DeleteProfileError::LastSuperuser);
        }
        let event = audit::event(EventKind::UserDeleted, Some(user.id), self.clock.now());
        change.delete_user(user.id).await?;
        attempt.succeed(&change).await?;
        Ok(audit::commit(change, &[event]).await?)
    }

    /// Lets a caller try the own password.
    async fn begin(&self, caller: &Caller) -> Result<Attempt, NotNow> {
        self.passwords.check_room().map_err(NotNow::Fault)?;
        let key = ThrottleKey::of_user(caller.user.id);
        self.throttle.begin(key).await
    }

    /// Lets a caller at the own account who knows its password.
    async fn prove(
        &self,
        caller: &Caller,
        current: &Password,
        attempt: &mut Attempt,
        lock: Lock,
    ) -> Result<(Change, User), Refused> {
        let owner = caller.user.clone();
        let verified = self.verify(caller, owner, current, attempt).await?;
        self.lock_verified(caller, verified, current, attempt, lock)
            .await
    }

    /// Locks the account while it still has the hash that the password was verified against. Nothing is
    /// locked while hashing, so it may have got another one; then the password is verified again.
    async fn lock_verified(
        &self,
        caller: &Caller,
        mut verified: PasswordHash,
        current: &Password,
        attempt: &mut Attempt,
        lock: Lock,
    ) -> Result<(Change, User), Refused> {
        loop {
            let (change, user) = self.open(caller, lock).await?;
            if user
                .password_hash
                .as_ref()
                .is_some_and(|hash| hash.is(&verified))
            {
                return Ok((change, user));
            }
            drop(change);
            verified = self.verify(caller, user, current, attempt).await?;
        }
    }

    /// The hash that the caller's password was found to fit.
    async fn verify(
        &self,
        caller: &Caller,
        user: User,
        current: &Password,
        attempt: &mut Attempt,
    ) -> Result<PasswordHash, Refused> {
        let verdict = self
            .passwords
            .verify(current, user.password_hash.as_ref())
            .await?;
        if let (Verdict::Right { .. }, Some(hash)) = (verdict, user.password_hash) {
            return Ok(hash);
        }
        let mut event = audit::event(EventKind::LoginFailed, Some(user.id), self.clock.now());
        event.details.session_id = Some(caller.session_id);
        event.details.reason = Some("wrong_current_password".to_owned());
        audit::note(&self.store, &event).await;
        self.throttle.fail(attempt, Some(user.id)).await;
        Err(Refused::IncorrectPassword)
    }

    /// Begins a change of the caller's account, if the session has not ended since the caller was named.
    async fn open(&self, caller: &Caller, lock: Lock) -> Result<(Change, User), Refused> {
        let change = self.store.change().await?;
        if lock == Lock::Superusers {
            change.lock_superusers().await?;
        }
        let user = change.lock_user(caller.user.id).await?;
        let user = user.ok_or(Refused::SessionEnded)?;
        if change.keep_session(caller.session_id).await? {
            Ok((change, user))
        } else {
            Err(Refused::SessionEnded)
        }
    }
}
