//! The secret that everything is signed with: given, or made up once and kept.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

use crate::config::{Config, Environment};
use crate::files::{create_private, private_folder};

/// The fewest bytes of a secret: those of the hash it is used with (RFC 7518 section 3.2).
const MIN_BYTES: usize = 32;
/// A secret of fewer different bytes was typed by holding down keys.
const MIN_DIFFERENT_BYTES: usize = 8;
/// Secrets of tutorials and templates: whoever tries to forge a token tries these.
const WELL_KNOWN: [&str; 5] = [
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "a-string-secret-at-least-256-bits-long",
    "super-secret-jwt-token-with-at-least-32-characters-long",
    "your-256-bit-secret-your-256-bit-secret",
    "your-super-secret-jwt-token-with-at-least-32-characters-long",
];
/// What placeholders say.
const PLACEHOLDERS: [&str; 4] = ["changeme", "change-me", "change_me", "replace"];
/// Where a secret that was made up is kept, beside the database.
const KEPT_FILE: &str = "countersign.secret";
/// The folder for it where the database is no file.
const DEFAULT_FOLDER: &str = "data";

/// Why there is no secret to sign with.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// None was given in production.
    #[error(
        "JWT_SECRET_KEY is not set: in prod it has to be, to at least {MIN_BYTES} random bytes, \
         for example from `openssl rand -base64 48`"
    )]
    Missing,
    /// The one given is too short.
    #[error("JWT_SECRET_KEY has fewer than {MIN_BYTES} bytes")]
    Short,
    /// The one given can be guessed.
    #[error(
        "JWT_SECRET_KEY is well known or easily guessed: make one with `openssl rand -base64 48`"
    )]
    Guessable,
    /// The one made up can't be kept.
    #[error("can't keep a secret in {path}: {source}")]
    Keep {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The configured secret; outside of production, one that was made up and kept where none is configured.
pub(super) fn resolve(config: &Config) -> Result<SecretString, SecretError> {
    let is_prod = config.environment == Environment::Prod;
    if let Some(secret) = &config.tokens.secret {
        let text = secret.expose_secret();
        if text.len() < MIN_BYTES {
            return Err(SecretError::Short);
        }
        if is_guessable(text) {
            if is_prod {
                return Err(SecretError::Guessable);
            }
            tracing::warn!("JWT_SECRET_KEY is easily guessed, prod will refuse it");
        }
        return Ok(secret.clone());
    }
    if is_prod {
        return Err(SecretError::Missing);
    }
    let folder = config
        .database
        .sqlite_folder()
        .unwrap_or_else(|| DEFAULT_FOLDER.into());
    let path = folder.join(KEPT_FILE);
    kept(&path).map_err(|source| SecretError::Keep { path, source })
}

fn is_guessable(secret: &str) -> bool {
    let folded = secret.to_ascii_lowercase();
    let mut bytes = secret.as_bytes().to_vec();
    bytes.sort_unstable();
    bytes.dedup();
    bytes.len() < MIN_DIFFERENT_BYTES
        || WELL_KNOWN.contains(&folded.as_str())
        || PLACEHOLDERS.iter().any(|word| folded.contains(word))
}

/// The secret kept at `path`, made up now if there is none. Of several processes that start together, one
/// makes it up and the others read it: the file appears whole or not at all.
fn kept(path: &Path) -> io::Result<SecretString> {
    match fs::read_to_string(path) {
        Ok(secret) if secret.trim_end().len() >= MIN_BYTES => {
            return Ok(secret.trim_end().into());
        }
        Ok(_) => {
            return Err(io::Error::other(
                "the file holds no secret of 32 bytes or more",
            ));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    if let Some(folder) = path.parent() {
        private_folder(folder)?;
    }
    let draft = path.with_extension(format!("secret.{}", uuid::Uuid::new_v4()));
    write_private(&draft, &random()?)?;
    let published = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match published {
        Ok(()) => tracing::warn!(
            path = %path.display(),
            "JWT_SECRET_KEY is not set, a random secret was made and is kept; set one for production"
        ),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    Ok(fs::read_to_string(path)?.trim_end().into())
}

fn random() -> io::Result<String> {
    let mut bytes = [0; 48];
    rand::fill(&mut bytes).map_err(|_| io::Error::other("the system gives no random bytes"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut file = create_private(path)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "Qm9vdHN0cmFwcGluZyBpcyBoYXJkIHRvIGRvIHdlbGw";

    fn config(environment: Environment, secret: Option<&str>, folder: &Path) -> Config {
        let mut config = Config {
            environment,
            ..Config::default()
        };
        config.tokens.secret = secret.map(SecretString::from);
        config.database.url = format!("sqlite://{}/x.db", folder.display()).into();
        config
    }

    #[test]
    fn production_refuses_missing_short_and_guessable_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |secret: Option<&str>| {
            let config = config(Environment::Prod, secret, folder.path());
            resolve(&config).unwrap_err()
        };
        assert!(matches!(refused(None), SecretError::Missing));
        assert!(matches!(refused(Some("short")), SecretError::Short));
        for guessable in WELL_KNOWN {
            assert!(
                matches!(refused(Some(guessable)), SecretError::Guessable),
                "{guessable}"
            );
        }
        for guessable in [
            "a".repeat(64),
            "please-changeme-before-production-use".into(),
        ] {
            assert!(
                matches!(refused(Some(&guessable)), SecretError::Guessable),
                "{guessable}"
            );
        }
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            0,
            "nothing is made up"
        );

        let accepted = resolve(&config(Environment::Prod, Some(GOOD), folder.path())).unwrap();
        assert_eq!(accepted.expose_secret(), GOOD);
    }

    #[test]
    fn development_refuses_short_secrets_only() {
        let folder = tempfile::tempdir().unwrap();
        let dev = |secret| resolve(&config(Environment::Dev, Some(secret), folder.path()));
        assert!(matches!(dev("short"), Err(SecretError::Short)));
        assert!(dev(WELL_KNOWN[0]).is_ok());
    }

    #[test]
    fn a_secret_that_was_made_up_is_kept_for_the_next_start_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(Environment::Dev, None, &folder.path().join("data"));
        let first = resolve(&config).unwrap();
        let second = resolve(&config).unwrap();
        assert_eq!(first.expose_secret(), second.expose_secret());
        assert!(first.expose_secret().len() >= MIN_BYTES);
        assert!(!is_guessable(first.expose_secret()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let kept = folder.path().join("data").join(KEPT_FILE);
            let mode = fs::metadata(kept).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn processes_that_start_together_agree_on_one_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(KEPT_FILE);
        let secrets: Vec<String> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| kept(&path).unwrap().expose_secret().to_owned()))
                .collect();
            starts
                .into_iter()
                .map(|start| start.join().unwrap())
                .collect()
        });
        assert!(secrets.iter().all(|secret| *secret == secrets[0]));
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "no drafts are left"
        );
    }

    #[test]
    fn a_kept_file_that_was_damaged_is_an_error_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(KEPT_FILE);
        fs::write(&path, "").unwrap();
        assert!(kept(&path).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "");
    }
}
