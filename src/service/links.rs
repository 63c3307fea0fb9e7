//! Links in mails: each has a token, and whoever has that may do one thing, once.
//!
//! A token is a code over its id by a key of the secret (HMAC-SHA-256), and only its hash is kept. So it can be
//! written into a mail when that is sent, and written again when that failed, while nobody can read it from
//! the database, neither from the tokens nor from the outbox.

use aws_lc_rs::{digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};

use super::keys::Keys;
use super::outbox::Outbox;
use crate::config;
use crate::model::{Clock, EmailToken, EmailTokenId, Mail, MailKind, Purpose, User};
use crate::store::{Change, StoreError};

/// What every token begins with, so that people and secret scanners recognise one.
pub const PREFIX: &str = "csl_";
/// How many characters follow: those of 32 bytes in base64url (RFC 4648 section 5).
const CODE_LENGTH: usize = 43;

/// Makes links and sends them.
#[derive(Clone, Debug)]
pub struct Links {
    clock: Clock,
    key: hmac::Key,
    outbox: Outbox,
    lifetimes: Lifetimes,
}

/// What a link in a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkKind {
    /// To show that the address is the person's own.
    VerifyEmail,
    /// To set a new password.
    PasswordReset,
    /// To set the first password of an account that an administrator made.
    Invitation,
    /// To set a new password, for who wanted to register once more.
    AlreadyRegistered,
    /// To take the account back to an earlier address, with a new password.
    WayBack,
}

/// How long links work.
#[derive(Clone, Copy, Debug)]
struct Lifetimes {
    password_reset: TimeDelta,
    verification: TimeDelta,
    invitation: TimeDelta,
    recovery: TimeDelta,
}

impl Links {
    /// Makes links with `keys`, and leaves them in `outbox`.
    #[must_use]
    pub fn new(clock: Clock, keys: &Keys, outbox: Outbox, config: &config::Mail) -> Self {
        Self {
            clock,
            key: keys.link().clone(),
            outbox,
            lifetimes: Lifetimes {
                password_reset: config.link_ttl(),
                verification: config.verify_ttl(),
                invitation: config.invitation_ttl(),
                recovery: config.recovery_ttl(),
            },
        }
    }

    /// Whether a text has the form of a token. What has another one is no token, and nobody need be asked.
    #[must_use]
    pub fn is_token(text: &str) -> bool {
        let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        text.strip_prefix(PREFIX)
            .is_some_and(|code| code.len() == CODE_LENGTH && code.bytes().all(is_base64url))
    }

    /// Where links are left to be sent.
    pub(super) fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// The token itself.
    pub(super) fn token(&self, id: EmailTokenId) -> SecretString {
        let code = hmac::sign(&self.key, id.0.as_bytes());
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(code)).into()
    }

    /// What is kept of a token.
    pub(super) fn hash(token: &str) -> [u8; digest::SHA256_OUTPUT_LEN] {
        let mut bytes = [0; digest::SHA256_OUTPUT_LEN];
        bytes.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
        bytes
    }

    /// Leaves a mail with a link for the owner of an account, at the address that it has in `user`. Older
    /// links of the kind are void.
    pub(super) async fn send(
        &self,
        change: &Change,
        user: &User,
        kind: LinkKind,
    ) -> Result<EmailToken, StoreError> {
        let token = self.keep(change, user, kind, true).await?;
        let (outbox, about) = (&self.outbox, Some(user.id));
        let mail = outbox.mail(kind.mail(), &user.email, about, Some(&token));
        change.insert_mail(&mail).await?;
        Ok(token)
    }

    /// Keeps the token of a link to set a new password, for who hands it over without a mail.
    pub(super) async fn hand_over(
        &self,
        change: &Change,
        user: &User,
    ) -> Result<EmailToken, StoreError> {
        self.keep(change, user, LinkKind::PasswordReset, false)
            .await
    }

    /// Puts a link into a mail that was asked for before it was known whether there is an account. Anybody may
    /// ask, so what an administrator handed over stays good.
    pub(super) async fn complete(
        &self,
        change: &Change,
        user: &User,
        kind: LinkKind,
        mail: &mut Mail,
    ) -> Result<(), StoreError> {
        let token = self.mint(user, kind, true);
        change.void_mailed_tokens(user.id, token.purpose).await?;
        change.insert_token(&token).await?;
        mail.kind = kind.mail();
        mail.token_id = Some(token.id);
        mail.expires_at = mail.expires_at.min(token.expires_at);
        Ok(())
    }

    async fn keep(
        &self,
        change: &Change,
        user: &User,
        kind: LinkKind,
        is_mailed: bool,
    ) -> Result<EmailToken, StoreError> {
        let token = self.mint(user, kind, is_mailed);
        // Who changes an address twice must not close the first way back by the second.
        if token.purpose != Purpose::RestoreEmail {
            change.void_tokens(user.id, &[token.purpose]).await?;
        }
        change.insert_token(&token).await?;
        Ok(token)
    }

    fn mint(&self, user: &User, kind: LinkKind, is_mailed: bool) -> EmailToken {
        let now = self.clock.now();
        let id = EmailTokenId::generate(now);
        EmailToken {
            id,
            user_id: user.id,
            purpose: kind.purpose(),
            hash: Self::hash(self.token(id).expose_secret()),
            email: user.email.clone(),
            is_mailed,
            created_at: now,
            expires_at: now + self.lifetimes.of(kind),
        }
    }
}

impl LinkKind {
    fn mail(self) -> MailKind {
        match self {
            Self::VerifyEmail => MailKind::VerifyEmail,
            Self::PasswordReset => MailKind::PasswordReset,
            Self::Invitation => MailKind::Invitation,
            Self::AlreadyRegistered => MailKind::AlreadyRegistered,
            Self::WayBack => MailKind::EmailChanged,
        }
    }

    fn purpose(self) -> Purpose {
        match self {
            Self::VerifyEmail => Purpose::VerifyEmail,
            Self::PasswordReset | Self::Invitation | Self::AlreadyRegistered => {
                Purpose::PasswordReset
            }
            Self::WayBack => Purpose::RestoreEmail,
        }
    }
}

impl Lifetimes {
    fn of(self, kind: LinkKind) -> TimeDelta {
        match kind {
            LinkKind::VerifyEmail => self.verification,
            LinkKind::PasswordReset | LinkKind::AlreadyRegistered => self.password_reset,
            LinkKind::Invitation => self.invitation,
            LinkKind::WayBack => self.recovery,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(secret: &str) -> Links {
        let clock = Clock::default();
        let outbox = Outbox::new(clock.clone());
        let keys = Keys::derive(secret.into());
        Links::new(clock, &keys, outbox, &config::Mail::default())
    }

    #[test]
    fn a_token_is_known_by_its_prefix_and_made_of_256_bits_of_the_secret() {
        let now = Clock::default().now();
        let (one, other) = (EmailTokenId::generate(now), EmailTokenId::generate(now));
        let token = links("one").token(one);
        let token = token.expose_secret();
        let code = token.strip_prefix(PREFIX).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(code).unwrap().len(), 32);
        assert_eq!(links("one").token(one).expose_secret(), token);
        assert_ne!(links("one").token(other).expose_secret(), token);
        assert_ne!(links("two").token(one).expose_secret(), token);
    }
}
