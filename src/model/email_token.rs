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
    /// SHA-256 of the token. It needs no salt: a token is random.
    pub hash: [u8; 32],
    /// The address that the account had; with another one, the token is void.
    pub email: Email,
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
}

impl Purpose {
    /// The name under which it is kept.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PasswordReset => "password_reset",
        }
    }
}
