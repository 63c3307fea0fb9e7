//! Tokens that stand in links: whoever has one may do one thing, once.

use chrono::{DateTime, Utc};

use super::{Email, EmailTokenId, UserId};

/// A token as it is kept: by its hash, so that nobody can read it from the database.
#[derive(Clone, Debug)]
pub struct EmailToken {
    /// Identifies the token.
    pub id: EmailTokenId,
    /// Whose account it is for.
    pub user_id: UserId,
    /// What it is for.
    pub purpose: Purpose,
    /// SHA-256 of the token. It needs no salt: a token is as good as random.
    pub hash: [u8; 32],
    /// The address that it was made for.
    pub email: Email,
    /// Whether that address is the only place where it can be read, so that who has it has the mailbox.
    pub is_mailed: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From when on it is void.
    pub expires_at: DateTime<Utc>,
}

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Setting a new password.
    PasswordReset,
    /// Showing that an address is the person's own.
    VerifyEmail,
    /// Taking an account back to the address that it had before, with a new password.
    RestoreEmail,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::PasswordReset, Self::VerifyEmail, Self::RestoreEmail];

    /// The name under which it is kept.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PasswordReset => "password_reset",
            Self::VerifyEmail => "verify_email",
            Self::RestoreEmail => "restore_email",
        }
    }

    /// The purpose of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }
}
