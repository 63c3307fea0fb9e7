//! Texts that are read without asking anybody.

use countersign::config;
use countersign::model::{Email, Password, PasswordHash, Username};
use countersign::service::passwords::{Passwords, Verdict, check_supported};
use countersign::telemetry::metrics::Metrics;

use super::Target;

/// Hashes as they are imported.
pub struct StoredHash {
    passwords: Passwords,
}

impl Target for StoredHash {
    const NAME: &str = "stored_hash";

    async fn prepare() -> Self {
        let config = config::Password {
            memory_kib: 64,
            iterations: 1,
            ..config::Password::default()
        };
        Self {
            passwords: Passwords::new(&config, Metrics::default()).unwrap(),
        }
    }

    async fn judge(&mut self, input: &[u8]) {
        let Ok(text) = std::str::from_utf8(input) else {
            return;
        };
        let hash = PasswordHash::new(text.to_owned());
        let supported = check_supported(&hash);
        assert!(supported.is_err() || text.len() <= 512);
        let password = Password::new("the password of nobody");
        match supported {
            // What is imported can be verified.
            Ok(()) if is_cheap(text) => {
                let verdict = self.passwords.verify(&password, Some(&hash)).await;
                assert_eq!(verdict.unwrap(), Verdict::Wrong);
            }
            // It may take some seconds: too long for here.
            Ok(()) => {}
            Err(_) => {
                let verdict = self.passwords.verify(&password, Some(&hash)).await;
                assert!(verdict.is_err());
            }
        }
    }
}

/// Whether a hash is one of those that take little to verify.
fn is_cheap(text: &str) -> bool {
    let parts: Vec<&str> = text.split('$').collect();
    // Salt and output come last.
    let parameters = parts[..parts.len().saturating_sub(2)].join("$");
    let numbers = parameters.split(|c: char| !c.is_ascii_digit());
    let largest = numbers
        .filter_map(|number| number.parse::<u64>().ok())
        .max();
    let most = if parameters.contains("argon2") {
        64
    } else if parameters.contains("pbkdf2") {
        1000
    } else {
        // bcrypt's and scrypt's are exponents.
        6
    };
    largest.is_some_and(|largest| largest <= most)
}

/// E-mail addresses and user names.
pub struct Names;

impl Target for Names {
    const NAME: &str = "names";

    async fn prepare() -> Self {
        Self
    }

    async fn judge(&mut self, input: &[u8]) {
        let Ok(text) = std::str::from_utf8(input) else {
            return;
        };
        let email = Email::parse(text);
        let username = Username::parse(text);
        // A login with either is never about two accounts.
        assert!(email.is_err() || username.is_err());
        if let Ok(email) = email {
            assert_eq!(email.as_str(), text);
            assert!(text.len() <= 254);
            // What could make it a list, a header, or another person's.
            let is_bare = |c: char| c.is_ascii_graphic() && !r#"()<>[]\,;:""#.contains(c);
            assert!(text.chars().all(is_bare));
            let (local, domain) = text.split_once('@').unwrap();
            assert!(!local.is_empty() && !domain.is_empty() && !domain.contains('@'));
            assert_eq!(email.local_part(), local);
            let other = Email::parse(&text.to_ascii_uppercase()).unwrap();
            assert!(email.is_same(&other));
        }
        if let Ok(username) = username {
            assert_eq!(username.as_str(), text);
            assert!((3..=50).contains(&text.len()));
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
            assert!(text.chars().all(is_plain));
        }
    }
}
