//! Passwords: what was typed, what may be chosen, and what is kept.

use std::collections::HashSet;
use std::sync::LazyLock;

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

use super::{Email, Username};

/// A password as a person typed it, in Unicode normalisation form C, so that the same keys pressed
/// on another system give the same bytes (NIST SP 800-63B section 3.1.1.2). Never trimmed or cut.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

impl Password {
    /// Takes what was typed.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        Self(typed.nfc().collect::<String>().into())
    }

    /// The bytes to hash.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// A password hash: a PHC string, or what another system wrote until the first login replaces it.
#[derive(Clone, Debug)]
pub struct PasswordHash(SecretString);

impl PasswordHash {
    /// Wraps the text of a hash.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text.into())
    }

    /// Whether both are one and the same hash: salted, two hashes of one password differ. Both come from
    /// the database, so there is nobody to hide the time of comparing from.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }

    /// The text of the hash, for the verifier and the database.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// A password that [`PasswordPolicy::accept`] let pass: the only kind that can be set.
#[derive(Clone, Debug)]
pub struct AcceptedPassword(Password);

impl AcceptedPassword {
    /// The password itself.
    #[must_use]
    pub fn password(&self) -> &Password {
        &self.0
    }
}

/// Why a password may not be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Fewer characters than the policy asks for.
    #[error("must have at least {min} characters")]
    TooShort {
        /// The fewest characters allowed.
        min: usize,
    },
    /// More characters than the policy allows.
    #[error("must have at most {max} characters")]
    TooLong {
        /// The most characters allowed.
        max: usize,
    },
    /// Characters that no login form would pass on, such as tabs and line ends.
    #[error("must not have control characters")]
    ControlCharacters,
    /// One of the passwords that attackers try first.
    #[error("is one of the most common passwords")]
    TooCommon,
    /// Little more than the person's own e-mail address or user name.
    #[error("must not be made from the e-mail address or user name")]
    ContainsIdentity,
    /// One of those that leaked from other services, which attackers try next.
    #[error("is known from a leak of another service")]
    Breached,
}

impl Weakness {
    /// Several weaknesses in one sentence.
    #[must_use]
    pub fn list(weaknesses: &[Self]) -> String {
        let texts: Vec<String> = weaknesses.iter().map(ToString::to_string).collect();
        texts.join(", ")
    }
}

/// Which passwords may be chosen: length, not composition (NIST SP 800-63B section 3.1.1.2).
#[derive(Clone, Copy, Debug)]
pub struct PasswordPolicy {
    /// The fewest characters (Unicode code points).
    pub min_length: usize,
    /// The most characters (Unicode code points).
    pub max_length: usize,
}

/// Passwords that attackers try first, lower case.
///
/// The list is data of the 20,000 most frequent passwords in breaches, as published by Royce
/// Williams from the Pwned Passwords corpus.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// An identity part shorter than this says nothing when a password has it.
const SHORTEST_IDENTITY_PART: usize = 3;

impl PasswordPolicy {
    /// The least that any policy asks for, in characters.
    pub const SHORTEST: usize = 1;
    /// The most that any policy allows, in characters.
    pub const LONGEST: usize = 4096;

    /// Everything that speaks against `password` for the person known by these names.
    #[must_use]
    pub fn weaknesses(&self, password: &Password, identity: &[&str]) -> Vec<Weakness> {
        let text = password.expose();
        let length = text.chars().count();
        let folded = text.to_lowercase();

        let mut found = Vec::new();
        if length < self.min_length {
            found.push(Weakness::TooShort {
                min: self.min_length,
            });
        }
        if length > self.max_length {
            found.push(Weakness::TooLong {
                max: self.max_length,
            });
        }
        if text.chars().any(char::is_control) {
            found.push(Weakness::ControlCharacters);
        }
        if COMMON.contains(folded.as_str()) {
            found.push(Weakness::TooCommon);
        }
        if self.leans_on(&folded, identity) {
            found.push(Weakness::ContainsIdentity);
        }
        found
    }

    /// Lets `password` pass for the person with this e-mail address and user name.
    ///
    /// # Errors
    /// All weaknesses at once.
    pub fn accept(
        &self,
        password: Password,
        email: &Email,
        username: Option<&Username>,
    ) -> Result<AcceptedPassword, Vec<Weakness>> {
        let mut identity = vec![email.as_str()];
        identity.extend(username.map(Username::as_str));
        let weaknesses = self.weaknesses(&password, &identity);
        if weaknesses.is_empty() {
            Ok(AcceptedPassword(password))
        } else {
            Err(weaknesses)
        }
    }

    /// Whether `folded` is too short once a name of the person is taken out of it: a name adds no
    /// strength, but may well be part of a long passphrase.
    fn leans_on(&self, folded: &str, identity: &[&str]) -> bool {
        identity
            .iter()
            .flat_map(|name| [*name, name.rsplit_once('@').map_or("", |(local, _)| local)])
            .filter(|part| part.chars().count() >= SHORTEST_IDENTITY_PART)
            .map(str::to_lowercase)
            .any(|part| {
                folded.contains(&part)
                    && folded.replace(&part, "").chars().count() < self.min_length
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: PasswordPolicy = PasswordPolicy {
        min_length: 8,
        max_length: 128,
    };

    fn weaknesses(password: &str) -> Vec<Weakness> {
        POLICY.weaknesses(
            &Password::new(password),
            &["grace.hopper@example.com", "amazing"],
        )
    }

    #[test]
    fn length_is_counted_in_code_points_after_normalisation() {
        assert_eq!(weaknesses("pq7-zt4"), [Weakness::TooShort { min: 8 }]);
        assert_eq!(weaknesses("pq7-zt4!"), []);
        assert_eq!(weaknesses(&"\u{1f980}".repeat(8)), []);
        assert_eq!(
            weaknesses(&"e\u{301}".repeat(7)),
            [Weakness::TooShort { min: 8 }],
            "a letter and its accent are one character"
        );
        assert_eq!(weaknesses(&"ab".repeat(64)), []);
        assert_eq!(
            weaknesses(&"abc".repeat(43)),
            [Weakness::TooLong { max: 128 }]
        );
    }

    #[test]
    fn spaces_and_any_script_are_welcome_and_nothing_is_trimmed() {
        assert_eq!(weaknesses("correct horse battery staple"), []);
        assert_eq!(weaknesses("        x"), []);
        assert_eq!(Password::new(" p ").expose(), " p ");
    }

    #[test]
    fn control_characters_are_refused() {
        for password in [
            "tab\there and there",
            "two\nlines of it",
            "a nul \0 character",
        ] {
            assert_eq!(
                weaknesses(password),
                [Weakness::ControlCharacters],
                "{password:?}"
            );
        }
    }

    #[test]
    fn common_passwords_are_refused_in_any_case() {
        assert_eq!(weaknesses("password123"), [Weakness::TooCommon]);
        assert_eq!(weaknesses("PassWord123"), [Weakness::TooCommon]);
        assert_eq!(
            weaknesses("qwerty"),
            [Weakness::TooShort { min: 8 }, Weakness::TooCommon],
            "all findings at once"
        );
    }

    #[test]
    fn a_password_made_from_the_persons_names_is_refused() {
        for password in [
            "grace.hopper@example.com",
            "Grace.Hopper1",
            "AMAZING!2024",
            "12amazing",
        ] {
            assert_eq!(
                weaknesses(password),
                [Weakness::ContainsIdentity],
                "{password}"
            );
        }
    }

    #[test]
    fn a_passphrase_may_mention_a_name() {
        assert_eq!(weaknesses("amazing grace how sweet the sound"), []);
    }

    #[test]
    fn composed_and_decomposed_input_is_the_same_password() {
        assert_eq!(
            Password::new("caf\u{e9}").expose(),
            Password::new("cafe\u{301}").expose()
        );
    }

    #[test]
    fn debug_output_shows_no_secret() {
        assert!(!format!("{:?}", Password::new("s3ntinel")).contains("s3ntinel"));
        assert!(!format!("{:?}", PasswordHash::new("s3ntinel".into())).contains("s3ntinel"));
    }
}
