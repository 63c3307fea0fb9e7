//! A user account.

use chrono::{DateTime, Utc};

use super::{Email, PasswordHash, UserId, Username};

/// A person's account.
#[derive(Clone, Debug)]
pub struct User {
    /// Identifies the account for good.
    pub id: UserId,
    /// The address, unique without case.
    pub email: Email,
    /// The name, unique without case, where one was chosen.
    pub username: Option<Username>,
    /// `None` for an account that can't log in by password.
    pub password_hash: Option<PasswordHash>,
    /// Whether the person may use the service.
    pub is_active: bool,
    /// Whether the person may administer the service.
    pub is_superuser: bool,
    /// Whether the address was shown to be the person's own.
    pub email_verified: bool,
    /// When the account was created.
    pub created_at: DateTime<Utc>,
    /// When the account was last changed; a login is no change.
    pub updated_at: DateTime<Utc>,
    /// When the person last logged in by password.
    pub last_login: Option<DateTime<Utc>>,
}

impl User {
    /// A new account: active, with no special rights, its address not verified.
    #[must_use]
    pub fn new(
        email: Email,
        username: Option<Username>,
        password_hash: Option<PasswordHash>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id: UserId::generate(now),
            email,
            username,
            password_hash,
            is_active: true,
            is_superuser: false,
            email_verified: false,
            created_at: now,
            updated_at: now,
            last_login: None,
        }
    }

    /// Whether the person can log in and administer the service. Without a password nobody can.
    #[must_use]
    pub fn can_administer(&self) -> bool {
        self.is_superuser && self.is_active && self.password_hash.is_some()
    }

    /// Gives the account an address. One that differs in more than case is another mailbox, and nobody has
    /// shown yet that it is the person's.
    pub fn set_email(&mut self, email: Email) {
        self.email_verified &= self.email.is_same(&email);
        self.email = email;
    }

    /// The names of the members that describe the person and were changed since `before`.
    #[must_use]
    pub fn changed_since(&self, before: &Self) -> Vec<String> {
        [
            ("email", self.email != before.email),
            ("username", self.username != before.username),
            (
                "email_verified",
                self.email_verified != before.email_verified,
            ),
        ]
        .into_iter()
        .filter(|(_, is_changed)| *is_changed)
        .map(|(name, _)| name.to_owned())
        .collect()
    }
}

/// What a person logs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// The e-mail address, in any case.
    Email(String),
    /// The user name, in any case.
    Username(String),
}

impl Identifier {
    /// Reads a field that holds either: a user name never has an `@`.
    #[must_use]
    pub fn from_either(text: String) -> Self {
        if text.contains('@') {
            Self::Email(text)
        } else {
            Self::Username(text)
        }
    }
}

/// What another account has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Taken {
    /// The e-mail address.
    Email,
    /// The user name.
    Username,
}

/// Which accounts to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Whose address or name begins so, in any case.
    pub prefix: Option<String>,
    /// Which may, or may not, use the service.
    pub is_active: Option<bool>,
}
