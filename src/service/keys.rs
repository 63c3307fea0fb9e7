//! Keys, all derived from one secret.

use aws_lc_rs::{hkdf, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

/// Separates the keys that are derived from one secret (RFC 5869 section 3.2). Changing one voids
/// everything that was made with that key.
const REFRESH_LABEL: &[u8] = b"countersign refresh token v1";
const KEY_ID_LABEL: &[u8] = b"countersign key id v1";
const CURSOR_LABEL: &[u8] = b"countersign cursor v1";
const THROTTLE_LABEL: &[u8] = b"countersign login throttle v1";
const LINK_LABEL: &[u8] = b"countersign link token v1";
const MAILBOX_LABEL: &[u8] = b"countersign mailbox limit v1";
const ADDRESS_LABEL: &[u8] = b"countersign address limit v1";
/// Bytes of a derived key: those of the hash it is used with (RFC 2104 section 3).
const KEY_LENGTH: usize = 32;

/// The keys that the secret makes. Access tokens may be signed with the secret itself, so that a service
/// that shares it can verify them; see [`super::signing_key`]. Everything else has a key of its own.
#[derive(Clone)]
pub struct Keys {
    secret: SecretString,
    refresh: hmac::Key,
    cursor: hmac::Key,
    throttle: hmac::Key,
    link: hmac::Key,
    mailbox: hmac::Key,
    address: hmac::Key,
    key_id: String,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl Keys {
    /// Derives the keys from `secret`.
    #[must_use]
    pub fn derive(secret: SecretString) -> Self {
        let bytes = secret.expose_secret().as_bytes();
        let hmac_key = |label| hmac::Key::new(hmac::HMAC_SHA256, &expand(bytes, label));
        let refresh = hmac_key(REFRESH_LABEL);
        let cursor = hmac_key(CURSOR_LABEL);
        let throttle = hmac_key(THROTTLE_LABEL);
        let link = hmac_key(LINK_LABEL);
        let mailbox = hmac_key(MAILBOX_LABEL);
        let address = hmac_key(ADDRESS_LABEL);
        let key_id = URL_SAFE_NO_PAD.encode(expand(bytes, KEY_ID_LABEL));
        Self {
            secret,
            refresh,
            cursor,
            throttle,
            link,
            mailbox,
            address,
            key_id,
        }
    }

    /// Signs and verifies access tokens.
    pub(super) fn access(&self) -> &[u8] {
        self.secret.expose_secret().as_bytes()
    }

    /// Names the secret as a key of access tokens; the `kid` header.
    pub(super) fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Authenticates refresh tokens.
    pub(super) fn refresh(&self) -> &hmac::Key {
        &self.refresh
    }

    /// Authenticates the cursors of paged lists.
    pub(super) fn cursor(&self) -> &hmac::Key {
        &self.cursor
    }

    /// Stands in for names that no account has.
    pub(super) fn throttle(&self) -> &hmac::Key {
        &self.throttle
    }

    /// Makes the tokens of links.
    pub(super) fn link(&self) -> &hmac::Key {
        &self.link
    }

    /// Stands in for the addresses that mail is asked for to.
    pub(super) fn mailbox(&self) -> &hmac::Key {
        &self.mailbox
    }

    /// Stands in for the addresses of clients.
    pub(super) fn address(&self) -> &hmac::Key {
        &self.address
    }
}

/// What stands for a text where the text itself must not be kept: nobody without the key can tell which it was.
pub(super) fn code_of(key: &hmac::Key, text: &str) -> [u8; KEY_LENGTH] {
    let mut code = [0; KEY_LENGTH];
    code.copy_from_slice(hmac::sign(key, text.as_bytes()).as_ref());
    code
}

fn expand(secret: &[u8], label: &[u8]) -> [u8; KEY_LENGTH] {
    let key = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(secret);
    let mut derived = [0; KEY_LENGTH];
    let labels = [label];
    #[expect(
        clippy::expect_used,
        reason = "fails only beyond 255 times the length of the hash"
    )]
    key.expand(&labels, hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut derived))
        .expect("one hash length is a valid output length");
    derived
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_depend_on_the_secret_and_differ_from_each_other() {
        let one = Keys::derive("one secret of at least 32 bytes..".into());
        let same = Keys::derive("one secret of at least 32 bytes..".into());
        let other = Keys::derive("another secret of over 32 bytes..".into());
        assert_eq!(one.key_id(), same.key_id());
        assert_ne!(one.key_id(), other.key_id());

        let tag = hmac::sign(one.refresh(), b"message");
        assert!(hmac::verify(same.refresh(), b"message", tag.as_ref()).is_ok());
        assert!(hmac::verify(other.refresh(), b"message", tag.as_ref()).is_err());
        let with_secret = hmac::Key::new(hmac::HMAC_SHA256, one.access());
        assert!(hmac::verify(&with_secret, b"message", tag.as_ref()).is_err());
    }

    #[test]
    fn debug_output_shows_no_secret() {
        let keys = Keys::derive("sentinel sentinel sentinel sentinel".into());
        assert!(!format!("{keys:?}").contains("sentinel "));
    }
}
