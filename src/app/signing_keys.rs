//! The keys that access tokens are signed with, from where they are configured.

use std::fs;
use std::io;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretSlice};

use crate::config;
use crate::service::keys::Keys;
use crate::service::signing_key::{InvalidKey, SigningKey, SigningKeys};

/// The entry that stands for the secret instead of a file.
const SECRET: &str = "HS256";

/// Why there is a key that can't be used: one line that names its file, and nothing that is in it.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// The file can't be read.
    #[error("tokens.keys: can't read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file has no key that can be used.
    #[error("tokens.keys: {path} {reason}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: InvalidKey,
    },
    /// One key stands there twice.
    #[error("tokens.keys: {entry} is the same key as {first}")]
    Twice {
        /// The later entry.
        entry: String,
        /// The earlier entry.
        first: String,
    },
}

/// The configured keys; where none are, the secret.
pub(super) fn resolve(
    config: &config::Tokens,
    secret: &Keys,
) -> Result<SigningKeys, SigningKeyError> {
    let mut found: Vec<(&String, SigningKey)> = Vec::new();
    for entry in &config.keys {
        let key = if entry == SECRET {
            SigningKey::shared(secret)
        } else {
            read(entry.into())?
        };
        if let Some((first, _)) = found.iter().find(|(_, known)| known.kid() == key.kid()) {
            return Err(SigningKeyError::Twice {
                entry: entry.clone(),
                first: (*first).clone(),
            });
        }
        found.push((entry, key));
    }
    let mut keys = found.into_iter().map(|(_, key)| key);
    let first = keys.next().unwrap_or_else(|| SigningKey::shared(secret));
    Ok(SigningKeys::new(first, keys.collect()))
}

fn read(path: PathBuf) -> Result<SigningKey, SigningKeyError> {
    let text = match fs::read(&path) {
        Ok(text) => SecretSlice::from(text),
        Err(source) => return Err(SigningKeyError::Read { path, source }),
    };
    SigningKey::from_pem(text.expose_secret())
        .map_err(|reason| SigningKeyError::Invalid { path, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> String {
        format!("{}/tests/pem", env!("CARGO_MANIFEST_DIR"))
    }

    fn resolved(entries: &[&str]) -> Result<SigningKeys, SigningKeyError> {
        let config = config::Tokens {
            keys: entries.iter().map(|entry| (*entry).to_owned()).collect(),
            ..config::Tokens::default()
        };
        let secret = Keys::derive("a secret for tests that is long enough".into());
        resolve(&config, &secret)
    }

    #[test]
    fn keys_keep_their_order_and_the_secret_stands_in_for_none() {
        let kids = |entries: &[&str]| -> Vec<String> {
            let keys = resolved(entries).unwrap();
            keys.iter().map(|key| key.kid().to_owned()).collect()
        };
        let (ed25519, p256) = (folder() + "/ed25519.pem", folder() + "/p256.pem");
        let secret = kids(&[]);
        assert_eq!(secret.len(), 1);
        assert_eq!(kids(&["HS256"]), secret);
        let all = kids(&[&p256, "HS256", &ed25519]);
        assert_eq!(all[1], secret[0]);
        assert_eq!(kids(&[&ed25519, &p256]), [all[2].clone(), all[0].clone()]);
    }

    #[test]
    fn a_key_that_cannot_be_used_is_named_in_one_line_that_repeats_nothing_of_it() {
        let (p256, sec1) = (folder() + "/p256.pem", folder() + "/p256-sec1.pem");
        let unusable = [
            "encrypted.pem",
            "encrypted-sec1.pem",
            "public.pem",
            "certificate.pem",
            "rsa1024.pem",
            "p384.pem",
            "ed448.pem",
            "missing.pem",
            "",
        ];
        let unusable = unusable.map(|name| vec![p256.clone(), format!("{}/{name}", folder())]);
        let twice = [
            vec![p256.clone(), sec1],
            vec!["HS256".into(), "HS256".into()],
        ];
        for entries in unusable.into_iter().chain(twice) {
            let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
            let message = resolved(&entries).unwrap_err().to_string();
            assert!(!message.contains('\n'), "{message}");
            assert!(message.contains("tokens.keys"), "{message}");
            assert!(message.contains(entries[1]), "{message}");
            let content = fs::read_to_string(entries[1]).unwrap_or_default();
            for line in content.lines().filter(|line| !line.is_empty()) {
                assert!(!message.contains(line), "{message}");
            }
        }
    }
}
