//! Refresh tokens: opaque to clients, and never stored.
//!
//! A token is the id of its session and its generation under a message authentication code with a key
//! that the database does not have. Whoever reads the database can neither forge nor replay one, and
//! the answer to a repeated request can be made again from the session alone.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use uuid::Uuid;

use super::keys::Keys;
use crate::model::SessionId;

/// What every token begins with, so that people and secret scanners recognise one.
pub const PREFIX: &str = "csr_";

const SESSION_LENGTH: usize = 16;
const GENERATION_LENGTH: usize = 4;
const MESSAGE_LENGTH: usize = SESSION_LENGTH + GENERATION_LENGTH;
const TAG_LENGTH: usize = 32;

/// Issues and verifies refresh tokens.
#[derive(Clone, Debug)]
pub struct RefreshTokens {
    key: hmac::Key,
}

/// What a verified token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presented {
    /// The session it refreshes.
    pub session_id: SessionId,
    /// Its number within the session; see [`crate::model::rotation`].
    pub generation: u32,
}

impl RefreshTokens {
    /// Tokens authenticated with `keys`.
    #[must_use]
    pub fn new(keys: &Keys) -> Self {
        Self {
            key: keys.refresh().clone(),
        }
    }

    /// The token of this generation of the session: always the same text.
    #[must_use]
    pub fn issue(&self, token: Presented) -> SecretString {
        let mut bytes = Vec::with_capacity(MESSAGE_LENGTH + TAG_LENGTH);
        bytes.extend_from_slice(token.session_id.0.as_bytes());
        bytes.extend_from_slice(&token.generation.to_be_bytes());
        let tag = hmac::sign(&self.key, &bytes);
        bytes.extend_from_slice(tag.as_ref());
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)).into()
    }

    /// Reads a token; `None` if it is not one of ours, or was changed. Compares in constant time.
    #[must_use]
    pub fn verify(&self, token: &str) -> Option<Presented> {
        let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(PREFIX)?).ok()?;
        let (message, tag) = bytes.split_at_checked(MESSAGE_LENGTH)?;
        hmac::verify(&self.key, message, tag).ok()?;
        let (session_id, generation) = message.split_at_checked(SESSION_LENGTH)?;
        Some(Presented {
            session_id: SessionId(Uuid::from_slice(session_id).ok()?),
            generation: u32::from_be_bytes(generation.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::model::Clock;

    fn tokens(secret: &str) -> RefreshTokens {
        RefreshTokens::new(&Keys::derive(secret.into()))
    }

    fn presented(generation: u32) -> Presented {
        Presented {
            session_id: SessionId::generate(Clock::default().now()),
            generation,
        }
    }

    #[test]
    fn a_token_comes_back_as_what_it_stands_for() {
        let tokens = tokens("one");
        for generation in [0, 1, 255, 256, u32::MAX] {
            let presented = presented(generation);
            let text = tokens.issue(presented);
            let again = tokens.issue(presented);
            assert_eq!(text.expose_secret(), again.expose_secret());
            assert!(text.expose_secret().starts_with(PREFIX));
            assert_eq!(tokens.verify(text.expose_secret()), Some(presented));
        }
    }

    #[test]
    fn no_other_text_is_accepted() {
        let tokens = tokens("one");
        let text = tokens.issue(presented(7));
        let text = text.expose_secret();
        let body = text.strip_prefix(PREFIX).unwrap();

        for (i, _) in body.char_indices() {
            let mut changed: Vec<char> = body.chars().collect();
            changed[i] = if changed[i] == 'A' { 'B' } else { 'A' };
            let changed: String = changed.into_iter().collect();
            assert_eq!(tokens.verify(&format!("{PREFIX}{changed}")), None, "{i}");
        }
        for cut in 0..text.len() {
            assert_eq!(tokens.verify(&text[..cut]), None, "{cut}");
        }
        for other in [
            body,
            &format!("{text}A"),
            &format!("{text}="),
            &format!(" {text}"),
        ] {
            assert_eq!(tokens.verify(other), None, "{other}");
        }
    }

    #[test]
    fn a_token_of_another_installation_is_refused() {
        let foreign = tokens("one").issue(presented(0));
        assert_eq!(tokens("two").verify(foreign.expose_secret()), None);
    }
}
