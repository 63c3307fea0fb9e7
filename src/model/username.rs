//! User names.

/// A user name: 3 to 50 characters of `A-Z a-z 0-9 _ . -`.
///
/// It has no `@`, so it can never be taken for an e-mail address, and no look-alike characters.
/// Two that differ only in case are the same name; the database compares them so.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Username(String);

/// Why a text is no [`Username`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUsername {
    /// Has a character outside `A-Z a-z 0-9 _ . -`.
    #[error("must have only letters a to z, digits, `_`, `.` and `-`")]
    Format,
    /// Shorter than [`Username::MIN_LENGTH`].
    #[error("must have at least {} characters", Username::MIN_LENGTH)]
    TooShort,
    /// Longer than [`Username::MAX_LENGTH`].
    #[error("must have at most {} characters", Username::MAX_LENGTH)]
    TooLong,
}

impl Username {
    /// The fewest characters of a user name.
    pub const MIN_LENGTH: usize = 3;
    /// The most characters of a user name.
    pub const MAX_LENGTH: usize = 50;

    /// Parses a user name.
    ///
    /// # Errors
    /// Says what is wrong with the text, never repeating it.
    pub fn parse(text: &str) -> Result<Self, InvalidUsername> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        if !text.chars().all(allowed) {
            return Err(InvalidUsername::Format);
        }
        match text.len() {
            length if length < Self::MIN_LENGTH => Err(InvalidUsername::TooShort),
            length if length > Self::MAX_LENGTH => Err(InvalidUsername::TooLong),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// Restores a name that was parsed before it was stored.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_allowed_characters_and_length_are_accepted() {
        for text in ["ada", "Ada_L.1815-1852", &"x".repeat(50)] {
            assert_eq!(Username::parse(text).expect(text).as_str(), text);
        }
    }

    #[test]
    fn other_characters_and_lengths_are_refused() {
        for text in [
            "ada@example",
            "ada lovelace",
            "\u{430}da",
            "ada\n",
            "ad\u{e4}",
        ] {
            assert_eq!(
                Username::parse(text),
                Err(InvalidUsername::Format),
                "{text:?}"
            );
        }
        assert_eq!(Username::parse(""), Err(InvalidUsername::TooShort));
        assert_eq!(Username::parse("ad"), Err(InvalidUsername::TooShort));
        assert_eq!(
            Username::parse(&"x".repeat(51)),
            Err(InvalidUsername::TooLong)
        );
    }
}
